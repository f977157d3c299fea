"""Leaning on a chord quality: chords of the same function take it where they may."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from exercises.compose.progression import Slot
from exercises.harmony import QUALITIES as INTERVALS
from exercises.harmony import SEMITONES, read_token
from exercises.theory import OCTAVE

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.focus import Focus
    from exercises.harmony import Harmony

TAKEN = 0.75
"""How often a chord that may have the quality takes it: what is everywhere is not noticed."""
_LEADING = {"V": "VII", "VI": "#I", "II": "#IV", "III": "#V", "I": "III", "VII": "#II"}
"""Degree of a dominant to that of the diminished chord on its third."""
_HALF_DIMINISHED = frozenset(("II", "III", "VI", "VII", "#IV"))
_FOURTH = 5
_DOMINANT = frozenset((8, 10))
"""An augmented fifth or a minor seventh over a major third leads on."""


def lean_slots(
    slots: Sequence[Slot], focus: Focus | None, key: str, dice: Dice
) -> tuple[Slot, ...]:
    """The chords of a chart, of one quality where their function allows; never the last one."""
    if focus is None or focus.element != "chords":
        return tuple(slots)
    quality = focus.quality
    leant: list[Slot] = []
    for index, slot in enumerate(slots):
        following = slots[index + 1].harmony if index + 1 < len(slots) else None
        token = None
        if following is not None and slot.harmony.quality != quality:
            token = _turned(slot.harmony, following, quality)
        if token is None or not dice.chance(TAKEN):
            leant.append(slot)
        else:
            leant.append(Slot(slot.onset, slot.duration, read_token(token, key, quality), slot.bar))
    return tuple(leant)


def _turned(harmony: Harmony, following: Harmony, quality: str) -> str | None:
    """The token of a chord with the quality in its place; None where it has another function."""
    falls = (following.root - harmony.root) % OCTAVE == _FOURTH
    degree = harmony.degree
    bass = harmony.token.partition("/")[2]
    plain = f"{degree}/{bass}" if bass else degree
    family = _family(INTERVALS[quality])
    if family == "diminished" and quality != "m7b5" and harmony.is_dominant and falls:
        return _LEADING.get(degree)
    own = _family_of(harmony)
    allowed = {
        "diminished": own == "diminished"
        or (quality == "m7b5" and own == "minor" and (falls or degree in _HALF_DIMINISHED)),
        "minor": own == "minor",
        # A minor chord that falls a fifth may be the dominant of what follows.
        "dominant": own == "dominant"
        or (own != "diminished" and (falls or degree in {"V", "bVII"})),
        "suspended": own in {"major", "dominant", "suspended"},
        "major": own == "major" or (own == "dominant" and (quality == "" or not falls)),
    }[family]
    if not allowed:
        return None
    return plain if family in {own, "suspended"} else degree


def _family(names: Sequence[str]) -> str:
    """What a chord is good for, by its intervals."""
    steps = {SEMITONES[each] for each in names}
    if "m3" in names:
        return "diminished" if "d5" in names else "minor"
    if "M3" not in names:
        return "suspended"
    return "dominant" if steps & _DOMINANT else "major"


def _family_of(harmony: Harmony) -> str:
    return _family(INTERVALS[harmony.quality])
