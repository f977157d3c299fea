"""Whether a chart for pads can be struck, is of the kit, shows its beats and keeps to its level."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.kit import KIT, PAD_LEVELS, TIMEKEEPERS, is_on_step
from exercises.strokes import end_of_beat
from exercises.timeline import beat_ql

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from exercises.chart import Bar, Chart, Note
    from exercises.levels import Level

Finding = tuple[int, str]
"""(bar, detail)."""
MOST_AT_ONCE = 4
"""Pads that two hands reach together, with two fingers each."""


def check_kit(chart: Chart) -> Iterator[Finding]:
    """Notes that are no instrument of the kit, or not where it is written."""
    for note, bar in _with_bars(chart):
        pad = KIT.get(note.pitch)
        if pad is None:
            yield bar.number, f"{note.id}: key {note.pitch} is no instrument of the kit"
        elif (note.spelling, note.staff, note.voice) != (pad.place, 1, pad.voice):
            stem = "down" if pad.is_foot else "up"
            yield (
                bar.number,
                f"{note.id}: the {pad.name} stands on {pad.place} with its stem {stem}",
            )


def check_strokes(chart: Chart, level: Level | None) -> Iterator[Finding]:
    """More at once than hands strike, or two heads on one place."""
    most = MOST_AT_ONCE if level is None else PAD_LEVELS[level.number].at_once
    for bar, notes in _moments(chart):
        if len(notes) > most:
            yield bar.number, f"{len(notes)} pads at once on {notes[0].id}, at most {most}"
        places = [note.spelling for note in notes]
        if len(set(places)) < len(places):
            yield bar.number, f"two heads on one place at {notes[0].id}"


def check_beats(chart: Chart) -> Iterator[Finding]:
    """Note values that hide a beat: a stroke has no length, so that its value shows the beat."""
    for note, bar in _with_bars(chart):
        end = end_of_beat(note.onset_ql, bar)
        if note.duration_ql <= 0 or note.onset_ql + note.duration_ql > end:
            yield bar.number, f"{note.id}: its value hides the end of its beat"


def check_pad_level(chart: Chart, level: Level) -> Iterator[Finding]:
    """Instruments, steps and signs above the level."""
    row = PAD_LEVELS[level.number].at_tempo(chart.drill.quarter_bpm)
    used = {note.pitch for note in chart.notes}
    if len(used) > row.pads:
        yield chart.bars[0].number, f"{len(used)} instruments, at most {row.pads}"
    quickest = max(row.steps, row.fill_steps)
    for note, bar in _with_bars(chart):
        steps = max(quickest, row.time_steps) if note.pitch in TIMEKEEPERS else quickest
        place: Fraction = note.onset_ql - bar.onset_ql
        if not is_on_step(place, steps, beat_ql(bar.meter), triplets=row.triplets):
            yield bar.number, f"{note.id}: a step finer than level {level.number} reads"
        if "ghost" in note.articulations and not row.ghosts:
            yield bar.number, f"{note.id}: a ghost note is above the level"
        if "accent" in note.articulations and not row.accents:
            yield bar.number, f"{note.id}: an accent is above the level"


def _with_bars(chart: Chart) -> Iterator[tuple[Note, Bar]]:
    """Each note with its bar."""
    bars = iter(chart.bars)
    bar = next(bars)
    for note in chart.notes:
        while note.onset_ql >= bar.onset_ql + bar.duration_ql:
            bar = next(bars)
        yield note, bar


def _moments(chart: Chart) -> Iterator[tuple[Bar, list[Note]]]:
    """What is struck together."""
    group: list[Note] = []
    here: Bar = chart.bars[0]
    for note, bar in _with_bars(chart):
        if group and note.onset_ql != group[0].onset_ql:
            yield here, group
            group = []
        group.append(note)
        here = bar
    if group:
        yield here, group
