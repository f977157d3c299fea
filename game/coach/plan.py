"""The week's plan: ten minutes a day, each day a warm-up, something that is due, and a genre."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from exercises.drill import DrillRequest
from exercises.levels import LOWEST
from game.coach.repetition import due_now
from game.coach.runs import SHORT_PREVIEW_S, Turn, seed_from
from game.coach.series import Series
from game.coach.suggestion import (
    FIRST_STYLE,
    Named,
    find_room,
    fold_takes,
    rank_styles,
    read_level,
    say_element,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from game.coach.ability import Abilities
    from game.coach.standing import Standing
    from game.take import TakeSummary

DAYS = 7
CHARTS = 5
"""Charts of the day's genre: some six minutes with their previews."""
WEAK_ELEMENTS = 2
"""Charts a day that lean on something: some two minutes."""
DAY_ENDS = time(23, 59)


class PlanDay(NamedTuple):
    """One day of the plan."""

    day: date
    words: str
    series: Series


def plan_week(
    takes: Sequence[TakeSummary],
    styles: Mapping[str, Named],
    standing: Standing,
    today: date,
    zone: tzinfo | None,
) -> list[PlanDay]:
    """Ten minutes for each of the next seven days; the same standing gives the same plan.

    Args:
        takes: the latest takes, newest first.
        styles: what can be played; must not be empty.
        standing: what the archive has summed up.
        today: the first day.
        zone: the player's own.
    """
    abilities = standing.abilities
    graded = [take for take in takes if take.total is not None and take.style in styles]
    if not abilities.takes[0]:
        abilities = fold_takes(graded)
    ranked = rank_styles(graded, styles, abilities)
    if not abilities.takes[0]:
        # Who has read nothing yet begins where the home screen begins.
        ranked.sort(key=lambda style: style != FIRST_STYLE)
    plan = []
    for number in range(DAYS):
        day = today + timedelta(days=number)
        evening = datetime.combine(day, DAY_ENDS, zone)
        due = [one.name for one in due_now(standing.strengths, evening)]
        # What is practised today is not due again tomorrow: the next ones take their turn.
        picked = [due[(number * WEAK_ELEMENTS + n) % len(due)] for n in range(len(due))]
        style = ranked[number % len(ranked)]
        plan.append(_plan_day(day, style, picked[:WEAK_ELEMENTS], styles, abilities, ranked))
    return plan


def _plan_day(
    day: date,
    style: str,
    elements: Sequence[str],
    styles: Mapping[str, Named],
    abilities: Abilities,
    ranked: Sequence[str],
) -> PlanDay:
    # Who has not been rated yet begins at the beginning.
    level = read_level(abilities, style) if abilities.takes[0] else LOWEST
    asked = [(DrillRequest(style=style, level=max(LOWEST, level - 2), bars=4), "warm-up")]
    words = ["warm-up"]
    for name in elements:
        room = find_room(name, ranked, styles, abilities)
        if room is not None:
            request = DrillRequest(style=room, level=read_level(abilities, room), focus=name)
            asked.append((request, say_element(name)))
            words.append(say_element(name))
    genre = f"{styles[style].name} {level}"
    asked += [(DrillRequest(style=style, level=level), genre)] * CHARTS
    words.append(genre)
    turns = tuple(_seeded(request, word, day, n) for n, (request, word) in enumerate(asked))
    name = day.isoformat()
    return PlanDay(day, "  ·  ".join(words), Series("plan", "Ten minutes", name, turns))


def _seeded(request: DrillRequest, words: str, day: date, number: int) -> Turn:
    seed = seed_from("plan", day.isoformat(), number, request.style, request.level)
    return Turn(msgspec.structs.replace(request, seed=seed), SHORT_PREVIEW_S, words=words)
