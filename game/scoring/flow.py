"""Whether it kept going: stops, restarts, skipped bars, and how soon it was right again."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from game.scoring.drift import find_drift
from game.scoring.results import FlowReport

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart
    from game.scoring.align import Aligned
    from game.scoring.expectation import Expected
    from game.scoring.judge import Judged, Onset
    from game.scoring.results import NoteJudgement, PlayedNote

STOP_BEATS, FREE_STOP_BEATS, STOP_S = 0.45, 0.75, 1.0
"""A lag that grows by more and stays is a stop: to a click, in a rubato, and in the player's own
seconds whatever the beat (by ear)."""
TOGETHER_ONSETS, TOGETHER_SHARE = 4, 0.6
"""Of the onsets after a stop none lies nearer to where it began than by so much of it: where one
does, a hand fell behind while the other went on."""
SILENT_GROUPS = 3
"""A silent bar counts as skipped when this many onsets in a row are missing (or all there are):
one missed note of a quiet bar costs among the notes, not here."""
STOP_COST = 1.0
RESTART_COST = 1.5
"""In bars' worth: examiners mark continuity before notes."""
COST_BASE, COST_PER_BAR = 4.0, 0.5
"""A stop weighs less in a longer chart, but not in proportion (by ear)."""


def report_flow(
    chart: Chart,
    expected: Sequence[Expected],
    played: Sequence[PlayedNote],
    judged: Judged,
    aligned: Aligned,
) -> FlowReport:
    """Count what broke the flow of a take."""
    return FlowReport(
        stops=_count_stops(judged.onsets, aligned),
        restarts=aligned.restarts,
        skipped_bars=_count_skipped(chart, expected, judged.notes),
        longest_gap_ql=_longest_gap(expected, played, aligned),
        recovered_within_ql=_slowest_recovery(chart, expected, judged.notes),
    )


def score_flow(chart: Chart, expected: Sequence[Expected], flow: FlowReport) -> float | None:
    """Score the flow, 0 to 100; None for a chart without notes."""
    if not expected:
        return None
    bars = len({note.bar for note in expected})
    kept = max(0.0, 1.0 - flow.skipped_bars / bars)
    broken = STOP_COST * flow.stops + RESTART_COST * flow.restarts
    return 100.0 * kept * max(0.0, 1.0 - broken / (COST_BASE + COST_PER_BAR * len(chart.bars)))


def _count_stops(onsets: Sequence[Onset], aligned: Aligned) -> int:
    """Steps of the lasting lag that no restart explains, beyond what another tempo adds up to."""
    stops = 0
    # A free tempo is the player's own already.
    free = aligned.warp.free
    drift = 0.0 if free else find_drift(onsets)
    beats = FREE_STOP_BEATS if free else STOP_BEATS
    level: float | None = None
    attempt = onsets[0].attempt if onsets else 0
    for number, onset in enumerate(onsets):
        lag = onset.lag_s - drift * onset.place_s
        if level is None:
            level = lag
        bound = min(STOP_S / aligned.warp.rate, beats * onset.beat_s)
        if lag > level + bound:
            after = onsets[number : number + TOGETHER_ONSETS]
            least = min(one.asynchrony_ms / 1000.0 - drift * one.place_s for one in after)
            if not free and least <= level + TOGETHER_SHARE * bound:
                continue
            went_back = any(aligned.restarted[attempt + 1 : onset.attempt + 1])
            stops += not went_back
            level, attempt = lag, onset.attempt
        elif lag < level - bound:
            level, attempt = lag, onset.attempt
    return stops


def _count_skipped(
    chart: Chart, expected: Sequence[Expected], notes: Sequence[NoteJudgement]
) -> int:
    """Bars without a key pressed for them, in stretches that are no mere missed note."""
    groups = max((note.group for note in expected), default=-1) + 1
    missing = [True] * groups
    for note, judgement in zip(expected, notes, strict=True):
        if judgement.verdict != "omission":
            missing[note.group] = False
    long_run = [False] * groups
    start = 0
    while start < groups:
        stop = start
        while stop < groups and missing[stop] == missing[start]:
            stop += 1
        if missing[start] and stop - start >= min(SILENT_GROUPS, groups):
            long_run[start:stop] = [True] * (stop - start)
        start = stop
    silent: dict[int, bool] = {}
    for note in expected:
        silent[note.bar] = silent.get(note.bar, True) and long_run[note.group]
    return sum(silent.values()) if chart.bars else 0


def _longest_gap(
    expected: Sequence[Expected], played: Sequence[PlayedNote], aligned: Aligned
) -> float:
    """The longest time without a key pressed beyond the longest written wait, in quarter notes."""
    if not expected:
        return 0.0
    first, last = expected[0], expected[-1]
    seconds = last.onset_s - first.onset_s
    quarter_s = seconds / float(last.onset_ql - first.onset_ql) if seconds > 0 else first.beat_s
    places = sorted({note.onset_s for note in expected})
    written = max((later - sooner for sooner, later in pairwise(places)), default=0.0)
    heard = sorted(aligned.warp.chart_s(note.onset_s) for note in played)
    inside = [places[0], *heard, places[-1]] if heard else [places[0], places[-1]]
    longest = max((later - sooner for sooner, later in pairwise(inside)), default=0.0)
    return max(0.0, longest - written) / quarter_s if quarter_s > 0 else 0.0


def _slowest_recovery(
    chart: Chart, expected: Sequence[Expected], notes: Sequence[NoteJudgement]
) -> float | None:
    """The longest stretch from an onset without a right note to the next right one."""
    right: dict[int, bool] = {}
    places: dict[int, float] = {}
    for note, judgement in zip(expected, notes, strict=True):
        right[note.group] = right.get(note.group, False) or judgement.verdict == "match"
        places[note.group] = float(note.onset_ql)
    slowest: float | None = None
    since: float | None = None
    for group in sorted(right):
        if right[group] and since is not None:
            slowest, since = max(slowest or 0.0, places[group] - since), None
        elif not right[group] and since is None:
            since = places[group]
    if since is not None:
        slowest = max(slowest or 0.0, float(chart.end_ql) - since)
    return slowest
