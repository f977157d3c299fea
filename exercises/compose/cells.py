"""Rhythm cells: which a level may use, what they weigh, and where in a bar they may stand."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from exercises.compose.grid import DOTTED, EIGHTH, SIXTEENTH, TICKS, Metre, to_ql, to_ticks
from exercises.levels import LOWEST, Level, level
from styles.tokens import read_cell

if TYPE_CHECKING:
    from styles.schema import Cell, Style

NOTE, REST, TIED = "note", "rest", "tied"
_TIERS = "ABC"
LOWER_TIER_SHARE = 0.3
"""What the cells of lower tiers weigh against those of the level's own tier."""
NEW_ELEMENT_BOOST = 3.0
"""Cells that the level has just brought in come up more often."""
REST_SHARE = 0.5
"""Statistics of pop, rock and soul come from sung lines; a keyboard line breathes half as much."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A cell in ticks."""

    values: tuple[tuple[int, str], ...]
    """(duration, note, rest or tied)."""
    weight: float
    meters: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """The length of the cell."""
        return sum(duration for duration, _ in self.values)

    @property
    def is_silent(self) -> bool:
        """A cell of rests alone."""
        return all(kind == REST for _, kind in self.values)


def plain_rhythm(text: str, weight: float = 1.0) -> Rhythm:
    """A cell as a pack writes it, in ticks."""
    values = tuple(
        (to_ticks(each.duration_ql), REST if each.rest else TIED if each.tied else NOTE)
        for each in read_cell(text)
    )
    return Rhythm(values, weight)


# What fills a pulse where a pack has no cell for it: the plain figures of every metre.
_SIMPLE_PULSE = (("1", 55.0), (".5 .5", 30.0), (".5 .25 .25", 4.0), (".25 .25 .5", 4.0))
_COMPOUND_PULSE = (
    ("1.5", 26.0),
    ("1 .5", 28.0),
    (".5 .5 .5", 26.0),
    (".5 1", 4.0),
    ("-.5 .5 .5", 4.0),
    ("1 .25 .25", 5.0),
    (".75 .25 .5", 5.0),
    (".5 .25 .25 .5", 3.0),
)


@cache
def pulse_cells(length: int, number: int, *, swing: bool) -> tuple[Rhythm, ...]:
    """Our own cells for one pulse of a quarter or a dotted quarter."""
    table = _COMPOUND_PULSE if length == DOTTED else _SIMPLE_PULSE
    if length not in {TICKS, DOTTED}:
        return (Rhythm(((length, NOTE),), 1.0),)
    cells = [plain_rhythm(text, weight) for text, weight in table]
    return tuple(each for each in cells if is_allowed(each, level(number), swing=swing))


def usable_cells(style: Style, number: int, metre: Metre) -> tuple[Rhythm, ...]:
    """The pack's cells for a level and a metre, with their weights."""
    row = level(number)
    swing = style.feel.swing is not None
    found = []
    for cell in style.cells:
        below = _TIERS.index(row.tier) - _TIERS.index(cell.tier)
        if below < 0 or not _fits(cell, metre):
            continue
        rhythm = read_rhythm(cell)
        if not is_allowed(rhythm, row, swing=swing):
            continue
        weight = cell.weight * (LOWER_TIER_SHARE if below else 1.0)
        if first_level(rhythm, swing=swing) == number:
            weight *= NEW_ELEMENT_BOOST
        if rhythm.is_silent:
            weight *= REST_SHARE
        found.append(Rhythm(rhythm.values, weight, rhythm.meters))
    return tuple(found)


@cache
def read_rhythm(cell: Cell) -> Rhythm:
    """A pack's cell in ticks."""
    return Rhythm(plain_rhythm(cell.values, 1.0).values, cell.weight, cell.meters)


@cache
def first_level(rhythm: Rhythm, *, swing: bool) -> int:
    """The lowest level that may use a cell."""
    number = LOWEST
    while number < 10 and not is_allowed(rhythm, level(number), swing=swing):  # noqa: PLR2004
        number += 1
    return number


def is_allowed(rhythm: Rhythm, row: Level, *, swing: bool) -> bool:
    """Whether every value of a cell is read at a level."""
    at = 0
    onsets = set()
    for duration, kind in rhythm.values:
        if kind == NOTE:
            onsets.add(at)
        at += duration
    for duration, kind in rhythm.values:
        if kind == REST:
            if not allows_rest(row, duration):
                return False
        elif kind == TIED:
            if not row.ties:
                return False
        elif not row.allows_duration(to_ql(duration)):
            return False
        if duration % SIXTEENTH and not _allows_triplet(row, duration, swing=swing):
            return False
    return _sixteenths_allowed(rhythm, onsets, row)


def allows_rest(row: Level, duration: int) -> bool:
    """Whether a rest of this length is read at a level."""
    if not row.rests:
        return row.number > 8  # noqa: PLR2004 - an empty list means any from level 9
    return to_ql(duration) in row.rests


def allows_note(row: Level, duration: int) -> bool:
    """Whether a note of this whole length is read at a level."""
    return row.allows_duration(to_ql(duration))


def _allows_triplet(row: Level, duration: int, *, swing: bool) -> bool:
    if duration % 16 and duration % 8 and not row.allows_duration(Fraction(duration, TICKS)):
        return False
    return row.triplets == "all" or (row.triplets == "swing" and swing)


def _sixteenths_allowed(rhythm: Rhythm, onsets: set[int], row: Level) -> bool:
    """Sixteenth syncopation: an onset between eighths with the next eighth empty."""
    if row.sixteenth_syncopation == "all":
        return True
    simple_only = row.sixteenth_syncopation == "none"
    tied_first = rhythm.values[0][1] == TIED and rhythm.values[0][0] < EIGHTH
    if simple_only and tied_first:
        return False
    for onset in onsets:
        if onset % EIGHTH != SIXTEENTH:
            continue
        following = onset + SIXTEENTH
        if following < rhythm.total and following not in onsets:
            # "Some" is short-long-short inside one beat.
            inside = onset % TICKS == SIXTEENTH and following + SIXTEENTH in onsets
            if simple_only or not inside:
                return False
    return True


def _fits(cell: Cell, metre: Metre) -> bool:
    if cell.meters:
        return metre.name in cell.meters
    return any(length == TICKS for _, length in metre.pulses)


@cache
def may_stand(total: int, position: int, end: int, metre: Metre, *, anywhere: bool) -> bool:
    """Whether a cell of this length may start here: it must not blur the metre's groups.

    From the start of a group it may cover whole groups; inside a group it ends with it at the
    latest. Cells of simple metres stand on simple pulses only, unless the pack says `anywhere`.
    """
    if position + total > end:
        return False
    starts = dict(metre.pulses)
    if position not in starts:
        return False
    if not anywhere:
        covered = [length for start, length in metre.pulses if position <= start < position + total]
        if any(length != TICKS for length in covered):
            return False
    for start, length in metre.groups:
        if start <= position < start + length:
            if position + total <= start + length:
                return True
            stops = {other + size for other, size in metre.groups}
            return position == start and position + total in stops
    return False
