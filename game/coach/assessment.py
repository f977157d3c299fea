"""The assessment: about a quarter of an hour that adapts chart by chart and ends with one rating.

It knows nothing of what was played before, so that ratings of different months can be compared.
Each chart is asked a level above where the estimate stands: there a take says most. It ends when
the standard error is at most a third of a level, or when the time or the charts are used up.
"""

from __future__ import annotations

import msgspec

from exercises.code import STYLES
from exercises.drill import DrillRequest
from exercises.levels import HIGHEST, LOWEST
from game.coach.ability import Abilities, Estimate, add_take, estimate
from game.coach.runs import (
    Line,
    Played,
    Report,
    Turn,
    per_minute,
    say_total,
    seed_from,
    share_right,
    shuffle,
)

PREVIEW_S = 15
BARS = 8
SHORT_BARS = 4
"""Up to level 2, whose charts are no longer."""
SHORT_UP_TO = 2
ENOUGH_ERROR = 1 / 3
FEWEST, MOST = 12, 22
ABOVE = 1.0
"""Levels above the estimate at which charts are asked: where two of three notes are expected a take
says a third more than where four of five are."""
LONGEST_S = 1020.0
"""No chart begins after 17 minutes."""


class Assessment(msgspec.Struct, frozen=True):
    """A test under way."""

    seed: int
    abilities: Abilities = Abilities()
    elapsed_s: float = 0.0
    played: tuple[Played, ...] = ()

    @property
    def mode(self) -> str:
        """An assessment."""
        return "assessment"

    @property
    def rating(self) -> Estimate:
        """The rating so far, in levels: of the whole test at once (game.coach.rating)."""
        from game.coach.rating import rate  # noqa: PLC0415 - numpy, not before a take is over

        return rate([(one.style, one.level, one.total) for one in self.played])

    @property
    def turn(self) -> Turn | None:
        """The next chart, a level above where the estimate stands; genres in turn."""
        number = len(self.played)
        is_sure = number >= FEWEST and self.rating.error <= ENOUGH_ERROR
        if is_sure or number >= MOST or self.elapsed_s >= LONGEST_S:
            return None
        style = shuffle(STYLES, "assessment", self.seed)[number % len(STYLES)]
        level = nearest_level(estimate(self.abilities, style).mean + ABOVE)
        return Turn(
            DrillRequest(
                style=style,
                level=level,
                kind="grand",
                bars=SHORT_BARS if level <= SHORT_UP_TO else BARS,
                seed=seed_from("assessment", self.seed, number),
            ),
            preview_s=PREVIEW_S,
        )

    def after(self, played: Played, elapsed_s: float) -> Assessment:
        """One chart more."""
        return msgspec.structs.replace(
            self,
            abilities=_enter(self.abilities, played),
            played=(*self.played, played),
            elapsed_s=elapsed_s,
        )

    def report(self) -> Report:
        """The rating with its uncertainty, in levels."""
        rating = self.rating
        is_over = self.turn is None
        return Report(
            mode=self.mode,
            title="Assessment" if is_over else "Assessment (broken off)",
            name="rating" if is_over else "broken off",
            score=rating.mean if self.played else None,
            unit=f"± {rating.error:.1f}: level {nearest_level(rating.mean)}",
            notes_per_minute=per_minute(self.played, self.elapsed_s),
            accuracy=share_right(self.played),
            lines=(
                Line("in between", f"{rating.low:.1f} to {rating.high:.1f}, nine times in ten"),
                Line("charts", f"{len(self.played)} in {self.elapsed_s / 60:.0f} minutes"),
                Line("levels", " ".join(str(one.level) for one in self.played)),
                Line("totals", " ".join(say_total(one.total) for one in self.played)),
            ),
        )


def _enter(abilities: Abilities, played: Played) -> Abilities:
    return add_take(
        abilities,
        style=played.style,
        kind="",
        level=played.level,
        total=played.total,
        day=0,
    )


def nearest_level(ability: float) -> int:
    """The level whose charts an ability reads at 80 of 100, or the nearest there is."""
    return max(LOWEST, min(round(ability), HIGHEST))
