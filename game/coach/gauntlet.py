"""The gauntlet: genre after genre, each with its own tempo, feel, key and kind of chart.

A genre is judged on notes, time and feel together; the result is the geometric mean over the
genres, so that one weak genre shows.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from exercises.code import KEYBOARD_KINDS, STYLES
from exercises.drill import DrillRequest
from exercises.levels import level as level_of
from game.coach.ability import OVERALL, Abilities, Estimate, estimate
from game.coach.runs import (
    Line,
    Played,
    Report,
    Turn,
    first_sight_line,
    per_minute,
    seed_from,
    share_right,
    shuffle,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

PREVIEW_S = 15
REST_S = 10
SIZES = (3, 7, len(STYLES))
"""How many genres: a taste, an evening, all that everyone has."""
LEAST = 1.0
"""A genre is worth at least this of 100, so that one of nothing leaves a figure to better."""
GOOD = 80.0
ALL_GENRES = "all genres"


class Gauntlet(msgspec.Struct, frozen=True):
    """A number of genres in an order that hangs on the seed."""

    size: int
    level: int
    seed: int
    styles: tuple[str, ...] = STYLES
    """What is drawn from."""
    elapsed_s: float = 0.0
    played: tuple[Played, ...] = ()

    @property
    def mode(self) -> str:
        """A gauntlet."""
        return "gauntlet"

    @property
    def order(self) -> tuple[str, ...]:
        """The genres that are played, in their order."""
        return tuple(shuffle(self.styles, "gauntlet", self.seed)[: self.size])

    @property
    def turn(self) -> Turn | None:
        """The next genre, after a breath."""
        number = len(self.played)
        if number >= len(self.order):
            return None
        style = self.order[number]
        kinds = [kind for kind in KEYBOARD_KINDS if kind in level_of(self.level).kinds]
        seed = seed_from("gauntlet", self.seed, style)
        return Turn(
            DrillRequest(
                style=style,
                level=self.level,
                kind=kinds[seed_from("kind", self.seed, style) % len(kinds)],
                seed=seed,
            ),
            preview_s=PREVIEW_S,
            rest_s=REST_S if number else 0.0,
        )

    def after(self, played: Played, elapsed_s: float) -> Gauntlet:
        """One genre more."""
        return msgspec.structs.replace(self, played=(*self.played, played), elapsed_s=elapsed_s)

    def report(self) -> Report:
        """The geometric mean, each genre's score, and badges."""
        scores = [judge_genre(one) for one in self.played]
        is_whole = len(self.played) == len(self.order)
        how_many = ALL_GENRES if self.size == len(STYLES) else f"{self.size} genres"
        return Report(
            mode=self.mode,
            title=f"Gauntlet, {how_many}" + ("" if is_whole else " (broken off)"),
            name=f"{how_many}, level {self.level}" + ("" if is_whole else ", broken off"),
            score=geometric_mean(scores),
            notes_per_minute=per_minute(self.played, self.elapsed_s),
            accuracy=share_right(self.played),
            lines=(
                *(
                    Line(f"style:{one.style}", f"{score:.0f}")
                    for one, score in zip(self.played, scores, strict=True)
                ),
                *first_sight_line(self.played),
            ),
            badges=earn_badges(self.played) if is_whole else (),
        )


def judge_genre(played: Played) -> float:
    """Notes, time and feel of one genre together, 0 to 100: the mean of what could be heard."""
    parts = (played.notes_score, played.time_score, played.feel_score)
    heard = [part for part in parts if part is not None]
    return sum(heard) / len(heard) if heard else 0.0


def geometric_mean(scores: Sequence[float]) -> float | None:
    """The geometric mean of scores of 0 to 100; None of none."""
    if not scores:
        return None
    return math.exp(sum(math.log(max(LEAST, score)) for score in scores) / len(scores))


def earn_badges(played: Sequence[Played]) -> tuple[str, ...]:
    """What a whole gauntlet has shown, in words that say just that."""
    if not played or not all(one.is_first_sight for one in played):
        return ()
    genres = "every genre" if len(played) == len(STYLES) else f"{_spell(len(played))} genres"
    badges = []
    if all(one.stops == 0 for one in played):
        badges.append(f"First take, {genres}, no stops")
    if all(judge_genre(one) >= GOOD for one in played):
        badges.append(f"First take, {genres}, {GOOD:.0f} or better in each")
    if len({one.kind for one in played}) == len(KEYBOARD_KINDS):
        badges.append(f"First take, {genres}, every kind of chart")
    return tuple(badges)


def _spell(count: int) -> str:
    return {3: "three", 7: "seven"}.get(count, str(count))


def rate_versatility(abilities: Abilities, styles: Sequence[str] = STYLES) -> Estimate:
    """The level that is read across all genres: the geometric mean of the genres' abilities.

    Its error is the delta method's, from the whole covariance; a genre that was never played adds
    its own uncertainty.
    """
    found = {style: estimate(abilities, style) for style in styles}
    held = {style: max(LEAST, one.mean) for style, one in found.items()}
    middle = geometric_mean(list(held.values())) or LEAST
    weights = {style: middle / (len(styles) * value) for style, value in held.items()}
    names = abilities.names
    gradient = [0.0] * len(names)
    own = 0.0
    for style, weight in weights.items():
        gradient[names.index(OVERALL)] += weight
        if f"style:{style}" in names:
            gradient[names.index(f"style:{style}")] += weight
        else:
            whole = estimate(abilities).error
            own += weight**2 * (found[style].error ** 2 - whole**2)
    variance = sum(
        gradient[a] * gradient[b] * abilities.covariance[a][b]
        for a in range(len(names))
        for b in range(len(names))
    )
    return Estimate(middle, math.sqrt(variance + own))
