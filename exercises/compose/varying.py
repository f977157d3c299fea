"""Comps that answer: chords in another of the level's rhythms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from exercises.compose.pattern import BarPattern, playable_patterns, weigh_nearness

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.form import Phrase
    from exercises.compose.grid import Metre
    from exercises.levels import Level
    from styles.schema import Pattern


def vary_comping(
    patterns: Sequence[Pattern],
    chosen: Mapping[str, BarPattern],
    phrases: Sequence[Phrase],
    level: Level,
    *,
    metre: Metre,
    quarter_bpm: float,
    share: float,
    dice: Dice,
) -> dict[int, BarPattern]:
    """Bars whose chords take another rhythm than their phrase's, by their index.

    A phrase keeps its own rhythm in its first bar and wherever it comes back.
    """
    if share <= 0:
        return {}
    options = playable_patterns(patterns, level, metre, quarter_bpm, tenths=False)
    others = [(bar, weight) for bar, weight in options if bar.comping and bar.second is None]
    found: dict[tuple[str, int], BarPattern] = {}
    varied: dict[int, BarPattern] = {}
    for phrase in phrases:
        main = chosen[phrase.letter]
        if not main.comping or main.second is not None or len(others) < 2:  # noqa: PLR2004
            continue
        for at in range(1, phrase.bars):
            place = (phrase.letter, at)
            if place not in found:
                top = max(bar.level for bar, _ in others)
                weights = [
                    weight * weigh_nearness(top - bar.level) * (bar != main)
                    for bar, weight in others
                ]
                other = dice.choose([bar for bar, _ in others], weights)
                found[place] = other if dice.chance(share) else main
            varied[phrase.bar + at] = found[place]
    return varied
