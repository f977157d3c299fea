"""Takes made wrong on purpose: a chart as a certain reader takes it, played with careless errors."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

import msgspec

from exercises.accidentals import signature
from exercises.chart import Bar, Chart, Chord, Note, number_notes
from exercises.drill import Drill
from exercises.timeline import Timeline
from game.performer import Profile, perform
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
    left: bool = True,
) -> Chart:  # fmt: skip
    """A tune over chords of three notes, spelled in its key, with an accidental now and then."""
    dice = Random(f"page {seed}")  # noqa: S311 - dice, no secret
    signs = signature(key)
    notes: list[Note] = []
    chords: list[Chord] = []
    step = 34

    def add(onset, length, step, alteration, staff):
        pitch = pitch_at(step, alteration)
        notes.append(Note("", onset, length, pitch, spell(step, alteration), staff, 1))

    for bar in range(bars):
        onset, end = Fraction(4 * bar), Fraction(4 * bar + 4)
        bent = dice.randrange(28, 41) if bar % 3 == 2 else None
        while onset < end:
            values = [Fraction(v) for v in dice.choice(cells)]
            if sum(map(abs, values)) > end - onset:
                continue
            for value in values:
                if value > 0:
                    far = dice.choice((-6, -5, 5, 6)) if dice.random() < leap else 0
                    step += far or dice.choice((-2, -1, 1, 1, -1, 2))
                    step = min(high, max(low, step))
                    sign = signs.get(LETTERS[step % 7], 0)
                    if bent is not None and step % 7 == bent % 7:
                        sign = 0 if sign else 1
                    add(onset, value, step, sign, 1)
                onset += abs(value)
        if left:
            root = dice.choice((14, 17, 18, 19))
            # The shape of a seventh chord: a hand of three notes and a root below.
            tones = [root, root + 2, root + 4, root + 6]
            letters = [signs.get(LETTERS[t % 7], 0) for t in tones]
            for half in (0, 2):
                for tone, sign in zip(tones, letters, strict=True):
                    add(Fraction(4 * bar + half), Fraction(2), tone, sign, 2)
            pcs = tuple(pitch_at(t, s) % 12 for t, s in zip(tones, letters, strict=True))
            name = LETTERS[root % 7] + NAMES[letters[0]]
            chords.append(Chord(Fraction(4 * bar), Fraction(4), f"{name}m7", pcs[0], pcs[0], pcs))
    drill = Drill(style, 7, "grand", key, "4/4", bars, quarter_bpm, "both", 1, "")
    grid = tuple(Bar(n + 1, Fraction(4 * n), Fraction(4), "4/4") for n in range(bars))
    return Chart(drill, grid, number_notes(notes), tuple(chords))


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
