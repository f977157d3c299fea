"""The performer's tempo: rubato and drift without a click, leaning and wandering against one."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from math import log2, pi, sin
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from game.performer.profiles import Profile

PERIODS_BEATS = (3.0, 24.0)
"""Lengths of the waves that a swaying is made of: from a gesture to a phrase (by ear)."""
WAVES = 4
STEP_S = 0.05
SLOWEST, FASTEST = 0.5, 2.0
MARGIN_S = 60.0
"""Beyond the ends of the take the tempo stays as it is there."""


@dataclass(frozen=True)
class Sway:
    """A rising map from the even clock to the performer's, straight between steps."""

    start_s: float
    walked_s: tuple[float, ...]
    """The performer's second at each step of `STEP_S`."""

    def performed_s(self, onset_s: float) -> float:
        """When something due at a second of the even clock is played."""
        place = (onset_s - self.start_s) / STEP_S
        index = min(len(self.walked_s) - 2, max(0, int(place)))
        here, there = self.walked_s[index], self.walked_s[index + 1]
        return here + (place - index) * (there - here)


def draw_waves(rng: Random, beat_s: float) -> Callable[[float], float]:
    """A smooth swaying between -1 and 1 about 0."""
    waves = [
        (rng.uniform(0.5, 1.0), rng.uniform(*PERIODS_BEATS) * beat_s, rng.uniform(0.0, 2 * pi))
        for _ in range(WAVES)
    ]
    whole = sum(height for height, _, _ in waves)
    return lambda when: (
        sum(height * sin(2 * pi * when / period + phase) for height, period, phase in waves) / whole
    )


def plan_sway(profile: Profile, end_s: float, beat_s: float, rng: Random) -> Sway | None:
    """The tempo of a performance without a click; None where it is even.

    Args:
        profile: how far the tempo sways and drifts.
        end_s: where the chart ends on the even clock.
        beat_s: a beat on it.
        rng: the dice.

    """
    if not profile.rubato and profile.drift == 1.0:
        return None
    waves = draw_waves(rng, beat_s)
    walked = [-MARGIN_S]
    steps = int((end_s + 2 * MARGIN_S) / STEP_S)
    for step in range(steps):
        when = -MARGIN_S + step * STEP_S
        share = min(1.0, max(0.0, when / max(end_s, beat_s)))
        octaves = profile.rubato * waves(when) + (share - 0.5) * log2(profile.drift)
        walked.append(walked[-1] + STEP_S / min(FASTEST, max(SLOWEST, 2.0**octaves)))
    first = walked[bisect_right(range(steps), int(MARGIN_S / STEP_S)) - 1]
    return Sway(-MARGIN_S, tuple(when - first for when in walked))
