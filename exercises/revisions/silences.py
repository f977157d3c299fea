"""Bars in which the player rests, and a part of which only the fills are left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from exercises.chart import ComposeError, number_notes, number_slashes
from exercises.passes import bar_index, is_linear
from exercises.revisions.parts import crosses

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from exercises.chart import Bar, Chart, Mark

PHRASE_BARS = 4
"""Of a chart that does not say its phrases."""
_LASTING = frozenset({"dynamic", "text", "feel", "tempo", "rehearsal"})
"""Marks that hold on, or name a place, where nothing is played."""


def rest_bars(chart: Chart, first: int, last: int) -> Chart:
    """The bars from `first` to `last` (as printed, both with) tacet.

    Raises:
        ComposeError: no such bars, nothing left, a road map, or something rings over an edge.
    """
    _check_road(chart, "tacet")
    inside = [bar for bar in chart.bars if first <= bar.number <= last and bar.number > 0]
    if len(inside) != last - first + 1:
        raise ComposeError(f"tacet: there are no bars {first} to {last}")
    return _keep_bars(chart, lambda bar: bar not in inside, "tacet")


def keep_fills(chart: Chart) -> Chart:
    """Only the last bar of each phrase; the rest is the singer's.

    Raises:
        ComposeError: fewer than two phrases, a road map, or something rings over an edge.
    """
    _check_road(chart, "fills")
    full = [bar for bar in chart.bars if bar.number > 0]
    starts = {section.onset_ql for section in chart.sections if section.onset_ql >= 0}
    if len(starts) < 2:  # noqa: PLR2004 - one phrase says no more than none
        starts = {bar.onset_ql for bar in full[::PHRASE_BARS]}
    kept = [
        bar
        for index, bar in enumerate(full)
        if index == len(full) - 1 or full[index + 1].onset_ql in starts
    ]
    if len(kept) < 2 or 2 * len(kept) > len(full):  # noqa: PLR2004 - fills, and room between
        raise ComposeError("fills: it is too short for more than one")
    return _keep_bars(chart, lambda bar: bar in kept, "fills")


def _check_road(chart: Chart, what: str) -> None:
    if not is_linear(chart) or chart.roadmap:
        raise ComposeError(f"{what}: the chart has a road map")


def _keep_bars(chart: Chart, keeps: Callable[[Bar], bool], what: str) -> Chart:
    kept = [keeps(bar) for bar in chart.bars]
    edges = [
        bar.onset_ql
        for bar, here, before in zip(chart.bars[1:], kept[1:], kept, strict=False)
        if here != before
    ]
    for edge in edges:
        timed: list[Any] = [*chart.notes, *chart.slashes]
        for each in timed:
            if each.onset_ql < edge < each.onset_ql + each.duration_ql:
                raise ComposeError(f"{what}: something rings across a bar line")

    def stays(onset_ql: Fraction) -> bool:
        return kept[bar_index(chart.bars, onset_ql)]

    notes = [note for note in chart.notes if stays(note.onset_ql)]
    slashes = [slash for slash in chart.slashes if stays(slash.onset_ql)]
    if not notes:
        raise ComposeError(f"{what}: nothing would be left")
    if len(notes) == len(chart.notes):
        raise ComposeError(f"{what}: nothing is played there anyway")
    marks = tuple(mark for mark in chart.marks if _holds(mark, edges, stays))
    bars = {bar.number for bar, keep in zip(chart.bars, kept, strict=True) if keep}
    return msgspec.structs.replace(
        chart,
        drill=msgspec.structs.replace(chart.drill, code=""),
        notes=number_notes(notes),
        slashes=number_slashes(slashes),
        marks=marks,
        grooves=tuple(number for number in chart.grooves if number in bars),
    )


def _holds(mark: Mark, edges: list[Fraction], stays: Callable[[Fraction], bool]) -> bool:
    """Whether a mark still says something."""
    if mark.kind in _LASTING:
        return True
    return stays(mark.onset_ql) and not any(crosses(mark, edge) for edge in edges)
