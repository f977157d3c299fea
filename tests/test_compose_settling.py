"""What is mended in a chart after it is composed, and what its level puts into it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import msgspec
import pytest

from exercises.chart import Note, number_notes
from exercises.checks.chart import check_chart
from exercises.checks.hands import check_hands, shared_keys
from exercises.checks.level import check_level, elements_of
from exercises.checks.survey import Survey
from exercises.compose.bassline import Tone
from exercises.compose.chart import compose_chart
from exercises.compose.dice import Dice
from exercises.compose.elements import needs_element, put_element
from exercises.compose.grid import EIGHTH, read_metre
from exercises.compose.line import Place
from exercises.compose.pattern import BarPattern, Event
from exercises.compose.rhythm import Beat
from exercises.compose.settling import settle_chart, spare_note
from exercises.compose.thinning import lighten_left
from exercises.compose.turning import turn_groove
from exercises.drill import DrillRequest
from exercises.levels import level
from exercises.musicxml import read_chart, write_musicxml
from exercises.request import resolve_drill
from exercises.theory import read_spelling
from styles.loader import load_styles

STYLES = load_styles().styles
PLAIN = {7: "reggae", 8: "country", 9: "hiphop", 10: "gospel"}
"""Styles whose charts at a level often bring nothing new by themselves."""


def compose(style_id: str, number: int, seed: int, kind: str = "grand", **asked):
    style = STYLES[style_id]
    request = DrillRequest(style_id, number, kind=kind, seed=seed, **asked)
    return compose_chart(resolve_drill(request, style), style).chart


def with_notes(chart, *notes):
    return msgspec.structs.replace(chart, notes=number_notes([*chart.notes, *notes]))


@pytest.fixture(scope="module")
def pop():
    return compose("pop", 6, 3, meter="4/4", key="C")


def test_a_composed_chart_is_settled(pop):
    assert settle_chart(pop, level(6)) == pop


@pytest.mark.parametrize(
    ("right", "left", "kept"),
    [
        (("C4", "E4"), ("C3", "C4"), {"C4 1", "E4 1", "C3 2"}),
        (("C4", "E4"), ("C4",), {"E4 1", "C4 2"}),
        (("C4",), ("A3", "C4"), {"C4 1", "A3 2"}),
    ],
)
def test_of_two_hands_on_one_key_a_chord_lets_it_go(pop, right, left, kept):
    at = Fraction(8)
    struck = [
        Note("", at, Fraction(1), read_spelling(name), name, staff, 1)
        for staff, names in ((1, right), (2, left))
        for name in names
    ]
    around = tuple(n for n in pop.notes if not at - 2 < n.onset_ql < at + 4)
    chart = with_notes(msgspec.structs.replace(pop, notes=around, chords=()), *struck)
    mended = settle_chart(chart, level(6))
    assert {f"{n.spelling} {n.staff}" for n in mended.notes if n.onset_ql == at} == kept


def test_the_hands_of_a_composed_chart_share_no_key():
    for seed in (3, 8):
        assert not list(shared_keys(Survey(compose("rnb_soul", 8, seed))))


def test_strict_voices_seldom_need_another_draft():
    """Changes, figures and road maps are tried again by themselves where voices would suffer."""
    style = STYLES["classical"]
    asked = [DrillRequest("classical", 9, seed=seed) for seed in (4, 12, 26, 32)]
    found = [compose_chart(resolve_drill(each, style), style) for each in asked]
    assert sum(each.rejections for each in found) <= 1


def test_a_key_struck_at_once_again_goes_out_of_its_chord(pop):
    at = Fraction(8)
    rest = msgspec.structs.replace(
        pop, notes=tuple(n for n in pop.notes if not at - 1 < n.onset_ql < at + 2), chords=()
    )
    crowded = with_notes(
        rest,
        Note("", at, Fraction(1, 16), 72, "C5", 1, 1),
        Note("", at + Fraction(1, 16), Fraction(1, 4), 72, "C5", 1, 1),
        Note("", at + Fraction(1, 16), Fraction(1, 4), 76, "E5", 1, 1),
    )
    assert any("too fast" in text for _, text in check_hands(Survey(crowded), None))
    mended = settle_chart(crowded, level(10))
    assert not any("too fast" in text for _, text in check_hands(Survey(mended), None))
    assert any(n.pitch == 76 and n.onset_ql == at + Fraction(1, 16) for n in mended.notes)


def test_inner_notes_go_before_the_third_the_bass_and_the_top():
    chord = [Note("", Fraction(0), Fraction(1), p, "", 2, 1) for p in (48, 52, 55, 60)]
    assert spare_note(chord, 4).pitch == 55
    assert spare_note([chord[0], chord[1]], 4) is None


@pytest.mark.parametrize("number", sorted(PLAIN))
def test_every_chart_has_something_of_its_level(number):
    for seed in range(100, 104):
        chart = compose(PLAIN[number], number, seed)
        assert elements_of(Survey(chart), level(number))
        assert not check_chart(chart, STYLES[PLAIN[number]], level(number))


@pytest.mark.parametrize(("number", "length"), [(8, Fraction(1, 6)), (9, Fraction(1, 8))])
def test_figures_of_a_level_are_reached_and_stay_inside_it(number, length):
    found = False
    for seed in range(30):
        chart = compose("pop", 7, seed, meter="4/4")
        row = level(number)
        richer = put_element(chart, row, (), Dice(seed, "figure"), runs=True)
        new = {n.duration_ql for n in richer.notes} - {n.duration_ql for n in chart.notes}
        assert not list(check_level(Survey(richer), row))
        found = found or length in new
    assert found


def test_short_drills_are_asked_for_nothing_new():
    chart = compose("pop", 9, 1, bars=8)
    assert not needs_element(chart, level(9))


def test_quick_comps_are_composed_at_the_top_of_their_tempo():
    chart = compose("jazz", 10, 4, kind="comping", quarter_bpm=254.0)
    assert chart.slashes


def test_the_left_hand_keeps_to_the_beat_under_a_busy_tune():
    metre, row = read_metre("4/4"), level(8)
    left = [Tone(at * EIGHTH, EIGHTH, 48 + at % 2, 2) for at in range(8)]
    tune = [
        Place(Beat(at * EIGHTH // 2, EIGHTH // 2, 0, 0, "a:a", at), None, None, 1)  # type: ignore[arg-type]
        for at in range(4)
    ]
    light = lighten_left(left, tune, metre, row)
    assert [tone.onset for tone in light if tone.onset < 48] == [0]
    assert light[0].duration == metre.beat
    assert [tone for tone in light if tone.onset >= 48] == left[2:]


def test_a_groove_is_turned_round_and_a_loop_of_two_bars_is_not():
    hits = tuple(Event(at, EIGHTH, "C") for at in (24, 72, 120, 168))
    groove = BarPattern("skank", 5, (Event(0, 192, "R"),), right=hits)
    assert [event.onset for event in turn_groove(groove).right] == [24, 72, 120]
    assert turn_groove(replace(groove, second=groove.events)).right == hits


def test_ornaments_come_back_from_the_file(tmp_path):
    chart = compose("classical", 9, 1)
    signs = {sign for note in chart.notes for sign in note.articulations}
    assert signs & {"trill", "turn", "mordent", "spread"}
    path = tmp_path / "chart.musicxml"
    path.write_bytes(write_musicxml(chart, font="Leland"))
    back = {sign for note in read_chart(path).notes for sign in note.articulations}
    assert signs <= back
