"""How a phrase comes to rest: some motion, then a long note, inside a chart maybe a rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.compose.cells import (
    NOTE,
    REST,
    allows_note,
    allows_rest,
)
from exercises.compose.grid import EIGHTH, TICKS

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.tally import BarRhythm, Tally

REST_AT_END = 0.5
"""How often a phrase inside a chart closes with a rest rather than a held note."""

SPARSE_REST = 0.85
"""The same of a style of short remarks."""

SHORT_ENDING = 0.35
"""How often a swung phrase ends short, on the upbeat."""

SHORT_ENDING_LEVEL = 6


def find_arrivals(draft: Tally, length: int) -> list[int]:
    """Where the last note may begin: strong pulses that leave it at least a beat."""
    least = max(TICKS, draft.metre.beat)
    strong = [at for at in draft.metre.strong if length - at >= least]
    if draft.metre.bar == 3 * TICKS and length - TICKS >= TICKS:
        strong.append(TICKS)
    readable = [at for at in strong if _readable(draft, length - at)]
    return readable or strong or [0]


def _readable(draft: Tally, length: int) -> bool:
    return allows_note(draft.level, length)


def ends_short(draft: Tally, dice: Dice) -> bool:
    """Whether a swung phrase ends on its upbeat this time."""
    return draft.level.number >= SHORT_ENDING_LEVEL and dice.chance(SHORT_ENDING)


def short_tail(draft: Tally, arrival: int, length: int) -> BarRhythm:
    """Two eighths and silence: the last note short, on the upbeat."""
    rest = length - arrival - 2 * EIGHTH
    tail = [(arrival, EIGHTH, NOTE), (arrival + EIGHTH, EIGHTH, NOTE)]
    if rest and allows_rest(draft.level, rest):
        tail.append((arrival + 2 * EIGHTH, rest, REST))
    elif rest:
        tail[-1] = (arrival + EIGHTH, length - arrival - EIGHTH, NOTE)
    return tuple(tail)


def long_tail(draft: Tally, arrival: int, length: int, dice: Dice, *, last: bool) -> BarRhythm:
    """A note to the end of the bar, or to a beat of rest before it."""
    whole = length - arrival
    rest = max(draft.metre.beat, whole - TICKS) if draft.sparse else draft.metre.beat
    held = whole - rest
    if (
        not last
        and held >= max(TICKS, draft.metre.beat)
        and allows_rest(draft.level, rest)
        and allows_note(draft.level, held)
        and dice.chance(SPARSE_REST if draft.sparse else REST_AT_END)
    ):
        return ((arrival, held, NOTE), (arrival + held, rest, REST))
    if allows_note(draft.level, whole):
        return ((arrival, whole, NOTE),)
    for part in (held, whole // 2, draft.metre.beat):
        if allows_note(draft.level, part) and allows_rest(draft.level, whole - part):
            return ((arrival, part, NOTE), (arrival + part, whole - part, REST))
    return ((arrival, whole, NOTE),)
