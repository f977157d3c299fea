"""Takes made wrong on purpose: a chart as somebody takes it, played with careless errors."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

import msgspec

from exercises.chart import Bar, Chart, Chord, Note, number_notes
from exercises.drill import Drill
from exercises.notation.accidentals import signature
from exercises.timeline import Timeline
from game.performer.performance import Profile, perform
from game.scoring.diagnoses.evidence import LETTERS, pitch_at, read_spelling
from game.scoring.grade import grade_take
from styles.loader import load_styles

if TYPE_CHECKING:
    from collections.abc import Callable

    from game.scoring.results import Scorecard

STYLES = load_styles().styles
CELLS = ((1,), ("1/2", "1/2"), ("3/4", "1/4"), ("1/4",) * 4, ("3/2", "1/2"), (2,), (1, "-1"))
CARELESS = Profile(
    name="careless", spread_ms=25, wrong=0.09, missing=0.06, chord_spread_ms=10, touch=6,
    length=0.9, length_spread=0.1,
)  # fmt: skip
"""15 % of the notes go wrong for no reason."""
NAMES = {1: "#", -1: "b", 0: ""}


def spell(step: int, alteration: int) -> str:
    return f"{LETTERS[step % 7]}{NAMES[alteration]}{step // 7}"


def make_page(
    seed: int, *, key: str = "A", bars: int = 16, low: int = 28, high: int = 40,
    style: str = "classical", quarter_bpm: float = 84.0, cells=CELLS, leap: float = 0.15,
) -> Chart:  # fmt: skip
    """A tune over chords of four notes, spelled in its key; some bars hold an accidental."""
    dice = Random(f"page {seed}")  # noqa: S311 - dice, no secret
    signs = signature(key)
    notes: list[Note] = []
    chords: list[Chord] = []
    step = (low + high) // 2
    for bar in range(bars):
        step = _write_tune(notes, bar, step, dice, signs, (low, high), cells, leap)
        chords.append(_write_chord(notes, bar, dice, signs))
    drill = Drill(style, 7, "grand", key, "4/4", bars, quarter_bpm, "both", 1, "")
    grid = tuple(Bar(n + 1, Fraction(4 * n), Fraction(4), "4/4") for n in range(bars))
    return Chart(drill, grid, number_notes(notes), tuple(chords))


def _note(onset, length, step: int, alteration: int, staff: int) -> Note:
    pitch = pitch_at(step, alteration)
    return Note("", Fraction(onset), Fraction(length), pitch, spell(step, alteration), staff, 1)


def _write_tune(notes, bar, step, dice, signs, span, cells, leap) -> int:
    """A bar of the tune; every third bar comes back to a note that an accidental alters."""
    onset, end = Fraction(4 * bar), Fraction(4 * bar + 4)
    bent = step if bar % 3 == 2 else None
    while onset < end:
        values = [Fraction(v) for v in dice.choice(cells)]
        if sum(map(abs, values)) > end - onset:
            continue
        for value in values:
            if value > 0:
                up = 1 if step < sum(span) // 2 else -1
                away = up * dice.choice((6, 7)) if dice.random() < leap else 0
                step += away or dice.choice((-2, -1, 1, 1, -1, 2))
                if bent is not None and dice.random() < 0.5:
                    step = bent
                step = min(span[1], max(span[0], step))
                sign = signs.get(LETTERS[step % 7], 0)
                notes.append(_note(onset, value, step, not sign if step == bent else sign, 1))
            onset += abs(value)
    return step


def _write_chord(notes, bar, dice, signs) -> Chord:
    """Two half notes of a seventh chord in the left hand."""
    root = dice.choice((14, 17, 18, 19))
    tones = [(step, signs.get(LETTERS[step % 7], 0)) for step in range(root, root + 7, 2)]
    notes += [_note(4 * bar + half, 2, *tone, 2) for half in (0, 2) for tone in tones]
    pcs = tuple(pitch_at(*tone) % 12 for tone in tones)
    name = f"{LETTERS[root % 7]}{NAMES[tones[0][1]]}m7"
    return Chord(Fraction(4 * bar), Fraction(4), name, pcs[0], pcs[0], pcs)


def reread(chart: Chart, change: Callable[[Note], Note | list[Note] | None]) -> Chart:
    """The chart as it was taken: each note changed, split or left out."""
    notes: list[Note] = []
    for note in chart.notes:
        changed = change(note)
        notes += changed if isinstance(changed, list) else [changed] if changed else []
    unique = {(n.onset_ql, n.pitch): n for n in notes}
    return msgspec.structs.replace(chart, notes=number_notes(list(unique.values())))


def alter(note: Note, **changes) -> Note:
    return msgspec.structs.replace(note, **changes)


def shift_steps(note: Note, steps: int, signs: dict[str, int]) -> Note:
    """The note of another line of the staff, in the key."""
    step = read_spelling(note.spelling)[0] + steps
    return alter(note, pitch=pitch_at(step, signs.get(LETTERS[step % 7], 0)))


def grade_reading(
    chart: Chart, taken: Chart, profile: Profile, seed: int, *, swung: str = "", level: int = 7
) -> Scorecard:
    """Grade what a player plays who takes `chart` for `taken`."""
    timeline = Timeline.steady(chart.drill.quarter_bpm)
    style = STYLES[chart.drill.style]
    played = STYLES[swung] if swung else style
    take = perform(taken, profile, timeline=timeline, style=played, level=level, seed=seed)
    return grade_take(chart, take.events, timeline=timeline, style=style, level=level)


def kinds(scorecard: Scorecard) -> list[str]:
    return [diagnosis.kind for diagnosis in scorecard.diagnoses]
