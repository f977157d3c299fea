"""Strokes on pads as written notes: a stroke has no length, so that its value shows the beat."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from exercises.kit import KIT, TIMEKEEPERS
from exercises.meter import read_grid, to_ql, to_ticks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

    from exercises.chart import Bar, Note


def end_of_beat(onset_ql: Fraction, bar: Bar) -> Fraction:
    """Where the beat of a place ends, as notes are beamed within it."""
    grid = read_grid(bar.meter)
    # A pickup is the end of a bar.
    missing = grid.length - to_ticks(bar.duration_ql) if bar.number == 0 else 0
    _, end = grid.beat_of(to_ticks(onset_ql - bar.onset_ql) + missing)
    return min(bar.onset_ql + to_ql(end - missing), bar.onset_ql + bar.duration_ql)


def spread_accents(notes: Sequence[Note]) -> list[Note]:
    """Put an accent over all that is struck with it by hands (or feet), but what keeps time.

    On paper one sign is over them all. Where nothing else is struck what keeps time has it.
    """
    moments: dict[tuple[Fraction, bool], list[Note]] = {}
    for note in notes:
        moments.setdefault((note.onset_ql, KIT[note.pitch].is_foot), []).append(note)
    spread: list[Note] = []
    for together in moments.values():
        accented = any("accent" in note.articulations for note in together)
        plain = [note for note in together if "ghost" not in note.articulations]
        stands = [note for note in plain if note.pitch not in TIMEKEEPERS] or plain
        for note in together:
            signs = ("ghost",) if note not in plain else ()
            signs = ("accent",) if accented and note in stands else signs
            spread.append(msgspec.structs.replace(note, articulations=signs))
    return spread


def write_strokes(notes: Iterable[Note], bars: Sequence[Bar]) -> list[Note]:
    """Notes of the kit in their places, each as long as to the next of its voice or its beat's end.

    Args:
        notes: their pitches, onsets and signs are read.
        bars: in which they are; notes outside are left out.
    """
    struck = sorted(notes, key=lambda note: (note.onset_ql, note.pitch))
    written: list[Note] = []
    for bar in bars:
        end = bar.onset_ql + bar.duration_ql
        here = [note for note in struck if bar.onset_ql <= note.onset_ql < end]
        for voice in sorted({KIT[note.pitch].voice for note in here}):
            own = [note for note in here if KIT[note.pitch].voice == voice]
            onsets = sorted({note.onset_ql for note in own})
            ends = {
                onset: min(following, end_of_beat(onset, bar))
                for onset, following in pairwise([*onsets, end])
            }
            written += [
                msgspec.structs.replace(
                    note,
                    duration_ql=ends[note.onset_ql] - note.onset_ql,
                    spelling=KIT[note.pitch].place,
                    staff=1,
                    voice=voice,
                )
                for note in own
            ]
    return written
