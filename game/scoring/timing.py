"""Time against the click: bias, spread, drift, swing, and the score of time."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from fractions import Fraction
from math import sqrt
from statistics import fmean, median, pstdev
from typing import TYPE_CHECKING

import numpy as np

from game.scoring.drift import find_drift
from game.scoring.results import TimeReport
from game.scoring.windows import MAD_TO_SD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from exercises.chart import Chart
    from exercises.timeline import Timeline
    from game.scoring.align import Aligned
    from game.scoring.expectation import Expected
    from game.scoring.judge import Onset

ENOUGH_ONSETS = 4
"""Fewer (unless the chart has no more) say nothing about time."""
ENOUGH_FOR_POCKET = 24
"""Standard error of the mean 4 ms at a professional's spread of 20."""
ENOUGH_FOR_TEMPO = 8
ENOUGH_PAIRS = 16
"""Standard error of the swing ratio about 10 %, at 0.53 log2 a pair (Jazz Trio Database)."""
LENGTH_RANGE = (0.5, 2.0)
"""A pair that lasted less or more of its written length was torn by a slip or a wait."""
PLACES = (0.1, 0.9)
"""Of a beat: beyond them a place is no ratio."""
LEFT_OUT = 0.1
"""Of the pairs at each end: slips."""
SHARED_BEATS = 1.1547
"""Neighbouring pairs share a beat, so that their mean scatters more than single ones say: the root
of 2 over 1.5."""
OUTLIER_SPREADS = 6.0
OUTLIER_FLOOR_MS = 120.0
SURE_DRIFT = 5.0
"""Standard errors from which a drift is taken for real and out of the spread."""
STEADINESS_SHARE = 0.6
"""Of the time score: even against the player's own centre; the rest is the place on the click."""
POCKETS = (
    (-20.0, "rushing"),
    (-8.0, "on top"),
    (8.0, "on"),
    (24.0, "behind"),
    (45.0, "lazy"),
)
"""Upper ends of the mean asynchrony in ms; above the last it is dragging."""
EIGHTH, SIXTEENTH = Fraction(1, 2), Fraction(1, 4)


def report_time(
    chart: Chart, timeline: Timeline, onsets: Sequence[Onset], aligned: Aligned
) -> TimeReport:
    """Report bias, spread and drift of the onsets that were on the click.

    Bias is the mean asynchrony and spread its standard deviation, with slips beyond six robust
    deviations left out and a drift that is sure taken out of the spread. Without a click, and
    where another tempo was kept, there is no bias.
    """
    free = aligned.warp.free
    other = 0.0 if free else find_drift(onsets)
    kept = _without_slips([onset for onset in onsets if onset.on_click])
    if other:
        kept = _without_slips([_in_own_tempo(onset, other) for onset in onsets])
    ratio, pairs, error = measure_swing(onsets)
    bias = spread = drift = None
    if len(kept) >= 2:  # noqa: PLR2004 - a spread needs two
        bias = fmean(onset.asynchrony_ms for onset in kept)
        spread, drift = _spread_and_drift(kept, _bar_s(chart, timeline))
        if free:
            # Of the player's own clock, as the ear heard it.
            spread *= aligned.warp.rate
    elif kept:
        bias = kept[0].asynchrony_ms
    if other:
        bias, drift = None, 1000.0 * other * _bar_s(chart, timeline)
    pocket = None if free or bias is None or len(kept) < ENOUGH_FOR_POCKET else _name_pocket(bias)
    heard = kept if not other and 2 * len(kept) > len(onsets) else onsets
    return TimeReport(
        bias_ms=None if free else bias,
        spread_ms=spread,
        drift_ms_per_bar=None if free else drift,
        tempo_quarter_bpm=_tempo(timeline, heard, aligned),
        swing_ratio=ratio if pairs >= ENOUGH_PAIRS else None,
        swing_pairs=pairs,
        pocket=pocket,
        swing_error=error if pairs >= ENOUGH_PAIRS else None,
        click_quarter_bpm=None if free else timeline.changes[0][1],
        onsets=len(onsets),
        beside=len(onsets) - len(kept),
    )


def _in_own_tempo(onset: Onset, drift: float) -> Onset:
    """An onset against the tempo that was kept."""
    return replace(onset, asynchrony_ms=onset.asynchrony_ms - 1000.0 * drift * onset.place_s)


def _without_slips(onsets: list[Onset]) -> list[Onset]:
    if not onsets:
        return []
    middle = median(onset.asynchrony_ms for onset in onsets)
    apart = median(abs(onset.asynchrony_ms - middle) for onset in onsets)
    bound = max(OUTLIER_FLOOR_MS, OUTLIER_SPREADS * MAD_TO_SD * apart)
    return [onset for onset in onsets if abs(onset.asynchrony_ms - middle) <= bound]


def _bar_s(chart: Chart, timeline: Timeline) -> float:
    lengths = [float(bar.duration_ql) for bar in chart.bars]
    return median(lengths) * 60.0 / timeline.quarter_bpm_at(chart.bars[0].onset_ql)


def _spread_and_drift(onsets: Sequence[Onset], bar_s: float) -> tuple[float, float]:
    """Standard deviation in ms, and the slope of the asynchrony in ms a bar."""
    values = np.array([onset.asynchrony_ms for onset in onsets])
    places = np.array([onset.place_s for onset in onsets]) / bar_s
    away = places - places.mean()
    total = float((away**2).sum())
    slope = float((away * values).sum()) / total if total else 0.0
    rest = values - values.mean() - slope * away
    raw = float(values.std())
    error = float(np.sqrt((rest**2).sum() / max(1, len(values) - 2) / total)) if total else 0.0
    sure = error > 0 and abs(slope) > SURE_DRIFT * error
    return (float(rest.std()) if sure else raw), slope


def _name_pocket(bias_ms: float) -> str:
    ends = [end for end, _ in POCKETS]
    place = bisect_left(ends, bias_ms)
    return POCKETS[place][1] if place < len(POCKETS) else "dragging"


def _tempo(timeline: Timeline, onsets: Sequence[Onset], aligned: Aligned) -> float | None:
    """Quarter notes a minute as played; None where too little was."""
    written = timeline.changes[0][1]
    if aligned.warp.free:
        return written / aligned.warp.rate if onsets else None
    if len(onsets) < ENOUGH_FOR_TEMPO:
        return None
    total = walked = 0.0
    for attempt in {onset.attempt for onset in onsets}:
        own = [onset for onset in onsets if onset.attempt == attempt]
        places = np.array([onset.place_s for onset in own])
        away = places - places.mean()
        total += float((away**2).sum())
        walked += float((away * np.array([onset.heard_s for onset in own])).sum())
    return written * total / walked if walked > 0 else None


def measure_swing(onsets: Sequence[Onset]) -> tuple[float | None, int, float | None]:
    """The ratio of long to short eighth, of how many pairs, and how sure it is.

    A pair counts where the beat, its middle and the next beat were all played right in one
    stretch, counted in quarter notes. The error is two standard errors of the place of the
    off-beat in its beat, in percent.
    """
    place, pairs, error = _place_middle(onsets, EIGHTH)
    return (None if place is None else place / (1.0 - place)), pairs, error


def measure_sixteenths(onsets: Sequence[Onset]) -> tuple[float | None, int]:
    """Where the inner sixteenths lie in their half-beats, in percent, and of how many pairs.

    50 is straight, 66.7 a triplet.
    """
    place, pairs, _ = _place_middle(onsets, SIXTEENTH)
    return (None if place is None else 100.0 * place), pairs


def _place_middle(
    onsets: Sequence[Onset], unit: Fraction
) -> tuple[float | None, int, float | None]:
    """Where the second of two units begins, as a share of both; of how many pairs, how sure.

    The mean distance of the second from the middle between the first and the next, in beats as
    long as they were played, a tenth of the pairs left out at each end. In a run of pairs every
    beat ends one and begins the next: so the mean is as good as an unbiased estimate can be, a
    standard error of sigma sqrt(2/n) / beat for onsets that scatter by sigma. A mean of ratios
    would lean: an onset that scatters past its neighbour has none.
    """
    away: list[float] = []
    lengths: list[float] = []
    for start, middle, end in _triples(onsets, unit):
        written = end.place_s - start.place_s
        length = (end.heard_s - start.heard_s) / written
        if LENGTH_RANGE[0] <= length <= LENGTH_RANGE[1]:
            away.append((middle.heard_s - (start.heard_s + end.heard_s) / 2.0) / written)
            lengths.append(length)
    if not away:
        return None, 0, None
    own = median(lengths)
    left_out = int(LEFT_OUT * len(away))
    place = 0.5 + fmean(sorted(away)[left_out : len(away) - left_out]) / own
    error = 200.0 * SHARED_BEATS * pstdev(away) / own / sqrt(len(away))
    return min(PLACES[1], max(PLACES[0], place)), len(away), error


def _triples(onsets: Sequence[Onset], unit: Fraction) -> Iterator[tuple[Onset, Onset, Onset]]:
    """Two units that were struck in one stretch, and what comes after them."""
    heard: dict[tuple[int, Fraction], Onset] = {}
    for onset in onsets:
        heard.setdefault((onset.attempt, onset.onset_ql), onset)
    for (attempt, place), start in heard.items():
        middle = heard.get((attempt, place + unit))
        end = heard.get((attempt, place + 2 * unit))
        on_grid = (place / (2 * unit)).denominator == 1
        if on_grid and middle is not None and end is not None and start.place_s < end.place_s:
            yield start, middle, end


def score_time(expected: Sequence[Expected], onsets: Sequence[Onset]) -> float | None:
    """Score placement on the click and steadiness, 0 to 100; None where too little was played.

    A lean that stays costs in the placement only. Notes that are whole beats off the click after
    a stop are left out (the stop is paid for in the flow), unless there is nothing else. Where
    another tempo was kept all count: nothing else tells that the click was left.
    """
    groups = {note.group for note in expected if not note.grace}
    enough = min(ENOUGH_ONSETS, len(groups))
    other = find_drift(onsets)
    on_click = [onset for onset in onsets if onset.on_click or other]
    if len(onsets) < enough or not onsets:
        return None
    if len(on_click) < enough:
        return 100.0 * STEADINESS_SHARE * fmean(_points(expected, onsets, "steady"))
    placed = fmean(_points(expected, on_click, "place"))
    steady = fmean(_points(expected, on_click, "steady"))
    return 100.0 * ((1 - STEADINESS_SHARE) * placed + STEADINESS_SHARE * steady)


def _points(expected: Sequence[Expected], onsets: Sequence[Onset], which: str) -> list[float]:
    points: list[float] = []
    for onset in onsets:
        distance = onset.steady_ms if which == "steady" else onset.distance_ms
        window = expected[onset.numbers[0]].window(distance)
        points.append(window.points(abs(distance)))
    return points
