"""Voice leading of chords in one hand: the top is a line, the voices move little.

The voicings of a stretch of chords are chosen together (shortest path), so that a chord is not
only near the one before but leads somewhere: the top follows a contour and does not sit on one
note for ever.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.voicing import Voicing

CONTOURS = ("arch", "dip", "rise", "fall")
AMPLITUDE = 3.5
"""Semitones by which the top of a phrase rises or falls, by ear."""
_TOP_PULL = 0.35
_INNER = 0.5
_LEAP = 5
_CLUSTER_COST = 1.5


@dataclass(frozen=True, slots=True)
class Stop:
    """A chord on the way: its possible voicings and where the top would like to be."""

    options: tuple[Voicing, ...]
    top: float
    same: bool = False
    """The chord is the one before, struck again."""


def draw_contour(progress: float, kind: str) -> float:
    """How far a phrase's top is from its middle, in semitones; `progress` runs from 0 to 1."""
    if kind in {"arch", "dip"}:
        lift = math.sin(math.pi * progress) * AMPLITUDE - AMPLITUDE / 2
        return lift if kind == "arch" else -lift
    lift = (progress - 0.5) * AMPLITUDE
    return lift if kind == "rise" else -lift


def pick_contours(letters: Sequence[str], dice: Dice) -> dict[str, str]:
    """A contour for each letter of the form."""
    chosen: dict[str, str] = {}
    for letter in letters:
        if letter not in chosen:
            left = [each for each in CONTOURS if each not in chosen.values()] or list(CONTOURS)
            chosen[letter] = dice.pick(left)
    return chosen


def lead_voices(stops: Sequence[Stop]) -> list[Voicing]:
    """One voicing for each stop, the whole way the smoothest; ties go to the lower one."""
    if not stops:
        return []
    costs = [_stand(option, stops[0].top) for option in stops[0].options]
    trail: list[list[int]] = []
    for before, here in pairwise(stops):
        step: list[int] = []
        sums: list[float] = []
        for option in here.options:
            ways = [
                cost + _move(last, option, same=here.same)
                for cost, last in zip(costs, before.options, strict=True)
            ]
            best = min(range(len(ways)), key=ways.__getitem__)
            step.append(best)
            sums.append(ways[best] + _stand(option, here.top))
        trail.append(step)
        costs = sums
    at = min(range(len(costs)), key=costs.__getitem__)
    chosen = [at]
    for step in reversed(trail):
        at = step[at]
        chosen.append(at)
    chosen.reverse()
    return [stop.options[index] for stop, index in zip(stops, chosen, strict=True)]


def _stand(option: Voicing, top: float) -> float:
    cost = _TOP_PULL * abs(option[-1] - top)
    tight = sum(two - one == 1 for one, two in pairwise(option))
    return cost + _CLUSTER_COST * tight


def _move(before: Voicing, after: Voicing, *, same: bool) -> float:
    """What going from one voicing to the next costs: tops step or stay, inner voices creep."""
    rise = abs(after[-1] - before[-1])
    if rise == 0:
        top = 0.0 if same else 0.5
    elif rise <= 2:  # noqa: PLR2004 - a step
        top = 0.3
    elif rise < _LEAP:
        top = 1.2
    else:
        top = 2.5 + 0.5 * (rise - _LEAP)
    inner = sum(
        abs(one - two) for one, two in zip(before[-2::-1], after[-2::-1], strict=False)
    ) / max(1, len(after) - 1)
    return top + _INNER * inner
