"""Which notes share a beam, and how many beams each has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.meter import TICKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.meter import Grid
    from exercises.notation.rhythm import Value

FLAGS = {"eighth": 1, "16th": 2, "32nd": 3, "64th": 4, "128th": 5}
_EIGHTH = TICKS // 2


def beam_values(values: Sequence[Value], grid: Grid) -> list[tuple[str, ...]]:
    """For each value its beams from the outermost in: begin, continue, end or a hook.

    Plain eighths are joined across a half bar of 4/4 or a bar of 3/4; everything else within its
    beat, so that the beat is seen. A rest ends a beam.
    """
    beams: list[tuple[str, ...]] = [()] * len(values)
    for group in _groups(values, grid):
        for index, signs in zip(group, _signs([values[i] for i in group]), strict=True):
            beams[index] = signs
    return beams


def _groups(values: Sequence[Value], grid: Grid) -> list[list[int]]:
    plain = [span for span in grid.spans if _is_plain(values, span)]
    groups: list[list[int]] = []
    open_place: object = None
    for index, value in enumerate(values):
        place = _place(value, grid, plain)
        if value.key is None or value.type not in FLAGS:
            open_place = None
        elif groups and place == open_place:
            groups[-1].append(index)
        else:
            groups.append([index])
            open_place = place
    return [group for group in groups if len(group) > 1]


def _is_plain(values: Sequence[Value], span: tuple[int, int]) -> bool:
    """Whether a span is filled with eighths (two may be a quarter on a beat's place)."""
    inside = [v for v in values if v.start < span[1] and v.end > span[0]]
    return bool(inside) and all(
        v.key is not None and v.end - v.start == _EIGHTH and not v.ratio for v in inside
    )


def _place(value: Value, grid: Grid, plain: list[tuple[int, int]]) -> object:
    span = next((s for s in plain if s[0] <= value.start < s[1]), None)
    if span:
        return span
    return grid.beat_of(value.start)


def _signs(group: list[Value]) -> list[tuple[str, ...]]:
    """The beams of one group: full beams between neighbours, hooks for the lonely."""
    counts = [FLAGS[value.type] for value in group]
    signs: list[tuple[str, ...]] = []
    for index, (value, count) in enumerate(zip(group, counts, strict=True)):
        before = counts[index - 1] if index else 0
        after = counts[index + 1] if index + 1 < len(group) else 0
        signs.append(tuple(_sign(value, level, before, after) for level in range(1, count + 1)))
    return signs


def _sign(value: Value, level: int, before: int, after: int) -> str:
    if before >= level and after >= level:
        return "continue"
    if after >= level:
        return "begin"
    if before >= level:
        return "end"
    if not before:
        return "forward hook"
    if not after:
        return "backward hook"
    # The hook points to what it makes a whole with: back from an off-beat, else ahead.
    length = value.end - value.start
    return "forward hook" if value.start % (2 * length) == 0 else "backward hook"
