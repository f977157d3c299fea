"""Where a bass line goes: its register under the left hand, walking notes and approaches."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from exercises.theory import OCTAVE

if TYPE_CHECKING:
    from exercises.chart import Chord, Note
    from exercises.compose.dice import Dice

FLOOR = 28
"""E1: the lowest string of a bass."""
CEILING = 48
"""C3: above it a bass leaves its place to the others."""
OCTAVE_CEILING = 55
"""G3: how far the octave of a pump may reach."""
CENTRE = 36
LOWER_STAFF = 2
_THIRDS = (3, 4)
_SUSPENDED = (3, 4, 5, 2)
"""The third, or what stands in its place."""
_FIFTHS = (7, 6, 8)
_MAJOR_THIRD, _SEVENTH = 4, 10
_TURN_COST = 2.5
"""To and fro between two notes is no walk."""
_HURRY = 3.0
"""Semitones that a walking line goes towards its goal in a beat."""


class Register:
    """How high the bass may go at any time: under what the player's left hand holds."""

    def __init__(self, notes: Sequence[Note]) -> None:
        """Look at the player's notes."""
        self._left = sorted(
            (float(note.onset_ql), float(note.onset_ql + note.duration_ql), note.pitch)
            for note in notes
            if note.staff == LOWER_STAFF
        )
        self._starts = [start for start, _, _ in self._left]
        self._longest = max((end - start for start, end, _ in self._left), default=0.0)
        self.centre = CENTRE

    def ceiling(self, onset_ql: Fraction, end_ql: Fraction) -> int:
        """The highest pitch that is not above the left hand; an octave is always left."""
        first, last = float(onset_ql), float(end_ql)
        near = slice(
            bisect_left(self._starts, first - self._longest), bisect_left(self._starts, last)
        )
        sounding = [pitch for _, end, pitch in self._left[near] if end > first]
        lowest = min(sounding, default=CEILING)
        return max(FLOOR + OCTAVE - 1, min(CEILING, lowest))


def nearest(pc: int, last: int, low: int, high: int) -> int:
    """The octave of a pitch class that is nearest to the last note, and not far from the middle."""
    options = [pitch for pitch in range(low, high + 1) if pitch % OCTAVE == pc]
    return min(options, key=lambda p: (abs(p - last) + abs(p - CENTRE) * 0.6, p))


def grates(pitch: int, chord: Chord) -> bool:
    """Whether a note lies a semitone (or its octaves) from the chord's root or third.

    The chord's own notes and its bass do not: the seventh of a major seventh chord is meant, but a
    bass does not stay on it.
    """
    if pitch % OCTAVE == chord.bass:
        return False
    tones = {chord.root}
    tones.update(
        (chord.root + third) % OCTAVE
        for third in _THIRDS
        if (chord.root + third) % OCTAVE in chord.pitch_classes
    )
    return any((pitch - tone) % OCTAVE in {1, OCTAVE - 1} for tone in tones)


def choose_approach(
    here: Chord,
    goal: Chord,
    *,
    last: int,
    ceiling: int,
    scale: frozenset[int] | None,
    dice: Dice,
) -> int:
    """A note from which the next root is one step (or its dominant's fall) away.

    `scale` are the pitch classes that a diatonic approach may take; None lets it be chromatic.
    """
    target = nearest(goal.bass, last, FLOOR, ceiling)
    chromatic = 3.0 if scale is None else 0.4
    weighed: list[tuple[int, float]] = []
    for move, weight in ((-1, chromatic), (1, chromatic), (-2, 2.0), (2, 2.0), (7, 1.2), (-5, 1.2)):
        pitch = target + move
        pc = pitch % OCTAVE
        if not FLOOR <= pitch <= ceiling or pitch == last or grates(pitch, here):
            continue
        if scale is not None and pc not in scale and pc not in here.pitch_classes:
            continue
        near = 1.0 if abs(pitch - last) <= 7 else 0.3  # noqa: PLR2004 - a fifth
        from_side = 1.5 if (pitch - last) * (target - pitch) >= 0 else 1.0
        weighed.append((pitch, weight * near * from_side))
    if not weighed:
        return target
    return dice.choose([each for each, _ in weighed], [each for _, each in weighed])


def step_towards(
    here: Chord, goal: tuple[Chord, int], *, last: int, before: int, ceiling: int
) -> int:
    """A chord tone on the way to the next root, never the note before again.

    `goal` is the next chord and the beats until it; `before` is the note before the last.
    """
    chord, beats = goal
    target = nearest(chord.bass, last, FLOOR, ceiling)
    options = [
        pitch
        for pitch in range(max(FLOOR, last - 7), min(ceiling, last + 7) + 1)
        if pitch % OCTAVE in here.pitch_classes and pitch != last and not grates(pitch, here)
    ]

    def cost(pitch: int) -> float:
        room = abs(abs(pitch - target) - _HURRY * (beats - 1))
        return (
            room
            + 0.6 * abs(pitch - last)
            + 0.15 * abs(pitch - CENTRE)
            + _TURN_COST * (pitch == before)
        )

    return min(options, key=lambda pitch: (cost(pitch), pitch)) if options else last


def degree_size(role: str, chord: Chord) -> int:
    """Semitones above the chord's bass of a degree of a bass pattern: 3, 5, 5-, 6, 7 or 8."""
    steps = {(pc - chord.bass) % OCTAVE for pc in chord.pitch_classes}
    if role in {"5", "5-"}:
        # Over a foreign bass that has no fifth, the root of the chord is at home.
        foreign = (chord.root - chord.bass) % OCTAVE or OCTAVE
        return next((each for each in _FIFTHS if each in steps), foreign)
    if role == "3":
        return next((each for each in _SUSPENDED if each in steps), 0)
    if role == "6":
        return 9 if _MAJOR_THIRD in steps else 10 if _SEVENTH in steps else 7
    return _SEVENTH if role == "7" and _SEVENTH in steps else OCTAVE
