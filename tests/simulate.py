"""Simulated players against the assessment and the coach.

Usage: python tests/simulate.py [PLAYERS]

A player reads a chart with an expected share of logistic(1.386 + slope * (ability - level)), where
the ability is the own overall one and the genre's part, and the slope is the player's own (the
model holds one for all). The share that comes out is drawn from a Beta distribution about it. What
the figures say is how the estimates fare where players are like this; people may not be.
"""

import math
import random
import sys
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import fmean

from exercises.code import STYLES
from exercises.drill import DrillRequest
from game.coach.ability import TARGET, Abilities, add_take, estimate
from game.coach.assessment import Assessment
from game.coach.runs import Played
from game.coach.standing import Standing
from game.coach.suggestion import suggest
from game.take import TakeSummary

CHART_S = 50.0
"""A chart of the assessment: preview, count-in, eight bars, grading."""


@dataclass
class Player:
    """Somebody with an ability that is known."""

    ability: float
    rng: random.Random
    uneven: float = 0.4
    """Standard deviation of the genres' parts."""
    slope: float = 0.6
    precision: float = 14.0
    """Of the Beta distribution: lower is less reliable."""
    gain: float = 0.0
    """Levels that the best chart teaches."""
    forgets: float = 0.0
    """Levels that a day takes."""
    parts: dict = field(default_factory=dict)

    def __post_init__(self):
        draws = [self.rng.gauss(0, self.uneven) for _ in STYLES]
        middle = fmean(draws)
        self.parts = {s: d - middle for s, d in zip(STYLES, draws, strict=True)}

    def expect(self, style, level):
        odds = math.log(TARGET / (1 - TARGET))
        return 1 / (1 + math.exp(-odds - self.slope * (self.ability + self.parts[style] - level)))

    def play(self, request):
        share = self.expect(request.style, request.level)
        a, b = share * self.precision, (1 - share) * self.precision
        total = 100 * self.rng.betavariate(a, b)
        # Most is learnt where some goes wrong but not much (Wilson et al. 2019): by assumption.
        self.ability += self.gain * math.exp(-(((share - 0.82) / 0.12) ** 2))
        notes = 40
        return Played(
            request.style, request.level, request.kind or "grand", total, notes,
            round(notes * total / 100), 30.0,
        )  # fmt: skip


KINDS_OF_PLAYER = {
    "fixed": {},
    "uneven": {"uneven": 1.0},
    "unreliable": {"precision": 6.0},
    "learning": {"gain": 0.01},
    "forgetting": {"forgets": 0.05},
}


def draw_player(kind, rng):
    ability = rng.uniform(1.0, 10.0)
    slope = rng.uniform(0.5, 0.7)
    return Player(ability, rng, slope=slope, **KINDS_OF_PLAYER[kind])


def assess(player, seed):
    test = Assessment(seed=seed)
    while (turn := test.turn) is not None:
        played = player.play(turn.request)
        test = test.after(played, test.elapsed_s + CHART_S)
    return test


def rank_correlation(pairs):
    """Spearman's, without ties."""

    def ranks(values):
        order = sorted(range(len(values)), key=values.__getitem__)
        found = [0] * len(values)
        for rank, index in enumerate(order):
            found[index] = rank
        return found

    first, second = (ranks([pair[side] for pair in pairs]) for side in (0, 1))
    n = len(pairs)
    return 1 - 6 * sum((a - b) ** 2 for a, b in zip(first, second, strict=True)) / (n**3 - n)


def measure_assessment(count, kind="fixed", seed=1):
    """(rank correlation, share of 90 % intervals that hold the truth, mean error, charts)."""
    rng = random.Random(f"{kind} {seed}")  # noqa: S311 - dice of a simulation
    pairs, held, errors, charts = [], 0, [], []
    for number in range(count):
        player = draw_player(kind, rng)
        test = assess(player, number)
        rating = test.rating
        pairs.append((player.ability, rating.mean))
        held += rating.low <= player.ability <= rating.high
        errors.append(rating.error)
        charts.append(len(test.played))
    return rank_correlation(pairs), held / count, fmean(errors), max(errors), fmean(charts)


def names():
    return {style: Named(style) for style in STYLES}


@dataclass
class Named:
    name: str


def coached(player, charts, _):
    """Totals of charts that the coach asks for, one day after another."""
    return coach(player, charts)[0]


def coach(player, charts):
    """(totals, the abilities as they are estimated afterwards)."""
    takes, totals, abilities = [], [], Abilities()
    for number in range(charts):
        day = date(2026, 1, 1) + timedelta(days=number // 8)
        found = suggest(takes, names(), Standing(abilities=abilities))
        played = player.play(DrillRequest(style=found.style, level=found.level))
        abilities = add_take(
            abilities, style=played.style, kind="", level=played.level,
            total=played.total, day=day.toordinal(),
        )  # fmt: skip
        summary = TakeSummary(
            number, day.isoformat(), "", played.style, played.level, played.total, "finished"
        )
        takes = [summary, *takes][:60]
        totals.append(played.total)
        player.ability -= player.forgets / 8
    return totals, abilities


def at_random(player, charts, rng):
    """Totals of charts of any genre at any level."""
    return [
        player.play(DrillRequest(style=rng.choice(STYLES), level=rng.randint(1, 10))).total
        for _ in range(charts)
    ]


def measure_coach(count, kind="fixed", charts=60, seed=1):
    """(mean total after 20 charts, share of players whose own mean is 70 to 85, and how many of the
    90 % intervals hold the truth afterwards: overall, and of the genres)."""
    rng = random.Random(f"coach {kind} {seed}")  # noqa: S311 - dice of a simulation
    means, overall, genres = [], [], []
    for _ in range(count):
        player = draw_player(kind, rng)
        totals, abilities = coach(player, charts)
        means.append(fmean(totals[20:]))
        found = estimate(abilities)
        overall.append(found.low <= player.ability <= found.high)
        for style, part in player.parts.items():
            found = estimate(abilities, style)
            genres.append(found.low <= player.ability + part <= found.high)
    near = sum(70 <= mean <= 85 for mean in means) / count
    return fmean(means), near, fmean(overall), fmean(genres)


def measure_learning(count, charts=200, seed=1):
    """Levels learnt in so many charts, with the coach and with random drills."""
    gains = []
    for way in (coached, at_random):
        rng = random.Random(f"learning {seed}")  # noqa: S311 - dice of a simulation
        grown = []
        for _ in range(count):
            player = draw_player("learning", rng)
            player.ability = rng.uniform(1.0, 6.0)
            before = player.ability
            way(player, charts, random.Random(seed))  # noqa: S311 - dice of a simulation
            grown.append(player.ability - before)
        gains.append(fmean(grown))
    return gains


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    print(f"assessment, {count} players of each kind")
    print("            rank r  in 90 %   error  (most)  charts")
    for kind in KINDS_OF_PLAYER:
        r, held, error, most, charts = measure_assessment(count, kind)
        print(f"{kind:<11} {r:6.3f}  {held:6.1%}  {error:6.3f}  {most:6.3f}  {charts:6.1f}")
    few = max(1, count // 4)
    print(f"coach, {few} players of each kind, charts 21 to 60")
    print("            mean total  70 to 85  in 90 % overall  by genre")
    for kind in KINDS_OF_PLAYER:
        mean, share, overall, genres = measure_coach(few, kind)
        print(f"{kind:<11} {mean:10.1f}  {share:8.1%}  {overall:15.1%}  {genres:8.1%}")
    with_coach, by_chance = measure_learning(max(1, count // 8))
    print(
        f"levels learnt in 200 charts: {with_coach:.2f} with the coach, {by_chance:.2f} at random"
    )


if __name__ == "__main__":
    main()
