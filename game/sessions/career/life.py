"""Reputation, credits and income: a fold over the diary.

    career = live([credit, credit, ...])
    career.after(credit)      one job more

Each thing that is said of a player is a mean over the jobs with some jobs' worth of doubt, so that
nobody is known at first, and older jobs count for less and less.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from game.sessions.career.credit import Credit

DOUBT = 6.0
"""Jobs' worth of not being known (by ear)."""
MEMORY = 0.97
"""What a job still counts after each later one: half after some 23."""
GENRES = 8
"""So many genres make a versatile player: the mean of the best ones (by ear)."""
GENRE_DOUBT = 2.0
"""Jobs' worth of not being known in one genre."""
GENRE_MEMORY = 0.99
"""What work in a genre still counts after each later job in any: half after some 70."""
CARD_CREDITS = 15
"""Paid jobs away from home after which the union takes a player in."""
AWAY = frozenset({"studio", "overdubs", "film", "live"})
SHARES = {"musical": 0.6, "quick": 0.1, "versatile": 0.3}
"""Of a name, beside reliability, which all of it is multiplied with."""


PIECES = 8
"""Of a portfolio: the best that can be heard (see `game.portfolio`)."""
WORTH_HEARING = 75.0
"""A total from which a delivered take is shown to strangers (by ear)."""


class Reputation(NamedTuple):
    """What is said of a player, each 0 to 100."""

    reliable: float
    quick: float
    versatile: float
    musical: float


class Evidence(NamedTuple):
    """A decaying sum of values of 0 to 1 and its weight."""

    value: float = 0.0
    weight: float = 0.0

    def fade(self, memory: float) -> Evidence:
        """What is left of it."""
        return Evidence(self.value * memory, self.weight * memory)

    def add(self, value: float, *, memory: float = MEMORY) -> Evidence:
        """One more."""
        left = self.fade(memory)
        return Evidence(left.value + value, left.weight + 1.0)

    @property
    def rate(self) -> float:
        """The mean with its doubt, 0 to 100; what is not known is nothing."""
        return 100.0 * self.value / (self.weight + DOUBT)


NOTHING_HEARD = Evidence()


@dataclass(frozen=True)
class Career:
    """Where a player stands after some jobs."""

    reliable: Evidence = NOTHING_HEARD
    quick: Mapping[str, Evidence] = field(default_factory=dict)
    """By genre; "" is all of them."""
    musical: Mapping[str, Evidence] = field(default_factory=dict)
    known: Mapping[str, Evidence] = field(default_factory=dict)
    """Work to hear in each genre; who was to come and did not is not heard."""
    credits: tuple[Credit, ...] = ()
    """Oldest first."""
    paid_away: int = 0
    chairs: frozenset[str] = frozenset()
    """Instruments with a track that is used."""
    pieces: tuple[Credit, ...] = ()
    """What a portfolio is made of: delivered, worth hearing, the best first."""

    @property
    def has_card(self) -> bool:
        """Whether the player is a member of the union."""
        return self.paid_away >= CARD_CREDITS

    @property
    def versatile(self) -> float:
        """How good the work is that can be heard in the best genres, 0 to 100."""
        rates = [each.value / (each.weight + GENRE_DOUBT) for each in self.known.values()]
        return 100.0 * sum(sorted(rates)[-GENRES:]) / GENRES

    @property
    def portfolio(self) -> float:
        """What its pieces say to who has never heard the player, 0 to 1: so many, and so good."""
        return sum(credit.musical for credit in self.pieces) / PIECES

    def knows(self, style: str) -> bool:
        """Whether there is work of a genre to hear."""
        return style in self.known and self.known[style].value > 0

    def reputation(self, style: str = "") -> Reputation:
        """What is said of the player, in a genre or in all."""
        return Reputation(
            reliable=self.reliable.rate,
            quick=self.quick.get(style, NOTHING_HEARD).rate,
            versatile=self.versatile,
            musical=self.musical.get(style, NOTHING_HEARD).rate,
        )

    def standing(self, style: str = "") -> float:
        """The name that a player has in a genre, 0 to 1: what opens calls and raises fees.

        Word gets round: half of what is heard in a genre comes from the others.
        """
        whole = self.reputation()
        here = self.reputation(style) if style else whole
        said = {
            "musical": (whole.musical + here.musical) / 2,
            "quick": (whole.quick + here.quick) / 2,
            "versatile": whole.versatile,
        }
        return whole.reliable * sum(SHARES[name] * said[name] for name in SHARES) / 10_000.0

    def after(self, credit: Credit) -> Career:
        """One job more; one that was withdrawn says nothing of the player."""
        if credit.end == "withdrawn":
            return replace(self, credits=(*self.credits, credit))
        quick, musical, known = dict(self.quick), dict(self.musical), dict(self.known)
        if credit.total is not None:
            for name in ("", credit.style):
                quick[name] = quick.get(name, NOTHING_HEARD).add(credit.quick * credit.is_done)
                musical[name] = musical.get(name, NOTHING_HEARD).add(credit.musical)
        known = {style: each.fade(GENRE_MEMORY) for style, each in known.items()}
        heard = credit.musical if credit.is_done else 0.0
        known[credit.style] = known.get(credit.style, NOTHING_HEARD).add(heard, memory=1.0)
        return replace(
            self,
            reliable=self.reliable.add(credit.reliable),
            quick=quick,
            musical=musical,
            known=known,
            credits=(*self.credits, credit),
            paid_away=self.paid_away + (credit.is_done and credit.stream in AWAY),
            chairs=self.chairs.union(credit.chairs if credit.is_done else ()),
            pieces=_show(self.pieces, credit),
        )


def _show(pieces: tuple[Credit, ...], credit: Credit) -> tuple[Credit, ...]:
    """The pieces of a portfolio after one job more."""
    if not credit.is_done or (credit.total or 0.0) < WORTH_HEARING:
        return pieces
    return tuple(sorted((*pieces, credit), key=lambda each: -each.musical)[:PIECES])


def live(diary: Iterable[Credit]) -> Career:
    """A career from its diary, oldest job first."""
    return reduce(Career.after, diary, Career())


class Month(NamedTuple):
    """A month's money."""

    name: str
    """ISO: "2026-11"."""
    income: dict[str, int]
    """By stream."""
    jobs: int


def sum_months(diary: Iterable[Credit]) -> list[Month]:
    """Income of each month in which a job ended, oldest first."""
    months: dict[str, tuple[Counter[str], int]] = {}
    for credit in diary:
        sums, jobs = months.get(credit.day[:7], (Counter(), 0))
        sums[credit.stream] += credit.paid
        months[credit.day[:7]] = sums, jobs + 1
    return [Month(name, dict(sums), jobs) for name, (sums, jobs) in sorted(months.items())]


LATELY = 20
"""Jobs that a mean fee is taken of."""


def jobs_for_living(career: Career, costs: int) -> int | None:
    """Jobs a month that would pay the costs at the mean of the last ones; None before any pay."""
    lately = [credit.paid for credit in career.credits[-LATELY:]]
    mean = sum(lately) / len(lately) if lately else 0.0
    return math.ceil(costs / mean) if mean else None
