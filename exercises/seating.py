"""A chart for a chair: only signs that the instrument can follow, only keys that can sound."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import msgspec

from exercises.chart import Chart, Note, number_notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chairs import Chair

LOUDNESS = frozenset({"dynamic", "hairpin"})
ACCENTS = frozenset({"accent", "marcato"})


def seat_chart(chart: Chart, chair: Chair) -> Chart:
    """The chart as the instrument can play it.

    Without touch no loudness and no accent is asked for, without a pedal no pedalling. Where one
    key sounds at a time the outer notes of the line's staff are kept, each until the next.
    """
    gone = (LOUDNESS if not chair.touch else frozenset()) | (
        frozenset({"pedal"}) if not chair.pedal else frozenset()
    )
    drill = chart.drill
    if drill.chair != chair.id:
        drill = msgspec.structs.replace(drill, chair=chair.id, code="")
    marks = tuple(mark for mark in chart.marks if mark.kind not in gone)
    notes = list(chart.notes)
    if not chair.touch:
        notes = [_without_accents(note) for note in notes]
    if chair.mono:
        notes = _single_out(notes, highest=chair.hand == "right")
    return msgspec.structs.replace(chart, drill=drill, marks=marks, notes=number_notes(notes))


def is_held(chart: Chart) -> bool:
    """Whether a part is chords that are held: struck where they change, and nowhere else."""
    return {note.onset_ql for note in chart.notes} == {chord.onset_ql for chord in chart.chords}


def _without_accents(note: Note) -> Note:
    if not ACCENTS.intersection(note.articulations):
        return note
    kept = tuple(sign for sign in note.articulations if sign not in ACCENTS)
    return msgspec.structs.replace(note, articulations=kept)


def _single_out(notes: Sequence[Note], *, highest: bool) -> list[Note]:
    """One line: of each onset the outer note, held no longer than to the next."""
    ordered = sorted(notes, key=lambda note: note.onset_ql)
    line: list[Note] = []
    for _, together in groupby(ordered, key=lambda note: note.onset_ql):
        chord = list(together)
        graces = [note for note in chord if not note.duration_ql]
        struck = [note for note in chord if note.duration_ql]
        line += graces[:1]
        if struck:
            line.append((max if highest else min)(struck, key=lambda note: note.pitch))
    cut: list[Note] = []
    for index, note in enumerate(line):
        following = next(
            (each.onset_ql for each in line[index + 1 :] if each.onset_ql > note.onset_ql), None
        )
        length = note.duration_ql
        if following is not None:
            length = min(length, following - note.onset_ql)
        cut.append(msgspec.structs.replace(note, duration_ql=length, voice=1))
    return cut
