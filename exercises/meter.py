"""The metric grid of a bar: which positions are strong, and what a reader must be able to see.

Positions are whole numbers of ticks from the start of a full bar, 10,080 to a quarter note, so
that every length down to a 128th, and triplets, quintuplets and septuplets of it, is exact.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from exercises.chart import ComposeError

TICKS = 10_080
"""Ticks in a quarter note: 2^5 * 3^2 * 5 * 7."""
FINEST = TICKS // 16
"""The shortest length that the grid ranks: a 64th."""
WEAK = 99
"""The level of a position that the grid does not rank."""

_EIGHTH = TICKS // 2
_COMPOUND = 3

# How the asymmetric metres are counted, in units of the denominator.
_GROUPS = {
    (5, 8): (3, 2),
    (7, 8): (2, 2, 3),
    (8, 8): (3, 3, 2),
    (10, 8): (3, 3, 2, 2),
    (11, 8): (3, 3, 3, 2),
    (5, 4): (3, 2),
    (7, 4): (4, 3),
    (5, 2): (3, 2),
    (6, 4): (3, 3),
    (9, 4): (3, 3, 3),
}


@dataclass(frozen=True)
class Grid:
    """The ranked positions of one metre's bar."""

    length: int
    """Ticks in a full bar."""
    levels: dict[int, int]
    """Position to level: 0 the bar line, then the groups, the beats and their parts."""
    positions: tuple[int, ...]
    """The ranked positions in order."""
    nodes: frozenset[tuple[int, int]]
    """Every (start, end) that is one part of the division: what one rest may fill."""
    centres: dict[int, tuple[int, int]]
    """Position to the (start, end) around it within which a note may be symmetric about it."""
    beats: tuple[tuple[int, int], ...]
    """What notes are beamed within: beats, dotted beats, or the groups of an asymmetric metre."""
    spans: tuple[tuple[int, int], ...]
    """What plain eighths are beamed within: half bars of 4/4, whole bars of 3/4."""
    compound: bool
    """Whether the beat has three parts."""

    def level(self, position: int) -> int:
        """The rank of a position; 0 is the strongest."""
        return self.levels.get(position, WEAK)

    def beat_of(self, position: int) -> tuple[int, int]:
        """The beat that a position lies in."""
        for start, end in self.beats:
            if start <= position < end:
                return start, end
        return self.beats[-1]


class _Build:
    """Collects the grid while a metre is divided."""

    def __init__(self) -> None:
        self.levels: dict[int, int] = {}
        self.nodes: set[tuple[int, int]] = set()
        self.centres: dict[int, tuple[int, int]] = {}

    def divide(self, start: int, parts: tuple[int, ...], level: int, *, centre: bool) -> None:
        """Rank the boundaries of a node's parts; `centre` lets notes be symmetric about them."""
        bounds = [start]
        for part in parts:
            bounds.append(bounds[-1] + part)
        for position in bounds[:-1]:
            self.levels.setdefault(position, level)
        self.levels.setdefault(bounds[-1], level)
        if centre:
            for before, here, after in zip(bounds, bounds[1:], bounds[2:], strict=False):
                self.centres.setdefault(here, (before, after))
        self.nodes.update(itertools.pairwise(bounds))

    def halve(self, start: int, end: int, level: int) -> None:
        """Divide a node in two again and again, down to the finest length."""
        half = (end - start) // 2
        if half < FINEST:
            return
        self.divide(start, (half, half), level, centre=True)
        self.halve(start, start + half, level + 1)
        self.halve(start + half, end, level + 1)

    def group(self, start: int, unit: int, count: int, level: int) -> None:
        """Divide a group into two, three or four units, and those in halves."""
        if count == 4:  # noqa: PLR2004 - four beats are two and two
            self.divide(start, (2 * unit, 2 * unit), level, centre=True)
            self.group(start, unit, 2, level + 1)
            self.group(start + 2 * unit, unit, 2, level + 1)
            return
        if count > 1:
            self.divide(start, (unit,) * count, level, centre=True)
            level += 1
        for index in range(count):
            self.halve(start + index * unit, start + (index + 1) * unit, level)


def read_meter(meter: str) -> tuple[int, int]:
    """The two figures of a time signature.

    Raises:
        ComposeError: not a time signature.
    """
    top, slash, bottom = meter.partition("/")
    if not (slash and top.isdecimal() and bottom.isdecimal()) or not int(top):
        raise ComposeError(f'"{meter}" is not a metre: write it like 4/4 or 6/8')
    if int(bottom) not in {1, 2, 4, 8, 16, 32}:
        raise ComposeError(
            f'the metre "{meter}" has no note value of its own: use /2, /4, /8 or /16'
        )
    return int(top), int(bottom)


@cache
def read_grid(meter: str) -> Grid:
    """The grid of a metre.

    Raises:
        ComposeError: not a time signature.
    """
    top, bottom = read_meter(meter)
    unit = 4 * TICKS // bottom
    build = _Build()
    build.levels = {0: 0, top * unit: 0}
    build.nodes.add((0, top * unit))
    compound = bottom >= 8 and top % _COMPOUND == 0 and top > _COMPOUND  # noqa: PLR2004
    if compound:
        beats, spans = _divide_compound(build, unit, top // _COMPOUND)
    elif (top, bottom) in _GROUPS:
        beats, spans = _divide_groups(build, unit, _GROUPS[top, bottom], bottom)
    else:
        beats, spans = _divide_simple(build, unit, top, bottom)
    return Grid(
        length=top * unit,
        levels=build.levels,
        positions=tuple(sorted(build.levels)),
        nodes=frozenset(build.nodes),
        centres=build.centres,
        beats=tuple(beats),
        spans=tuple(spans),
        compound=compound or (top, bottom) == (3, 8),
    )


Parts = list[tuple[int, int]]


def _split(length: int, size: int) -> Parts:
    return [(start, min(start + size, length)) for start in range(0, length, size)]


def _divide_compound(build: _Build, unit: int, beats: int) -> tuple[Parts, Parts]:
    beat = _COMPOUND * unit
    level = 1
    if beats == 4:  # noqa: PLR2004 - 12/8 is two halves first
        build.divide(0, (2 * beat, 2 * beat), 1, centre=False)
        level = 2
    for start in range(0, beats * beat, 2 * beat if level > 1 else beats * beat):
        count = 2 if level > 1 else beats
        build.divide(start, (beat,) * count, level, centre=False)
    for index in range(beats):
        build.group(index * beat, unit, _COMPOUND, level + 1)
    parts = _split(beats * beat, beat)
    return parts, parts


def _divide_groups(
    build: _Build, unit: int, groups: tuple[int, ...], bottom: int
) -> tuple[Parts, Parts]:
    build.divide(0, tuple(unit * count for count in groups), 1, centre=False)
    start = 0
    parts = []
    for count in groups:
        build.group(start, unit, count, 2)
        parts.append((start, start + count * unit))
        start += count * unit
    return (parts, parts) if bottom >= 8 else (_split(start, unit), _split(start, unit))  # noqa: PLR2004


def _divide_simple(build: _Build, unit: int, top: int, bottom: int) -> tuple[Parts, Parts]:
    length = top * unit
    if top == 2 or top == 3:  # noqa: PLR1714, PLR2004
        build.group(0, unit, top, 1)
    elif top % 2 == 0:
        pairs = top // 2
        if pairs > 1:
            build.divide(0, (2 * unit,) * pairs, 1, centre=pairs == 2)  # noqa: PLR2004
        for index in range(pairs):
            build.group(index * 2 * unit, unit, 2, 2 if pairs > 1 else 1)
    else:
        build.group(0, unit, top, 1)
    if bottom >= 8:  # noqa: PLR2004 - 3/8 and its like are beamed by the bar
        whole = [(0, length)]
        return whole, whole
    beat = min(unit, TICKS)
    span = length if top == 3 and bottom == 4 else 2 * TICKS  # noqa: PLR2004
    return _split(length, beat), _split(length, span)


def to_ticks(length_ql: Fraction) -> int:
    """Quarter notes as ticks.

    Raises:
        ComposeError: a length that no written value makes.
    """
    ticks = length_ql * TICKS
    if ticks.denominator != 1:
        raise ComposeError(
            f"a length of {length_ql} quarter notes cannot be written: "
            "use values down to a 128th, or triplets, quintuplets or septuplets of them"
        )
    return ticks.numerator


def to_ql(ticks: int) -> Fraction:
    """Ticks as quarter notes."""
    return Fraction(ticks, TICKS)
