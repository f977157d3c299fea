"""Charts as a whole: they keep the rules, come again, and are music of their level."""

import subprocess
import sys
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from exercises.chart import ComposeError, write_chart_json
from exercises.checks.chart import Fault, check_chart
from exercises.compose import chart as chart_module
from exercises.compose.chart import MOST_DRAFTS, compose_chart
from exercises.compose.dice import derive_seed
from exercises.compose.draft import draft_chart
from exercises.drill import Drill, DrillRequest
from exercises.levels import level
from exercises.request import resolve_drill
from exercises.theory import read_key, read_spelling
from styles.loader import load_style, load_styles

ROOT = Path(__file__).resolve().parent.parent
STYLES = sorted(load_styles().styles)
LEVELS = range(1, 11)
METERS = ["4/4", "3/4", "2/4", "2/2", "6/8", "9/8", "12/8", "3/8", "5/4", "7/4", "5/8", "7/8"]


def drill_of(style, number, seed, **fields):
    return resolve_drill(
        DrillRequest(style=style, level=number, seed=seed, **fields), load_style(style)
    )


def compose(style, number, seed, **fields):
    return compose_chart(drill_of(style, number, seed, **fields), load_style(style)).chart


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("number", LEVELS)
def test_every_style_and_level_composes_and_keeps_the_rules(style, number):
    for seed in range(10):
        drill = drill_of(style, number, seed)
        chart = compose_chart(drill, load_style(style)).chart
        assert chart.drill == drill
        assert check_chart(chart, load_style(style), level(number)) == ()


def test_few_drafts_are_thrown_away():
    drafts = rejected = 0
    for style in STYLES:
        for number in LEVELS:
            for seed in (100, 101):
                made = compose_chart(drill_of(style, number, seed), load_style(style))
                drafts += 1 + made.rejections
                rejected += made.rejections
    assert rejected / drafts < 0.2


def test_a_drill_gives_the_same_bytes_in_any_process():
    code = (
        "import sys; from exercises.compose.chart import compose_chart;"
        "from exercises.drill import DrillRequest; from exercises.request import resolve_drill;"
        "from exercises.chart import write_chart_json; from styles.loader import load_style;"
        "s = load_style('jazz');"
        "d = resolve_drill(DrillRequest(style='jazz', level=7, seed=11), s);"
        "sys.stdout.buffer.write(write_chart_json(compose_chart(d, s).chart))"
    )
    here = write_chart_json(compose("jazz", 7, 11))
    for salt in ("1", "77"):
        there = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": salt, "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        ).stdout
        assert there == here


def test_seeds_give_different_charts():
    charts = {compose("classical", 5, seed).notes for seed in range(12)}
    assert len(charts) == 12


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("meter", METERS)
def test_metres_that_a_pack_does_not_know_are_adapted(style, meter):
    for number in (8, 10):
        drill = Drill(style, number, "grand", "C", meter, 16, 88.0, "both", 3, "")
        chart = draft_chart(drill, load_style(style), derive_seed(3, 0))
        full = Fraction(4 * int(meter.split("/")[0]), int(meter.split("/")[1]))
        assert all(bar.duration_ql == full for bar in chart.bars[1:-1])
        assert {note.staff for note in chart.notes} == {1, 2}
        assert not [fault for fault in check_chart(chart, None, None) if fault.rule == 1]


@pytest.mark.parametrize("kind", ["lead", "comping", "number", "bass"])
@pytest.mark.parametrize("style", STYLES)
def test_other_kinds_of_chart_are_drafted(kind, style):
    for number in (3, 6, 9):
        drill = Drill(style, number, kind, "F", "4/4", 16, 96.0, "both", 5, "")
        chart = draft_chart(drill, load_style(style), derive_seed(5, 0))
        staves = {note.staff for note in chart.notes}
        assert staves == {"lead": {1}, "bass": {2}}.get(kind, {1, 2})


@pytest.mark.parametrize("bars", [1, 2, 3, 5, 6, 7, 9, 13, 17, 64])
def test_odd_lengths_compose(bars):
    drill = Drill("classical", 6, "grand", "G", "4/4", bars, 90.0, "both", 2, "")
    chart = draft_chart(drill, load_style("classical"), derive_seed(2, 0))
    assert len([bar for bar in chart.bars if bar.number]) == bars


def test_spelling_follows_the_key_and_the_chord():
    for style in STYLES:
        for seed in range(10):
            chart = compose(style, 5, seed, key="F")
            assert not any(note.spelling.startswith("A#") for note in chart.notes)
            assert all(read_spelling(note.spelling) == note.pitch for note in chart.notes)


def test_endings_are_endings():
    for style in STYLES:
        for number in (2, 4, 6, 8):
            for seed in range(5):
                chart = compose(style, number, seed)
                sung = [note for note in chart.notes if note.duration_ql]
                final = max(sung, key=lambda note: note.onset_ql)
                assert final.duration_ql >= 1
                assert chart.chords[-1].root == read_key(chart.drill.key).tonic_pc


def test_the_melody_turns_and_climbs_once():
    leaps = turned = peaks = 0
    for seed in range(30):
        chart = compose("classical", 7, seed)
        right = [n for n in chart.notes if n.staff == 1 and n.duration_ql]
        line = [
            max(n.pitch for n in right if n.onset_ql == at)
            for at in sorted({n.onset_ql for n in right})
        ]
        peaks += line.count(max(line)) <= 2
        moves = [two - one for one, two in pairwise(line)]
        for one, two in pairwise(moves):
            if abs(one) >= 7:
                leaps += 1
                turned += one * two <= 0
    assert turned / leaps >= 0.8
    assert peaks >= 20


def test_level_one_plays_one_hand_at_a_time_in_five_fingers():
    for style in STYLES:
        for seed in range(10):
            chart = compose(style, 1, seed)
            busy = {(n.onset_ql // chart.bars[0].duration_ql, n.staff) for n in chart.notes}
            assert len({bar for bar, _ in busy}) == len(busy)
            for staff in (1, 2):
                pitches = [n.pitch for n in chart.notes if n.staff == staff]
                assert pitches
                assert max(pitches) - min(pitches) <= 7


def test_first_notes_of_a_position_carry_a_finger():
    chart = compose("classical", 1, 4)
    fingered = [note for note in chart.notes if note.fingering]
    assert {note.staff for note in fingered} == {1, 2}
    assert all(1 <= note.fingering <= 5 for note in fingered)


def test_chord_symbols_are_printed_where_style_and_level_have_them():
    assert not compose("classical", 8, 1).show_chords
    assert compose("jazz", 4, 1).show_chords
    assert not compose("jazz", 3, 1).show_chords
    assert compose("jazz", 3, 1).chords


def test_swing_is_written_straight_and_said():
    chart = compose("jazz", 6, 3)
    assert any(mark.kind == "feel" and mark.text == "Swing" for mark in chart.marks)


def test_a_pickup_and_the_last_bar_make_one_bar():
    found = 0
    for seed in range(40):
        chart = compose("rock", 6, seed, meter="4/4")
        if chart.bars[0].number == 0:
            found += 1
            assert chart.onset_ql < 0
            assert chart.bars[0].duration_ql + chart.bars[-1].duration_ql == 4
    assert 0 < found < 30


def test_faulty_drafts_are_never_returned(monkeypatch):
    calls = []

    def refuse_first(chart, _style, _level):
        calls.append(chart)
        return (Fault(3, 2, "too wide"),) if len(calls) < 4 else ()

    monkeypatch.setattr(chart_module, "check_chart", refuse_first)
    made = compose_chart(drill_of("classical", 4, 1), load_style("classical"))
    assert made.rejections == 3
    assert made.reasons == ("rule 3, bar 2: too wide",) * 3
    assert made.chart is calls[-1]
    assert len({chart.notes for chart in calls}) == 4


def test_it_gives_up_with_a_reason(monkeypatch):
    monkeypatch.setattr(chart_module, "check_chart", lambda *_: (Fault(7, 1, "too dense"),))
    with pytest.raises(ComposeError, match=f"none of {MOST_DRAFTS} drafts.*too dense"):
        compose_chart(drill_of("rock", 2, 1), load_style("rock"))
