"""The small languages of a pack's rhythm section: drum tabs and bass events."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise

from styles.strict import StyleError
from styles.tokens import read_length, read_offset

DRUMS = {
    "kick": 36, "side_stick": 37, "snare": 38, "clap": 39, "floor_tom": 41, "hat": 42,
    "pedal_hat": 44, "low_tom": 45, "open_hat": 46, "mid_tom": 47, "crash": 49, "high_tom": 50,
    "ride": 51, "china": 52, "bell": 53, "tambourine": 54, "splash": 55, "cowbell": 56,
    "high_bongo": 60, "low_bongo": 61, "muted_conga": 62, "conga": 63, "low_conga": 64,
    "high_timbale": 65, "low_timbale": 66, "cabasa": 69, "maracas": 70, "short_guiro": 73,
    "long_guiro": 74, "claves": 75, "high_block": 76, "low_block": 77, "muted_triangle": 80,
    "triangle": 81, "shaker": 82, "concert_drum": 35,
}  # fmt: skip
"""Instruments to their keys of the General MIDI percussion map (level 2 for the shaker)."""
PERCUSSION = frozenset(
    (
        "tambourine", "cowbell", "high_bongo", "low_bongo", "muted_conga", "conga", "low_conga",
        "cabasa", "maracas", "short_guiro", "long_guiro", "claves", "shaker", "clap",
    )
)  # fmt: skip
"""Another player's: it goes on while the drums fill."""
STROKES = {"X": "accent", "x": "normal", "o": "soft", "g": "ghost"}
"""Signs of a tab to classes of velocity."""
BASS_ROLES = frozenset(("R", "3", "5", "5-", "6", "7", "8", "W", "A", "N", "x"))
INSTRUMENTS = {
    "acoustic": 32, "fingered": 33, "picked": 34, "fretless": 35, "slap": 36, "synth": 38,
    "sub": 39,
}  # fmt: skip
"""Basses to their General MIDI programs, counted from 0."""
KITS = {
    "standard": 0, "room": 8, "power": 16, "electronic": 24, "808": 25, "jazz": 32, "brush": 40,
    "orchestra": 48,
}  # fmt: skip
"""Drum kits to their programs of channel 10 (General MIDI level 2), counted from 0."""
_FINEST = 24
"""Steps of a quarter note: sixteenths and thirty-seconds of it, triplets and their halves."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """One stroke of a drum pattern."""

    offset_ql: Fraction
    drum: str
    touch: str
    """ghost, soft, normal or accent."""


@dataclass(frozen=True, slots=True)
class BassEvent:
    """One note of a bass pattern."""

    offset_ql: Fraction
    duration_ql: Fraction
    role: str
    touch: str


@cache
def read_tab(drum: str, tab: str, length: str) -> tuple[Stroke, ...]:
    """The strokes of one line of a drum pattern.

    Raises:
        StyleError: no such drum, a strange sign, or a count that does not divide the length.
    """
    if drum not in DRUMS:
        raise StyleError(f"'{drum}' is no drum; known are {', '.join(DRUMS)}")
    signs = tab.replace(" ", "").replace("|", "")
    strange = sorted(set(signs) - set(STROKES) - {"."})
    if not signs or strange:
        raise StyleError(f"'{tab}' is no tab; write X x o g for strokes and . for none")
    step = read_length(length) / len(signs)
    if _FINEST % step.denominator:
        raise StyleError(f"'{tab}' has {len(signs)} signs, which do not divide {length} evenly")
    return tuple(
        Stroke(step * at, drum, STROKES[sign]) for at, sign in enumerate(signs) if sign != "."
    )


@cache
def read_bass(events: str) -> tuple[BassEvent, ...]:
    """The events of a bass pattern, in order of time.

    Raises:
        StyleError: empty, an event that cannot be read, or one that begins before the one before.
    """
    read = tuple(_read_event(word) for word in events.split())
    if not read:
        raise StyleError("the pattern is empty")
    for one, two in pairwise(read):
        if two.offset_ql <= one.offset_ql:
            raise StyleError(f"the note at {two.offset_ql} stands after the one at {one.offset_ql}")
    return read


def _read_event(word: str) -> BassEvent:
    parts = word.split(":")
    if len(parts) != 3:  # noqa: PLR2004 - offset, duration, role
        raise StyleError(f"'{word}' is no note; write offset:duration:role")
    offset, duration, signed = parts
    role = signed.rstrip("!?")
    if role not in BASS_ROLES:
        known = ", ".join(sorted(BASS_ROLES))
        raise StyleError(f"'{word}': '{role}' is no role; known are {known}")
    touch = {"!": "accent", "?": "soft"}.get(signed[len(role) :], "normal")
    if role == "x":
        touch = "ghost"
    return BassEvent(read_offset(offset), read_length(duration), role, touch)
