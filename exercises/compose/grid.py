"""Musical time as plain ints while composing: 48 ticks a quarter note, and what a metre is.

48 holds thirty-seconds (6), triplet eighths (16) and triplet sixteenths (8) exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from exercises.chart import ComposeError
from exercises.meter import TICKS as FINE_TICKS
from exercises.timeline import SECONDS_PER_MINUTE, bar_ql, beat_ql

TICKS = 48
"""A quarter note."""
EIGHTH = 24
SIXTEENTH = 12
HALF = 96
DOTTED = 72
"""A dotted quarter: the beat of 6/8."""

# How the longer metres fall into groups, in ticks. Asymmetric eighths are felt 3+2 and 2+2+3,
# five and seven quarters 3+2 and 4+3, the commonest readings.
_GROUPS = {
    "2/4": (HALF,),
    "4/4": (HALF, HALF),
    "2/2": (HALF, HALF),
    "3/4": (TICKS, TICKS, TICKS),
    "5/4": (3 * TICKS, HALF),
    "7/4": (4 * TICKS, 3 * TICKS),
    "5/8": (DOTTED, TICKS),
    "7/8": (TICKS, TICKS, DOTTED),
}
_STRONG = {
    "2/4": (0,),
    "3/4": (0,),
    "3/8": (0,),
    "7/8": (0, HALF),
    "5/4": (0, 3 * TICKS),
}


@dataclass(frozen=True, slots=True)
class Metre:
    """A metre in ticks."""

    name: str
    bar: int
    beat: int
    """The counted beat: 72 in 6/8."""
    groups: tuple[tuple[int, int], ...]
    """(start, length) of the groups that a rhythm or a chord change respects."""
    pulses: tuple[tuple[int, int], ...]
    """(start, length) of the felt pulses: quarters, dotted quarters, or both in 7/8."""
    strong: tuple[int, ...]
    """Where the bar's stronger pulses start."""
    compound: bool
    """All pulses are dotted quarters."""

    strengths: tuple[int, ...]
    """For each tick: 3 the downbeat, 2 another strong pulse, 1 a pulse, 0 an eighth, -1 finer."""

    def strength(self, position: int) -> int:
        """How strong a position of the bar is."""
        return self.strengths[position]


@cache
def read_metre(meter: str) -> Metre:
    """A metre's facts.

    Raises:
        ComposeError: not a metre that can be composed in.
    """
    try:
        bar = to_ticks(bar_ql(meter))
        beat = to_ticks(beat_ql(meter))
    except (ValueError, ZeroDivisionError) as error:
        raise ComposeError(f'"{meter}" is no metre: write it like 3/4') from error
    if bar <= 0 or bar % EIGHTH:
        raise ComposeError(f'the metre "{meter}" cannot be composed in; take 4/4, 3/4 or 6/8')
    compound = bar % DOTTED == 0 and meter.endswith("/8")
    if meter in _GROUPS:
        lengths = _GROUPS[meter]
    elif compound:
        lengths = (DOTTED,) * (bar // DOTTED)
    else:
        lengths = (TICKS,) * (bar // TICKS) + ((bar % TICKS,) if bar % TICKS else ())
    groups = _starts(lengths)
    pulses = groups if compound else tuple(_split_pulses(groups))
    strong = _STRONG.get(meter, tuple(start for start, _ in groups))
    strengths = tuple(_strength(at, strong, pulses) for at in range(bar))
    return Metre(meter, bar, beat, groups, pulses, strong, compound, strengths)


def two_beats_s(metre: Metre, quarter_bpm: float) -> float:
    """Seconds that two counted beats last: the window that densities are measured in.

    In the arithmetic of the hard checks, so that a density of exactly the level's is judged alike.
    """
    return (
        2 * (metre.beat * FINE_TICKS // TICKS) * (SECONDS_PER_MINUTE / (quarter_bpm * FINE_TICKS))
    )


def to_ticks(ql: Fraction) -> int:
    """Quarter notes to ticks.

    Raises:
        ComposeError: finer than the grid.
    """
    ticks = ql * TICKS
    if ticks.denominator != 1:
        raise ComposeError(f"{ql} quarter notes lie off the grid of {TICKS} a quarter")
    return int(ticks)


@cache
def to_ql(ticks: int) -> Fraction:
    """Ticks to quarter notes."""
    return Fraction(ticks, TICKS)


def _strength(at: int, strong: tuple[int, ...], pulses: tuple[tuple[int, int], ...]) -> int:
    if at == 0:
        return 3
    if at in strong:
        return 2
    if any(at == start for start, _ in pulses):
        return 1
    return 0 if at % EIGHTH == 0 else -1


def _starts(lengths: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    starts: list[tuple[int, int]] = []
    at = 0
    for length in lengths:
        starts.append((at, length))
        at += length
    return tuple(starts)


def _split_pulses(groups: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    pulses: list[tuple[int, int]] = []
    for start, length in groups:
        if length % TICKS:
            pulses.append((start, length))
        else:
            pulses += [(start + at, TICKS) for at in range(0, length, TICKS)]
    return pulses
