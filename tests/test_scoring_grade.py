import json
import random
import re
from itertools import product
from pathlib import Path

import msgspec
import pytest

from exercises.chart import Chart, Mark
from exercises.timeline import Timeline
from game.events import NoteEvent
from game.performer.performance import PROFILES, Profile, perform
from game.scoring.grade import grade_take
from game.scoring.results import write_grade_json
from game.scoring.scores import WEIGHTS, weights_of
from game.scoring.sentences import explain_scores
from game.scoring.words import describe_grade, write_rubric
from styles.loader import load_styles
from tests.reading import (
    both_hands,
    by_rote,
    composed,
    counts,
    grade,
    make_chart,
    make_note,
    melody,
    moved,
)

BEAT_S = 0.6
ALL = range(16)


def played(drop=(), shift=None, pitch=None, hold=1.0):
    """The melody's sixteen quarter notes with some left out, moved, mistaken or held shorter."""
    events = []
    for index, note in enumerate(melody().notes):
        if index not in drop:
            start = index * BEAT_S + (shift or {}).get(index, 0.0)
            key = note.pitch + (pitch or {}).get(index, 0)
            events.append(NoteEvent(start, "on", key, 70))
            events.append(NoteEvent(start + hold * BEAT_S, "off", key, 0))
    return events


def again(events, from_s, by_s):
    """What lies after a moment comes later."""
    return [
        NoteEvent(e.onset_s + (by_s if e.onset_s > from_s else 0.0), e.kind, e.pitch, e.velocity)
        for e in events
    ]


ROTE = by_rote(melody())
SECOND_BAR = [NoteEvent(e.onset_s, e.kind, e.pitch, e.velocity) for e in played(drop=(0, 1, 2, 3))]

EXPECTED_SCORES = [
    # Columns: the case, its events, total, notes, time, lengths, flow, and how many matches,
    # substitutions, omissions and extras.
    ("as written", ROTE, 100.0, 100.0, 100.0, 100.0, 100.0, (16, 0, 0, 0)),
    ("20 ms late", moved(ROTE, 0.02), 100.0, 100.0, 100.0, 100.0, 100.0, (16, 0, 0, 0)),
    ("40 ms late", moved(ROTE, 0.04), 96.7, 100.0, 95.0, 100.0, 100.0, (16, 0, 0, 0)),
    ("40 ms early", moved(ROTE, -0.04), 96.7, 100.0, 95.0, 100.0, 100.0, (16, 0, 0, 0)),
    ("60 ms late", moved(ROTE, 0.06), 92.3, 100.0, 88.4, 100.0, 100.0, (16, 0, 0, 0)),
    ("100 ms late", moved(ROTE, 0.1), 80.8, 100.0, 71.2, 100.0, 100.0, (16, 0, 0, 0)),
    ("120 ms late", moved(ROTE, 0.12), 75.5, 100.0, 63.1, 100.0, 100.0, (16, 0, 0, 0)),
    (
        "unsteady by 20 ms",
        played(shift={i: 0.02 * (-1) ** i for i in ALL}),
        *(100.0, 100.0, 100.0, 100.0, 100.0, (16, 0, 0, 0)),
    ),
    (
        "unsteady by 40 ms",
        played(shift={i: 0.04 * (-1) ** i for i in ALL}),
        *(91.7, 100.0, 87.5, 100.0, 100.0, (16, 0, 0, 0)),
    ),
    (
        "unsteady by 80 ms",
        played(shift={i: 0.08 * (-1) ** i for i in ALL}),
        *(66.3, 100.0, 49.3, 100.0, 100.0, (16, 0, 0, 0)),
    ),
    (
        "drifting 10 ms a bar",
        played(shift={i: 0.0025 * i for i in ALL}),
        *(99.4, 100.0, 99.1, 100.0, 100.0, (16, 0, 0, 0)),
    ),
    ("one missed", played(drop={5}), 91.8, 87.2, 100.0, 100.0, 100.0, (15, 0, 1, 0)),
    ("two missed", played(drop={5, 9}), 83.7, 74.4, 100.0, 100.0, 100.0, (14, 0, 2, 0)),
    ("a bar missed", played(drop={4, 5, 6, 7}), 79.9, 75.0, 100.0, 100.0, 75.0, (12, 0, 4, 0)),
    ("half of it", played(drop=set(range(8, 16))), 59.9, 50.0, 100.0, 100.0, 50.0, (8, 0, 8, 0)),
    ("one wrong", played(pitch={5: 1}), 93.2, 89.3, 100.0, 100.0, 100.0, (15, 1, 0, 0)),
    (
        "four wrong",
        played(pitch={1: 1, 5: 1, 9: 1, 13: 1}),
        *(72.7, 57.2, 100.0, 100.0, 100.0, (12, 4, 0, 0)),
    ),
    ("one an octave off", played(pitch={5: 12}), 93.2, 89.3, 100.0, 100.0, 100.0, (15, 1, 0, 0)),
    ("held 4/5", played(hold=0.8), 100.0, 100.0, 100.0, 100.0, 100.0, (16, 0, 0, 0)),
    ("held 2/3", played(hold=0.65), 98.7, 100.0, 100.0, 80.0, 100.0, (16, 0, 0, 0)),
    ("held half", played(hold=0.5), 96.7, 100.0, 100.0, 50.0, 100.0, (16, 0, 0, 0)),
    ("held a quarter", played(hold=0.25), 93.4, 100.0, 100.0, 0.0, 100.0, (16, 0, 0, 0)),
    (
        "a key brushed",
        [*ROTE, NoteEvent(2.1, "on", 61, 60), NoteEvent(2.2, "off", 61, 0)],
        *(95.9, 93.6, 100.0, 100.0, 100.0, (16, 0, 0, 1)),
    ),
    (
        "every key bounced",
        [*ROTE, *moved(ROTE, 0.03)],
        *(56.1, 36.3, 100.0, 0.0, 100.0, (16, 0, 0, 16)),
    ),
    ("a beat's stop", again(ROTE, 4.79, 0.6), 88.7, 100.0, 100.0, 93.8, 83.3, (16, 0, 0, 0)),
    (
        "a bar played again",
        [*played(drop=set(range(8, 16))), *again(SECOND_BAR, 2.3, 2.4)],
        *(83.4, 100.0, 100.0, 100.0, 75.0, (16, 0, 0, 4)),
    ),
    (
        "played twice over",
        [*ROTE, *moved(ROTE, 9.6)],
        *(69.3, 100.0, 60.0, 100.0, 75.0, (16, 0, 0, 16)),
    ),
    ("a semitone up", moved(ROTE, 0.0, 1), 11.4, 1.8, None, None, 100.0, (0, 16, 0, 0)),
    ("one note", ROTE[:2], 0.9, 0.8, None, None, 25.0, (1, 0, 15, 0)),
    ("nothing", [], 0.0, 0.0, None, None, 0.0, (0, 0, 16, 0)),
    (
        "on the computer keyboard",
        [NoteEvent(e.onset_s, e.kind, e.pitch, e.velocity, "keys") for e in ROTE],
        *(100.0, 100.0, 100.0, None, 100.0, (16, 0, 0, 0)),
    ),
]


def test_the_page_on_the_grade_shows_the_table_of_the_test():
    page = Path("docs/grade.md").read_text(encoding="utf-8")
    known = {
        tuple(f"{value:g}" if value is not None else "-" for value in case[2:7])
        for case in EXPECTED_SCORES
    }
    rows = page.partition("## Expected scores")[2].partition("## When")[0].splitlines()
    shown = [tuple(cell.strip() for cell in row.split("|")[2:7]) for row in rows[4:] if "|" in row]
    shown = [row for row in shown if row[0] not in {"total", "---:"}]
    assert len(shown) >= 10
    assert set(shown) <= known


@pytest.mark.parametrize("case", EXPECTED_SCORES, ids=lambda case: case[0])
def test_expected_scores(case):
    _, events, total, notes, time, lengths, flow, tally = case
    scorecard = grade(melody(), events)
    scores = scorecard.scores
    given = (scores.total, scores.notes, scores.time, scores.lengths, scores.flow)
    assert given == tuple(
        None if one is None else pytest.approx(one, abs=0.06)
        for one in (total, notes, time, lengths, flow)
    )
    assert counts(scorecard) == tally


@pytest.mark.parametrize(
    ("style", "level"),
    [
        *product(("classical", "jazz", "rock"), (1, 3, 5, 7)),
        *(("classical", 10), ("funk", 6), ("gospel", 4)),
    ],
)
def test_profiles_rank_and_are_recovered_on_real_charts(style, level):
    chart = composed(style, level)
    pack = load_styles().styles[style]
    timeline = Timeline.steady(chart.drill.quarter_bpm)
    cards = {}
    for name, profile in PROFILES.items():
        take = perform(chart, profile, timeline=timeline, style=pack, level=level, seed=3)
        cards[name] = grade_take(chart, take.events, timeline=timeline, style=pack, level=level)
        assert cards[name].time.bias_ms == pytest.approx(profile.bias_ms, abs=2)
        assert cards[name].time.spread_ms == pytest.approx(profile.spread_ms, rel=0.1, abs=1)
    perfect = cards["perfect"]
    assert perfect.scores.total == 100
    assert perfect.extras == ()
    assert {note.verdict for note in perfect.notes} == {"match"}
    assert {note.grade for note in perfect.notes} == {"perfect"}
    for better, worse in (("expert", "solid"), ("solid", "amateur"), ("amateur", "sloppy")):
        assert cards[better].scores.total > cards[worse].scores.total
        assert cards[better].scores.time > cards[worse].scores.time


def test_laid_back_is_an_expert_in_a_style_that_sits_behind_and_steady_elsewhere():
    chart = both_hands(16)
    timeline = Timeline.steady(100)
    cards = {}
    for style in ("jazz", "classical"):
        pack = load_styles().styles[style]
        for name in ("expert", "laid-back"):
            take = perform(chart, PROFILES[name], timeline=timeline, style=pack, level=7, seed=1)
            cards[style, name] = grade_take(
                chart, take.events, timeline=timeline, style=pack, level=7
            )
    jazz, classical = cards["jazz", "laid-back"], cards["classical", "laid-back"]
    assert jazz.scores.time == pytest.approx(cards["jazz", "expert"].scores.time, abs=2)
    assert classical.time.pocket == "lazy"
    assert classical.scores.time > 80
    assert "steady 35 ms behind" in describe_grade(classical)


@pytest.mark.parametrize("quarter_bpm", [60, 100, 160])
@pytest.mark.parametrize("level", [1, 5, 10])
def test_latency_that_nobody_measured_is_told(quarter_bpm, level):
    chart = both_hands(16, quarter_bpm=quarter_bpm)
    late = msgspec.structs.replace(PROFILES["expert"], bias_ms=-10 + 120)
    timeline = Timeline.steady(quarter_bpm)
    take = perform(chart, late, timeline=timeline, style=None, level=level, seed=1)
    card = grade(chart, take.events, level=level)
    assert "calibrate" in describe_grade(card)
    assert "calibrate" in explain_scores(card)["time"]
    assert card.scores.notes == 100
    assert card.time.bias_ms == pytest.approx(110, abs=2)


def test_every_score_has_its_sentence_and_the_examiner_a_line():
    chart = both_hands(16)
    for name, profile in PROFILES.items():
        take = perform(chart, profile, timeline=Timeline.steady(100), style=None, level=5, seed=2)
        card = grade(chart, take.events)
        said = explain_scores(card)
        assert list(said) == ["notes", "time", "lengths", "flow", "dynamics", "feel"]
        assert all(sentence.endswith(".") and len(sentence) < 90 for sentence in said.values())
        rubric = write_rubric(card)
        assert rubric.endswith(".")
        if name == "perfect":
            assert rubric.startswith("Fluent throughout; rhythmically accurate; notes accurate")
    assert write_rubric(grade(chart, [])).startswith("Continuity lost")
    assert "Not enough" in explain_scores(grade(chart, []))["time"]


def test_a_chart_that_the_player_fills_in_is_weighed_by_its_style():
    assert sum(weights_of("grand").values()) == sum(weights_of("comping").values()) == 100
    assert weights_of("grand")["feel"] == 5
    assert weights_of("lead") == weights_of("number") == WEIGHTS["style"]
    assert WEIGHTS["style"]["feel"] == 20


def test_swung_sixteenths_are_a_matter_of_feel():
    gospel = load_styles().styles["gospel"]
    notes = [make_note(f"{index}/4", 60 + index * 5 % 12, "1/4") for index in range(128)]
    chart = make_chart(notes, bars=8, quarter_bpm=72)
    timeline = Timeline.steady(72)
    rote = perform(chart, PROFILES["perfect"], timeline=timeline, style=gospel, level=9, seed=1)
    own = grade_take(chart, rote.events, timeline=timeline, style=gospel, level=9)
    straight = grade_take(chart, by_rote(chart), timeline=timeline, style=gospel, level=9)
    assert own.scores.feel > straight.scores.feel


def test_swing_is_measured_and_scored():
    jazz = load_styles().styles["jazz"]
    notes = [make_note(f"{index}/2", 60 + index * 5 % 12, "1/2") for index in range(128)]
    chart = make_chart(notes, bars=16, quarter_bpm=120)
    timeline = Timeline.steady(120)
    rote = grade_take(
        chart,
        perform(chart, PROFILES["perfect"], timeline=timeline, style=jazz, level=7, seed=1).events,
        timeline=timeline,
        style=jazz,
        level=7,
    )
    straight = grade_take(chart, by_rote(chart), timeline=timeline, style=jazz, level=7)
    assert rote.scores.total == rote.scores.feel == 100
    assert rote.time.swing_ratio > 1.3
    assert straight.time.swing_ratio == pytest.approx(1.0)
    assert straight.scores.feel < 80
    assert straight.scores.time < 100
    loose = Profile(spread_ms=12)
    take = perform(chart, loose, timeline=timeline, style=jazz, level=7, seed=1)
    human = grade_take(chart, take.events, timeline=timeline, style=jazz, level=7)
    assert human.time.swing_ratio == pytest.approx(rote.time.swing_ratio, rel=0.05)


def test_straight_styles_have_no_feel():
    assert grade(melody(16), by_rote(melody(16))).scores.feel is None


@pytest.mark.parametrize("free", [False, True])
def test_no_input_fails(free):
    chart = both_hands()
    dice = random.Random(1)  # noqa: S311 - dice, no secret
    rote = by_rote(chart)
    takes = [
        [],
        rote[:1],
        [NoteEvent(1.0, "on", note.pitch, 60) for note in chart.notes],
        [NoteEvent(2.0, "on", index % 128, 60) for index in range(500)],
        [NoteEvent(dice.random() * 20, "on", dice.randrange(128), 60) for _ in range(500)],
        [NoteEvent(index * 0.02, "on", 20, 60) for index in range(500)],
        moved(rote, -500.0),
        moved(rote, 500.0),
        [NoteEvent(1.0, "off", 60, 0), NoteEvent(0.0, "pedal", 0, 127)],
    ]
    for take in takes:
        for what in (chart, make_chart(list(chart.notes[:1]), bars=1), make_chart([], bars=1)):
            scorecard = grade(what, take, free=free)
            assert 0 <= scorecard.scores.total <= 100
            assert len(scorecard.notes) == len(what.notes)
            ons = [event for event in take if event.kind == "on"]
            used = {note.played for note in scorecard.notes} - {None}
            assert used | {extra.played for extra in scorecard.extras} == set(range(len(ons)))


def test_ten_thousand_random_notes():
    dice = random.Random(1)  # noqa: S311 - dice, no secret
    take = [NoteEvent(dice.random() * 20, "on", dice.randrange(128), 60) for _ in range(10_000)]
    assert grade(both_hands(), take).scores.total < 20


def test_the_same_events_in_any_order_are_graded_alike_to_the_bit():
    chart = both_hands()
    take = perform(
        chart, PROFILES["sloppy"], timeline=Timeline.steady(100), style=None, level=5, seed=4
    )
    once = grade(chart, list(take.events))
    dice = random.Random(2)  # noqa: S311 - dice, no secret
    for _ in range(3):
        events = list(take.events)
        dice.shuffle(events)
        assert grade(chart, events) == once


def test_the_json_of_a_grade_holds_no_rounding_noise():
    chart = both_hands()
    take = perform(
        chart, PROFILES["perfect"], timeline=Timeline.steady(100), style=None, level=5, seed=4
    )
    written = write_grade_json(grade(chart, list(take.events)))
    assert json.loads(written)["time"]["bias_ms"] == 0
    assert not re.search(rb"\de-|\.\d{7}", written)


def test_shifting_a_take_moves_the_bias_and_nothing_else_of_time():
    chart = both_hands()
    timeline = Timeline.steady(100)
    solid = perform(chart, PROFILES["solid"], timeline=timeline, style=None, level=5, seed=4).events
    before = grade(chart, list(solid))
    after = grade(chart, moved(list(solid), 0.013))
    assert after.time.bias_ms == pytest.approx(before.time.bias_ms + 13)
    assert after.time.spread_ms == pytest.approx(before.time.spread_ms)
    assert [note.played for note in after.notes] == [note.played for note in before.notes]


def test_a_missed_note_costs_among_the_notes_only():
    chart = both_hands(16)
    rote = by_rote(chart)
    gone = next(note for note in chart.notes[20:] if note.staff == 1)
    start = float(gone.onset_ql) * 0.6
    end = float(gone.onset_ql + gone.duration_ql) * 0.6
    less = [e for e in rote if not (e.pitch == gone.pitch and e.onset_s in {start, end})]
    scores = grade(chart, less).scores
    assert scores.notes < 100
    assert scores.time == scores.flow == scores.lengths == 100


def test_stopping_costs_more_than_a_wrong_note():
    chart = melody(8)
    rote = by_rote(chart)
    stop = grade(chart, again(rote, 9.0, 1.2)).scores.total
    wrong = list(rote)
    wrong[20] = NoteEvent(rote[20].onset_s, "on", rote[20].pitch + 1, 70)
    assert stop < grade(chart, wrong).scores.total


def test_free_tempo_is_found_from_half_to_double():
    chart = both_hands(12)
    for rate in (0.55, 0.8, 1.0, 1.4, 1.9):
        events = [
            NoteEvent(e.onset_s * rate + 7.0, e.kind, e.pitch, e.velocity) for e in by_rote(chart)
        ]
        scorecard = grade(chart, events, free=True)
        assert counts(scorecard) == (len(chart.notes), 0, 0, 0)
        assert scorecard.time.tempo_quarter_bpm == pytest.approx(100 / rate, rel=0.01)
        assert scorecard.time.bias_ms is None
        assert scorecard.scores.time == pytest.approx(100, abs=0.5)


def test_bars_say_what_went_wrong():
    take = played(drop=set(range(12, 16)), pitch={5: 1}, shift={8: 0.1, 9: 0.1, 10: 0.1, 11: 0.1})
    verdicts = [bar.verdict for bar in grade(melody(), take).bars]
    assert verdicts == ["clean", "wrong notes", "late", "silent"]


def test_dynamics_follow_marks_hairpins_and_accents():
    marks = (Mark(0, "dynamic", "p"), Mark(8, "dynamic", "f"))
    notes = [make_note(index, 60 + index * 5 % 12) for index in range(16)]
    chart = make_chart(notes, bars=4, marks=marks)

    def at(velocity):
        return [
            NoteEvent(e.onset_s, e.kind, e.pitch, velocity(e.onset_s) if e.kind == "on" else 0)
            for e in by_rote(chart)
        ]

    assert grade(chart, at(lambda when: 45 if when < 4.8 else 85)).scores.dynamics == 100
    assert grade(chart, at(lambda when: 85 if when < 4.8 else 45)).scores.dynamics == 0
    assert grade(chart, at(lambda _: 64)).scores.dynamics is None


@pytest.mark.parametrize("accented", [(), (8, 9, 14, 15)])
def test_a_swell_is_heard_also_in_the_notes_that_accents_leave_of_it(accented):
    marks = (Mark(0, "dynamic", "p"), Mark(8, "hairpin", "<", end_ql=15))
    notes = [make_note(index, 60 + index * 5 % 12) for index in range(16)]
    for index in accented:
        notes[index] = msgspec.structs.replace(notes[index], articulations=("accent",))
    chart = make_chart(notes, bars=4, marks=marks)
    swell = [60 + 1.4 * max(0, at - 8) + 14 * (at in accented) for at in range(16)]

    def play(velocities):
        return [
            NoteEvent(e.onset_s, e.kind, e.pitch, round(velocities[round(e.onset_s / 0.6)]))
            if e.kind == "on"
            else e
            for e in by_rote(chart)
        ]

    assert grade(chart, play(swell)).scores.dynamics == 100
    assert grade(chart, play(swell[:8] + swell[:7:-1])).scores.dynamics < 60


def test_touch_is_even_and_the_tune_is_heard_above_the_left_hand():
    chart = both_hands(16)

    def at(velocity):
        staffs = {(round(float(n.onset_ql) * 0.6, 3), n.pitch): n.staff for n in chart.notes}
        return [
            NoteEvent(
                e.onset_s, e.kind, e.pitch, velocity(index, staffs[round(e.onset_s, 3), e.pitch])
            )
            if e.kind == "on"
            else e
            for index, e in enumerate(by_rote(chart))
        ]

    dice = random.Random(1)  # noqa: S311 - dice, no secret
    even = grade(chart, at(lambda i, _: 70 + i % 3)).scores.dynamics
    rough = grade(chart, at(lambda *_: dice.randrange(30, 110))).scores.dynamics
    drowned = grade(chart, at(lambda i, s: 60 + i % 3 + 30 * (s == 2))).scores.dynamics
    assert even == 100
    assert rough < 60
    assert 50 < drowned < 80


def test_a_left_hand_alone_in_the_loud_bars_drowns_nobody():
    soft = [make_note(index, 72 + index * 5 % 12) for index in range(32)]
    low = [make_note(index, 48 + index * 5 % 12, 1, 2) for index in range(16, 64)]
    marks = (Mark(0, "dynamic", "p"), Mark(32, "dynamic", "ff"))
    chart = make_chart([*soft, *low], bars=16, marks=marks)
    take = perform(
        chart, PROFILES["perfect"], timeline=Timeline.steady(100), style=None, level=5, seed=1
    )
    assert grade(chart, list(take.events)).scores.dynamics == 100


def test_an_accent_is_held_against_the_notes_under_its_own_mark():
    marks = (Mark(0, "dynamic", "p"), Mark(8, "dynamic", "f"))
    notes = [make_note(index, 60 + index * 5 % 12) for index in range(16)]
    notes[7] = msgspec.structs.replace(notes[7], articulations=("accent",))
    chart = make_chart(notes, bars=4, marks=marks)

    def play(accent):
        beat = 0.6
        return [
            NoteEvent(e.onset_s, e.kind, e.pitch, velocity if e.kind == "on" else 0)
            for e in by_rote(chart)
            for velocity in [
                accent if round(e.onset_s / beat) == 7 else 45 if e.onset_s < 4.7 else 85
            ]
        ]

    # Softer than the loud notes that follow, and yet above those of its own mark.
    assert grade(chart, play(58)).scores.dynamics == 100
    assert grade(chart, play(45)).scores.dynamics == 50


def test_a_chart_of_one_bar_and_a_pickup_is_graded():
    chart = melody(1)
    bars = (chart.bars[0],)
    assert grade(Chart(chart.drill, bars, chart.notes), by_rote(chart)).scores.total == 100


def test_words_for_every_outcome():
    chart = melody()
    assert "Nothing was heard" in describe_grade(grade(chart, []))
    assert "first take worth keeping" in describe_grade(grade(chart, ROTE))
    assert "Keep going" in describe_grade(grade(chart, again(ROTE, 4.79, 0.6)))
