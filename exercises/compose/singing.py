"""A strict tune made singable: intervals that no voice takes are mended after the line is dressed.

The line avoids them by weight, but figures, fills and goals may still bring some: augmented seconds
and fourths, diminished fifths that do not turn back, tendencies that go astray at the close.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from exercises.compose.contour import beat_strength
from exercises.compose.line import Bass, Ground, Place, is_augmented, is_parallel
from exercises.compose.resolution import TRITONE, follow_tendency
from exercises.compose.tones import ScaleNote, notes_over
from exercises.theory import read_key

if TYPE_CHECKING:
    from collections.abc import Iterator

_STEP = 2
WIDEST = 7
"""Semitones: a mended note lies within a fifth of both its neighbours."""
ROUNDS = 12
"""Mendings of one tune at most; what is left is for the next draft."""


def mend_leaps(places: Sequence[Place], ground: Ground, top: int) -> list[Place]:
    """The tune without the leaps that strict voices do not take, wherever another note serves.

    `top` is its highest pitch, which no mended note reaches; ends of phrases stay.
    """
    mended = list(places)
    if not ground.strict:
        return mended
    bass = Bass(ground.below)
    for _ in range(ROUNDS):
        fault = next((at for at in range(1, len(mended)) if _is_fault(mended, at, ground)), None)
        if fault is None or not _mend(mended, fault, ground, bass, top):
            break
    return mended


def _mend(mended: list[Place], fault: int, ground: Ground, bass: Bass, top: int) -> bool:
    """Put another note at the fault or beside it; False where none serves."""
    for at in (fault, fault - 1, fault + 1):
        if not 0 <= at < len(mended) - 1:
            continue
        place = mended[at]
        ends = mended[at + 1].beat.phrase != place.beat.phrase
        if ends or place.note.pitch == top:
            continue
        for note in _others(place, ground, bass, top):
            mended[at] = replace(place, note=note)
            near = range(max(1, at - 1), min(len(mended), at + 3))
            fits = all(
                not _is_fault(mended, each, ground) and _moves(mended, each, bass) for each in near
            )
            if fits:
                return True
        mended[at] = place
    return False


def _others(place: Place, ground: Ground, bass: Bass, top: int) -> Iterator[ScaleNote]:
    """Notes that may stand in a place, the nearest first: on a beat only chord notes."""
    seat = ground.seats[place.beat.phrase]
    sounding = bass.sounding(place.beat.onset, place.beat.onset + place.beat.duration)
    floor = max((tone.pitch for tone in sounding), default=0) + 1 if place.staff == 1 else 0
    firm = place.note.chordal or beat_strength(place.beat, ground.metre) > 0
    found = notes_over(place.slot.harmony, ground.key, ground.scale, seat.low, seat.high)
    options = [
        note for note in found
        if floor < note.pitch < top and note.pitch != place.note.pitch
        and (note.chordal or not firm) and not note.clashing
    ]  # fmt: skip
    return iter(sorted(options, key=lambda note: (abs(note.pitch - place.note.pitch), note.pitch)))


def _moves(places: Sequence[Place], at: int, bass: Bass) -> bool:
    """Whether the step into a place is near and runs parallel with nothing below."""
    before, here = places[at - 1], places[at]
    if before.staff != here.staff:
        return True
    near = abs(here.note.pitch - before.note.pitch) <= WIDEST
    parallel = is_parallel(here.note.pitch, before.note.pitch, before.beat, here.beat, bass)
    return near and not parallel


def _is_fault(places: Sequence[Place], at: int, ground: Ground) -> bool:
    """Whether a voice does not take the interval into a place."""
    before, here = places[at - 1], places[at]
    if before.staff != here.staff:
        return False
    # Nobody sings from the end of one phrase into the next.
    joined = (
        here.beat.phrase == before.beat.phrase
        and here.beat.onset <= before.beat.onset + before.beat.duration
    )
    move = here.note.pitch - before.note.pitch
    if joined and is_augmented(here.note, before.note):
        return True
    if joined and abs(move) == TRITONE and at + 1 < len(places):
        onward = places[at + 1].note.pitch - here.note.pitch
        if not (0 < abs(onward) <= _STEP and onward * move < 0):
            return True
    last = ground.slots[-1]
    if before.beat.onset < last.onset <= here.beat.onset:
        tonic = read_key(ground.key).tonic_pc
        return follow_tendency(before.note.pitch, move, before.slot.harmony, tonic) < 1
    return False
