"""Which systems stand where: pages that turn in place while the music goes on.

Rows count from the top of the widget.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from game.notation.page import Page, System

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


def find_system(page: Page, position_ql: float) -> int:
    """The system that sounds at a time: the first before the beginning, the last after the end."""
    for index, system in enumerate(page.systems):
        if position_ql < system.end_ql:
            return index
    return len(page.systems) - 1


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
    # Near the end the systems before stay where they are.
    start = min(current, len(page.systems) - count)
    slots = []
    for index in range(start, start + count):
        # While it plays a system keeps its place; one that is over makes room for the next.
        place = index - start if position_ql is None else index % count
        first = top + place * (slot_rows + spare)
        inset = MARKER_ROWS + above - page.systems[index].staff_rows[0][0]
        lane = first + inset + len(page.systems[index].rows)
        slots.append(Slot(index, first + inset, first, lane, first, first + slot_rows))
    return tuple(sorted(slots, key=lambda slot: slot.first))


def _lone_slot(
    page: Page, height: int, current: int, position_ql: float | None, slot_rows: int
) -> Slot:
    """The only slot: as high as the widget, the staves kept in sight."""
    system = page.systems[current]
    until = 0
    if position_ql is not None and current + 1 < len(page.systems):
        until = _preview_columns(system, page.systems[current + 1], position_ql)
        if not until and position_ql >= system.end_ql - TURN_EARLY_QL:
            current += 1
            system = page.systems[current]
    rows = len(system.rows)
    if slot_rows <= height:
        above = max(each.staff_rows[0][0] for each in page.systems)
        first = (height - slot_rows) // 2
        top = first + MARKER_ROWS + above - system.staff_rows[0][0]
        return Slot(current, top, first, top + rows, first, first + slot_rows, until)
    # Too low for all systems alike: this one as it is, words cropped before staves.
    top = MARKER_ROWS if rows + MARKER_ROWS + LANE_ROWS <= height else 0
    if rows + LANE_ROWS > height:
        top = -min(system.staff_rows[0][0], rows + LANE_ROWS - height)
    lane = min(top + rows, height - 1)
    return Slot(current, top, max(0, top - 1), lane, 0, height, until)


def _preview_columns(system: System, following: System, position_ql: float) -> int:
    """How many columns of the next system stand where bars have been played.

    The bars that are over by half a quarter note make room, but never the bar that sounds.
    """
    over = [bar for bar in system.bars[:-1] if bar.end_ql + TURN_EARLY_QL <= position_ql]
    if not over:
        return 0
    room = over[-1].right - 1
    whole = [bar.right for bar in following.bars if bar.right <= room]
    # Without room for a whole bar, as much of the first as there is.
    return whole[-1] if whole else room
