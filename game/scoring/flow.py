"""Whether it kept going: stops, restarts, skipped bars, and how soon it was right again."""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from game.scoring.results import FlowReport

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart
    from game.scoring.align import Aligned
    from game.scoring.expectation import Expected
    from game.scoring.judge import Judged, Onset
    from game.scoring.results import NoteJudgement, PlayedNote

STOP_BEATS, STOP_S = 0.75, 1.0
"""A lag that grows by more and stays is a stop; of the player's own seconds, by ear."""
TEMPO_ONSETS = 8
"""From one end of a slope of the lag to the other."""
OTHER_TEMPO = 0.06
"""So much slower or faster than the click is another tempo, not a stop after the other."""
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
    drift = 0.0 if aligned.warp.free else _own_tempo(onsets)
    level: float | None = None
    attempt = onsets[0].attempt if onsets else 0
    for onset in onsets:
        lag = onset.lag_s - drift * onset.place_s
        if level is None:
            level = lag
        bound = min(STOP_S / aligned.warp.rate, STOP_BEATS * onset.beat_s)
        if lag > level + bound:
            went_back = any(aligned.restarted[attempt + 1 : onset.attempt + 1])
            stops += not went_back
            level, attempt = lag, onset.attempt
        elif lag < level - bound:
            level, attempt = lag, onset.attempt
    return stops


def _own_tempo(onsets: Sequence[Onset]) -> float:
    """Seconds of lag for each second of the chart, where the player keeps another tempo; else 0."""
    slopes = [
        (later.lag_s - sooner.lag_s) / (later.place_s - sooner.place_s)
        for sooner, later in zip(onsets, onsets[TEMPO_ONSETS:], strict=False)
        if later.attempt == sooner.attempt and later.place_s > sooner.place_s
    ]
    drift = median(slopes) if slopes else 0.0
    return drift if abs(drift) > OTHER_TEMPO else 0.0


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
