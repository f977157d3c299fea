"""A focus makes its element frequent, keeps the level, and is the same chart every time."""

from fractions import Fraction

import pytest

from exercises.chart import Note, write_chart_json
from exercises.checks.chart import check_chart
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.focus import ELEMENTS, read_focus
from exercises.focus_share import measure_focus, signature_pcs
from exercises.levels import level
from exercises.request import resolve_drill
from styles.loader import load_styles
from tests.reading import make_chart

STYLES = load_styles().styles
SEEDS = (1, 2, 3)
ENOUGH = 0.5
"""A share that no listener can miss, where twice as much is more than there can be."""
NEAR_MOST = 0.8
"""Of the leaps that a level lets a line have."""

LEANINGS = [
    ("classical", 4, "accidentals"), ("pop", 6, "accidentals"),
    ("jazz", 6, "rhythm:.75 .25"), ("classical", 4, "rhythm:.5 .5"), ("rock", 8, "rhythm:.5 1 .5"),
    ("classical", 6, "interval:3"), ("jazz", 6, "interval:6"), ("folk", 8, "interval:5"),
    ("pop", 4, "ledger"), ("classical", 8, "ledger"),
    ("classical", 4, "left"), ("pop", 6, "left"),
    ("jazz", 6, "chords:m7b5"), ("pop", 6, "chords:maj7"), ("jazz", 8, "chords:dim7"),
    ("pop", 6, "ties"), ("jazz", 5, "rests"), ("jazz", 6, "triplets"), ("classical", 8, "triplets"),
    ("classical", 6, "leaps"), ("jazz", 7, "leaps"), ("pop", 8, "syncopation"),
    ("classical", 5, "sixteenths"), ("pop", 6, "dotted"), ("jazz", 6, "chromatic"),
]  # fmt: skip


def compose(style, number, seed, focus=None, **wishes):
    request = DrillRequest(style, number, seed=seed, focus=focus, bars=8, **wishes)
    return compose_chart(resolve_drill(request, STYLES[style]), STYLES[style]).chart


@pytest.mark.parametrize(("style", "number", "text"), LEANINGS)
def test_an_element_becomes_frequent_and_stays_within_the_level(style, number, text):
    focus = read_focus(text)
    plain = leant = 0.0
    for seed in SEEDS:
        plain += measure_focus(compose(style, number, seed), focus)
        chart = compose(style, number, seed, text)
        assert check_chart(chart, STYLES[style], level(number)) == ()
        leant += measure_focus(chart, focus)
    assert leant > 0
    most = level(number).leap_share if text == "leaps" else 1.0
    enough = min(ENOUGH, NEAR_MOST * most)
    assert leant >= 2 * plain or leant / len(SEEDS) >= enough


def test_every_element_is_tried_above():
    assert {text.partition(":")[0] for _, _, text in LEANINGS} == set(ELEMENTS)


def test_a_focused_drill_gives_the_same_chart_again():
    first, second = (write_chart_json(compose("jazz", 6, 5, "interval:6")) for _ in range(2))
    assert first == second
    assert first != write_chart_json(compose("jazz", 6, 5))


@pytest.mark.parametrize("kind", ["lead", "comping", "number"])
def test_other_kinds_lean_too(kind):
    plain = compose("jazz", 6, 2, kind=kind)
    leant = compose("jazz", 6, 2, "chords:m7b5", kind=kind)
    focus = read_focus("chords:m7b5")
    assert measure_focus(leant, focus) >= 2 * measure_focus(plain, focus)
    assert measure_focus(leant, focus) > 0


def test_a_signature_is_read_as_it_is_printed():
    assert signature_pcs("C") == signature_pcs("Am") == frozenset()
    assert signature_pcs("D") == {6, 1}
    assert signature_pcs("Eb") == signature_pcs("Cm") == {10, 3, 8}


def test_shares_are_counted_on_what_is_written():
    half, long = Fraction(1, 2), Fraction(3, 2)
    written = [
        (0, 1, 60, "C4"), (1, half, 67, "G4"), (long, half, 69, "A4"), (2, long, 81, "A5"),
        (3 + half, half, 79, "G5"),
    ]  # fmt: skip
    notes = [
        Note("", Fraction(onset), Fraction(length), pitch, name, 1, 1)
        for onset, length, pitch, name in written
    ]
    chart = make_chart(notes, bars=1)

    def share(text):
        return measure_focus(chart, read_focus(text))

    assert share("ledger") == pytest.approx(2 / 5)  # middle C and the A above the staff
    assert share("interval:5") == pytest.approx(1 / 4)
    assert share("interval:2") == pytest.approx(2 / 4)
    assert share("leaps") == pytest.approx(2 / 4)
    assert share("rhythm:.5 .5") == pytest.approx(1 / 4)
    assert share("rhythm:1.5 .5") == pytest.approx(1 / 2)
    assert share("dotted") == pytest.approx(1 / 5)
    assert share("rests") == 0
    assert share("left") == 0
