"""Takes that a teacher would rank, and what is said of them."""

from functools import cache
from random import Random

import msgspec
import pytest

from exercises.chart import Mark
from exercises.timeline import Timeline
from game.events import NoteEvent
from game.performer.performance import Profile, perform
from game.scoring.performance import pair_notes
from game.scoring.sentences import explain_scores
from game.scoring.words import describe_grade, write_rubric
from tests.reading import both_hands, by_rote, grade, make_chart, make_note

CHART = both_hands(16)
BAR_S, BEAT_S = 2.4, 0.6
EARLY_S = 0.1
"""A bar's notes may come so much before it."""
GOOD = Profile(spread_ms=12, chord_spread_ms=5, touch=3, length=0.95, length_spread=0.02)


@cache
def well(**more):
    profile = msgspec.structs.replace(GOOD, **more)
    take = perform(
        CHART, profile, timeline=Timeline.steady(100), style=None, level=5, seed=3
    ).events
    return pair_notes(take)


def press(notes):
    """The events of some keys."""
    events = []
    for note in notes:
        events.append(NoteEvent(note.onset_s, "on", note.pitch, note.velocity))
        events.append(NoteEvent(note.onset_s + note.duration_s, "off", note.pitch, 0))
    return events


def change(**how):
    """Every key with something about it changed: a function of the key for each field."""
    return [
        msgspec.structs.replace(note, **{name: of(note) for name, of in how.items()})
        for note in well()
    ]


def stop(*bars, beats=2.0):
    """A stop before each of some bars."""
    return change(
        onset_s=lambda n: (
            n.onset_s + beats * BEAT_S * sum(n.onset_s > bar * BAR_S - EARLY_S for bar in bars)
        )
    )


def until(bar):
    return [note for note in well() if note.onset_s < bar * BAR_S - EARLY_S]


def back(bar):
    """A bar tried again, and late from then on."""
    again = [
        msgspec.structs.replace(note, onset_s=note.onset_s + BAR_S)
        for note in well()
        if note.onset_s >= bar * BAR_S - EARLY_S
    ]
    return [*until(bar + 1), *again]


def pace(rate):
    return change(onset_s=lambda n: n.onset_s * rate, duration_s=lambda n: n.duration_s * rate)


def hand(is_left):
    return [note for note in well() if (note.pitch < 60) == is_left]


def noodle():
    dice = Random(1)  # noqa: S311 - dice, no secret
    return change(pitch=lambda _: dice.randrange(48, 84))


TAKES = {
    "as written, by a professional": well,
    "5 % wrong": lambda: well(wrong=0.05),
    "10 % wrong": lambda: well(wrong=0.1),
    "30 % wrong": lambda: well(wrong=0.3),
    "10 % missed": lambda: well(missing=0.1),
    "one stop": lambda: stop(5),
    "three stops": lambda: stop(4, 8, 12),
    "a stop in every bar": lambda: stop(*range(1, 16), beats=1.0),
    "a hesitation": lambda: stop(5, beats=0.5),
    "a bar tried again": lambda: back(6),
    "a bar left out": lambda: [n for n in well() if not 6 <= (n.onset_s + EARLY_S) / BAR_S < 7],
    "40 ms behind": lambda: well(bias_ms=40),
    "wandering by 100 ms": lambda: well(wander_ms=100),
    "unsteady by 40 ms": lambda: well(spread_ms=40),
    "unsteady by 80 ms": lambda: well(spread_ms=80),
    "all short": lambda: change(duration_s=lambda n: 0.15 * n.duration_s),
    "left hand drowning": lambda: change(
        velocity=lambda n: min(127, n.velocity + 35) if n.pitch < 60 else n.velocity - 10
    ),
    "five per cent slower": lambda: pace(1 / 0.95),
    "a fifth slower": lambda: pace(1.25),
    "half the tempo": lambda: pace(2.0),
    "broke off in the middle": lambda: until(8),
    "broke off after three quarters": lambda: until(12),
    "right hand only": lambda: hand(is_left=False),
    "left hand only": lambda: hand(is_left=True),
    "any keys in time": noodle,
}


@cache
def card(name):
    return grade(CHART, press(TAKES[name]()))


RANKED = [
    ("as written, by a professional", "40 ms behind"),
    ("as written, by a professional", "left hand drowning"),
    ("40 ms behind", "wandering by 100 ms"),
    ("40 ms behind", "unsteady by 40 ms"),
    ("unsteady by 40 ms", "unsteady by 80 ms"),
    ("5 % wrong", "10 % wrong"),
    ("10 % wrong", "10 % missed"),
    ("10 % wrong", "30 % wrong"),
    ("10 % wrong", "three stops"),
    ("10 % missed", "three stops"),
    ("30 % wrong", "a stop in every bar"),
    ("30 % wrong", "broke off in the middle"),
    ("one stop", "a bar tried again"),
    ("as written, by a professional", "a hesitation"),
    ("a hesitation", "three stops"),
    ("one stop", "three stops"),
    ("three stops", "a stop in every bar"),
    ("all short", "three stops"),
    ("a bar left out", "broke off after three quarters"),
    ("broke off after three quarters", "broke off in the middle"),
    ("unsteady by 40 ms", "five per cent slower"),
    ("five per cent slower", "a fifth slower"),
    ("a fifth slower", "half the tempo"),
    ("half the tempo", "a stop in every bar"),
    ("half the tempo", "broke off in the middle"),
    ("broke off in the middle", "left hand only"),
    ("broke off in the middle", "right hand only"),
    ("right hand only", "any keys in time"),
]


@pytest.mark.parametrize(("better", "worse"), RANKED)
def test_takes_rank_as_a_teacher_ranks_them(better, worse):
    assert card(better).scores.total > card(worse).scores.total


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("as written, by a professional", 97, 100),
        ("one stop", 88, 97),
        ("a hesitation", 88, 97),
        ("three stops", 70, 90),
        ("a stop in every bar", 0, 60),
        ("a fifth slower", 65, 80),
        ("half the tempo", 65, 80),
        ("broke off in the middle", 40, 65),
        ("right hand only", 20, 60),
        ("left hand only", 20, 60),
        ("any keys in time", 0, 15),
    ],
)
def test_takes_get_about_what_a_board_would_give(name, least, most):
    assert least <= card(name).scores.total <= most


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("40 ms behind", "You sat a steady 40 ms behind the click."),
        ("a fifth slower", "At 80, where the click was at 100: stay with the click"),
        ("five per cent slower", "At 95, where the click was at 100: stay with the click"),
        ("half the tempo", "At 50, where the click was at 100: stay with the click"),
        ("right hand only", "The left hand was left out"),
        ("left hand only", "The right hand was left out"),
        ("left hand drowning", "the left drowns it"),
        ("a stop in every bar", "Keep going when something slips"),
        ("all short", "Hold the notes for their written length"),
    ],
)
def test_the_first_thing_that_a_teacher_says(name, said):
    assert said in describe_grade(card(name))


def test_another_tempo_is_no_latency_no_stop_and_held_as_long_as_it_is():
    for name in ("five per cent slower", "a fifth slower", "half the tempo"):
        told, scores = explain_scores(card(name)), card(name).scores
        assert "calibrate" not in told["time"]
        assert "steady" in told["time"]
        assert "the tempo not kept" in write_rubric(card(name))
        assert scores.flow == scores.notes == 100
        assert scores.lengths > 99


def test_praise_goes_by_the_bands_of_the_boards():
    for name, praise in (
        ("5 % wrong", "A first take worth keeping."),
        ("10 % wrong", "A solid reading."),
        ("three stops", "A solid reading."),
        ("30 % wrong", "The outlines are in place."),
        ("a fifth slower", "The outlines are in place."),
        ("broke off in the middle", "Parts of it came through."),
    ):
        assert describe_grade(card(name)).startswith(praise)


def test_keys_that_are_not_the_charts_tell_no_latency():
    assert "calibrate" not in describe_grade(card("any keys in time"))


def test_a_left_hand_that_has_the_loud_bars_to_itself_drowns_nobody():
    notes = [make_note(i, 60 + i % 5) for i in range(8)]
    notes += [make_note(8 + i, 48 + i % 5, staff=2) for i in range(8)]
    chart = make_chart(notes, bars=4, marks=(Mark(0, "dynamic", "p"), Mark(8, "dynamic", "f")))
    events = [
        msgspec.structs.replace(e, velocity=(90 if e.onset_s >= 4.8 else 45) * (e.kind == "on"))
        for e in by_rote(chart)
    ]
    card = grade(chart, events)
    assert card.scores.dynamics == 100
    assert "drown" not in explain_scores(card)["dynamics"]
