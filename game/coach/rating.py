"""The rating of an assessment: one figure for a whole test, with all that it does not know.

    share of chart i = logistic(logit(0.8) + slope * (ability + part of its genre - level))

scatters about that with a variance of share * (1 - share) / (precision + 1). The parts of the
seventeen genres all but sum to nothing: the rating is the mean over all of them. How uneven a
player is across genres, how steep the share falls with the level and how much it scatters is not
known, so the answer is the mixture over a grid of all three, weighed by how well they foretell it
(penalised quasi-likelihood, Breslow & Clayton 1993). A player whose genres lie far apart, or whose
totals jump, so gets a wider interval than the one formula for all would give.
"""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from exercises.code import STYLES
from game.coach.ability import LEAST_SHARE, MOST_SHARE, TARGET, Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Numbers = npt.NDArray[np.float64]

MIDDLE, SPREAD = 5.5, 4.0
"""Where a player is looked for before anything is known: anywhere from level 1 to 10."""
SLOPES = ((0.5, 0.25), (0.6, 0.5), (0.7, 0.25))
"""Log-odds a level, and how likely; see game.coach.ability."""
UNEVEN = ((0.2, 0.15), (0.4, 0.25), (0.7, 0.25), (1.0, 0.2), (1.4, 0.15))
"""Standard deviation of a player's genres in levels, and how likely; by ear."""
PRECISIONS = ((4.0, 0.26), (7.0, 0.32), (13.0, 0.27), (20.0, 0.15))
"""Of the scatter of totals (14 is some 10 of 100 at 80), and how likely; so that the intervals of
players who scatter half as much again hold too (tests/simulate.py)."""
CENTRED = 0.9
"""How far the genres' parts are held to sum to nothing (1: wholly). Scatter and unevenness cannot
be told apart from one chart a genre, and only unevenness is averaged out over all seventeen; the
rest is left to doubt. Chosen in the simulation (tests/simulate.py)."""
STEPS = 10
FARTHEST = 2.0
"""Levels that a step of the search may go: farther overshoots where the curve is flat."""


def rate(takes: Sequence[tuple[str, int, float]]) -> Estimate:
    """The mean ability over all genres after takes of (style, level, total 0 to 100)."""
    if not takes:
        return Estimate(MIDDLE, SPREAD)
    grid = list(product(SLOPES, UNEVEN, PRECISIONS))
    slope, uneven, precision = (
        np.array([cell[part][0] for cell in grid])[:, None] for part in range(3)
    )
    odds = np.array([math.log(cell[0][1] * cell[1][1] * cell[2][1]) for cell in grid])
    levels = np.array([float(level) for _, level, _ in takes])
    held = [min(max(total / 100.0, LEAST_SHARE), MOST_SHARE) for _, _, total in takes]
    return _mix(
        np.array(held), levels, _covary([style for style, _, _ in takes], uneven),
        slope, precision, odds,
    )  # fmt: skip


def _covary(styles: Sequence[str], uneven: Numbers) -> Numbers:
    """Prior covariance of the abilities at each chart, one matrix a cell of the grid."""
    names = np.array(styles)
    alike = names[:, None] == names[None, :]
    between: Numbers = np.where(alike, 1.0, -CENTRED / (len(STYLES) - 1))
    return np.asarray(SPREAD**2 + (uneven**2)[:, :, None] * between[None, :, :])


def _mix(
    shares: Numbers, levels: Numbers, prior: Numbers, slope: Numbers, precision: Numbers,
    odds: Numbers,
) -> Estimate:  # fmt: skip
    """The mixture's mean and standard deviation."""
    count = len(shares)
    at = np.full((len(odds), count), MIDDLE)
    for _ in range(STEPS):
        expected, weight, heard = _linearise(at, shares, levels, slope, precision)
        whole = prior + np.eye(count) / weight[:, :, None]
        solved = np.linalg.solve(whole, (heard - MIDDLE)[:, :, None])
        goal = MIDDLE + (prior @ solved)[:, :, 0]
        at = at + np.clip(goal - at, -FARTHEST, FARTHEST)
    expected, weight, heard = _linearise(at, shares, levels, slope, precision)
    whole = prior + np.eye(count) / weight[:, :, None]
    off = (heard - MIDDLE)[:, :, None]
    # What all charts share is the rating: its covariance with each is that of the prior's mean.
    both = np.linalg.solve(whole, np.concatenate([off, np.ones_like(off)], axis=2))
    means = MIDDLE + SPREAD**2 * both[:, :, 0].sum(axis=1)
    variances = SPREAD**2 - SPREAD**4 * both[:, :, 1].sum(axis=1)
    _, size = np.linalg.slogdet(whole)
    fit = -0.5 * ((off[:, :, 0] * both[:, :, 0]).sum(axis=1) + size)
    fit -= np.log(slope * expected * (1 - expected)).sum(axis=1)
    weights = np.exp(odds + fit - (odds + fit).max())
    weights /= weights.sum()
    mean = float((weights * means).sum())
    variance = float((weights * (variances + (means - mean) ** 2)).sum())
    return Estimate(mean, math.sqrt(variance))


def _linearise(
    at: Numbers, shares: Numbers, levels: Numbers, slope: Numbers, precision: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Expected shares, and as what ability with what weight each chart's share is heard."""
    base = math.log(TARGET / (1 - TARGET))
    expected = 1.0 / (1.0 + np.exp(-np.clip(base + slope * (at - levels), -8.0, 8.0)))
    spread = expected * (1 - expected)
    return (
        expected,
        (precision + 1) * slope**2 * spread,
        at + (shares - expected) / (slope * spread),
    )
