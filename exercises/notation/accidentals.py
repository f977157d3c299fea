"""Which accidentals are printed: the rule of the bar, and reminders where a reader would slip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from exercises.theory import alteration, key_fifths

if TYPE_CHECKING:
    from collections.abc import Sequence

SHARPS = "FCGDAEB"
_TEXTS = {-2: "bb", -1: "b", 0: "n", 1: "#", 2: "##"}


@dataclass(frozen=True)
class Sign:
    """A printed accidental."""

    accidental: str
    """#, b, ##, bb or n (natural)."""
    courtesy: bool


def signature(key: str) -> dict[str, int]:
    """The alteration of each letter that a key signature alters."""
    fifths = key_fifths(key)
    if fifths >= 0:
        return dict.fromkeys(SHARPS[:fifths], 1)
    return dict.fromkeys(SHARPS[::-1][:-fifths], -1)


def sign_accidentals(
    key: str, heads: Sequence[tuple[str, str, bool]], memory: dict[tuple[str, int], int]
) -> dict[str, Sign]:
    """The printed accidentals of one bar of one staff, by head id.

    Args:
        key: of the signature.
        heads: (id, spelling, tied from before) in reading order.
        memory: what the bar before altered: (letter, octave) to alteration; replaced by what
            this bar alters. A note that returns to the signature after it gets a reminder.
    """
    alterations = signature(key)
    state: dict[tuple[str, int], int] = {}
    signs: dict[str, Sign] = {}
    reminded: set[tuple[str, int]] = set()
    for id_, spelling, tied in heads:
        name = spelling.rstrip("-0123456789")
        place = (name[0], int(spelling[len(name) :]))
        alter = alteration(name)
        expected = state.get(place, alterations.get(place[0], 0))
        if tied:
            # A tie carries the accidental over the bar line for this head only.
            continue
        if alter != expected:
            signs[id_] = Sign(_TEXTS[alter], courtesy=False)
            state[place] = alter
        elif (
            place not in state and place not in reminded and _confuses(place, alter, state, memory)
        ):
            signs[id_] = Sign(_TEXTS[alter], courtesy=True)
            reminded.add(place)
    memory.clear()
    memory.update(state)
    return signs


def _confuses(
    place: tuple[str, int],
    alter: int,
    state: dict[tuple[str, int], int],
    memory: dict[tuple[str, int], int],
) -> bool:
    """Whether the bar before, or another octave of this bar, has the letter altered otherwise."""
    if memory.get(place, alter) != alter:
        return True
    return any(letter == place[0] and a != alter for (letter, _), a in state.items())
