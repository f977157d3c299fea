"""Spots of a chart as musicians name them, bar.beat ("9.3"), in sounding order."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from exercises.passes import bar_index
from exercises.timeline import bar_ql, beat_ql

if TYPE_CHECKING:
    from fractions import Fraction

    from exercises.chart import Bar, Chart

_TIMES = {2: "2nd", 3: "3rd"}


def list_spots(chart: Chart) -> tuple[Fraction, ...]:
    """Every counted beat of the chart, a pickup's too, and the end of the last bar."""
    beats = [spot for bar in chart.bars for spot in _bar_spots(bar)]
    return (*beats, chart.end_ql)


def _bar_spots(bar: Bar) -> list[Fraction]:
    beat = beat_ql(bar.meter)
    if bar.number == 0:
        # A pickup's beats are counted back from the bar line that it leads to.
        count = math.ceil(bar.duration_ql / beat)
        end = bar.onset_ql + bar.duration_ql
        return [max(bar.onset_ql, end - beat * back) for back in range(count, 0, -1)]
    return [bar.onset_ql + beat * step for step in range(math.ceil(bar.duration_ql / beat))]


def say_spot(chart: Chart, onset_ql: Fraction) -> str:
    """A spot as bar.beat; the end of the chart is beat 1 of the bar that would follow."""
    if onset_ql >= chart.end_ql:
        return f"{chart.bars[-1].number + 1}.1"
    bar = chart.bars[bar_index(chart.bars, onset_ql)]
    beat = beat_ql(bar.meter)
    origin = bar.onset_ql
    if bar.number == 0:
        origin = bar.onset_ql + bar.duration_ql - bar_ql(bar.meter)
    spot = f"{bar.number}.{math.floor((onset_ql - origin) / beat) + 1}"
    if bar.printed is None:
        return spot
    time = sum(b.number == bar.number and b.onset_ql <= bar.onset_ql for b in chart.bars)
    return f"{spot} ({_TIMES.get(time, f'{time}th')} time)"


def move_spot(chart: Chart, onset_ql: Fraction, beats: int) -> Fraction:
    """So many beats on or back, held between the chart's ends."""
    spots = list_spots(chart)
    at = bisect_left(spots, onset_ql)
    return spots[max(0, min(len(spots) - 1, at + beats))]


def move_bar(chart: Chart, onset_ql: Fraction, bars: int) -> Fraction:
    """The bar line so many bars on or back, held between the chart's ends."""
    lines = [*(bar.onset_ql for bar in chart.bars), chart.end_ql]
    at = bisect_right(lines, onset_ql) - 1
    if bars < 0 and lines[at] < onset_ql:
        at += 1
    return lines[max(0, min(len(lines) - 1, at + bars))]
