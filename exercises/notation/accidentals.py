"""Which accidentals are printed: the rule of the bar, and reminders where a reader would slip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from exercises.theory import alteration, key_fifths

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

SHARPS = "FCGDAEB"
Place = tuple[str, int]
"""Letter and octave."""
_TEXTS = {-2: "bb", -1: "b", 0: "n", 1: "#", 2: "##"}


@dataclass(frozen=True)
class Head:
    """A notehead, as far as accidentals go."""

    id: str
    spelling: str
    tied: bool
    """From before."""
    onset_ql: Fraction | None
    """None of grace notes."""


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


def sign_accidentals(key: str, heads: Sequence[Head], memory: dict[Place, int]) -> dict[str, Sign]:
    """The printed accidentals of one bar of one staff, by head id.

    Two heads that sound together on one line, altered each in its way, have a sign each, and the
    next one there has one, too.

    Args:
        key: of the signature.
        heads: in reading order.
        memory: what the bar before altered: (letter, octave) to alteration; replaced by what
            this bar alters. A note that returns to the signature after it gets a reminder.
    """
    alterations = signature(key)
    state: dict[Place, int] = {}
    signs: dict[str, Sign] = {}
    reminded: set[Place] = set()
    split = _split_moments(heads)
    unsure: set[Place] = set()
    for head in heads:
        place, alter = _read(head)
        expected = state.get(place, alterations.get(place[0], 0))
        if head.tied:
            # A tie carries the accidental over the bar line for this head only.
            continue
        both = (place, head.onset_ql) in split
        if alter != expected or both or place in unsure:
            signs[head.id] = Sign(_TEXTS[alter], courtesy=False)
            state[place] = alter
            (unsure.add if both else unsure.discard)(place)
        elif (
            place not in state and place not in reminded and _confuses(place, alter, state, memory)
        ):
            signs[head.id] = Sign(_TEXTS[alter], courtesy=True)
            reminded.add(place)
    memory.clear()
    memory.update(state)
    return signs


def _read(head: Head) -> tuple[Place, int]:
    """(letter and octave, alteration) of a head."""
    name = head.spelling.rstrip("-0123456789")
    return (name[0], int(head.spelling[len(name) :])), alteration(name)


def _split_moments(heads: Sequence[Head]) -> set[tuple[Place, Fraction | None]]:
    """Where heads that sound together on one line are altered each in its way."""
    found: dict[tuple[Place, Fraction | None], set[int]] = {}
    for head in heads:
        place, alter = _read(head)
        if head.onset_ql is not None:
            found.setdefault((place, head.onset_ql), set()).add(alter)
    return {moment for moment, alterations in found.items() if len(alterations) > 1}


def _confuses(place: Place, alter: int, state: dict[Place, int], memory: dict[Place, int]) -> bool:
    """Whether the bar before, or another octave of this bar, has the letter altered otherwise."""
    if memory.get(place, alter) != alter:
        return True
    return any(letter == place[0] and a != alter for (letter, _), a in state.items())
