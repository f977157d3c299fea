"""Music that was played, as note values: each beat in the simplest division that explains it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

PlayedNote = tuple[Fraction, Fraction, int]
"""(start, end, pitch), both in quarter notes from the first downbeat."""

_DIVISIONS = {1: 0.0, 2: 0.5, 4: 1.5, 3: 2.5, 6: 5.0, 8: 5.0}
"""Divisions of a quarter note to what each costs, in halves of squared spreads: thirds have to
explain the beat better than sixteenths, and thirty-seconds much better."""
_SPREAD_MS = 25.0
"""How far good amateurs lie from the beat; the performer's `solid` spreads 20 to 30 ms."""
_CHORD_MS = 35.0
"""Notes of one hand that begin within this time are a chord; Goebl found 30 ms and less."""
_FURTHEST_SPREADS = 3.0
"""A note further off than this costs no more: it is a mistake, or needs a finer division."""
_COLLISION = 12.0
"""What it costs that two notes of one hand come to lie on the same place."""
_LEANS_MS = tuple(range(-60, 61, 5))
"""How far a whole take may lie off the click."""
_EARLY = Fraction(1, 10)
"""So much of a beat before the next one, a note belongs to that one."""
_SLACK = Fraction(1, 4)
"""Quarter notes by which a note may miss the next onset and still end there."""


@dataclass(frozen=True)
class _Chord:
    start: Fraction
    notes: tuple[PlayedNote, ...]


def quantise(hands: list[list[PlayedNote]], quarter_bpm: float) -> list[list[PlayedNote]]:
    """The same notes with onsets and ends on note values.

    The take's lean, one amount for all, is taken off first; then each beat of each hand is
    divided by what costs least: squared distances in spreads, and the division's own price.

    Args:
        hands: the notes of each staff.
        quarter_bpm: the tempo that they were played to, in quarter notes a minute.
    """
    quarter_ms = 60_000 / quarter_bpm
    chords = [_group(sorted(hand), quarter_ms) for hand in hands]
    lean = min(_LEANS_MS, key=lambda ms: (_cost_of_lean(chords, ms, quarter_ms), abs(ms)))
    shift = _in_quarters(lean, quarter_ms)
    return [_lay_on_grid(hand, shift, quarter_ms) for hand in chords]


def _group(notes: list[PlayedNote], quarter_ms: float) -> list[_Chord]:
    groups: list[list[PlayedNote]] = []
    for note in notes:
        if groups and float(note[0] - groups[-1][0][0]) * quarter_ms <= _CHORD_MS:
            groups[-1].append(note)
        else:
            groups.append([note])
    return [_Chord(sum((n[0] for n in g), Fraction(0)) / len(g), tuple(g)) for g in groups]


def _beats(chords: list[_Chord], shift: Fraction) -> dict[int, list[Fraction]]:
    """Beat to where in it its chords begin; a little below 0 for one that is early."""
    beats: dict[int, list[Fraction]] = {}
    for chord in chords:
        beat, place = _locate(chord, shift)
        beats.setdefault(beat, []).append(place)
    return beats


def _locate(chord: _Chord, shift: Fraction) -> tuple[int, Fraction]:
    """The beat that a chord belongs to, and where in it the chord begins."""
    at = chord.start - shift
    beat = math.floor(at + _EARLY)
    return beat, at - beat


def _cost(places: list[Fraction], division: int, quarter_ms: float) -> float:
    spots = [round(place * division) for place in places]
    off = (
        float(place - Fraction(spot, division)) * quarter_ms / _SPREAD_MS
        for place, spot in zip(places, spots, strict=True)
    )
    collisions = sum(a == b for a, b in pairwise(spots))
    # An onset that rounds to the next beat was not early enough to belong to it.
    late = sum(spot == division for spot in spots)
    far = sum(min(each**2, _FURTHEST_SPREADS**2) / 2 for each in off)
    return far + _DIVISIONS[division] + _COLLISION * (collisions + late)


def _divide(places: list[Fraction], quarter_ms: float) -> int:
    return min(_DIVISIONS, key=lambda division: _cost(places, division, quarter_ms))


def _cost_of_lean(hands: list[list[_Chord]], lean_ms: float, quarter_ms: float) -> float:
    shift = _in_quarters(lean_ms, quarter_ms)
    return sum(
        min(_cost(places, division, quarter_ms) for division in _DIVISIONS)
        for chords in hands
        for places in _beats(chords, shift).values()
    )


def _in_quarters(lean_ms: float, quarter_ms: float) -> Fraction:
    return Fraction(lean_ms / quarter_ms).limit_denominator(10_000)


def _lay_on_grid(chords: list[_Chord], shift: Fraction, quarter_ms: float) -> list[PlayedNote]:
    divisions = {
        beat: _divide(places, quarter_ms) for beat, places in _beats(chords, shift).items()
    }
    onsets = []
    for chord in chords:
        beat, place = _locate(chord, shift)
        division = divisions[beat]
        onsets.append(beat + Fraction(round(place * division), division))
    notes: dict[tuple[Fraction, int], Fraction] = {}
    for index, (chord, onset) in enumerate(zip(chords, onsets, strict=True)):
        following = next((o for o in onsets[index + 1 :] if o > onset), None)
        for _, end, pitch in chord.notes:
            stop = _end(onset, end - shift, following, divisions)
            notes[onset, pitch] = max(stop, notes.get((onset, pitch), stop))
    return [(onset, stop, pitch) for (onset, pitch), stop in sorted(notes.items())]


def _end(
    onset: Fraction, end: Fraction, following: Fraction | None, divisions: dict[int, int]
) -> Fraction:
    """Where a note ends: at the next onset where it comes near, else on its beat's division."""
    if following is not None:
        slack = max(_SLACK, (following - onset) * 3 / 10)
        if abs(following - end) <= slack:
            return following
    beat = math.floor(end)
    division = max(2, divisions.get(beat, 2))
    stop = beat + Fraction(round((end - beat) * division), division)
    if stop > onset:
        return stop
    step = Fraction(1, max(2, divisions.get(math.floor(onset), 2)))
    return min(onset + step, following) if following is not None else onset + step
