"""The producer hears what was done wrong, says it shortly, and blames nothing else."""

import msgspec
import producing
import pytest
from producing import WRONGS, blames_right, is_said, try_one
from reading import both_hands, by_rote, grade

from exercises.timeline import Timeline
from game.events import NoteEvent
from game.sessions.producer import Heard, Remark, judge_take, speak
from game.sessions.steps import find_step
from game.wording import producer_lines

SEEDS = (104, 107, 111)


@pytest.mark.parametrize("seed", SEEDS)
def test_robots_are_heard_for_what_they_do(seed):
    tried = [one for one in (try_one(wrong, seed) for wrong in WRONGS) if one is not None]
    assert len(tried) >= 10
    assert [words for _, said, blamed, words in tried if blamed or not said] == []


def hear(events, chart=None, level=5):
    chart = chart or both_hands()
    timeline = Timeline.steady(chart.drill.quarter_bpm)
    return judge_take(Heard(chart, grade(chart, events, level=level), timeline, None, level))


def lively(chart):
    """By rote, but with a touch that is no machine's."""
    events = by_rote(chart)
    return [
        msgspec.structs.replace(e, velocity=68 + i % 5) if e.kind == "on" else e
        for i, e in enumerate(events)
    ]


def test_a_clean_take_was_the_one():
    assert hear(lively(both_hands())) == (Remark("one"),)


def test_nothing_and_a_fist_are_heard_too():
    assert hear([]) == (Remark("silence"),)
    fist = [NoteEvent(0.0, "on", pitch, 90) for pitch in range(48, 60)]
    assert hear(fist)[0].code in {"silence", "many", "stops"}


def test_one_slip_is_not_spoken_of():
    events = lively(both_hands())
    slip = msgspec.structs.replace(events[20], onset_s=events[20].onset_s + 0.04)
    assert hear([*events[:20], slip, *events[21:]]) == (Remark("one"),)


def test_a_bar_of_wrong_notes_is_named():
    events = [
        msgspec.structs.replace(e, pitch=e.pitch + 1) if 4.8 * 0.5 <= e.onset_s < 4.7 else e
        for e in lively(both_hands())
    ]
    assert hear(events)[0] == Remark("notes", (2, 2))


@pytest.mark.parametrize(("every", "code"), [(16, "some"), (4, "many")])
def test_slips_here_and_there_are_no_flood(every, code):
    keys = sorted({(e.onset_s, e.pitch) for e in lively(both_hands()) if e.kind == "on"})
    missed = {pitch_at for number, pitch_at in enumerate(keys) if number % every == every // 2}
    events = [e for e in lively(both_hands()) if (e.onset_s, e.pitch) not in missed]
    assert hear(events)[0].code == code


def test_a_bar_of_wrong_notes_says_nothing_of_time():
    events, keys = [], 0
    for event in lively(both_hands()):
        keys += event.kind == "on"
        inside = 2.4 <= event.onset_s < 4.7
        pitch, onset_s = event.pitch, event.onset_s
        if inside and keys % 3:
            pitch += 1
        elif inside:
            onset_s += 0.2
        events.append(msgspec.structs.replace(event, pitch=pitch, onset_s=onset_s))
    events.sort(key=lambda e: (e.onset_s, e.kind == "on"))
    said = hear(events)
    assert "notes" in {remark.code for remark in said}
    assert "loose" not in {remark.code for remark in said}


def test_no_more_than_two_things_are_said():
    events = [
        msgspec.structs.replace(e, onset_s=e.onset_s + 0.06, velocity=max(0, e.velocity - 35))
        for e in lively(both_hands())
    ]
    assert hear(events) == (Remark("behind"), Remark("soft"))


def test_dynamics_of_a_keyboard_without_them_are_let_be():
    events = [
        msgspec.structs.replace(e, velocity=127 if e.kind == "on" else 0)
        for e in by_rote(both_hands())
    ]
    assert hear(events) == (Remark("one"),)


@pytest.mark.parametrize(
    ("values", "kind", "first", "last"),
    [
        ([0] * 16, None, 0, 0),
        ([0] * 4 + [-40] * 4 + [0] * 8, "run", 4, 7),
        ([0] * 4 + [-15] * 4 + [0] * 8, None, 0, 0),
        ([30] * 12 + [-30] * 4, "run", 12, 15),
        ([4 * bar for bar in range(16)], "drift", 0, 15),
        ([-6 * bar for bar in range(16)], "drift", 0, 15),
        ([0] * 8 + [50] + [0] * 7, "run", 8, 8),
        ([0, 400] + [0] * 14, "run", 1, 1),
    ],
)
def test_steps_and_drifts_are_told_apart(values, kind, first, last):
    onsets = [(bar, float(value)) for bar, value in enumerate(values) for _ in range(8)]
    step = find_step(onsets, 16, scatter_ms=18.0)
    assert (step and step.kind) == kind
    if step is not None:
        assert (step.first, step.last) == (first, last)


def test_few_onsets_say_nothing():
    assert find_step([(0, 90.0)] * 5 + [(1, 0.0)] * 5, 2, scatter_ms=18.0) is None


def test_every_code_has_words_and_they_are_short():
    lines = producer_lines()
    codes = {
        *("rush", "drag", "hurry", "slow", "ahead", "behind", "latency", "loose", "straight"),
        *("swung", "long", "short", "both_long", "both_short", "soft", "loud", "heavy", "notes"),
        *("some", "many", "stops", "silence", "one", "safety", "again"),
    }
    assert set(lines) == codes
    for code in codes:
        remark = Remark(code, (5, 8), 2)
        for turn in range(len(lines[code])):
            said = speak((remark,), lines, turn)
            assert len(said) <= 76
            assert "{" not in said
            assert said.endswith(".")
            assert said[0].isupper()


def test_places_and_hands_are_named():
    lines = producer_lines()
    remarks = (Remark("rush", (5, 8)), Remark("long", hand=2))
    assert speak(remarks, lines, 0) == "Bars 5 to 8: that rushes. Left hand shorter."
    assert speak((Remark("drag", (3, 3)),), lines, 0) == "Bar 3: that drags."
    assert speak((Remark("one"),), lines, 0) == "That was the one."


def test_the_robots_own_marking_is_strict():
    told = Remark("rush", (5, 8))
    assert is_said(told, (Remark("rush", (4, 8)),))
    assert not is_said(told, (Remark("rush", (2, 8)),))
    assert not is_said(Remark("long", hand=2), (Remark("long", hand=1),))
    assert blames_right(told, (Remark("rush", (5, 8)), Remark("soft")))
    assert not is_said(None, (Remark("soft"),))
    assert producing.compose(100) is producing.compose(100)
