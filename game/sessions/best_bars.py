"""A comp by bar: of several takes of one chart the best of each bar, cut where it is not heard."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from statistics import fmean, median
from typing import TYPE_CHECKING

from exercises.passes import bar_index
from game.scoring.grade import grade_take
from game.scoring.performance import pair_notes
from game.scoring.scores import COSTLY_EXTRAS
from game.sessions.comp import Comp, Layer, lay_over
from game.sessions.plan import notes_to_grade
from game.sessions.punch import EXTRA_WORTH, GRADE_WORTH, WORTH, rings_over
from game.sessions.seam import ENERGY, POCKET_MS, Seam, judge_seam, rank_findings
from game.sessions.splice import splice
from game.take import Region

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart
    from game.scoring.results import Scorecard
    from game.sessions.splice import Music
    from styles.schema import Style

GREAT_WORTH = 0.05
"""What a note costs that is right but not quite in time: of two clean bars the steadier."""
CUT = 0.4
"""What a cut costs in notes: two bars that are as good are left in one piece (by ear)."""
HEARD = 1.2
"""What a cut costs that would be heard, by a step of pocket or energy or by a note across it."""
SEAM = 2.0
"""What a piece must be better by, in notes, if its seams are heard in the end."""
OUT_OF_REACH = 1e6


@dataclass(frozen=True)
class _Bar:
    """A bar of one take."""

    cost: float
    late_ms: float | None
    velocity: float | None


def comp_by_bar(
    music: Music, candidates: Sequence[Layer], *, style: Style | None, level: int
) -> Comp:
    """Put the best bars together.

    The way through the bars with the least faults and cuts is found exactly (dynamic programming
    over takes); then every piece whose seams are heard must be worth it, or is given back to the
    take around it.

    Args:
        music: what all of them are takes of.
        candidates: whole passes, at least one, and punches (heard in whole bars of theirs).
        style: whose feel is played to.
        level: 1 and up.

    Returns:
        The comp; one layer where one take is best all through.

    """
    chart = music.chart
    rows = [_weigh_bars(music, each, style=style, level=level) for each in candidates]
    whole = [k for k, each in enumerate(candidates) if _covers(each.region, chart)]
    base = min(whole, key=lambda k: sum(bar.cost for bar in rows[k]))
    way = _find_way(chart, rows)
    while True:
        pieces = _find_pieces(way, base)
        comp = _lay_pieces(chart, candidates, way, base)
        dropped = False
        for (first, last), seam in zip(pieces, judge_seams(music, comp), strict=True):
            inside = range(first, last + 1)
            saved = sum(rows[base][bar].cost - rows[way[bar]][bar].cost for bar in inside)
            if not seam.is_inaudible and saved < SEAM:
                for bar in inside:
                    way[bar] = base
                dropped = True
        if not dropped:
            return comp


def comp_by_choice(chart: Chart, candidates: Sequence[Layer], way: Sequence[int]) -> Comp:
    """The comp in which each bar is heard from the take that was chosen for it.

    Args:
        chart: what all of them are takes of.
        candidates: as in `comp_by_bar`.
        way: for each bar the index of a candidate that was recorded there.

    """
    whole = [k for k, each in enumerate(candidates) if _covers(each.region, chart)]
    return _lay_pieces(chart, candidates, way, max(whole, key=way.count))


def judge_bars_of(
    music: Music, layer: Layer, *, style: Style | None, level: int
) -> tuple[str, ...]:
    """The verdict of each bar of a candidate; empty where it was not recorded."""
    chart, region = music.chart, layer.region
    heard = notes_to_grade(chart, layer.events, timeline=music.timeline)
    card = grade_take(chart, heard, timeline=music.timeline, style=style, level=level)
    found = {bar.number: bar.verdict for bar in card.bars}
    return tuple(
        (found.get(bar.number) or "silent")
        if region.start_ql <= bar.onset_ql and bar.onset_ql + bar.duration_ql <= region.end_ql
        else ""
        for bar in chart.bars
    )


def judge_seams(music: Music, comp: Comp) -> tuple[Seam, ...]:
    """The seam of each layer above the lowest as it is heard in the end, against all the others."""
    seams = []
    for layer in comp.layers[1:]:
        others = Comp(tuple(each for each in comp.layers if each is not layer))
        spliced = splice(music, lay_over(others, music).events, layer.events, layer.region)
        seams.append(judge_seam(music, spliced, layer.region))
    return tuple(seams)


def sum_seams(seams: Sequence[Seam]) -> Seam:
    """All that is heard of a comp, worst first."""
    return Seam(rank_findings([finding for seam in seams for finding in seam.findings]))


def _covers(region: Region, chart: Chart) -> bool:
    return region.start_ql <= chart.onset_ql and region.end_ql >= chart.end_ql


def _weigh_bars(music: Music, layer: Layer, *, style: Style | None, level: int) -> list[_Bar]:
    """What is wrong in each bar of a take, and how it was played there."""
    chart = music.chart
    heard = notes_to_grade(chart, layer.events, timeline=music.timeline)
    card = grade_take(chart, heard, timeline=music.timeline, style=style, level=level)
    costs = _count_faults(music, card, layer)
    late: list[list[float]] = [[] for _ in chart.bars]
    struck: list[list[float]] = [[] for _ in chart.bars]
    for note in card.notes:
        at = bar_index(chart.bars, note.onset_ql)
        if note.asynchrony_ms is not None:
            late[at].append(note.asynchrony_ms)
        if note.velocity is not None:
            struck[at].append(float(note.velocity))
    return [
        _Bar(
            cost,
            median(late[at]) if late[at] else None,
            fmean(struck[at]) if struck[at] else None,
        )
        for at, cost in enumerate(costs)
    ]


def _count_faults(music: Music, card: Scorecard, layer: Layer) -> list[float]:
    bars = music.chart.bars
    costs = [0.0] * len(bars)
    for note in card.notes:
        grade = GREAT_WORTH if note.grade == "great" else GRADE_WORTH.get(note.grade or "", 0.0)
        costs[bar_index(bars, note.onset_ql)] += WORTH.get(note.verdict, grade)
    heard = notes_to_grade(music.chart, layer.events, timeline=music.timeline)
    onsets = {note.index: note.onset_s for note in pair_notes(heard)}
    for extra in card.extras:
        if extra.reason in COSTLY_EXTRAS and extra.played in onsets:
            position = music.timeline.quarters_at(onsets[extra.played])
            costs[_bar_at(music.chart, position)] += EXTRA_WORTH
    for at, bar in enumerate(bars):
        end_ql = bar.onset_ql + bar.duration_ql
        if not layer.region.start_ql <= bar.onset_ql <= end_ql <= layer.region.end_ql:
            costs[at] = OUT_OF_REACH
    return costs


def _bar_at(chart: Chart, position_ql: float) -> int:
    return max(0, bisect_right(chart.bars, position_ql, key=lambda bar: float(bar.onset_ql)) - 1)


def _find_way(chart: Chart, rows: Sequence[Sequence[_Bar]]) -> list[int]:
    """The take of each bar by which faults and cuts are fewest (Viterbi's algorithm)."""
    takes = range(len(rows))
    total = [rows[k][0].cost for k in takes]
    back: list[list[int]] = []
    for at in range(1, len(chart.bars)):
        across = rings_over(chart, chart.bars[at].onset_ql)
        came, sums = [], []
        for k in takes:
            costs = [
                total[j] + _cut(rows[j][at - 1], rows[k][at], across) * (j != k) for j in takes
            ]
            # Where two ways are as good the take goes on.
            best = min(takes, key=lambda j: (round(costs[j], 6), j != k))
            came.append(best)
            sums.append(costs[best] + rows[k][at].cost)
        back.append(came)
        total = sums
    way = [min(takes, key=total.__getitem__)]
    for came in reversed(back):
        way.append(came[way[-1]])
    return way[::-1]


def _cut(before: _Bar, after: _Bar, across: bool) -> float:
    """What it costs to go from a bar of one take to the next bar of another."""
    steps = (
        _is_step(before.late_ms, after.late_ms, POCKET_MS),
        _is_step(before.velocity, after.velocity, ENERGY),
        across,
    )
    return CUT + HEARD * sum(steps)


def _is_step(before: float | None, after: float | None, heard: float) -> bool:
    return before is not None and after is not None and abs(after - before) > heard


def _find_pieces(way: Sequence[int], base: int) -> list[tuple[int, int]]:
    """(first, last) bar of each run that is not the base's."""
    pieces: list[tuple[int, int]] = []
    for at, take in enumerate(way):
        if take == base:
            continue
        if pieces and pieces[-1][1] == at - 1 and way[at - 1] == take:
            pieces[-1] = pieces[-1][0], at
        else:
            pieces.append((at, at))
    return pieces


def _lay_pieces(chart: Chart, candidates: Sequence[Layer], way: Sequence[int], base: int) -> Comp:
    layers = [candidates[base]]
    for first, last in _find_pieces(way, base):
        end = chart.bars[last].onset_ql + chart.bars[last].duration_ql
        region = Region(chart.bars[first].onset_ql, end)
        layers.append(replace(candidates[way[first]], region=region))
    return Comp(tuple(layers))
