"""How lengths are written: note values, dots, ties and tuplets that let a reader see the beat.

The customs are those of engravers (Gould, "Behind Bars", 2011): a value may hide a
weaker position than the one it starts on, never a stronger one, except where it lies evenly
about the middle of a beat, of two beats, or of a bar of 4/4; rests hide nothing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from exercises.chart import ComposeError
from exercises.meter import TICKS, WEAK

if TYPE_CHECKING:
    from exercises.meter import Grid

VALUES = {
    8 * TICKS: "breve",
    4 * TICKS: "whole",
    2 * TICKS: "half",
    TICKS: "quarter",
    TICKS // 2: "eighth",
    TICKS // 4: "16th",
    TICKS // 8: "32nd",
    TICKS // 16: "64th",
    TICKS // 32: "128th",
}
_SINGLE = {
    **{length: (name, 0) for length, name in VALUES.items()},
    **{length * 3 // 2: (name, 1) for length, name in VALUES.items() if length * 3 % 2 == 0},
}
_DYADIC = TICKS // 32
_FINENESS = (1, 2, 4)
"""A tuplet may hold halves and quarters of its unit."""
_PRIMES = (3, 5, 7, 9)


@dataclass(frozen=True)
class Segment:
    """A stretch of one bar of one voice that sounds or rests throughout."""

    start: int
    """Ticks from the start of the full bar."""
    end: int
    key: int | None
    """Which chord sounds (an index of the caller's); None is a rest."""


@dataclass(frozen=True)
class Value:
    """One written note value."""

    start: int
    """Ticks from the start of the full bar, as it sounds."""
    end: int
    key: int | None
    type: str
    """whole, half, quarter, eighth, 16th, 32nd, 64th, 128th."""
    dots: int = 0
    ratio: tuple[int, int] | None = None
    """(3, 2) is three in the time of two."""
    unit: str = ""
    """The note type that the ratio counts."""
    edge: str = ""
    """start, stop or startStop of the tuplet's bracket."""


def write_values(segments: list[Segment], grid: Grid) -> list[Value]:
    """Write the segments of one bar of one voice as note values, in order.

    Raises:
        ComposeError: a position that no tuplet explains.
    """
    tuplets = _find_tuplets(segments, grid)
    values: list[Value] = []
    for segment in _cut(segments, tuplets):
        inside = next((t for t in tuplets if t.start <= segment.start < t.end), None)
        if inside:
            values.extend(_write_in_tuplet(segment, inside))
        elif segment.key is None:
            values.extend(_write_rest(segment, grid))
        else:
            values.extend(_write_note(segment, grid))
    return _mark_edges(values, tuplets)


def _single(start: int, end: int, key: int | None) -> Value | None:
    found = _SINGLE.get(end - start)
    return Value(start, end, key, *found) if found else None


def _write_note(segment: Segment, grid: Grid) -> list[Value]:
    start, end = segment.start, segment.end
    whole = _single(start, end, segment.key)
    crossed = _strongest_inside(start, end, grid)
    if whole and (crossed is None or _may_hide(start, end, crossed, grid)):
        return [whole]
    if crossed is None:
        return _fill(segment)
    return [
        *_write_note(Segment(start, crossed, segment.key), grid),
        *_write_note(Segment(crossed, end, segment.key), grid),
    ]


def _may_hide(start: int, end: int, crossed: int, grid: Grid) -> bool:
    level = grid.level(crossed)
    if grid.level(start) <= level:
        return True
    around = grid.centres.get(crossed)
    if around and around[0] <= start and end <= around[1]:
        evenly = crossed - start == end - crossed
        if evenly and grid.level(start) == grid.level(end) == level + 1:
            return True
    beat = grid.beat_of(start)
    quarter = (beat[1] - beat[0]) // 4
    inside_beat = end <= beat[1] and not grid.compound
    return inside_beat and start % quarter == 0 and end % quarter == 0


def _strongest_inside(start: int, end: int, grid: Grid) -> int | None:
    """The strongest position strictly inside: the last one where the start is as strong."""
    best = None
    first = bisect_right(grid.positions, start)
    for position in grid.positions[first : bisect_left(grid.positions, end)]:
        level = grid.levels[position]
        if (
            best is None
            or level < grid.levels[best]
            or (level == grid.levels[best] and grid.level(start) <= level)
        ):
            best = position
    return best


def _fill(segment: Segment) -> list[Value]:
    """Write a stretch below the grid's fineness, the longest values first."""
    values: list[Value] = []
    start = segment.start
    while start < segment.end:
        fitting = [length for length in _SINGLE if length <= segment.end - start]
        if not fitting:
            raise ComposeError("a length under a 128th cannot be written")
        value = _single(start, start + max(fitting), segment.key)
        if value:
            values.append(value)
        start += max(fitting)
    return values


def _write_rest(segment: Segment, grid: Grid) -> list[Value]:
    start, end = segment.start, segment.end
    value = _single(start, end, None)
    if value and (value.dots == 0 or grid.compound) and _rest_fits(start, end, grid):
        return [value]
    crossed = _strongest_inside(start, end, grid)
    if crossed is None:
        return _fill(segment)
    return [
        *_write_rest(Segment(start, crossed, None), grid),
        *_write_rest(Segment(crossed, end, None), grid),
    ]


def _rest_fits(start: int, end: int, grid: Grid) -> bool:
    if (start, end) in grid.nodes:
        return True
    # Two of the three parts of a dotted beat, from its beginning.
    beat = grid.beat_of(start)
    return grid.compound and start == beat[0] and 3 * (end - start) == 2 * (beat[1] - beat[0])


@dataclass(frozen=True)
class _Tuplet:
    start: int
    end: int
    actual: int
    normal: int

    @property
    def unit(self) -> str:
        return VALUES.get((self.end - self.start) // self.normal, "")


def _find_tuplets(segments: list[Segment], grid: Grid) -> list[_Tuplet]:
    found: list[_Tuplet] = []
    bounds = sorted({s.start for s in segments} | {s.end for s in segments})
    for position in bounds:
        if position % _DYADIC == 0 or any(t.start < position < t.end for t in found):
            continue
        taken = [(t.start, t.end) for t in found]
        tuplet = _tuplet_at(position, segments, bounds, grid, taken)
        if tuplet is None:
            raise ComposeError(
                f"a note {position / TICKS:.3f} quarter notes into the bar fits no tuplet"
            )
        found.append(tuplet)
    return sorted(found, key=lambda t: t.start)


def _tuplet_at(
    position: int,
    segments: list[Segment],
    bounds: list[int],
    grid: Grid,
    taken: list[tuple[int, int]],
) -> _Tuplet | None:
    nodes = sorted(
        (node for node in _tuplet_nodes(grid) if node[0] < position < node[1]),
        key=lambda node: (node[1] - node[0], node[0]),
    )
    nodes = [n for n in nodes if all(n[1] <= t[0] or n[0] >= t[1] for t in taken)]
    odd = [s for s in segments if s.start % _DYADIC or s.end % _DYADIC]
    tied = {edge for node in taken for edge in node}
    best: _Tuplet | None = None
    fewest = WEAK
    for start, end in nodes:
        tuplet = _divide_evenly(start, end, [b for b in bounds if start < b < end])
        # Notes that cross the tuplet's edges are tied there: the fewer the better. Where another
        # tuplet begins or ends they are tied already.
        edges = {start, end} - tied
        ties = sum(s.start < edge < s.end for s in odd for edge in edges)
        if tuplet is not None and ties < fewest:
            best, fewest = tuplet, ties
    return best


def _tuplet_nodes(grid: Grid) -> set[tuple[int, int]]:
    pairs = {
        (a[0], b[1])
        for a, b in zip(grid.beats, grid.beats[1:], strict=False)
        if a[1] - a[0] == b[1] - b[0]
    }
    return set(grid.nodes) | pairs


def _divide_evenly(start: int, end: int, inner: list[int]) -> _Tuplet | None:
    length = end - start
    # Over several beats only whole units: with halves of them two tied tuplets show the beat.
    finenesses = _FINENESS if length <= TICKS else _FINENESS[:1]
    for actual in _PRIMES:
        for fine in finenesses:
            step = length // (actual * fine)
            if length % (actual * fine) == 0 and all((b - start) % step == 0 for b in inner):
                normal = _normal(length, actual)
                return _Tuplet(start, end, actual, normal) if normal else None
    return None


def _normal(length: int, actual: int) -> int:
    """In the time of how many: the largest count under `actual` whose unit is a plain value."""
    return next(
        (n for n in range(actual - 1, 1, -1) if length % n == 0 and length // n in VALUES), 0
    )


def _cut(segments: list[Segment], tuplets: list[_Tuplet]) -> list[Segment]:
    edges = sorted({t.start for t in tuplets} | {t.end for t in tuplets})
    pieces = []
    for segment in segments:
        start = segment.start
        for edge in edges:
            if start < edge < segment.end:
                pieces.append(Segment(start, edge, segment.key))
                start = edge
        pieces.append(Segment(start, segment.end, segment.key))
    return pieces


def _write_in_tuplet(segment: Segment, tuplet: _Tuplet) -> list[Value]:
    """Write a segment inside a tuplet, measured in the tuplet's own (longer) values."""
    unit = (tuplet.end - tuplet.start) // tuplet.normal

    def inner(position: int) -> int:
        return (position - tuplet.start) * tuplet.actual // tuplet.normal

    values: list[Value] = []
    start, end = inner(segment.start), inner(segment.end)
    while start < end:
        # Up to the next unit first where the start is between two units.
        stop = end if start % unit == 0 else min(end, start - start % unit + unit)
        lengths = [length for length in _SINGLE if length <= stop - start]
        if not lengths:
            raise ComposeError("a note in a tuplet is too short to be written")
        length = end - start if end - start in _SINGLE else max(lengths)
        name, dots = _SINGLE[length]
        values.append(
            Value(
                tuplet.start + start * tuplet.normal // tuplet.actual,
                tuplet.start + (start + length) * tuplet.normal // tuplet.actual,
                segment.key,
                name,
                dots,
                (tuplet.actual, tuplet.normal),
                tuplet.unit,
            )
        )
        start += length
    return values


def _mark_edges(values: list[Value], tuplets: list[_Tuplet]) -> list[Value]:
    starts = {t.start for t in tuplets}
    ends = {t.end for t in tuplets}
    marked = []
    for value in values:
        edge = ""
        if value.ratio:
            first, last = value.start in starts, value.end in ends
            edge = "startStop" if first and last else "start" if first else "stop" if last else ""
        marked.append(replace(value, edge=edge) if edge else value)
    return marked
