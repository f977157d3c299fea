"""Time against the click: bias, spread, drift, swing, and the score of time."""

from __future__ import annotations

from bisect import bisect_left
from fractions import Fraction
from math import sqrt
from statistics import fmean, median, pstdev
from typing import TYPE_CHECKING

import numpy as np

from game.scoring.results import TimeReport

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
RATIO_RANGE = (0.25, 4.0)
LEFT_OUT = 0.1
"""Of the pairs at each end: slips."""
SHARED_BEATS = 1.15
"""Neighbouring pairs share a beat, so that their mean scatters more than single ones say: the root
of 2 over 1 and the squares of the two shares of a swung beat."""
OUTLIER_SPREADS = 6.0
OUTLIER_FLOOR_MS = 120.0
MAD_TO_SD = 1.4826
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
    deviations left out and a drift that is sure taken out of the spread. Without a click there
    is no bias.
    """
    free = aligned.warp.free
    kept = _without_slips([onset for onset in onsets if onset.on_click])
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
    pocket = None if free or len(kept) < ENOUGH_FOR_POCKET else _name_pocket(bias or 0.0)
    heard = kept if 2 * len(kept) > len(onsets) else onsets
    return TimeReport(
        bias_ms=None if free else bias,
        spread_ms=spread,
        drift_ms_per_bar=None if free else drift,
        tempo_quarter_bpm=_tempo(timeline, heard, aligned),
        swing_ratio=ratio if pairs >= ENOUGH_PAIRS else None,
        swing_pairs=pairs,
        pocket=pocket,
        swing_error=error if pairs >= ENOUGH_PAIRS else None,
    )


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
    stretch, counted in quarter notes. The ratio is that of the mean place of the off-beats in their
    beats, a tenth of the pairs left out at each end. In a run of pairs every beat ends one and
    begins the next: so the mean is as good as an unbiased estimate can be, a standard error of
    sigma sqrt(2/n) (1 + r)^2 / (r beat) of the ratio r for onsets that scatter by sigma; the median
    of the ratios is a quarter worse. The error is two standard errors of the place, in percent.
    """
    places = sorted(ratio / (1.0 + ratio) for ratio in swing_pairs(onsets))
    if not places:
        return None, 0, None
    left_out = int(LEFT_OUT * len(places))
    place = fmean(places[left_out : len(places) - left_out])
    error = 200.0 * SHARED_BEATS * pstdev(places) / sqrt(len(places))
    return place / (1.0 - place), len(places), error


def swing_pairs(onsets: Sequence[Onset]) -> list[float]:
    """The ratio of long to short of every pair of eighths on a beat that lies within reason."""
    pairs = (long / short for long, short in _halves(onsets, EIGHTH))
    return [ratio for ratio in pairs if RATIO_RANGE[0] <= ratio <= RATIO_RANGE[1]]


def measure_sixteenths(onsets: Sequence[Onset]) -> tuple[float | None, int]:
    """Where the inner sixteenths lie in their half-beats, in percent, and of how many pairs.

    50 is straight, 66.7 a triplet; the median, so that the player's own offset is out of it.
    """
    shares = [
        100.0 * long / (long + short)
        for long, short in _halves(onsets, SIXTEENTH)
        if RATIO_RANGE[0] <= long / short <= RATIO_RANGE[1]
    ]
    return (median(shares), len(shares)) if shares else (None, 0)


def _halves(onsets: Sequence[Onset], unit: Fraction) -> Iterator[tuple[float, float]]:
    """The seconds of the first and the second of two units that were struck in one stretch."""
    heard: dict[tuple[int, Fraction], float] = {}
    for onset in onsets:
        heard.setdefault((onset.attempt, onset.onset_ql), onset.heard_s)
    for (attempt, place), start in heard.items():
        middle = heard.get((attempt, place + unit))
        end = heard.get((attempt, place + 2 * unit))
        on_grid = (place / (2 * unit)).denominator == 1
        if on_grid and middle is not None and end is not None and start < middle < end:
            yield middle - start, end - middle


def score_time(expected: Sequence[Expected], onsets: Sequence[Onset]) -> float | None:
    """Score placement on the click and steadiness, 0 to 100; None where too little was played.

    A lean that stays costs in the placement only. Notes that are whole beats off the click after
    a stop are left out (the stop is paid for in the flow), unless there is nothing else.
    """
    groups = {note.group for note in expected if not note.grace}
    enough = min(ENOUGH_ONSETS, len(groups))
    on_click = [onset for onset in onsets if onset.on_click]
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
