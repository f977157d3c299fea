"""What the performer misreads: which notes go wrong, and which keys are struck instead."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exercises.kit import KIT, is_pads
from exercises.notation.accidentals import signature
from exercises.theory import LETTERS, OCTAVE, alteration, read_spelling

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from exercises.chart import Chart
    from game.performer.profiles import Profile
    from game.scoring.expectation import Expected

WRONG_STEPS = (-4, -3, -2, -1, 1, 2, 3, 4)
WRONG_WEIGHTS = (1, 2, 4, 3, 3, 4, 2, 1)
NEIGHBOUR_LETTERS = 2
LOWEST, HIGHEST = 21, 108
"""The keys of a piano."""
NATURALS = (0, 2, 4, 5, 7, 9, 11)


@dataclass
class Misreadings:
    """What goes wrong where, by charted number."""

    kinds: dict[int, str] = field(default_factory=dict)
    """missing, wrong, octave, neighbour or key."""
    pitches: dict[int, int] = field(default_factory=dict)


def gather_groups(expected: Sequence[Expected]) -> list[list[int]]:
    """The charted numbers of each onset group."""
    members: list[list[int]] = [[] for _ in range(max((n.group for n in expected), default=-1) + 1)]
    for number, note in enumerate(expected):
        members[note.group].append(number)
    return members


def plan_misreadings(
    chart: Chart,
    expected: Sequence[Expected],
    members: list[list[int]],
    profile: Profile,
    rng: Random,
) -> Misreadings:
    """Choose which notes go wrong: exactly the profile's shares."""
    plan = Misreadings()
    numbers = list(range(len(expected)))
    rng.shuffle(numbers)
    spelled = {note.id: note.spelling for note in chart.notes}
    if profile.forgotten_key:
        altered = _altered(chart, expected, spelled)
        for number in numbers[:]:
            if number in altered and rng.random() < profile.forgotten_key:
                numbers.remove(number)
                plan.kinds[number], plan.pitches[number] = "key", altered[number]
    for kind in ("missing", "octave", "neighbour", "wrong"):
        count = round(getattr(profile, kind) * len(expected))
        for _ in range(min(count, len(numbers))):
            number = numbers.pop()
            note = expected[number]
            if kind == "missing":
                plan.kinds[number], plan.pitches[number] = kind, note.pitch
                continue
            taken = pitches_near(expected, members, note.group)
            if is_pads(chart):
                options = [(key, 1) for key in KIT]
            elif kind == "neighbour":
                key = chart.key_of(chart.bars[note.bar])
                options = _thirds_off(note.pitch, spelled[note.id], key)
            else:
                options = _steps_off(note.pitch, octave=kind == "octave")
            pitch = choose_key(note.pitch, options, taken, rng)
            if pitch != note.pitch:
                plan.kinds[number], plan.pitches[number] = kind, pitch
    return plan


def pitches_near(expected: Sequence[Expected], members: list[list[int]], group: int) -> set[int]:
    """What is written around a place: a wrong key among it would not be wrong."""
    around = members[max(0, group - 2) : group + 3]
    return {expected[number].pitch for numbers in around for number in numbers}


def choose_key(pitch: int, options: Sequence[tuple[int, int]], taken: set[int], rng: Random) -> int:
    """One of (key, weight) that is free; the written pitch where none is."""
    free = [
        (key, weight)
        for key, weight in options
        if key not in taken and key != pitch and LOWEST <= key <= HIGHEST
    ]
    if not free:
        return pitch
    return rng.choices([key for key, _ in free], [weight for _, weight in free])[0]


def miss_key(pitch: int, taken: set[int], rng: Random) -> int:
    """A key beside the one that was meant; the same where there is none free."""
    return choose_key(pitch, _steps_off(pitch, octave=False), taken, rng)


def _steps_off(pitch: int, *, octave: bool) -> list[tuple[int, int]]:
    if octave:
        return [(pitch - 12, 1), (pitch + 12, 1)]
    steps = zip(WRONG_STEPS, WRONG_WEIGHTS, strict=True)
    return [(pitch + step, weight) for step, weight in steps]


def _thirds_off(pitch: int, spelling: str, key: str) -> list[tuple[int, int]]:
    """The next line or space up and down, in the key."""
    if read_spelling(spelling) != pitch:
        return [(pitch + step, 1) for step in (-4, -3, 3, 4)]
    accidentals = signature(key)
    natural = pitch - alteration(_name(spelling))
    found = []
    for step in (-NEIGHBOUR_LETTERS, NEIGHBOUR_LETTERS):
        octaves, place = divmod(LETTERS.index(spelling[0]) + step, len(LETTERS))
        high = OCTAVE * (natural // OCTAVE + octaves)
        found.append((high + NATURALS[place] + accidentals.get(LETTERS[place], 0), 1))
    return found


def _altered(chart: Chart, expected: Sequence[Expected], spelled: dict[str, str]) -> dict[int, int]:
    """The notes that the key signature alters, and what they are without it."""
    found: dict[int, int] = {}
    for number, note in enumerate(expected):
        name = _name(spelled[note.id])
        signed = signature(chart.key_of(chart.bars[note.bar])).get(name[0], 0)
        if signed and alteration(name) == signed:
            found[number] = note.pitch - signed
    return found


def _name(spelling: str) -> str:
    """A spelling without its octave."""
    return spelling.rstrip("-0123456789")
