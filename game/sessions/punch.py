"""A punch: which place is worth it, and the plan from the pre-roll to the punch-out."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import msgspec

from exercises.passes import bar_index
from exercises.timeline import beat_ql
from game.scoring.live import LiveMarker
from game.scoring.performance import pair_notes
from game.scoring.scores import COSTLY_EXTRAS
from game.sessions.spots import list_spots, move_bar
from game.take import Region

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from exercises.chart import Chart
    from exercises.timeline import Timeline
    from game.events import ClickPlan, NoteEvent
    from game.scoring.marks import LiveMark
    from game.scoring.results import NoteJudgement, Scorecard
    from styles.schema import Style

WORTH = {"omission": 1.0, "substitution": 1.0}
GRADE_WORTH = {"out": 0.8, "ok": 0.3}
EXTRA_WORTH = 0.5
"""What a fault weighs when the place for a punch is looked for (by ear)."""
TOLERATED = 0.25
"""A beat with less than this in it is not worth playing again."""
LONGEST_BARS = 4
"""What is longer is another take, not a punch."""
HAIR = 1e-9
"""Of rounding: the earlier and shorter of two places that weigh the same is taken."""
PREROLLS = (1, 2, 3, 4)
"""Bars of pre-roll to choose from."""
CATCH_S = 0.12
"""A note struck so long before the punch-in may be its first; the edges are judged by it."""


def suggest_region(
    chart: Chart, scorecard: Scorecard, events: Sequence[NoteEvent], *, timeline: Timeline
) -> Region | None:
    """The worst place of a take in whole beats, its edges where nothing rings if one is near.

    Args:
        chart: what was to be played.
        scorecard: its grade.
        events: what was played, from which extra notes get their places.
        timeline: the click of the take.

    Returns:
        At most `LONGEST_BARS` bars, before the edges are moved; None where nothing is worth it.

    """
    spots = list_spots(chart)
    costs = _weigh_beats(spots, scorecard, events, timeline)
    best: tuple[float, int, int] | None = None
    for first in range(len(costs)):
        last_spot = move_bar(chart, spots[first], LONGEST_BARS)
        total = 0.0
        for end in range(first + 1, len(spots)):
            if spots[end] > last_spot:
                break
            total += costs[end - 1] - TOLERATED
            if total > HAIR + (best[0] if best else 0.0):
                best = (total, first, end)
    if best is None:
        return None
    return settle_region(chart, Region(spots[best[1]], spots[best[2]]))


def _weigh_beats(
    spots: Sequence[Fraction],
    scorecard: Scorecard,
    events: Sequence[NoteEvent],
    timeline: Timeline,
) -> list[float]:
    costs = [0.0] * (len(spots) - 1)

    def add(onset_ql: Fraction | float, worth: float) -> None:
        at = bisect_right(spots, onset_ql) - 1
        costs[max(0, min(len(costs) - 1, at))] += worth

    for note in scorecard.notes:
        add(note.onset_ql, _weigh(note))
    onsets = {note.index: note.onset_s for note in pair_notes(events)}
    for extra in scorecard.extras:
        if extra.reason in COSTLY_EXTRAS and extra.played in onsets:
            add(timeline.quarters_at(onsets[extra.played]), EXTRA_WORTH)
    return costs


def _weigh(note: NoteJudgement) -> float:
    return WORTH.get(note.verdict, GRADE_WORTH.get(note.grade or "", 0.0))


def settle_region(chart: Chart, region: Region) -> Region:
    """The region with its edges moved outwards, a bar at most, to beats that no note rings over.

    An edge stays where there is no such beat.
    """
    spots = list_spots(chart)
    first, last = move_bar(chart, region.start_ql, -1), move_bar(chart, region.end_ql, 1)
    starts = [s for s in reversed(spots) if first <= s <= region.start_ql]
    ends = [s for s in spots if region.end_ql <= s <= last]
    return Region(
        next((s for s in starts if not rings_over(chart, s)), region.start_ql),
        next((s for s in ends if not rings_over(chart, s)), region.end_ql),
    )


def rings_over(chart: Chart, onset_ql: Fraction) -> bool:
    """Whether a written note sounds across a position."""
    return any(n.onset_ql < onset_ql < n.onset_ql + n.duration_ql for n in chart.notes)


def default_region(chart: Chart) -> Region:
    """The first bar: where a choice begins when no place stands out."""
    bar = chart.bars[0]
    return Region(bar.onset_ql, bar.onset_ql + bar.duration_ql)


def plan_punch(
    chart: Chart, plan: ClickPlan, region: Region, *, bars: int, timeline: Timeline
) -> ClickPlan:
    """The part of a whole take's plan that a punch needs: pre-roll, region, and a beat after it.

    Every click and pulse is one of the whole plan's at its own second, so that what is played
    lies on the older take's grid to the sample.

    Args:
        chart: what is played.
        plan: of the whole take at the same tempo.
        region: what is recorded.
        bars: of pre-roll before the bar of the punch-in; in front of bar 1 the count-in stands
            for them.
        timeline: the tempo of the plan.

    """
    at = bar_index(chart.bars, region.start_ql)
    start_s = plan.start_s
    if at >= bars:
        start_s = max(start_s, timeline.seconds_at(chart.bars[at - bars].onset_ql))
    last = chart.bars[bar_index(chart.bars, region.end_ql)]
    end_s = min(plan.end_s, timeline.seconds_at(region.end_ql + beat_ql(last.meter)))
    return msgspec.structs.replace(
        plan,
        start_s=start_s,
        end_s=end_s,
        clicks=tuple(click for click in plan.clicks if start_s <= click.onset_s < end_s),
        pulses_s=tuple(pulse for pulse in plan.pulses_s if start_s <= pulse < end_s),
    )


class PunchMarker:
    """Marks only what is recorded: the pre-roll may be played along, or listened to."""

    def __init__(
        self, chart: Chart, region: Region, *, timeline: Timeline, style: Style | None, level: int
    ) -> None:
        """Listen for the region's notes (see `LiveMarker`)."""
        inside = tuple(n for n in chart.notes if region.start_ql <= n.onset_ql < region.end_ql)
        self._marker = LiveMarker(
            msgspec.structs.replace(chart, notes=inside),
            timeline=timeline,
            style=style,
            level=level,
        )
        self._from_s = timeline.seconds_at(region.start_ql) - CATCH_S
        self._until_s = timeline.seconds_at(region.end_ql)

    def feed(self, event: NoteEvent) -> Sequence[LiveMark]:
        """The marks of an event; none outside the region."""
        if self._from_s <= event.onset_s < self._until_s:
            return self._marker.feed(event)
        return ()

    def advance(self, now_s: float) -> Sequence[LiveMark]:
        """The marks of time."""
        return self._marker.advance(now_s)
