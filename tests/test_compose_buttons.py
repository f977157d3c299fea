"""Buttons and the blues turnaround: the last chord struck again in a rhythm of the style."""

from fractions import Fraction
from itertools import pairwise

import msgspec
import pytest

from exercises.checks.chart import check_chart
from exercises.compose.buttons import find_button, reads_button
from exercises.compose.chart import compose_chart
from exercises.compose.dice import Dice
from exercises.compose.endings import choose_ending
from exercises.compose.grid import read_metre
from exercises.drill import Drill
from exercises.levels import level
from exercises.theory import read_spelling
from styles.loader import load_style
from styles.schema import Ending
from styles.soundness import find_faults

FOUR = read_metre("4/4")


def compose(style_name, ending_name, number=7, seed=1, key="G", kind="grand", bpm=96.0):
    style = load_style(style_name)
    ending = next(e for e in style.endings if e.name == ending_name and "4/4" in e.meters)
    style = msgspec.structs.replace(style, endings=(ending,))
    bars = 12 if style_name == "blues" else 16
    drill = Drill(style.id, number, kind, key, "4/4", bars, bpm, "both", seed, "")
    chart = compose_chart(drill, style).chart
    assert check_chart(chart, style, level(number)) == ()
    return chart


def hits(chart, staff, bar=-1):
    start = chart.bars[bar].onset_ql
    end = start + chart.bars[bar].duration_ql
    found = {}
    for note in chart.notes:
        if note.staff == staff and start <= note.onset_ql < end:
            found.setdefault(note.onset_ql - start, []).append(note)
    return found


def test_a_country_chart_ends_with_the_fifth_between_two_chords():
    chart = compose("country", "button")
    right, left = hits(chart, 1), hits(chart, 2)
    assert list(right) == [0, 3]
    assert list(left) == [0, 2, 3]
    tonic = left[0][0].pitch % 12
    assert [note.pitch % 12 for note in left[2]] == [(tonic + 7) % 12]
    assert left[2][0].pitch < left[3][0].pitch + 12


@pytest.mark.parametrize("seed", range(3))
def test_the_last_stroke_alone_carries_the_sign(seed):
    chart = compose("salsa", "button", seed=seed, key="C")
    right = hits(chart, 1)
    assert list(right) == [0, Fraction(3, 2), 3]
    signed = [at for at, notes in right.items() if any(n.articulations for n in notes)]
    assert signed in ([], [3])


@pytest.mark.parametrize("seed", range(3))
def test_the_blues_comes_down_to_the_fifth_and_leans_on_the_chord_above(seed):
    chart = compose("blues", "turnaround", seed=seed)
    lick = hits(chart, 1, -2)
    tops = [max(note.pitch for note in notes) for notes in lick.values()]
    assert [top % 12 for top in tops] == [7, 5, 4, 3]  # G F E Eb in G
    assert [one - two for one, two in pairwise(tops)] == [2, 1, 1]
    home = max(note.pitch for note in hits(chart, 1)[0])
    assert home == tops[-1] - 1
    start = chart.bars[-1].onset_ql
    last = [chord for chord in chart.chords if chord.onset_ql >= start]
    assert [chord.root for chord in last] == [7, 8, 7]
    assert [chord.duration_ql for chord in last] == [1, 1, 2]


def test_a_hand_without_room_for_the_lick_stays_where_it_is(monkeypatch):
    monkeypatch.setattr("exercises.compose.buttons._lick", lambda notes, _: notes)
    for seed in range(8):
        first, _, last = hits(compose("blues", "turnaround", seed=seed), 1).values()
        assert max(note.pitch for note in first) == max(note.pitch for note in last)


def test_a_slow_lick_of_a_high_level_is_in_triplets():
    chart = compose("blues", "turnaround", number=9, bpm=72.0, key="C")
    assert Fraction(4, 3) in hits(chart, 1, -2)


def test_every_note_of_the_ending_is_named_for_its_key():
    for key in ("E", "Ab", "F"):
        chart = compose("blues", "turnaround", key=key)
        for note in chart.notes:
            assert read_spelling(note.spelling) == note.pitch


def test_a_lead_sheet_has_the_lick_in_single_notes():
    chart = compose("blues", "turnaround", kind="lead")
    assert all(len(notes) == 1 for notes in hits(chart, 1, -2).values())


def test_minor_blues_and_levels_that_cannot_read_the_rhythm_have_no_lick():
    style = load_style("blues")
    ending = next(e for e in style.endings if e.name == "turnaround")
    only = msgspec.structs.replace(style, endings=(ending,))
    assert choose_ending(only, level(7), FOUR, Dice(1, "x")) == "turnaround"
    assert choose_ending(only, level(7), FOUR, Dice(1, "x"), minor=True) == "held"
    assert choose_ending(only, level(7), read_metre("3/4"), Dice(1, "x")) == "held"
    quick = Ending(name="button", meters=("4/4",), left="0:.25:C -.25:3.75", right="0:.25:C")
    assert not reads_button(quick, level(3), FOUR)
    assert find_button(style, "held", level(7), FOUR) is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"meters": ()}, "needs the metres"),
        ({"left": ""}, "empty"),
        ({"left": "1:1:C"}, "first beat"),
        ({"right": "0:5:C"}, "past the length"),
        ({"right": "0:1:5"}, "no role of an ending"),
        ({"meters": ("7/8",)}, "not among the meters"),
    ],
)
def test_a_rhythm_that_cannot_be_played_is_refused_by_the_pack(changed, said):
    good = {"meters": ("4/4",), "left": "0:1:C 1:1:5 2:2:C", "right": "0:1:C 2:2:C"}
    style = load_style("country")
    whole = msgspec.structs.replace(style, endings=(Ending(name="button", **good),))
    assert not [each for each in find_faults(whole) if "endings" in each]
    bad = msgspec.structs.replace(style, endings=(Ending(name="button", **good | changed),))
    assert any(said in each for each in find_faults(bad))
