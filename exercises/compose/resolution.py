"""What chords ask of a tune: an amen sinks; strict voices resolve and run into no parallels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.compose.endings import is_amen
from exercises.compose.line import Bass, Ground, Line, is_parallel
from exercises.compose.tones import harmony_at
from exercises.theory import OCTAVE, read_key

if TYPE_CHECKING:
    from exercises.compose.progression import Slot
    from exercises.compose.rhythm import Beat
    from exercises.compose.tones import ScaleNote
    from exercises.harmony import Harmony

TRITONE = 6
_STEP = 2
_UNRESOLVED = 0.005
_TURNED_AWAY = 0.01
_BAD_APPROACH = 0.02
_RISING_AMEN = 0.005


def weigh_resolution(note: ScaleNote, beat: Beat, slot: Slot, line: Line, ground: Ground) -> float:
    """Where a dominant goes home the leading note rises and the seventh falls by step.

    A diminished fifth turns back inward by step. Asked of styles that lead voices strictly; of
    the others only that an amen sinks or stays.
    """
    if not line.places:
        return 1.0
    last = line.places[-1]
    if last.staff != ground.seats[beat.phrase].staff:
        return 1.0
    if not ground.strict:
        return _weigh_amen(note.pitch - last.note.pitch, last.slot.harmony, slot.harmony, ground)
    weight = 1.0
    move = note.pitch - last.note.pitch
    tonic = read_key(ground.key).tonic_pc
    if slot.harmony.root == tonic and last.slot.harmony.root != tonic:
        weight *= follow_tendency(last.note.pitch, move, last.slot.harmony, tonic)
    if len(line.places) > 1 and line.places[-2].staff == last.staff:
        before = last.note.pitch - line.places[-2].note.pitch
        inward = 0 < abs(move) <= _STEP and move * before < 0
        if abs(before) == TRITONE and not inward:
            weight *= _TURNED_AWAY
    return weight


def weigh_approach(
    note: ScaleNote, beat: Beat, slot: Slot, goal: tuple[Beat, int], ground: Ground, bass: Bass
) -> float:
    """The note before a goal: one from which the goal is a good move of a voice."""
    following, pitch = goal
    move = pitch - note.pitch
    if not ground.strict:
        there = harmony_at(ground.slots, following.onset, following.duration, 0).harmony
        return _weigh_amen(move, slot.harmony, there, ground)
    weight = 1.0
    if abs(move) == TRITONE or is_parallel(pitch, note.pitch, beat, following, bass):
        weight *= _BAD_APPROACH
    tonic = read_key(ground.key).tonic_pc
    there = harmony_at(ground.slots, following.onset, following.duration, 0).harmony
    if there.root == tonic and slot.harmony.root != tonic:
        weight *= follow_tendency(note.pitch, move, slot.harmony, tonic)
    return weight


def _weigh_amen(move: int, harmony: Harmony, following: Harmony, ground: Ground) -> float:
    """The sixth sinks to the fifth and the fourth to the third, over a tonic that stays."""
    return _RISING_AMEN if move > 0 and is_amen(harmony, following, ground.key) else 1.0


def follow_tendency(pitch: int, move: int, harmony: Harmony, tonic: int) -> float:
    """1 where a leading note rises and a seventh falls by step into the tonic, else next to 0."""
    pc = pitch % OCTAVE
    leading = (tonic - 1) % OCTAVE
    if pc == leading and harmony.third == leading:
        return 1.0 if move == 1 else _UNRESOLVED
    if pc == harmony.seventh:
        return 1.0 if -_STEP <= move < 0 else _UNRESOLVED
    return 1.0
