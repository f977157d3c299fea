"""Where a take leaves its own time: a run of bars that is early or late, or a drift."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_MS = 20.0
"""A step that is heard (by ear; professionals' own centres wander by some 10 ms)."""
LEAST_DRIFT_MS = 45.0
"""From the first bar to the last."""
SURE = 5.0
"""Standard errors by which it must stand clear of the scatter: of all runs of a long chart one
exceeds 4 by chance in a hundred takes."""
ENOUGH = 6
"""Onsets inside a run, and outside of it."""
CLIP_MS = 150.0
"""One slip of a finger is no step."""
LONGEST_SHARE = 0.6
"""Of the bars; a longer run is the take's own time, and the rest the step."""


@dataclass(frozen=True)
class Step:
    """What leaves the rest."""

    kind: str
    """run or drift."""
    first: int
    last: int
    """Indices of bars, both in it."""
    by_ms: float
    """Against the rest, or from first to last; negative is early."""
    rest_ms: float
    """The mean of the rest."""


def find_step(onsets: Sequence[tuple[int, float]], bars: int, *, scatter_ms: float) -> Step | None:
    """The plainest run of bars that is early or late as a whole, or the drift of the take.

    Args:
        onsets: (index of the bar, asynchrony in ms), in order.
        bars: how many there are.
        scatter_ms: a professional's scatter; the take's own is taken where it is larger.

    Returns:
        None where nothing stands clear. A run explains the asynchronies by two means, a drift by
        a line; whichever explains more is taken.

    """
    values = [max(-CLIP_MS, min(CLIP_MS, value)) for _, value in onsets]
    count = len(values)
    if count < 2 * ENOUGH:
        return None
    mean = sum(values) / count
    whole = sum((value - mean) ** 2 for value in values)
    run = _best_run(onsets, values, bars)
    drift, drift_gain = _fit_line(onsets, values, bars)
    if run is not None and run[0] >= drift_gain:
        gain, step, inside = run
        sd = max(scatter_ms, sqrt(max(0.0, whole - gain) / count))
        error = sd * sqrt(1 / inside + 1 / (count - inside))
        return step if abs(step.by_ms) > max(LEAST_MS, SURE * error) else None
    sd = max(scatter_ms, sqrt(max(0.0, whole - drift_gain) / count))
    # The ends of a line lie sqrt(12) of its standard error apart.
    is_clear = abs(drift) > max(LEAST_DRIFT_MS, SURE * sd * sqrt(12 / count))
    return Step("drift", 0, bars - 1, drift, mean) if is_clear else None


def _best_run(
    onsets: Sequence[tuple[int, float]], values: Sequence[float], bars: int
) -> tuple[float, Step, int] | None:
    """(how much it explains, the run, onsets in it) of the run that explains most."""
    counts = [0] * bars
    sums = [0.0] * bars
    for (bar, _), value in zip(onsets, values, strict=True):
        counts[bar] += 1
        sums[bar] += value
    n = [0, *accumulate(counts)]
    s = [0.0, *accumulate(sums)]
    best: tuple[float, Step, int] | None = None
    for first in range(bars):
        for last in range(first, min(bars, first + max(1, int(bars * LONGEST_SHARE)))):
            inside = n[last + 1] - n[first]
            outside = n[bars] - inside
            if inside < ENOUGH or outside < ENOUGH or not counts[first] or not counts[last]:
                continue
            total = s[last + 1] - s[first]
            rest = (s[bars] - total) / outside
            by_ms = total / inside - rest
            gain = by_ms**2 * inside * outside / n[bars]
            if best is None or gain > best[0] + 1e-9:
                best = gain, Step("run", first, last, by_ms, rest), inside
    return best


def _fit_line(
    onsets: Sequence[tuple[int, float]], values: Sequence[float], bars: int
) -> tuple[float, float]:
    """From the first bar to the last in ms, and how much the line explains."""
    places = [float(bar) for bar, _ in onsets]
    middle, mean = sum(places) / len(places), sum(values) / len(values)
    width = sum((place - middle) ** 2 for place in places)
    if not width:
        return 0.0, 0.0
    both = sum((p - middle) * (v - mean) for p, v in zip(places, values, strict=True))
    slope = both / width
    return slope * (bars - 1), slope * both
