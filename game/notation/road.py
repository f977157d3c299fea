"""The road through a page: its words, and which system is read when."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from exercises.roadmap import JUMPS, Sign, read_roadmap
from game.notation.page import Stretch, System

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart

CODA = "\N{CIRCLED PLUS}"
"""The coda sign within words, as near as letters come to it."""
PLAIN_TIMES = 2


def road_words(chart: Chart) -> list[tuple[int, int, str, str]]:
    """The words of a road map: (first bar, last bar, as in the document, as printed).

    The last bar is 0 where the word stands over the beginning of the first.
    """
    words: list[tuple[int, int, str, str]] = []
    for sign in read_roadmap(chart.roadmap):
        text = _word(sign)
        if not text:
            continue
        ends = sign.kind in {*JUMPS, "To Coda", "Fine", "repeat"}
        printed = f"{text} {CODA}" if sign.kind == "To Coda" else text
        words.append((sign.first, sign.last if ends else 0, text, printed))
    return words


def _word(sign: Sign) -> str:
    if sign.kind in {*JUMPS, "To Coda", "Fine"}:
        return sign.kind
    if sign.kind == "vamp":
        return f"Vamp {sign.times}x"
    if sign.kind == "repeat" and sign.times != PLAIN_TIMES:
        return f"{sign.times}x"
    return sign.text if sign.kind == "cue" else ""


def find_stretches(chart: Chart) -> tuple[Stretch, ...]:
    """The stretches of a chart in sounding order; none where it is printed as it sounds."""
    if all(bar.printed is None for bar in chart.bars):
        return ()
    stretches: list[Stretch] = []
    before = None
    for index, bar in enumerate(chart.bars):
        printed = index if bar.printed is None else bar.printed
        if before is None or printed != before + 1:
            shown = chart.bars[printed].onset_ql
            stretches.append(Stretch(float(bar.onset_ql), float(shown)))
        before = printed
    return tuple(stretches)


def find_visits(
    chart: Chart, systems: Sequence[System], stretches: Sequence[Stretch]
) -> tuple[tuple[float, int], ...]:
    """Which system is read from when on, in sounding order."""
    if not stretches:
        return ()
    homes = {bar.onset_ql: at for at, system in enumerate(systems) for bar in system.bars}
    jumps = {stretch.onset_ql for stretch in stretches}
    visits: list[tuple[float, int]] = []
    for index, bar in enumerate(chart.bars):
        printed = chart.bars[index if bar.printed is None else bar.printed]
        system = homes.get(float(printed.onset_ql), 0)
        jumped = float(bar.onset_ql) in jumps and printed.onset_ql != bar.onset_ql
        if not visits or visits[-1][1] != system or jumped:
            visits.append((float(bar.onset_ql), system))
    return tuple(visits)


def leaving_bars(chart: Chart) -> frozenset[int]:
    """Numbers of the bars after which some pass goes elsewhere than to the next printed bar."""
    printed = [
        index if bar.printed is None else bar.printed for index, bar in enumerate(chart.bars)
    ]
    page = {index: place for place, index in enumerate(sorted(set(printed)))}
    return frozenset(
        chart.bars[at].number
        for at, (here, there) in enumerate(pairwise(printed))
        if page[there] != page[here] + 1
    )
