"""Grooves: phrases that both hands play as a pattern, and patterns of two bars."""

from itertools import pairwise

import msgspec
import pytest

from exercises.checks.chart import check_chart
from exercises.compose.chart import compose_chart
from exercises.compose.dice import Dice
from exercises.compose.form import plan_form
from exercises.compose.grid import read_metre
from exercises.compose.groove import plan_grooves
from exercises.compose.leading import Stop, lead_voices
from exercises.compose.pattern import choose_grooves
from exercises.compose.shapes import shape_chord
from exercises.drill import Drill, DrillRequest
from exercises.harmony import read_token
from exercises.levels import level
from exercises.musicxml import write_musicxml
from exercises.request import resolve_drill
from styles.loader import load_style
from styles.schema import Form, Pattern

ROCK = load_style("rock")
GUAJEO = Pattern(
    name="guajeo",
    level=6,
    length="8",
    events="0:1:O 1:.5:c 1.5:1:O 2.5:1:c 3.5:1:O 4.5:1:c 5.5:1:O 6.5:1:c 7.5:.5:O",
    right="0:1:O 1:.5:c 1.5:1:O 2.5:1:c 3.5:1:O 4.5:1:c 5.5:1:O 6.5:1:c 7.5:.5:O",
)
SIDES = [[0, 1, 1.5, 2.5, 3.5], [0.5, 1.5, 2.5, 3.5]]
SKANK = Pattern(
    name="skank", level=4, length="4", events="0:1:R 2:1:5", right="1:.5:C 3:.5:C", meters=("4/4",)
)
FORMS = (
    Form(
        name="two", weight=1, bars=16, phrases=("a", "b", "a", "b"), cadences=("half", "full") * 2
    ),
)


def style_with(*patterns, share=1.0, **fields):
    plain = tuple(each for each in ROCK.patterns if not each.right)
    return msgspec.structs.replace(
        ROCK,
        patterns=(*plain, *patterns),
        groove_share=share,
        forms=FORMS,
        endings=(),
        **fields,
    )


def compose(style, number=8, seed=1, key="C", bpm=90.0, bars=16):
    drill = Drill("rock", number, "grand", key, "4/4", bars, bpm, "both", seed, "")
    chart = compose_chart(drill, style).chart
    assert check_chart(chart, style, level(number)) == ()
    return chart


def onsets(chart, bar, staff):
    start = chart.bars[bar].onset_ql
    inside = [n for n in chart.notes if n.staff == staff and 0 <= n.onset_ql - start < 4]
    return sorted({float(note.onset_ql - start) for note in inside})


@pytest.mark.parametrize("seed", range(4))
def test_a_groove_of_two_bars_keeps_its_side_in_both_hands(seed):
    chart = compose(style_with(GUAJEO), seed=seed)
    assert chart.grooves == tuple(range(1, 16))
    for bar in range(15):
        assert onsets(chart, bar, 1) == onsets(chart, bar, 2) == SIDES[bar % 2]


def test_octaves_are_doubled_two_octaves_below_and_lead_by_step():
    chart = compose(style_with(GUAJEO), number=9, bpm=80.0)
    tops = []
    for onset in sorted({n.onset_ql for n in chart.notes if n.onset_ql < 60}):
        right = [n.pitch for n in chart.notes if n.onset_ql == onset and n.staff == 1]
        left = [n.pitch for n in chart.notes if n.onset_ql == onset and n.staff == 2]
        if len(right) == 2 and right[1] - right[0] == 12:
            tops.append(right[1])
            assert left[-1] == right[1] - 24
    moves = [abs(two - one) for one, two in pairwise(tops)]
    assert len(tops) > 30
    assert len(set(tops)) > 2
    assert sum(move <= 4 for move in moves) / len(moves) >= 0.8


def test_the_last_bar_is_an_ending_and_the_rest_has_no_melody():
    for number in (4, 5, 7):
        chart = compose(style_with(SKANK), number=number)
        assert 16 not in chart.grooves
        final = [n for n in chart.notes if n.onset_ql >= 60]
        assert {n.staff for n in final} == {1, 2}
        assert max(n.onset_ql + n.duration_ql for n in final) == 64
        for bar in range(15):
            assert onsets(chart, bar, 1) == [1, 3]


def test_grooves_and_melodies_take_turns_by_the_style_s_share():
    shares = []
    for seed in range(12):
        chart = compose(style_with(SKANK, share=0.5), number=6, seed=seed)
        sung = [bar for bar in range(1, 16) if bar not in chart.grooves]
        shares.append(len(chart.grooves) / 16)
        for bar in sung:
            if bar % 4:
                assert onsets(chart, bar - 1, 1)
    assert 0.35 < sum(shares) / len(shares) < 0.65
    assert any(0 < share < 0.9 for share in shares)


def test_a_level_below_its_grooves_has_melodies_only():
    assert compose(style_with(GUAJEO), number=5).grooves == ()


def test_the_share_is_kept_and_letters_stay_together():
    phrases = plan_form(FORMS, 16, Dice(1, "form"))
    assert plan_grooves(phrases, 0.0, Dice(1, "x")) == frozenset()
    assert plan_grooves(phrases, 1.0, Dice(1, "x")) == {0, 1, 2, 3}
    halves = [plan_grooves(phrases, 0.5, Dice(seed, "x")) for seed in range(40)]
    assert sum(len(each) == 2 for each in halves) > 25
    few = [len(plan_grooves(phrases, 0.2, Dice(seed, "x"))) for seed in range(60)]
    assert sum(count == 0 for count in few) > 20
    assert 0.12 < sum(few) / (len(few) * len(phrases)) < 0.3


def test_patterns_that_the_level_cannot_read_are_passed_over():
    metre = read_metre("4/4")
    phrases = plan_form(FORMS, 16, Dice(1, "form"))

    def names(number, bpm):
        found = choose_grooves(
            [GUAJEO, SKANK], phrases, level(number), metre=metre, quarter_bpm=bpm, dice=Dice(3, "x")
        )
        return {each.name for each in found.values()}

    assert names(3, 80.0) == set()
    assert names(4, 80.0) == {"skank"}
    assert names(6, 200.0) <= {"skank"}


def test_a_left_hand_of_two_bars_keeps_its_side_under_a_melody():
    clave = Pattern(
        name="clave bass", level=5, length="8", weight=1000.0,
        events="0:1.5:R 1.5:1.5:5 3:1:R 5:1:5 6:2:R",
    )  # fmt: skip
    style = style_with(clave, share=0.0)
    chart = compose(style, number=5)
    sides = [[0, 1.5, 3], [1, 2]]
    kept = [onsets(chart, bar, 2) == sides[bar % 2] for bar in range(15)]
    # A phrase may close with a held chord.
    assert sum(kept) >= 11


def test_a_way_through_chords_moves_its_top_by_step():
    tokens = ["I", "IV", "V:7", "I", "VI:m", "II:m7", "V:7", "I"]
    stops = []
    for token in tokens:
        options = shape_chord(
            "close", read_token(token, "C"), 57, 76, count=3, span=12, rooted=True
        )
        stops.append(Stop(options, 69.0))
    led = lead_voices(stops)
    moves = [abs(two[-1] - one[-1]) for one, two in pairwise(led)]
    assert max(moves) <= 4
    assert len({voicing[-1] for voicing in led}) > 1


@pytest.mark.parametrize(
    ("name", "token", "above"),
    [
        ("rootless a", "II:m7", {(0, 4, 7, 11)}),
        ("rootless b", "II:m7", {(0, 4, 5, 9)}),
        ("quartal", "II:m7", {(0, 5, 10)}),
        ("upper structure", "V:13", {(0, 4, 7), (0, 3, 8), (0, 5, 9)}),
        ("upper structure", "V:7alt", {(0, 4, 7), (0, 3, 8), (0, 5, 9)}),
        ("slash", "II:m7", {(0, 4, 7), (0, 3, 8), (0, 5, 9)}),
        ("add9", "I", {(0, 2, 4, 7)}),
        ("power", "I:5", {(0, 7, 12), (0, 5)}),
    ],
)
def test_shapes_have_their_intervals(name, token, above):
    harmony = read_token(token, "C")
    found = shape_chord(name, harmony, 53, 81, count=4, span=14, rooted=False)
    assert {tuple(pitch - each[0] for pitch in each) for each in found} == above


def test_rootless_forms_start_on_the_guide_tones():
    minor = read_token("II:m7", "C")
    a_form = shape_chord("rootless a", minor, 50, 69, count=4, span=14, rooted=False)
    b_form = shape_chord("rootless b", minor, 50, 69, count=4, span=14, rooted=False)
    assert {each[0] % 12 for each in a_form} == {5}
    assert {each[0] % 12 for each in b_form} == {0}


def test_drop_two_lowers_the_second_voice():
    for chord in shape_chord(
        "drop 2", read_token("V:7", "C"), 50, 76, count=4, span=14, rooted=True
    ):
        assert len(chord) == 4
        assert chord[1] - chord[0] >= 4
        assert 12 < chord[-1] - chord[0] <= 14


SKANK_OVER_QUARTERS = msgspec.structs.replace(SKANK, events="0:1:R 1:1:5 2:1:R 3:1:5")
ARCH = Pattern(
    name="arch",
    level=5,
    length="4",
    events="0:4:O",
    right="0:.5:1 .5:.5:5 1:.5:8 1.5:.5:5 2:.5:9 2.5:.5:5 3:.5:8 3.5:.5:5",
)


@pytest.mark.parametrize("seed", range(3))
def test_a_broken_figure_stands_on_its_root_over_every_chord(seed):
    chart = compose(style_with(ARCH), seed=seed, bpm=72.0)
    for bar in range(15):
        start = chart.bars[bar].onset_ql
        inside = [n for n in chart.notes if n.staff == 1 and 0 <= n.onset_ql - start < 4]
        chords = [c for c in chart.chords if start < c.onset_ql < start + 4]
        if chords or len(inside) < 8:
            continue
        line = [note.pitch for note in sorted(inside, key=lambda note: note.onset_ql)]
        assert line[0] == min(line)
        assert line[2] == line[6] == line[0] + 12 == max(line)


def test_an_ostinato_over_held_octaves_is_pedalled_and_a_skank_is_not():
    cinematic = load_style("cinematic")
    touch = cinematic.touch
    for pattern, pedalled in ((ARCH, True), (SKANK_OVER_QUARTERS, False)):
        chart = compose(style_with(pattern, touch=touch), seed=2, bpm=72.0)
        first = [m for m in chart.marks if m.kind == "pedal" and m.onset_ql < 16]
        assert bool(first) is pedalled


def test_a_pedal_under_one_held_octave_is_written():
    touch = load_style("cinematic").touch
    chart = compose(style_with(ARCH, touch=touch), seed=2, bpm=72.0)
    xml = write_musicxml(chart)
    text = xml if isinstance(xml, str) else xml.decode()
    measures = text.split("<measure ")[1:]
    held = [m for m in measures if 'type="start"' in m and "<pedal" in m and "<type>whole" in m]
    assert held
    assert text.count("<pedal number") % 2 == 0
    assert text.count('type="start" line="yes"') == text.count('type="stop" line="yes"')


@pytest.mark.parametrize("genre", ["funk", "reggae", "salsa"])
def test_first_tunes_have_four_notes_and_chords_alone_leave_them_room(genre: str) -> None:
    style = load_style(genre)
    sizes = []
    for seed in range(1, 13):
        drill = resolve_drill(DrillRequest(style=genre, level=3, seed=seed), style)
        chart = compose_chart(drill, style).chart
        lines = [
            {n.pitch for n in chart.notes if n.staff == 1 and bar.onset_ql <= n.onset_ql < end}
            for bar in chart.bars
            if bar.number not in chart.grooves
            for end in [bar.onset_ql + bar.duration_ql]
        ]
        # A montuno is a tune; chords on two and four are none.
        if genre != "salsa" or len(lines) > 1:
            sizes.append(len(set().union(*lines)))
            assert len(lines) >= len(chart.bars) / 2
    assert sum(size < 4 for size in sizes) <= 1, sizes
