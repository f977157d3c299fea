"""What a player can read, as an estimate with its uncertainty, from the totals of all takes.

The model is a Bayesian logistic regression, brought up to date take by take (a Laplace step, as
Glicko does it):

    expected share of a take = logistic(logit(0.8) + SLOPE * (ability - level))
    ability = overall + the style's part + the part of the kind of chart (none on a grand staff)

so that an ability of 5.0 reads level 5 at 80 of 100. All parts have one joint Gaussian with its
whole covariance. A take's total counts like `TRIALS` yes-or-no trials with that chance: the
scatter of totals about the expected one (some 11 of 100 at 80). Where a player scatters more than
the model expects, each take counts for less (`dispersion`, the mean squared Pearson residual), and
days without practice make every part less sure. Only first takes of a chart count: who plays a
chart again has not sight-read it.

What the model leaves out: tempo and key beyond what the level says, and that levels may not be
equally far apart. SLOPE and TRIALS are by ear; the order of players does not depend on them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

SLOPE = 0.6
"""Log-odds a level: one level above the ability 80 becomes 69, two make 55."""
TARGET = 0.8
"""The share that an ability stands for, and what practice aims at (Wilson et al. 2019 find
learning fastest near 85 %)."""
TRIALS = 14.0
LEAST_SHARE, MOST_SHARE = 0.02, 0.98
"""Totals are held inside: one empty or one flawless take is not without end."""
OVERALL = "overall"
PLAIN = "grand"
"""The kind of chart that the overall ability is of; the others have parts."""
FIRST_GUESS = 3.0
FIRST_SPREAD = 2.5
"""Standard deviation, in levels, of players about the first guess; nearly all levels are in it."""
STYLE_SPREAD = 0.85
"""Standard deviation of a player's styles about the own overall ability: between even players and
very uneven ones, so that the intervals of both hold (tests/simulate.py)."""
KIND_SPREAD = 0.7
DRIFT = {OVERALL: 0.004, "style": 0.002, "kind": 0.002}
"""Variance that a day adds: a third of a level a month overall, by ear."""
LONGEST_DRIFT_DAYS = 365.0
PRIOR_TAKES = 12.0
"""Takes' worth of belief that a player scatters as the model expects; nobody is taken to scatter
less."""
DISPERSION = (1.0, 5.0)
NORMAL_90 = 1.6449
"""Half-width of a normal's middle 90 %, in standard deviations."""
_STEPS = 12


class Estimate(NamedTuple):
    """An ability in levels, with its standard error."""

    mean: float
    error: float

    @property
    def low(self) -> float:
        """Where the middle 90 % begins."""
        return self.mean - NORMAL_90 * self.error

    @property
    def high(self) -> float:
        """Where it ends."""
        return self.mean + NORMAL_90 * self.error


class Abilities(msgspec.Struct, frozen=True):
    """The joint estimate of one player."""

    names: tuple[str, ...] = (OVERALL,)
    """"overall", "style:jazz", "kind:lead", in the order of the rows."""
    means: tuple[float, ...] = (FIRST_GUESS,)
    covariance: tuple[tuple[float, ...], ...] = ((FIRST_SPREAD**2,),)
    takes: tuple[int, ...] = (0,)
    """How many takes each part has had."""
    residuals: float = 0.0
    """Sum of the squared Pearson residuals, for the dispersion."""
    day: int = 0
    """Proleptic ordinal of the last take's date; 0 before any."""

    @property
    def dispersion(self) -> float:
        """How much more a player scatters than the model expects; 1 is just so."""
        seen = (PRIOR_TAKES + self.residuals) / (PRIOR_TAKES + self.takes[0])
        return max(DISPERSION[0], min(seen, DISPERSION[1]))

    def count(self, name: str) -> int:
        """How many takes a part has had."""
        return self.takes[self.names.index(name)] if name in self.names else 0


def expected_share(ability: float, level: float) -> float:
    """The share of a take that an ability is expected to get at a level, 0 to 1."""
    return _logistic(math.log(TARGET / (1 - TARGET)) + SLOPE * (ability - level))


def expect_total(abilities: Abilities, takes: Sequence[tuple[str, str, int, int]]) -> float | None:
    """The mean total (0 to 100) that is expected of takes; None where nothing has been rated.

    Args:
        abilities: of the player.
        takes: style, kind, level and weight of each.
    """
    weight = sum(take[3] for take in takes)
    if not weight or not abilities.takes[0]:
        return None
    return (
        100.0
        * sum(
            weigh * expected_share(estimate(abilities, style, kind).mean, level)
            for style, kind, level, weigh in takes
        )
        / weight
    )


def ability_of(share: float, level: float) -> float:
    """The ability that is expected to get this share at this level: the other way round."""
    held = max(LEAST_SHARE, min(share, MOST_SHARE))
    return level + (math.log(held / (1 - held)) - math.log(TARGET / (1 - TARGET))) / SLOPE


def estimate(abilities: Abilities, style: str = "", kind: str = "") -> Estimate:
    """The ability overall, or in a style, or in a kind of chart."""
    wanted = _parts(style, kind)
    rows = [abilities.names.index(name) for name in wanted if name in abilities.names]
    mean = sum(abilities.means[row] for row in rows)
    variance = sum(abilities.covariance[a][b] for a in rows for b in rows)
    variance += sum(_prior(name) for name in wanted if name not in abilities.names)
    return Estimate(mean, math.sqrt(variance))


def add_take(
    abilities: Abilities,
    *,
    style: str,
    kind: str,
    level: int,
    total: float,
    day: int,
) -> Abilities:
    """The estimate after one more first take.

    Args:
        abilities: before it.
        style: its genre; empty for own material.
        kind: grand, lead, ...
        level: 1 and up.
        total: 0 to 100.
        day: proleptic ordinal of its date; earlier than the last one is taken as the same.
    """
    abilities = _rest(_with_parts(abilities, _parts(style, kind)), day)
    rows = [abilities.names.index(name) for name in _parts(style, kind)]
    mean = sum(abilities.means[row] for row in rows)
    gains = [sum(line[row] for row in rows) for line in abilities.covariance]
    spread = sum(gains[row] for row in rows)
    share = max(LEAST_SHARE, min(total / 100.0, MOST_SHARE))
    expected = expected_share(mean, level)
    noise = expected * (1 - expected)
    residual = (share - expected) ** 2 / (noise / TRIALS + (noise * SLOPE) ** 2 * spread)
    mode, variance = _condition(mean, spread, level, share, TRIALS / abilities.dispersion)
    means = tuple(
        old + gain * (mode - mean) / spread
        for old, gain in zip(abilities.means, gains, strict=True)
    )
    shrink = (spread - variance) / spread**2
    covariance = tuple(
        tuple(old - shrink * a * b for old, b in zip(line, gains, strict=True))
        for line, a in zip(abilities.covariance, gains, strict=True)
    )
    return Abilities(
        names=abilities.names,
        means=means,
        covariance=covariance,
        takes=tuple(count + (row in rows) for row, count in enumerate(abilities.takes)),
        residuals=abilities.residuals + min(residual, 2 * DISPERSION[1]),
        day=max(day, abilities.day),
    )


def _condition(
    mean: float, spread: float, level: float, share: float, trials: float
) -> tuple[float, float]:
    """Mode and variance of an ability (a Gaussian before) after a share of so many trials."""
    at = mean
    for _ in range(_STEPS):
        expected = expected_share(at, level)
        slope = (mean - at) / spread + trials * SLOPE * (share - expected)
        curve = 1 / spread + trials * SLOPE**2 * expected * (1 - expected)
        # A step of more than two levels overshoots where the curve is flat.
        at += max(-2.0, min(slope / curve, 2.0))
    expected = expected_share(at, level)
    return at, 1 / (1 / spread + trials * SLOPE**2 * expected * (1 - expected))


def _with_parts(abilities: Abilities, names: Sequence[str]) -> Abilities:
    """With rows for parts that are met for the first time."""
    new = [name for name in names if name not in abilities.names]
    if not new:
        return abilities
    old = len(abilities.names)
    lines = [(*line, *(0.0 for _ in new)) for line in abilities.covariance]
    for index, name in enumerate(new):
        lines.append(
            tuple(_prior(name) if at == old + index else 0.0 for at in range(old + len(new)))
        )
    return msgspec.structs.replace(
        abilities,
        names=(*abilities.names, *new),
        means=(*abilities.means, *(0.0 for _ in new)),
        covariance=tuple(lines),
        takes=(*abilities.takes, *(0 for _ in new)),
    )


def _rest(abilities: Abilities, day: int) -> Abilities:
    """After days without practice every part is a little less sure, but never less than at first.

    Abilities are not taken to sink: the next take says whether they have.
    """
    days = min(LONGEST_DRIFT_DAYS, max(0, day - abilities.day)) if abilities.day else 0
    if not days:
        return abilities
    lines = [list(line) for line in abilities.covariance]
    for row, name in enumerate(abilities.names):
        grown = lines[row][row] + days * DRIFT[name.partition(":")[0]]
        lines[row][row] = max(lines[row][row], min(grown, _prior(name)))
    return msgspec.structs.replace(abilities, covariance=tuple(tuple(line) for line in lines))


def _parts(style: str, kind: str) -> list[str]:
    parts = [OVERALL]
    if style:
        parts.append(f"style:{style}")
    if kind and kind != PLAIN:
        parts.append(f"kind:{kind}")
    return parts


def _prior(name: str) -> float:
    spread = {OVERALL: FIRST_SPREAD, "style": STYLE_SPREAD, "kind": KIND_SPREAD}
    return spread[name.partition(":")[0]] ** 2


def _logistic(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))
