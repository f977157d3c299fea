"""The last chord of a chart: its third sounds, and where the sign is known it is rolled."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from exercises.compose.grid import to_ql, two_beats_s
from exercises.compose.touch import known_articulations
from exercises.theory import OCTAVE, write_spelling

if TYPE_CHECKING:
    from exercises.chart import Note
    from exercises.compose.writing import Plan

ROLLED = 3
"""Notes of a last chord that is rolled, at least."""
_APART = 3
"""Semitones under the tune from which something may be added."""
_CLEAR = 48
"""C3: from here on a third above the bass is no mud."""


def complete_last(notes: Sequence[Note], plan: Plan) -> list[Note]:
    """The notes with the third in the last chord, where both hands together leave it out.

    No more is struck than before: the third takes the place of a doubled note, best one under the
    tune, else one of the left hand's, in the right hand or above the bass. Only where each hand
    has one note, and the level reads one more, the third comes in beside them.
    """
    found = list(notes)
    harmony = plan.slots[-1].harmony
    start = to_ql((plan.drill.bars - 1) * plan.metre.bar)
    right, left = _last(found, 1, start), _last(found, 2, start)
    name = None if harmony.third is None else harmony.name_of(harmony.third)
    heard = {note.pitch % OCTAVE for note in (*right, *left)}
    if not right or not left or harmony.third is None or name is None or harmony.third in heard:
        return found
    swap = _swap(right, left, harmony.third, plan)
    if swap is not None:
        old, model, pitch = swap
        if old is not None:
            found.remove(old)
        elif not _has_room(found, model, plan):
            # Out of a groove that leaves no room the one note that is struck says the chord.
            if plan.drill.bars - 2 not in plan.grooves or 3 not in plan.style.melody.end_degrees:  # noqa: PLR2004
                return found
            found.remove(model)
        found.append(
            msgspec.structs.replace(
                model, pitch=pitch, spelling=write_spelling(pitch, name), articulations=()
            )
        )
    return found


def _last(notes: Sequence[Note], staff: int, start: Fraction) -> list[Note]:
    """The last chord of a hand in the last bar, from low to high."""
    inside = [note for note in notes if note.staff == staff and note.onset_ql >= start]
    last = max((note.onset_ql for note in inside), default=start)
    struck = [note for note in inside if note.onset_ql == last and note.duration_ql]
    return sorted(struck, key=lambda note: note.pitch)


def _swap(
    right: Sequence[Note], left: Sequence[Note], third: int, plan: Plan
) -> tuple[Note | None, Note, int] | None:
    """(the note that goes, the note whose place in time the third takes, the third's pitch)."""
    top, ceiling = right[-1], max(note.pitch for note in left)
    doubled = len(right) > 1
    # A left hand of three gives its octave up, one of two its fifth or octave.
    spare = left[-1] if len(left) > 1 else None
    floor = max(plan.level.right_range[0], top.pitch - OCTAVE)
    if doubled or plan.level.right_notes > 1:
        above = ceiling if doubled or spare is None else max(note.pitch for note in left[:-1])
        pitches = [
            pitch
            for pitch in range(max(floor, above + 1), top.pitch - _APART + 1)
            if pitch % OCTAVE == third and pitch not in {note.pitch for note in right}
        ]
        if pitches:
            return (right[0] if doubled else spare, top, pitches[-1])
    low = left[0]
    pitch = low.pitch + (third - low.pitch) % OCTAVE
    if spare is not None and low.pitch >= _CLEAR:
        return (spare, low, pitch)
    return None


def _has_room(notes: Sequence[Note], struck: Note, plan: Plan) -> bool:
    """Whether the two beats before a note leave the level room for one more with it."""
    start = struck.onset_ql - to_ql(2 * plan.metre.beat)
    before = sum(start < note.onset_ql <= struck.onset_ql for note in notes)
    most = plan.level.notes_per_s * two_beats_s(plan.metre, plan.drill.quarter_bpm)
    return before + 1 <= most


def spread_last(notes: Sequence[Note], plan: Plan) -> list[Note]:
    """The last chord of the right hand rolled, where style and level have the sign."""
    known = known_articulations(plan.style, plan.level) & set(plan.level.articulations)
    right = [note.onset_ql for note in notes if note.staff == 1 and note.duration_ql >= 1]
    last = max(right, default=None)
    if "spread" not in known or right.count(last or to_ql(0)) < ROLLED:
        return list(notes)
    return [
        msgspec.structs.replace(note, articulations=(*note.articulations, "spread"))
        if note.staff == 1 and note.onset_ql == last
        else note
        for note in notes
    ]
