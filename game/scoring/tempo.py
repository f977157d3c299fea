"""Free tempo: from the player's seconds to the chart's clock, found from the notes alone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from game.scoring.path import find_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from game.scoring.path import Groups, Step

SLOWEST, FASTEST = 8.0, 0.4
"""Bounds of the player's seconds for one of the chart's: half to double tempo is asked for, and who
spells a page out note by note takes many times as long."""
SAME_RATE = 1.15
"""Two first guesses nearer than this are one."""
LOOSE = 3.0
"""Tolerance of time while the tempo is not known."""
REACH = 6
"""Onset groups between the two ends of a slope."""
SLOPES = 9
"""Slopes in the running median of the tempo: about two bars."""
CHORD_S = 0.05
NEAR_STEPS = 8
"""Steps on either side whose typical rate tells whether one is a wait."""
WAIT_BEATS, WAIT_S = 0.75, 1.0
"""A step that is longer by more is a wait (shorter: a leap), and no tempo; ..."""
WAIT_RATE = 1.75
"""... if it is also so many times as slow (as fast) as those around it."""

Anchor = tuple[float, float]
"""When the player came to a place (in player's seconds), and the place (in the chart's)."""


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


def settle_warp(
    groups: Groups, onsets_s: Sequence[float], steps: Sequence[Step], before: Warp
) -> Warp:
    """The warp that a way through the chart asks for; its waits are no tempo.

    Args:
        groups: the chart.
        onsets_s: when each key was struck, in the player's seconds.
        steps: where the way placed each.
        before: the warp by which that was found.

    """
    return _follow(groups, onsets_s, steps, before.rate, float(groups.beat_s))


def _follow(
    groups: Groups,
    onsets_s: Sequence[float],
    steps: Sequence[Step],
    guess: float,
    beat_s: float | None = None,
) -> Warp:
    """The warp that a search's right notes ask for."""
    stretches: list[list[Anchor]] = [[]]
    for onset, step in zip(onsets_s, steps, strict=True):
        if step.jump:
            stretches.append([])
        if step.right and not step.extra:
            stretches[-1].append((onset, float(groups.onset_s[step.group])))
    first = float(groups.onset_s[0])
    ends_s = (onsets_s[0], onsets_s[-1])
    return fit_warp(stretches, guess=guess, ends_s=ends_s, first_s=first, beat_s=beat_s)


def fit_warp(
    stretches: Iterable[Sequence[Anchor]],
    *,
    guess: float,
    ends_s: tuple[float, float],
    first_s: float,
    beat_s: float | None = None,
) -> Warp:
    """The warp of a take of which it is known where some of its notes belong.

    Args:
        stretches: (player's second, chart's second) of notes in order, of each stretch without a
            jump.
        guess: the player's seconds for one of the chart's, where nothing tells.
        ends_s: the first and the last note that was played.
        first_s: where the first note is put on the chart's clock.
        beat_s: a beat on the chart's clock. Where it is given, waits are no tempo: who stops at
            every bar line plays no slower for it, but is late from then on.

    """
    slopes: list[tuple[float, float]] = []
    for stretch in stretches:
        anchors: list[Anchor] = []
        for onset, place in stretch:
            if not anchors or (place > anchors[-1][1] and onset > anchors[-1][0]):
                anchors.append((onset, place))
        waited_s = [0.0] * len(anchors) if beat_s is None else add_waits(anchors, beat_s)
        for row in range(1, len(anchors)):
            start = max(0, row - REACH)
            (came, near), (onset, place) = anchors[start], anchors[row]
            slope = (onset - came - waited_s[row] + waited_s[start]) / (place - near)
            slopes.append(((came + onset) / 2, min(SLOWEST, max(FASTEST, slope))))
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
    origin = float(np.interp(ends_s[0], knots, walked))
    return Warp(knots, walked - origin + first_s, float(np.median(smooth)))


def add_waits(anchors: Sequence[Anchor], beat_s: float) -> list[float]:
    """How long the player has waited until each place, all waits together; less for leaps ahead."""
    steps = [(there - here, far - near) for (here, near), (there, far) in pairwise(anchors)]
    waited_s = [0.0] * len(anchors)
    for index, (passed, written) in enumerate(steps):
        around = steps[max(0, index - NEAR_STEPS) : index + NEAR_STEPS + 1]
        rate = _typical_rate(around, beat_s)
        wait = passed - rate * written
        strange = max(passed / (rate * written), rate * written / passed) > WAIT_RATE
        torn = strange and abs(wait) > min(WAIT_S, WAIT_BEATS * beat_s * rate)
        waited_s[index + 1] = waited_s[index] + wait * torn
    return waited_s


def _typical_rate(steps: Sequence[Anchor], beat_s: float) -> float:
    """The median rate of some steps (seconds passed, seconds written), a beat the heaviest."""
    ordered = sorted((passed / written, min(written, beat_s)) for passed, written in steps)
    half = 0.5 * sum(weight for _, weight in ordered)
    for rate, weight in ordered:
        half -= weight
        if half <= 0:
            return rate
    return ordered[-1][0]
