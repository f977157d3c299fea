"""Short notes are written as staccato eighths where nothing asks for a sixteenth."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exercises.chart import Note
from exercises.compose.chart import compose_chart
from exercises.compose.detaching import detach_notes
from exercises.drill import DrillRequest
from exercises.levels import level
from exercises.request import resolve_drill
from styles.loader import load_styles


def _notes(*spans: tuple[str, str], staff: int = 1, signs: tuple[str, ...] = ()) -> list[Note]:
    return [
        Note("", Fraction(onset), Fraction(length), 60, "C4", staff, 1, signs)
        for onset, length in spans
    ]


def _shape(notes: list[Note]) -> list[tuple[str, bool]]:
    return [(str(note.duration_ql), "staccato" in note.articulations) for note in notes]


@pytest.mark.parametrize(
    ("spans", "shape"),
    [
        # On the eighth, with silence after it.
        ([("0", "1/4"), ("3/4", "1/4")], [("1/2", True), ("1/4", False)]),
        # A sixteenth that another note follows at once stays one.
        ([("0", "1/4"), ("1/4", "1/4")], [("1/4", False), ("1/4", False)]),
        # The sixteenth between two eighths is the rhythm itself.
        ([("1/4", "1/4"), ("1", "1")], [("1/4", False), ("1", False)]),
        # A dotted eighth before a sixteenth rest fills its beat and is no shorter touch.
        ([("0", "3/4"), ("2", "1")], [("1", False), ("1", False)]),
        # Over a beat: no rest of a sixteenth after a tied sixteenth.
        ([("3/4", "1/2"), ("2", "1")], [("3/4", False), ("1", False)]),
        # Inside a beat an eighth between two sixteenth rests stays.
        ([("1/4", "1/2"), ("2", "1")], [("1/2", False), ("1", False)]),
    ],
)
def test_short_notes_end_with_the_eighth(
    spans: list[tuple[str, str]], shape: list[tuple[str, bool]]
) -> None:
    assert _shape(detach_notes(_notes(*spans), level(7))) == shape


def test_hands_are_apart_and_ghosts_have_no_dot() -> None:
    both = [*_notes(("0", "1/4")), *_notes(("1/4", "1/4"), staff=2)]
    assert _shape(detach_notes(both, level(7))) == [("1/2", True), ("1/4", False)]
    ghost = _notes(("0", "1/4"), signs=("ghost",))
    assert _shape(detach_notes(ghost, level(7))) == [("1/2", False)]


def test_levels_without_dots_keep_their_lengths() -> None:
    assert _shape(detach_notes(_notes(("0", "1/4")), level(1))) == [("1/4", False)]


@pytest.mark.parametrize("style", ["funk", "electronic", "country"])
@pytest.mark.parametrize("seed", [1, 2])
def test_no_chart_leaves_a_sixteenth_rest_after_a_beat(style: str, seed: int) -> None:
    pack = load_styles().styles[style]
    drill = resolve_drill(DrillRequest(style=style, level=9, seed=seed), pack)
    chart = compose_chart(drill, pack).chart
    for staff in (1, 2):
        notes = [note for note in chart.notes if note.staff == staff and note.duration_ql]
        starts = sorted({note.onset_ql for note in notes})
        for note in notes:
            end = note.onset_ql + Fraction(1, 4)
            quiet = not any(note.onset_ql < each < end + Fraction(1, 4) for each in starts)
            short = note.duration_ql == Fraction(1, 4) and note.onset_ql % Fraction(1, 2) == 0
            assert not (short and quiet), (staff, note.onset_ql)
