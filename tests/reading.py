"""Charts and takes for the tests of the grade."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from random import Random
from typing import TYPE_CHECKING

from exercises.chart import Bar, Chart, ComposeError, Mark, Note, number_notes
from exercises.drill import Drill, DrillRequest
from exercises.timeline import Timeline
from game.events import NoteEvent
from game.scoring.grade import grade_take
from styles.loader import load_styles

if TYPE_CHECKING:
    from game.scoring.results import Scorecard


def make_chart(
    notes: list[Note], *, bars: int, quarter_bpm: float = 100.0, marks: tuple[Mark, ...] = ()
) -> Chart:
    drill = Drill("none", 5, "grand", "C", "4/4", bars, quarter_bpm, "both", 1, "")
    grid = tuple(
        Bar(number + 1, Fraction(4 * number), Fraction(4), "4/4") for number in range(bars)
    )
    return Chart(drill, grid, number_notes(notes), marks=marks)


def make_note(
    onset: object, pitch: int, length: object = 1, staff: int = 1, **more: object
) -> Note:
    return Note("", Fraction(onset), Fraction(length), pitch, "C4", staff, 1, **more)


def melody(bars: int = 4, quarter_bpm: float = 100.0) -> Chart:
    """Quarter notes going round a scale: no pitch returns within five notes."""
    scale = (60, 62, 64, 65, 67, 69, 71, 72, 74, 76, 77)
    notes = [make_note(index, scale[index * 3 % 11]) for index in range(4 * bars)]
    return make_chart(notes, bars=bars, quarter_bpm=quarter_bpm)


def both_hands(bars: int = 8, seed: int = 1, quarter_bpm: float = 100.0) -> Chart:
    """A wandering melody over half-note triads."""
    dice = Random(seed)  # noqa: S311 - dice, no secret
    cells = ((1, 1), ("1/2",) * 4, (2,), (1, "1/2", "1/2"), ("3/2", "1/2"))
    notes: list[Note] = []
    pitch = 72
    for half in range(2 * bars):
        onset = Fraction(2 * half)
        for length in dice.choice(cells):
            pitch = min(84, max(60, pitch + dice.choice((-4, -2, -1, 0, 1, 2, 3))))
            notes.append(make_note(onset, pitch, length))
            onset += Fraction(length)
        root = dice.choice((41, 43, 45, 48))
        notes += [make_note(2 * half, root + step, 2, 2) for step in (0, 4, 7)]
    return make_chart(notes, bars=bars, quarter_bpm=quarter_bpm)


def by_rote(chart: Chart, quarter_bpm: float | None = None) -> list[NoteEvent]:
    """Every note exactly as written, on and off."""
    timeline = Timeline.steady(quarter_bpm or chart.drill.quarter_bpm)
    events: list[NoteEvent] = []
    for note in chart.notes:
        start = timeline.seconds_at(note.onset_ql)
        end = timeline.seconds_at(note.onset_ql + note.duration_ql)
        events.append(NoteEvent(start, "on", note.pitch, 70))
        events.append(NoteEvent(end, "off", note.pitch, 0))
    return events


def moved(events: list[NoteEvent], seconds: float = 0.0, semitones: int = 0) -> list[NoteEvent]:
    return [NoteEvent(e.onset_s + seconds, e.kind, e.pitch + semitones, e.velocity) for e in events]


def grade(chart: Chart, events: list[NoteEvent], *, level: int = 5, **more: object) -> Scorecard:
    timeline = Timeline.steady(chart.drill.quarter_bpm)
    return grade_take(chart, events, timeline=timeline, style=None, level=level, **more)


def counts(scorecard: Scorecard) -> tuple[int, int, int, int]:
    """Matches, substitutions, omissions, extras."""
    verdicts = [note.verdict for note in scorecard.notes]
    names = ("match", "substitution", "omission")
    return (*(verdicts.count(name) for name in names), len(scorecard.extras))


@cache
def composed(style: str, level: int) -> Chart:
    """A real chart: the first seed that composes."""
    from exercises.compose.chart import compose_chart  # noqa: PLC0415 - music21
    from exercises.request import resolve_drill  # noqa: PLC0415 - music21

    pack = load_styles().styles[style]
    for seed in range(1, 20):
        try:
            drill = resolve_drill(DrillRequest(style=style, level=level, seed=seed), pack)
            return compose_chart(drill, pack).chart
        except ComposeError:
            continue
    raise AssertionError(f"nothing composes in {style} at level {level}")
