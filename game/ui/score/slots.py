"""Which systems stand where: pages that turn in place while the music goes on.

Rows count from the top of the widget.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from game.notation.page import Page, Stretch, System

MARKER_ROWS = 1
"""Above a system, for the playhead's marker."""
LANE_ROWS = 1
"""Below it, for the signs of the verdicts."""
MOST_SPARE_ROWS = 2
TURN_EARLY_QL = 0.5
"""How long before its end a lone system that shows nothing of the next is turned; and how long
after its end a bar may still be looked at before the next system's beginning covers it."""


@dataclass(frozen=True)
class Slot:
    """Rows of the widget that show one system, and perhaps the beginning of the next."""

    system: int
    top: int
    """The row of the system's first row; may be negative (cropped)."""
    marker: int
    """The row of the playhead's marker."""
    lane: int
    """The row of the signs."""
    first: int
    """The first row that belongs to the slot."""
    last: int
    """One past its last row."""
    next_until: int = 0
    """Up to which column the beginning of the next system stands over bars already played."""
    following: int = 0
    """Which system is read after this one, where its beginning is shown."""


def find_system(page: Page, position_ql: float) -> int:
    """The system that sounds at a time: the first before the beginning, the last after the end."""
    shown = page.shown_ql(position_ql)
    for index, system in enumerate(page.systems):
        if shown < system.end_ql:
            return index
    return len(page.systems) - 1


def list_visits(page: Page) -> tuple[tuple[float, int], ...]:
    """(sounding onset, system) in the order of reading, also where nothing is played again."""
    if page.visits:
        return page.visits
    return tuple((system.onset_ql, index) for index, system in enumerate(page.systems))


def find_visit(page: Page, position_ql: float) -> int:
    """Which visit a time lies in: the first before the beginning, the last after the end."""
    visits = list_visits(page)
    return max(0, bisect_right(visits, position_ql, key=lambda visit: visit[0]) - 1)


def find_repeat(
    page: Page, before_ql: float | None, position_ql: float | None
) -> tuple[float, float] | None:
    """The page's times that are played again from between two positions on; else None."""
    if before_ql is None or position_ql is None:
        return None
    following: list[Stretch | None] = [*page.stretches[1:], None]
    for stretch, after in zip(page.stretches, following, strict=False):
        jumps_back = stretch.shown_ql < stretch.onset_ql
        if jumps_back and before_ql < stretch.onset_ql <= position_ql:
            length = (after.onset_ql if after else math.inf) - stretch.onset_ql
            return stretch.shown_ql, stretch.shown_ql + length
    return None


def seat_systems(page: Page, count: int, visit: int) -> tuple[int, ...]:
    """Which system each of `count` places shows during a visit.

    The next systems to be read are in sight; one that is over gives its place to the next that
    is not, and one that is in sight stays where it is.
    """
    if not page.visits:
        # Near the end the systems before stay where they are.
        start = min(visit, len(page.systems) - count)
        return tuple(sorted(range(start, start + count), key=lambda index: index % count))
    order = [system for _, system in page.visits]
    places: list[int] = []
    for here in range(visit + 1):
        ahead = list(dict.fromkeys(order[here:]))[:count]
        if not places:
            rest = [index for index in range(len(page.systems)) if index not in ahead]
            places = [*ahead, *rest][:count]
            continue
        free = [at for at, system in enumerate(places) if system not in ahead]
        for system in ahead:
            if system not in places:
                places[free.pop(0)] = system
    return tuple(places)


def arrange_slots(
    page: Page, height: int, first_system: int, position_ql: float | None
) -> tuple[Slot, ...]:
    """Place as many systems as fit; at least one.

    Args:
        page: with at least one system.
        height: rows of the widget.
        first_system: what to show first while nothing plays.
        position_ql: where the music is, or None.
    """
    above = max(system.staff_rows[0][0] for system in page.systems)
    below = max(len(s.rows) - s.staff_rows[0][0] for s in page.systems)
    slot_rows = MARKER_ROWS + above + below + LANE_ROWS
    count = min(max(1, height // slot_rows), len(page.systems))
    current = first_system if position_ql is None else find_system(page, position_ql)
    if count == 1:
        return (_lone_slot(page, height, current, position_ql, slot_rows),)
    spare = min((height - count * slot_rows) // (count + 1), MOST_SPARE_ROWS)
    top = max(0, (height - count * slot_rows - spare * (count - 1)) // 2)
    if position_ql is None:
        # Near the end the systems before stay where they are.
        start = min(current, len(page.systems) - count)
        seats = tuple(range(start, start + count))
    else:
        seats = seat_systems(page, count, find_visit(page, position_ql))
    slots = []
    for place, index in enumerate(seats):
        first = top + place * (slot_rows + spare)
        inset = MARKER_ROWS + above - page.systems[index].staff_rows[0][0]
        lane = first + inset + len(page.systems[index].rows)
        slots.append(Slot(index, first + inset, first, lane, first, first + slot_rows))
    return tuple(slots)


def _lone_slot(
    page: Page, height: int, current: int, position_ql: float | None, slot_rows: int
) -> Slot:
    """The only slot: as high as the widget, the staves kept in sight."""
    system = page.systems[current]
    until, following = 0, current
    if position_ql is not None:
        visits = list_visits(page)
        visit = find_visit(page, position_ql)
        if visit + 1 < len(visits):
            over_ql, following = visits[visit + 1]
            # Back within the same system nothing may be covered.
            if following != current:
                shown = page.shown_ql(position_ql)
                until = _preview_columns(system, page.systems[following], shown)
            if not until and position_ql >= over_ql - TURN_EARLY_QL:
                current = following
                system = page.systems[current]
    rows = len(system.rows)
    if slot_rows <= height:
        above = max(each.staff_rows[0][0] for each in page.systems)
        first = (height - slot_rows) // 2
        top = first + MARKER_ROWS + above - system.staff_rows[0][0]
        return Slot(current, top, first, top + rows, first, first + slot_rows, until, following)
    # Too low for all systems alike: this one as it is, words cropped before staves.
    top = MARKER_ROWS if rows + MARKER_ROWS + LANE_ROWS <= height else 0
    if rows + LANE_ROWS > height:
        top = -min(system.staff_rows[0][0], rows + LANE_ROWS - height)
    lane = min(top + rows, height - 1)
    return Slot(current, top, max(0, top - 1), lane, 0, height, until, following)


def _preview_columns(system: System, following: System, position_ql: float) -> int:
    """How many columns of the next system stand where bars have been played.

    The bars that are over by half a quarter note make room, but never the bar that sounds. The
    position is the page's.
    """
    over = [
        bar
        for bar, after in pairwise(system.bars)
        if bar.end_ql + TURN_EARLY_QL <= position_ql and after.onset_ql <= position_ql
    ]
    if not over:
        return 0
    room = over[-1].right - 1
    whole = [bar.right for bar in following.bars if bar.right <= room]
    # Without room for a whole bar, as much of the first as there is.
    return whole[-1] if whole else room


def row_in(page: Page, index: int, slot: Slot, y: int) -> int | None:
    """The system's row at a row of the widget; None for the lane, outside for none."""
    if y == slot.lane:
        return None
    row = y - slot.top
    return min(row, len(page.systems[index].rows))


def note_ids(page: Page) -> set[str]:
    """The ids of a page's heads."""
    return {note.id for system in page.systems for note in system.notes}


def repeated_ids(page: Page, first_ql: float, end_ql: float) -> list[str]:
    """Ids of all passes of the heads between two times that are played more than once."""
    return [
        name
        for system in page.systems
        for note in system.notes
        if note.later and first_ql <= note.onset_ql < end_ql
        for name in (note.id, *note.later)
    ]
