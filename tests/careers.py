"""Simulated careers: what becomes of players of different ability and reliability.

Usage: python tests/careers.py [PLAYERS [DAYS]]        (1,000 players and 730 days)

A player reads a chart with an expected share of logistic(1.386 + 0.6 * (ability - level)) and a
little more in each later take of it; what comes out is drawn from a Beta distribution about it.
Who is less reliable is late, calls off or does not come more often. A working day has four hours
at the keys; preparing and getting there takes the rest.
The careers go through the rules of the game itself, call board to diary. What the figures say is
how the rules treat such players; people may not be like this.
"""

import math
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import fmean

from game.coach.ability import TARGET, ability_of
from game.sessions.career import job as jobs
from game.sessions.career.board import post_calls
from game.sessions.career.life import Career
from game.wording import career_market

FIRST_DAY = date(2026, 1, 5)
HOURS = 4.0
WORKDAYS = 5
PRECISION = 14.0
LEARNS = 0.03
"""What the next take of the same chart is better by, as a share."""
ABILITIES = (2.0, 4.0, 6.0, 8.0)
RELIABILITIES = (0.6, 0.8, 0.95)
FIRST_RATING = 3.0
STRATEGIES = ("works", "easiest", "level 1", "one genre", "cancels", "nothing")


@dataclass(frozen=True)
class Player:
    ability: float
    reliability: float
    seed: int
    city: str = "medium"
    strategy: str = "works"


def expect(ability, level):
    odds = math.log(TARGET / (1 - TARGET)) + 0.6 * (ability - level)
    return 1 / (1 + math.exp(-odds))


def choose(player, calls, rating):
    """The calls of the day that a player takes, in order."""
    if player.strategy == "nothing":
        return []
    if player.strategy == "easiest":
        return sorted(calls, key=lambda call: (call.level, -call.fee))[:1]
    if player.strategy == "one genre":
        return [call for call in calls if call.style == "pop"]
    if player.strategy == "level 1":
        return [call for call in calls if call.level == 1]

    def worth(call):
        share = expect(rating, call.level)
        chance = 1 / (1 + math.exp(-(100 * share - call.need + 8) / 6))
        return call.fee * (0.25 + 0.75 * chance) / call.hours

    return sorted(calls, key=worth, reverse=True)


def do(player, call, day, dice):
    """One job through the game's own state machine; gives its credit."""
    now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    job = jobs.accept(call, now)
    if player.strategy == "cancels":
        return jobs.write_credit(jobs.cancel(job), day.isoformat())
    arrives = job.starts_at - timedelta(minutes=jobs.EARLY_MIN)
    if dice.random() > player.reliability:
        fate = dice.random()
        if fate < 0.35:
            return jobs.write_credit(jobs.cancel(job), day.isoformat())
        late = 200 if fate < 0.55 else dice.uniform(2, 40)
        arrives = job.starts_at + timedelta(minutes=late)
    job = jobs.enter(jobs.put_up(job, b"chart"), arrives)
    while job.phase == jobs.STUDIO:
        number = len(job.takes) + 1
        if job.wants_change:
            job = jobs.change(job, "it a tone up", b"changed")
        share = min(0.98, expect(player.ability, call.level) + LEARNS * len(job.takes))
        total = 100 * dice.betavariate(share * PRECISION, (1 - share) * PRECISION)
        job = jobs.keep_take(job, number, jobs.Pass(number, total, job.version))
        enough = job.best and job.best.total >= call.need and not job.wants_change
        if enough or len(job.takes) > call.most_takes:
            job = jobs.deliver(job, job.best)
    return jobs.write_credit(job, day.isoformat())


def run(player, days=730):
    """A career, and the diary's money."""
    market = career_market()
    dice = random.Random(f"career {player}")  # noqa: S311 - no secret
    career, rating = Career(), FIRST_RATING
    for number in range(days):
        day = FIRST_DAY + timedelta(days=number)
        if day.weekday() >= WORKDAYS:
            continue
        calls = post_calls(
            market, career, day=day, seed=player.seed, city=player.city, ratings={"": rating}
        )
        hours = HOURS
        for call in choose(player, calls, rating):
            if call.hours > hours:
                continue
            hours -= call.hours
            credit = do(player, call, day, dice)
            career = career.after(credit)
            if credit.total is not None:
                rating += 0.05 * (ability_of(credit.total / 100, call.level) - rating)
    return career


def measure(career, days):
    """Figures of a career: a month's income of its last quarter, and what is said."""
    last = (FIRST_DAY + timedelta(days=days * 3 // 4)).isoformat()
    income = sum(c.paid for c in career.credits if c.day >= last) / (days / 4 / 30.4)
    said = career.reputation()
    return {
        "income": income,
        "total": sum(c.paid for c in career.credits),
        "standing": 100 * career.standing(),
        **said._asdict(),
        "jobs": len(career.credits),
    }


def mean_of(rows):
    return {name: fmean(row[name] for row in rows) for name in rows[0]}


def sweep(players, days):
    """The mean figures of each cell of ability x reliability, and the first jobs' fees."""
    cells = [(a, r) for a in ABILITIES for r in RELIABILITIES]
    found = {cell: [] for cell in cells}
    first = []
    for number in range(players):
        ability, reliability = cells[number % len(cells)]
        city = ("small", "medium", "big")[number // len(cells) % 3]
        career = run(Player(ability, reliability, number, city), days)
        found[ability, reliability].append(measure(career, days))
        first += [c.offered for c in career.credits[:5] if c.stream == "online"]
    return {cell: mean_of(rows) for cell, rows in found.items() if rows}, first


def check_order(table, names=("income", "standing", "versatile", "reliable")):
    """Cells that are not above their lower neighbours; empty where all is in order."""
    wrong = []
    for name in names:
        for ability in ABILITIES:
            for low, high in pairwise(RELIABILITIES):
                if table[ability, high][name] <= table[ability, low][name]:
                    wrong.append((name, ability, low, high))
        if name == "reliable":
            continue
        for reliability in RELIABILITIES:
            for low, high in pairwise(ABILITIES):
                if table[high, reliability][name] <= table[low, reliability][name]:
                    wrong.append((name, reliability, low, high))
    return wrong


def compare_strategies(days, count=3, ability=5.0, reliability=0.95):
    """The whole income of each strategy of the same player."""
    sums = Counter()
    for strategy in STRATEGIES:
        for seed in range(count):
            player = Player(ability, reliability, seed, strategy=strategy)
            sums[strategy] += sum(c.paid for c in run(player, days).credits)
    return {name: sums[name] / count for name in STRATEGIES}


def draw(table, name):
    """Bars of a figure, one line a cell."""
    top = max(row[name] for row in table.values()) or 1
    for (ability, reliability), row in table.items():
        bar = "█" * round(40 * row[name] / top)
        print(f"  ability {ability:.0f}  reliable {reliability:.2f}  {row[name]:8.0f} {bar}")


def main():
    players, days = (int(each) for each in (sys.argv[1:] + ["1000", "730"][len(sys.argv) - 1 :]))
    since = time.monotonic()
    table, first = sweep(players, days)
    for name, title in (
        ("income", "Income a month, last quarter"),
        ("standing", "Standing"),
        ("reliable", "Reliable"),
        ("quick", "Quick"),
        ("versatile", "Versatile"),
        ("musical", "Musical"),
    ):
        print(f"{title}, mean of {players} careers of {days} days")
        draw(table, name)
    print(f"first five jobs, online: {min(first)} to {max(first)} a track, mean {fmean(first):.0f}")
    print("whole income by strategy, ability 5, reliability 0.95, a middling city")
    strategies = compare_strategies(days)
    for name, income in strategies.items():
        print(f"  {name:<10}{income:10.0f}")
    wrong = check_order(table)
    print("out of order:", wrong or "nothing")
    print(f"{time.monotonic() - since:.0f} s")
    sys.exit(bool(wrong) or max(strategies, key=strategies.get) != "works")


if __name__ == "__main__":
    main()
