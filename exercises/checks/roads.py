"""Whether a chart's bars sound as its road map says, and every pass is what is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.chart import ComposeError
from exercises.passes import bar_index, is_linear, map_passes
from exercises.roadmap import read_roadmap, sound_bars

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exercises.chart import Chart


def check_road(chart: Chart) -> Iterator[tuple[int, str]]:
    """Faults of a road map, as (bar, detail): signs, order, and passes that differ."""
    if not chart.roadmap and is_linear(chart):
        return
    try:
        signs = read_roadmap(chart.roadmap)
    except ComposeError as error:
        yield chart.bars[0].number, str(error)
        return
    for sign in signs:
        if sign.kind == "unread":
            yield sign.first, f"a sign that cannot be followed ({sign.text})"
    printed = [index for index, bar in enumerate(chart.bars) if bar.printed is None]
    numbers = [chart.bars[index].number for index in printed]
    try:
        order = sound_bars(numbers, signs)
    except ComposeError as error:
        yield chart.bars[0].number, str(error)
        return
    sounding = [index if bar.printed is None else bar.printed
                for index, bar in enumerate(chart.bars)]  # fmt: skip
    if [printed[at] for at in order] != sounding:
        yield chart.bars[0].number, "the bars do not sound in the order of the road map"
        return
    yield from _check_passes(chart)


def _check_passes(chart: Chart) -> Iterator[tuple[int, str]]:
    """Every bar that is played again has the notes, the length and the key of its first pass."""
    counts: dict[int, int] = {}
    for note in chart.notes:
        index = bar_index(chart.bars, note.onset_ql)
        counts[index] = counts.get(index, 0) + 1
    known = map_passes(chart)
    bare = {bar_index(chart.bars, n.onset_ql) for n in chart.notes if n.id not in known}
    for index, bar in enumerate(chart.bars):
        if bar.printed is None:
            continue
        first = chart.bars[bar.printed]
        same = (first.duration_ql, first.meter, first.key, first.number)
        if (bar.duration_ql, bar.meter, bar.key, bar.number) != same:
            yield bar.number, "is another bar when it is played again"
        elif index in bare or counts.get(index, 0) != counts.get(bar.printed, 0):
            yield bar.number, "has other notes when it is played again"
