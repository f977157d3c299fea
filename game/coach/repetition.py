"""Weak elements come back, in growing intervals, until they are secure.

When an element comes up is decided by FSRS (Ye et al. 2022, as the `fsrs` package has it), in its
long-term form: intervals of whole days, for nobody sight-reads an element twice in ten minutes.
How secure it is, is a share with a Beta posterior, in which older notes count for less.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from game.coach.ability import NORMAL_90

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fsrs import Scheduler

    from game.coach.elements import Tally

MEMORY = 150.0
"""Notes after which an old one counts 1/e: some ten charts of an element; by ear."""
PRIOR_RIGHT, PRIOR_WRONG = 4.0, 1.0
"""Before anything is known: five notes' worth of 80 %."""
WEAK_BY = 0.04
"""An element is taken up when it is probably read worse than the rest of the same charts by this
share: charts are chosen so that a fifth of everything goes wrong, so only the rest can tell ..."""
SECURE_DAYS = 30.0
"""... and is let go when it is read as well as the rest, and would be remembered for so long."""
FEWEST = 12
"""Notes before an element is called weak."""
FEWEST_IN_TAKE = 4
"""Notes of an element in a take for it to be a repetition of it."""
AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4
"""The grades of FSRS."""
GRADES = ((0.8, AGAIN), (0.93, HARD), (1.07, GOOD))
"""An element's share over the whole take's, below which it is graded so; by ear."""


class Strength(msgspec.Struct, frozen=True):
    """How well an element is read: decayed counts, and its card when it is being repeated."""

    name: str
    right: float = 0.0
    trials: float = 0.0
    expected: float = 0.0
    """How many would have been right, had they gone like the rest of their charts."""
    card: str = ""
    """JSON of an `fsrs.Card`; empty while it is not repeated."""
    due: str = ""
    """ISO 8601 in UTC; empty without a card."""

    @property
    def share(self) -> float:
        """The posterior mean of the share that is right."""
        return (self.right + PRIOR_RIGHT) / (self.trials + PRIOR_RIGHT + PRIOR_WRONG)

    @property
    def error(self) -> float:
        """Its standard deviation."""
        share = self.share
        return math.sqrt(share * (1 - share) / (self.trials + PRIOR_RIGHT + PRIOR_WRONG + 1))

    @property
    def expected_share(self) -> float:
        """The share that the rest of the same charts had."""
        whole = self.trials + PRIOR_RIGHT + PRIOR_WRONG
        return (self.expected + PRIOR_RIGHT) / whole

    def is_due(self, now: datetime) -> bool:
        """Whether its card has come up."""
        return bool(self.due) and datetime.fromisoformat(self.due) <= now


class Review(NamedTuple):
    """One take's notes of an element."""

    trials: int
    right: int
    at: datetime
    whole: float = 0.8
    """The share of the whole take that was right."""


def review(strength: Strength, taken: Review) -> Strength:
    """An element after one more take.

    Args:
        strength: before it.
        taken: its notes of the element, and when it was begun (with a zone).
    """
    keep = math.exp(-taken.trials / MEMORY)
    after = msgspec.structs.replace(
        strength,
        right=strength.right * keep + taken.right,
        trials=strength.trials * keep + taken.trials,
        expected=strength.expected * keep + taken.trials * taken.whole,
    )
    if taken.trials < FEWEST_IN_TAKE:
        return after
    if strength.card:
        return _repeat(after, taken)
    lag = after.expected_share - after.share - NORMAL_90 * after.error
    if after.trials >= FEWEST and lag > WEAK_BY:
        return _repeat(after, taken)
    return after


def _repeat(strength: Strength, taken: Review) -> Strength:
    from fsrs import Card, Rating  # noqa: PLC0415 - only where something is weak

    at = taken.at.astimezone(UTC)
    card = Card.from_json(strength.card) if strength.card else Card(card_id=0, due=at)
    share = taken.right / taken.trials / max(taken.whole, 1 / taken.trials)
    grade = next((grade for bound, grade in GRADES if share < bound), EASY)
    if card.last_review is not None and at < card.last_review:
        # The clock was set back: the repetition counts as of the last one.
        at = card.last_review
    card, _ = _scheduler().review_card(card, Rating(grade), at)
    if (card.stability or 0.0) >= SECURE_DAYS and strength.share >= strength.expected_share:
        return msgspec.structs.replace(strength, card="", due="")
    return msgspec.structs.replace(strength, card=card.to_json(), due=card.due.isoformat())


@cache
def _scheduler() -> Scheduler:
    from fsrs import Scheduler  # noqa: PLC0415 - as above

    # Without steps of minutes and without dice: the same takes give the same dates.
    return Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)


def review_all(
    strengths: Iterable[Strength], tallies: Iterable[Tally], at: datetime
) -> list[Strength]:
    """The elements that a take has touched, after it; others are left out."""
    known = {one.name: one for one in strengths}
    counted = list(tallies)
    hands = [one for one in counted if one.kind == "hand"]
    notes = sum(one.trials for one in hands)
    whole = sum(one.right for one in hands) / notes if notes else Review._field_defaults["whole"]
    return [
        review(known.get(one.name, Strength(one.name)), Review(one.trials, one.right, at, whole))
        for one in counted
        if one.kind == "element"
    ]


def due_now(strengths: Iterable[Strength], now: datetime) -> list[Strength]:
    """The elements that have come up, the weakest first."""
    return sorted((one for one in strengths if one.is_due(now)), key=lambda one: one.share)
