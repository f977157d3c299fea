"""How a hand takes a chord: semitones above the root, from the lowest key up.

The shapes are those of comping books. A close shape may be turned (any of its tones lowest), an
open one lies as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.scoring.voicings import ask

if TYPE_CHECKING:
    from exercises.chart import Chord
    from styles.schema import Style

OCTAVE = 12
ROOT, FIFTH, NINTH = 0, 7, 2
MINOR, MAJOR, FOURTH = 3, 4, 5
SIXTH, SEVENTH, MAJOR_SEVENTH = 9, 10, 11
SHARP_FIFTH = 8
TRIADS_ABOVE = {2: (14, 18, 21), 9: (21, 25, 28), 8: (20, 24, 27)}
"""Triads over a dominant's third and seventh, on the second, the sixth and the flat sixth step."""


@dataclass(frozen=True)
class Grip:
    """The tones of a chord as a hand takes them."""

    steps: tuple[int, ...]
    """Semitones above the root."""
    close: bool
    """Whether the tones are put as near to each other as they go, any of them lowest."""
    drop: bool = False
    """Whether the second tone from above goes an octave lower."""


def grip(chord: Chord, style: Style | None, how: str, pick: int) -> Grip:
    """How a hand takes a chord.

    Args:
        chord: the chord symbol and its tones.
        style: which tensions may be added.
        how: one of `VOICINGS` but the last; where the chord has no such shape it is a shell.
        pick: which of the shapes, where there are several.

    """
    asked = ask(chord, None)
    tones = {(pc - chord.root) % OCTAVE for pc in chord.pitch_classes}
    must = tuple(min(group & tones or group) for group in asked.essential)
    allowed = ask(chord, style).allowed
    fifth = next((tone for tone in (7, 6, 8) if tone in tones), FIFTH)
    shell = Grip(tuple(sorted({ROOT, *must})), close=False)
    if len(shell.steps) < 3:  # noqa: PLR2004 - two keys are no chord
        shell = Grip(tuple(sorted({*shell.steps, fifth})), close=False)
    ninth = NINTH if NINTH in allowed and fifth == FIFTH else ROOT
    whole = tuple(sorted({ROOT, fifth, *must}))
    shapes = {
        "rootless": Grip(tuple(sorted({ninth, fifth, *must})), close=True),
        "drop 2": Grip(whole, close=True, drop=True),
        "close": Grip(whole, close=True),
        "quartal": _quartal(tones, allowed),
        "spread": _spread(must, fifth),
        "upper structure": _upper(tones, allowed, pick),
    }
    return shapes.get(how) or shell


def _quartal(tones: set[int], allowed: frozenset[int]) -> Grip | None:
    """Fourths upon each other: over minor as in So What, over dominants with the thirteenth."""
    if NINTH not in allowed:
        return None
    if {MINOR, SEVENTH, FIFTH} <= tones and MAJOR not in tones:
        return Grip((0, 5, 10, 15, 19), close=False)
    if {MAJOR, SEVENTH} <= tones and SIXTH in allowed:
        return Grip((10, 16, 21), close=False)
    if {MAJOR, MAJOR_SEVENTH} <= tones or {MAJOR, SIXTH} <= tones:
        return Grip((4, 9, 14), close=False)
    if {FOURTH, SEVENTH} <= tones:
        return Grip((0, 5, 10, 14), close=False)
    return None


def _spread(must: tuple[int, ...], fifth: int) -> Grip:
    """Root, fifth or seventh, and the third a tenth above."""
    third, *others = must
    inner = next((tone for tone in others if tone > SHARP_FIFTH), fifth)
    return Grip((0, inner, third + OCTAVE), close=False)


def _upper(tones: set[int], allowed: frozenset[int], pick: int) -> Grip | None:
    """A triad above third and seventh of a dominant, where all of it is allowed."""
    if not {MAJOR, SEVENTH} <= tones:
        return None
    fitting = [t for t in TRIADS_ABOVE.values() if {step % OCTAVE for step in t} <= allowed]
    return Grip((4, 10, *fitting[pick % len(fitting)]), close=False) if fitting else None
