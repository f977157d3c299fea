"""The performer's ornaments: trills, grace notes and rolled chords that nobody wrote."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from game.performer.profiles import Profile
    from game.scoring.expectation import Expected

GRACE_S = (0.045, 0.11)
"""A grace note before its main note."""
TRILL_HZ = (7.0, 13.0)
"""Notes a second."""
TRILL_SHARE = (0.5, 0.9)
"""Of the note's length."""
ROLL_S = (0.025, 0.08)
"""From one note of a rolled chord to the next (by ear)."""
ROLLED_NOTES = 3
UP = (1, 2)
LEAST_BEATS = 1.0


@dataclass
class Ornaments:
    """Which charted numbers and onset groups are ornamented."""

    graces: set[int] = field(default_factory=set)
    trills: set[int] = field(default_factory=set)
    rolls: set[int] = field(default_factory=set)
    """Onset groups."""


def plan_ornaments(
    expected: Sequence[Expected], members: list[list[int]], profile: Profile, rng: Random
) -> Ornaments:
    """Choose what is ornamented."""
    plan = Ornaments()
    for group, numbers in enumerate(members):
        highest = max(numbers, key=lambda number: expected[number].pitch)
        note = expected[highest]
        if note.grace:
            continue
        if profile.rolls and len(numbers) >= ROLLED_NOTES and rng.random() < profile.rolls:
            plan.rolls.add(group)
        elif (
            profile.trills
            and note.release_s - note.onset_s >= LEAST_BEATS * note.beat_s
            and rng.random() < profile.trills
        ):
            plan.trills.add(highest)
        elif profile.graces and rng.random() < profile.graces:
            plan.graces.add(highest)
    return plan


def draw_trill(length_s: float, rng: Random) -> tuple[list[tuple[float, int]], float]:
    """What follows the first note of a trill: (seconds after it, semitones above); and the step."""
    step = 1.0 / rng.uniform(*TRILL_HZ)
    above = rng.choice(UP)
    count = int(length_s * rng.uniform(*TRILL_SHARE) / step)
    return [(index * step, above * (index % 2)) for index in range(1, count)], step


def draw_grace(rng: Random) -> tuple[float, int]:
    """A grace note: (seconds before its main note, semitones from it)."""
    return rng.uniform(*GRACE_S), rng.choice((-2, -1, 1, 2))


def draw_roll(count: int, rng: Random) -> list[float]:
    """Seconds of each note of a rolled chord from the lowest on."""
    step = rng.uniform(*ROLL_S)
    return [index * step for index in range(count)]
