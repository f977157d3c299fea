"""Free tempo: from the player's seconds to the chart's clock, found from the notes alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from game.scoring.path import find_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from game.scoring.path import Groups, Step

SLOWEST, FASTEST = 3.2, 0.4
"""Bounds of the player's seconds for one of the chart's: half to double tempo is asked for, and a
beginner takes his time."""
SAME_RATE = 1.15
"""Two first guesses nearer than this are one."""
LOOSE = 3.0
"""Tolerance of time while the tempo is not known."""
REACH = 6
"""Onset groups between the two ends of a slope."""
SLOPES = 9
"""Slopes in the running median of the tempo: about two bars."""
CHORD_S = 0.05


@dataclass(frozen=True)
class Warp:
    """A rising map from the player's seconds to the chart's clock, straight between its knots."""

    knots: NDArray[np.float64]
    chart: NDArray[np.float64]
    rate: float
    """Median of the player's seconds for one of the chart's."""
    free: bool = True

    @classmethod
    def identity(cls) -> Warp:
        """To a click both clocks are the same."""
        line = np.array([0.0, 1.0])
        return cls(line, line, 1.0, free=False)

    def chart_s(self, onset_s: float) -> float:
        """The chart's second of a moment; beyond the ends at the tempo found there."""
        if not self.free:
            return onset_s
        knots, chart = self.knots, self.chart
        if onset_s <= knots[0]:
            slope = (chart[1] - chart[0]) / (knots[1] - knots[0])
            return float(chart[0] + (onset_s - knots[0]) * slope)
        if onset_s >= knots[-1]:
            slope = (chart[-1] - chart[-2]) / (knots[-1] - knots[-2])
            return float(chart[-1] + (onset_s - knots[-1]) * slope)
        return float(np.interp(onset_s, knots, chart))


def find_warp(groups: Groups, onsets_s: Sequence[float], pitches: Sequence[int]) -> Warp:
    """Find the tempo of a take that had no click.

    Two first guesses (the length of the take, and its typical step) are tried by a search that
    leans on the pitches; the better one gives slopes between notes that lie some groups apart,
    and their running median is the tempo.
    """
    first = float(groups.onset_s[0])
    best: tuple[float, list[Step]] | None = None
    for rate in _guess_rates(groups, onsets_s):
        scaled = [(onset - onsets_s[0]) / rate + first for onset in onsets_s]
        steps, cost = find_path(groups, scaled, pitches, click=False, loose=LOOSE, gain=1.0)
        if best is None or cost < best[0]:
            best = (cost, steps)
            chosen = rate
    steps = best[1] if best else []
    return _follow(groups, onsets_s, steps, chosen)


def _guess_rates(groups: Groups, onsets_s: Sequence[float]) -> list[float]:
    written = float(groups.onset_s[-1] - groups.onset_s[0])
    length = (onsets_s[-1] - onsets_s[0]) / written if written > 0 else 1.0
    gaps = np.diff(onsets_s)
    gaps = gaps[gaps > CHORD_S]
    steps = np.diff(groups.onset_s)
    typical = float(np.median(gaps) / np.median(steps)) if len(gaps) and len(steps) else length
    rates = [min(SLOWEST, max(FASTEST, rate)) for rate in (length, typical)]
    near = max(rates) / min(rates) < SAME_RATE
    return rates[:1] if near else rates


def _follow(groups: Groups, onsets_s: Sequence[float], steps: Sequence[Step], guess: float) -> Warp:
    """The warp that a search's right notes ask for."""
    stretches: list[list[tuple[float, float]]] = [[]]
    for onset, step in zip(onsets_s, steps, strict=True):
        if step.jump:
            stretches.append([])
        if step.right and not step.extra:
            stretches[-1].append((onset, float(groups.onset_s[step.group])))
    first = float(groups.onset_s[0])
    return fit_warp(stretches, guess=guess, ends_s=(onsets_s[0], onsets_s[-1]), first_s=first)


def fit_warp(
    stretches: Iterable[Sequence[tuple[float, float]]],
    *,
    guess: float,
    ends_s: tuple[float, float],
    first_s: float,
) -> Warp:
    """The warp of a take of which it is known where some of its notes belong.

    Args:
        stretches: (player's second, chart's second) of notes in order, of each stretch without a
            jump.
        guess: the player's seconds for one of the chart's, where nothing tells.
        ends_s: the first and the last note that was played.
        first_s: where the first note is put on the chart's clock.

    """
    slopes: list[tuple[float, float]] = []
    for stretch in stretches:
        anchors: list[tuple[float, float]] = []
        for onset, place in stretch:
            if anchors and place <= anchors[-1][1]:
                continue
            anchors.append((onset, place))
            if len(anchors) > 1:
                before = anchors[max(0, len(anchors) - 1 - REACH)]
                slope = (onset - before[0]) / (place - before[1])
                slopes.append(((before[0] + onset) / 2, min(SLOWEST, max(FASTEST, slope))))
    if not slopes:
        slopes = [(ends_s[0], guess)]
    slopes.sort()
    half = SLOPES // 2
    rates = [slope for _, slope in slopes]
    smooth = [
        float(np.median(rates[max(0, index - half) : index + half + 1]))
        for index in range(len(rates))
    ]
    times = [ends_s[0] - 1.0, *(when for when, _ in slopes), ends_s[1] + 1.0]
    speeds = [1 / smooth[0], *(1 / rate for rate in smooth), 1 / smooth[-1]]
    knots, kept = np.unique(np.array(times), return_index=True)
    speed = np.array(speeds)[kept]
    walked = np.concatenate([[0.0], np.cumsum(np.diff(knots) * (speed[1:] + speed[:-1]) / 2)])
    start = float(np.interp(ends_s[0], knots, walked))
    return Warp(knots, walked - start + first_s, float(np.median(smooth)))
