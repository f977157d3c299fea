"""Endings, passing chords: how a chart closes and how chords lead into each other."""

from itertools import pairwise

import msgspec
import pytest

from exercises.checks.chart import check_chart
from exercises.compose.bassline import Tone
from exercises.compose.chart import compose_chart
from exercises.compose.dice import Dice
from exercises.compose.form import plan_form
from exercises.compose.grid import read_metre
from exercises.compose.passing import pass_chords
from exercises.compose.progression import Slot, known_qualities, plan_chords
from exercises.compose.thinning import thin_chords
from exercises.drill import Drill, DrillRequest
from exercises.harmony import read_token
from exercises.levels import level
from exercises.request import resolve_drill
from styles.loader import load_style
from styles.schema import Ending, Progression

ROCK = load_style("rock")
BAR = 192
RICH = frozenset({"", "m", "7", "m7", "dim7", "7b9", "m7b5", "maj7"})


def compose(name, number=6, seed=1, style=ROCK, key="G"):
    style = msgspec.structs.replace(style, endings=(Ending(name=name),))
    drill = Drill(style.id, number, "grand", key, "4/4", 8, 96.0, "both", seed, "")
    chart = compose_chart(drill, style).chart
    assert check_chart(chart, style, level(number)) == ()
    return chart


def symbols(chart, bar):
    start = chart.bars[bar].onset_ql
    return [c.symbol for c in chart.chords if start <= c.onset_ql < start + 4]


def final_notes(chart):
    start = chart.bars[-1].onset_ql
    return [note for note in chart.notes if note.onset_ql >= start]


@pytest.mark.parametrize("seed", range(3))
def test_a_stab_is_a_beat_of_both_hands_and_silence(seed):
    chart = compose("stab", seed=seed)
    final = final_notes(chart)
    assert {note.staff for note in final} == {1, 2}
    assert all(note.onset_ql == chart.bars[-1].onset_ql for note in final)
    assert {note.duration_ql for note in final} == {1}
    assert any(set(note.articulations) & {"accent", "marcato", "staccato"} for note in final)


def test_a_ritard_broadens_the_left_hand_into_a_fermata():
    chart = compose("ritard")
    start = chart.bars[-2].onset_ql
    below = [n for n in chart.notes if n.staff == 2 and start <= n.onset_ql < start + 4]
    assert min(note.duration_ql for note in below) >= 2
    assert any("fermata" in note.articulations for note in final_notes(chart))


def test_plagal_endings_come_home_from_the_fourth_degree():
    assert symbols(compose("plagal"), -2) == ["C"]
    assert symbols(compose("minor plagal"), -2) == ["C", "Cm"]
    assert symbols(compose("minor plagal"), -1)[0].startswith("G")


def test_a_blues_ending_walks_up_to_the_turnaround():
    chart = compose("blues", number=9, style=load_style("blues"))
    assert symbols(chart, -3)[0].startswith("C")
    assert symbols(chart, -3)[1] == "C#dim7"
    assert [each[0] for each in symbols(chart, -2)] == ["G", "D"]
    # A level that does not know the diminished chord leaves it out.
    assert symbols(compose("blues", number=8), -3)[0].startswith("C7")


def test_a_tag_goes_once_more_round_to_the_dominant():
    jazz = load_style("jazz")
    chart = compose("tag", style=jazz, number=7)
    # Tensions may come on top.
    roots = [[symbol[0] for symbol in symbols(chart, at)] for at in (-3, -2)]
    assert roots == [["B", "E"], ["A", "D"]]


def test_a_vamp_runs_into_its_last_bar():
    chart = compose("vamp", number=7)
    start = chart.bars[-1].onset_ql
    below = {n.onset_ql - start for n in final_notes(chart) if n.staff == 2}
    assert 0 in below
    assert 2 in below
    last = [n for n in final_notes(chart) if n.onset_ql - start == 2 and n.staff == 2]
    assert {n.pitch % 12 for n in last} & {7}


def test_an_ending_above_the_level_is_not_taken():
    style = msgspec.structs.replace(ROCK, endings=(Ending(name="stab", level=7),))
    drill = Drill("rock", 5, "grand", "G", "4/4", 8, 96.0, "both", 1, "")
    chart = compose_chart(drill, style).chart
    assert max(n.onset_ql + n.duration_ql for n in final_notes(chart)) == chart.end_ql


def slots_of(*tokens, key="C"):
    return [Slot(at * BAR, BAR, read_token(token, key), at) for at, token in enumerate(tokens)]


def led(*tokens, number=8, known=RICH, seed=1, share=1.0):
    slots = pass_chords(
        slots_of(*tokens),
        "C",
        0,
        known=known,
        level=number,
        metre=read_metre("4/4"),
        share=share,
        dice=Dice(seed, "passing"),
    )
    assert sum(slot.duration for slot in slots) == len(tokens) * BAR
    assert all(one.end == two.onset for one, two in pairwise(slots))
    return slots


def test_a_passing_chord_leads_into_the_next_one_in_the_second_half():
    seen = set()
    for seed in range(40):
        slots = led("I", "II:m7", seed=seed)
        assert slots[0].duration == BAR // 2
        assert [slot.harmony.symbol for slot in (slots[0], slots[-1])] == ["C", "Dm7"]
        seen.add(" ".join(slot.harmony.symbol for slot in slots[1:-1]))
    assert seen == {"A7b9", "C#dim7", "Em7b5 A7b9", "Eb7"}


def test_passing_chords_stay_in_the_vocabulary_and_below_their_level():
    assert len(led("I", "II:m", known=frozenset({"", "m"}))) == 2
    for seed in range(20):
        found = {slot.harmony.symbol for slot in led("I", "IV", number=5, seed=seed)[1:-1]}
        assert found <= {"Edim7"}
    assert len(led("I", "IV", share=0.0)) == 2


def test_what_already_leads_is_left_alone():
    assert len(led("V:7", "I")) == 2
    assert len(led("I", "I")) == 2
    assert len(led("I", "IV:m7b5")) == 2


def test_the_style_s_share_of_changes_passes():
    style = msgspec.structs.replace(load_style("jazz"), passing=0.5, passing_level=6)
    drill = Drill("jazz", 6, "grand", "F", "4/4", 16, 110.0, "both", 3, "")
    plain = msgspec.structs.replace(style, passing=0.0)
    more = [
        len(compose_chart(msgspec.structs.replace(drill, seed=seed), style).chart.chords)
        - len(compose_chart(msgspec.structs.replace(drill, seed=seed), plain).chart.chords)
        for seed in range(6)
    ]
    assert sum(more) > 5
    known = known_qualities(style, 6)
    assert "7alt" not in known


@pytest.mark.parametrize("key", ["Eb", "F"])
def test_a_loop_that_leads_on_to_the_fourth_degree_still_comes_home_by_a_dominant(key):
    soul = load_style("rnb_soul")
    onward = [each for each in soul.progressions if each.bars.endswith("VI:m7 | V:m7 I:7")]
    home = [each for each in soul.progressions if each.bars.endswith("V:7sus4")]
    soul = msgspec.structs.replace(soul, progressions=(*onward, *home), passing=0.0)
    forms = (msgspec.structs.replace(soul.forms[0], phrases=("A", "A"), bars=8),)
    found = set()
    for seed in range(6):
        slots = plan_chords(
            plan_form(forms, 8, Dice(seed, "form")), soul, key, level=6, metre=read_metre("4/4"),
            dice=Dice(seed, "harmony"),
        )  # fmt: skip
        tokens = [slot.harmony.token for slot in slots]
        if "V:m7" in tokens and tokens[-2] != "IV:maj7":
            found.add(
                (tokens[-3].split(":")[0], tokens[-2].split(":")[0], tokens[-1].split(":")[0])
            )
    assert found
    assert all(way[1:] == ("V", "I") for way in found), found


def test_thinning_keeps_the_chord_on_the_beat_full():
    full = [Tone(at, 24, pitch, 1) for at in (0, 24, 48, 72) for pitch in (60, 64, 67)]
    bass = [Tone(0, 96, 36, 2), Tone(0, 96, 48, 2)]
    row = msgspec.structs.replace(level(6), notes_per_s=12.0)
    kept = thin_chords([*full, *bass], [], row, read_metre("4/4"), 120.0)
    sizes = [sum(t.onset == at and t.staff == 1 for t in kept) for at in (0, 24, 48, 72)]
    assert sizes == [3, 2, 3, 2]


def test_a_tune_sinks_over_an_amen_and_lies_still_after_it() -> None:
    style = msgspec.structs.replace(
        load_style("gospel"),
        progressions=(Progression(weight=1, bars="I | IV V:7 | IV/I | I"),),
        endings=(Ending(name="held"),),
        groove_share=0,
        passing=0,
    )
    rises = []
    for seed in range(1, 13):
        drill = resolve_drill(
            DrillRequest("gospel", 6, kind="lead", key="C", meter="4/4", bars=8, seed=seed), style
        )
        chart = compose_chart(drill, style).chart
        home = chart.chords[-1]
        tune = sorted((note.onset_ql, note.pitch) for note in chart.notes)
        after = [pitch for onset, pitch in tune if onset >= home.onset_ql]
        before = [pitch for onset, pitch in tune if onset < home.onset_ql]
        assert chart.chords[-2].symbol == "F/C"
        assert len(after) == 1
        rises.append(after[0] > before[-1])
    # A figure may still lead into the last note from below.
    assert sum(rises) <= 2, rises
