"""Where a player stands: what the archive has summed up, as the coach and the screens read it."""

from __future__ import annotations

from datetime import date

import msgspec

from game.coach.ability import Abilities
from game.coach.days import DayWork
from game.coach.elements import Tally
from game.coach.repetition import Strength

BEFORE_DAYS = 91
"""Three months: what a genre's ability is compared with."""


class Standing(msgspec.Struct, frozen=True):
    """All that the next suggestion and the streak are made from."""

    days: tuple[DayWork, ...] = ()
    abilities: Abilities = Abilities()
    strengths: tuple[Strength, ...] = ()


class DaySums(msgspec.Struct, frozen=True):
    """One date's practice; means are None where nothing was graded."""

    day: date
    takes: int
    finished: int
    seconds: float
    notes: int
    right: int
    total: float | None
    bias_ms: float | None
    spread_ms: float | None


class Rating(msgspec.Struct, frozen=True):
    """An ability as it was at the end of a date."""

    name: str
    day: date
    mean: float
    error: float


class Best(msgspec.Struct, frozen=True):
    """A personal best: the highest total of a first take in a style at a level."""

    style: str
    level: int
    total: float
    take_id: int
    at: str


class Run(msgspec.Struct, frozen=True):
    """A drill, exam, gauntlet, daily call or assessment that is over."""

    started_at: str
    """ISO 8601 with the zone's offset."""
    mode: str
    name: str
    """What it can be compared with: runs of the same mode and name."""
    score: float | None
    notes_per_minute: float | None
    accuracy: float | None
    """Share of the written notes that were right, 0 to 1."""
    seconds: float
    sheet: str = "{}"
    """JSON of whatever else the mode keeps."""


class Progress(msgspec.Struct, frozen=True):
    """A stretch of days, with what was practised in it."""

    since: date
    until: date
    days: tuple[DaySums, ...] = ()
    tallies: tuple[Tally, ...] = ()
    """Summed over the stretch."""
    ratings: tuple[Rating, ...] = ()
    """Of "overall" in the stretch, by date."""
    before: tuple[Rating, ...] = ()
    """Of each genre that had been read, as it was `BEFORE_DAYS` before `until`."""
    bests: tuple[Best, ...] = ()
    """Of all time, the newest first."""
    standing: Standing = Standing()
    """As it is now."""
