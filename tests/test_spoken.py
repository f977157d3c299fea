"""Charts in words."""

from fractions import Fraction

import msgspec
import pytest
from fakes import make_chart

from exercises.chart import Chord, Mark, Note
from exercises.roadmap import read_sign
from exercises.spoken import speak_chart, speak_key, speak_sign, speak_spelling, speak_symbol


def chart_of(*notes, **changes):
    numbered = tuple(
        Note(f"n{i + 1}", Fraction(onset), Fraction(length), 60, spelling, staff, 1, *more)
        for i, (onset, length, spelling, staff, *more) in enumerate(notes)
    )
    return msgspec.structs.replace(make_chart(bars=2), notes=numbered, **changes)


def test_bar_by_bar_and_hand_by_hand():
    chart = chart_of(
        (0, 1, "F#4", 1),
        (0, 4, "C3", 2),
        (0, 4, "Eb3", 2),
        ("1", "1", "Bb4", 1, ("staccato",)),
        ("4", "1/2", "C5", 1),
        ("9/2", "1/2", "C5", 1),
        ("5", "1/2", "C5", 1),
    )
    lines = speak_chart(chart)
    assert lines[0] == "C major, 4/4, quarter = 120, 2 bars."
    assert lines[1:] == [
        "Bar 1, right hand: quarter F sharp 4, quarter B flat 4 staccato, half rest.",
        "Bar 1, left hand: whole chord C 3 and E flat 3.",
        "Bar 2, right hand: 3 times eighth C 5, eighth rest, half rest.",
        "Bar 2, left hand: rest.",
    ]


def test_ties_triplets_and_remarks():
    chart = chart_of(
        (3, 2, "G4", 1), ("5", "1/3", "A4", 1), ("16/3", "1/3", "B4", 1), ("17/3", "1/3", "C5", 1)
    )
    lines = speak_chart(chart, remarks={"n1": "12 ms late"})
    assert "quarter G 4 (12 ms late) tied on." in lines[1]
    assert "held quarter G 4, triplet eighth A 4" in lines[3]
    assert "late" not in lines[3]


def test_chords_and_marks_have_lines_of_their_own():
    chart = chart_of(
        (0, 4, "C4", 1),
        chords=(Chord(Fraction(0), Fraction(4), "Bb7/D", 10, 2, (10, 2, 5, 8)),),
        show_chords=True,
        marks=(Mark(Fraction(0), "dynamic", "mf"), Mark(Fraction(4), "rehearsal", "A")),
        roadmap=("repeat 1-2",),
    )
    lines = speak_chart(chart)
    assert "Order: repeat bars 1 to 2." in lines
    assert "Bar 1, marks: mezzo forte." in lines
    assert "Bar 1, chords: B flat 7 over D." in lines
    assert "Bar 2, marks: section A." in lines


@pytest.mark.parametrize(
    ("symbol", "said"),
    [
        ("F#m7b5", "F sharp minor 7 flat 5"),
        ("Ebmaj7", "E flat major 7"),
        ("C7#9", "C 7 sharp 9"),
        ("Bb", "B flat"),
        ("Gsus4", "G sus 4"),
        ("Adim7/C", "A diminished 7 over C"),
    ],
)
def test_chord_symbols(symbol, said):
    assert speak_symbol(symbol) == said


def test_names():
    assert speak_spelling("F##4") == "F double sharp 4"
    assert speak_spelling("Bbb3") == "B double flat 3"
    assert speak_key("F#m") == "F sharp minor"
    assert speak_sign(read_sign("vamp 9-10 4x")) == "vamp bars 9 to 10, 4 times"
    assert speak_sign(read_sign("D.S. al Coda 24")) == "D.S. al Coda at bar 24"
    assert speak_sign(read_sign("ending 1,2 7-8")) == "ending 1 and 2 in bars 7 to 8"
