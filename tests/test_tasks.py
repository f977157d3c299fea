"""Tasks: rhythm only, transposing, wait mode, looking ahead, hands apart."""

from fractions import Fraction
from itertools import pairwise

import msgspec
import pytest
from fakes import make_chart
from hypothesis import given
from hypothesis import strategies as st

from exercises.chart import Note, number_notes, write_chart_json
from exercises.keyboards import KEYBOARDS
from exercises.theory import key_fifths
from game.click_style import PLAIN
from game.coach.runs import Played
from game.coach.studies import AHEAD_STEPS_S, KINDS, Study, find_step
from game.events import NoteEvent, TransportStarted
from game.rescoring import regrade
from game.scoring.tapping import grade_taps, write_taps
from game.scoring.waiting import Waiting, grade_waiting
from game.sessions.plan import take_timeline
from game.sessions.session import Phase
from game.sessions.tasks import choose_step, move_key, open_task, set_task, take_hand
from game.take import Task, Versions

BPM = 120.0


def two_hands(bars=2):
    """Quarters in the right hand, a half-note fifth under every other of them."""
    notes = [*make_chart(bars=bars).notes]
    for beat in range(0, 4 * bars, 2):
        for pitch, name in ((48, "C3"), (55, "G3")):
            notes.append(Note("", Fraction(beat), Fraction(2), pitch, name, 2, 1))
    return msgspec.structs.replace(make_chart(bars=bars), notes=number_notes(notes))


def key(at_s, pitch, length_s=0.4, velocity=64):
    return [NoteEvent(at_s, "on", pitch, velocity), NoteEvent(at_s + length_s, "off", pitch, 0)]


def play_written(chart, off_s=0.0, pitch_of=lambda note: note.pitch):
    """Every note where it is written, held for its length."""
    return [
        event
        for note in chart.notes
        for event in key(
            float(note.onset_ql) / 2 + off_s, pitch_of(note), float(note.duration_ql) / 2
        )
    ]


def grade_rhythm(chart, events):
    timeline = take_timeline(chart, quarter_bpm=BPM)
    return grade_taps(chart, events, timeline=timeline, style=None, level=1)


# -- rhythm only


def test_a_chord_is_one_tap_of_its_hand_and_its_longest_note():
    taps = write_taps(two_hands())
    left = [note for note in taps.notes if note.staff == 2]
    assert [float(note.onset_ql) for note in left] == [0, 2, 4, 6]
    assert {note.duration_ql for note in left} == {2}
    assert {note.pitch for note in left} == {48}
    assert {note.id for note in taps.notes} <= {note.id for note in two_hands().notes}


@pytest.mark.parametrize("keys", [lambda _: 61, lambda note: 60 + note.pitch % 7])
def test_any_key_counts_in_time(keys):
    chart = write_taps(make_chart(bars=4))
    card = grade_rhythm(chart, play_written(chart, pitch_of=keys))
    assert card.scores.total > 97
    assert card.scores.time > 97
    ungraded = ("notes", "dynamics", "flow", "feel")
    assert [getattr(card.scores, name) for name in ungraded] == [None] * 4


def test_both_hands_tap_either_side_of_middle_c():
    chart = write_taps(two_hands())
    right = play_written(chart, pitch_of=lambda note: 60 if note.staff == 1 else 59)
    wrong = play_written(chart, pitch_of=lambda note: 59 if note.staff == 1 else 60)
    assert grade_rhythm(chart, right).scores.total > 97
    assert grade_rhythm(chart, wrong).scores.total < 70


def test_keys_struck_together_are_one_tap():
    chart = write_taps(make_chart(bars=4))
    fist = [
        event
        for note in chart.notes
        for number, pitch in enumerate((60, 64, 67))
        for event in key(float(note.onset_ql) / 2 + 0.01 * number, pitch, 0.49)
    ]
    card = grade_rhythm(chart, fist)
    assert card.scores.total > 97
    assert not card.extras


def test_a_rhythm_that_is_half_struck_is_worth_half_of_its_time():
    chart = write_taps(make_chart(bars=4))
    half = [e for e in play_written(chart) if e.onset_s < 4.0 or e.kind == "off"]
    card = grade_rhythm(chart, half)
    assert 35 < card.scores.time < 55
    assert grade_rhythm(chart, ()).scores.total == 0.0


def test_taps_too_many_and_out_of_time_cost():
    chart = write_taps(make_chart(bars=4))
    exact = play_written(chart)
    doubled = exact + play_written(chart, off_s=0.25)
    assert grade_rhythm(chart, doubled).scores.total < 80
    assert grade_rhythm(chart, play_written(chart, off_s=0.2)).scores.total < 70


# -- wait mode


def strike(*pitches):
    return [NoteEvent(0.5 * n, "on", pitch, 64) for n, pitch in enumerate(pitches)]


def test_the_music_waits_for_all_keys_of_an_onset_in_any_order():
    waiting = Waiting(two_hands())
    assert [note.pitch for note in waiting.missing] == [48, 55, 60]
    for event in strike(55, 60):
        assert [mark.verdict for mark in waiting.feed(event)] == ["right"]
    assert waiting.due_ql == 0
    waiting.feed(strike(48)[0])
    assert waiting.due_ql == 1


def test_a_wrong_key_spoils_the_note_it_was_nearest_to():
    chart = two_hands()
    waiting = Waiting(chart)
    (mark,) = waiting.feed(strike(61)[0])
    spoilt = next(note for note in chart.notes if note.pitch == 60)
    assert (mark.id, mark.verdict) == (spoilt.id, "wrong")
    assert waiting.tries == 1
    card = grade_waiting(chart, strike(61, 60, 55, 48))
    verdicts = {note.id: note.verdict for note in card.notes if note.onset_ql == 0}
    assert sorted(verdicts.values()) == ["match", "match", "substitution"]
    assert verdicts[spoilt.id] == "substitution"


def test_wait_mode_grades_notes_and_nothing_else():
    chart = make_chart(bars=1)
    card = grade_waiting(chart, strike(60, 61, 60, 62, 63))
    assert card.scores.notes == card.scores.total == 75.0
    parts = ("time", "lengths", "dynamics", "flow", "feel")
    assert [getattr(card.scores, name) for name in parts] == [None] * 5
    assert card.time.bias_ms is None
    assert [(bar.right, bar.written) for bar in card.bars] == [(3, 4)]
    half = grade_waiting(chart, strike(60, 61))
    assert [note.verdict for note in half.notes] == ["match", "match", "omission", "omission"]
    assert half.bars[0].verdict == "missed notes"


def test_a_key_of_the_chord_struck_again_is_no_mistake():
    card = grade_waiting(two_hands(), strike(60, 60, 48, 55))
    assert [n.verdict for n in card.notes if n.onset_ql == 0] == ["match"] * 3


@given(st.lists(st.integers(50, 70), max_size=60))
def test_whatever_is_struck_a_note_is_right_once_or_not(pitches):
    chart = two_hands(1)
    card = grade_waiting(chart, strike(*pitches))
    assert [note.id for note in card.notes] == [note.id for note in chart.notes]
    used = [note.played for note in card.notes if note.played is not None]
    assert len(used) == len(set(used))
    assert 0.0 <= card.scores.total <= 100.0


def open_wait(chart):
    session = open_task(Task("wait"), chart, style=None, preview_s=5, click=PLAIN)
    plan, _ = session.start()
    session.feed(TransportStarted(0.0, 0))
    return session, plan


def test_a_waiting_take_goes_at_the_players_pace_and_ends_with_the_last_note():
    chart = make_chart(bars=1)
    session, plan = open_wait(chart)
    assert plan.clicks == ()
    # The first key comes at once, before second 0.
    moment = -7.1
    for number, note in enumerate(chart.notes):
        moment += 7.0 * (number + 1)
        session.advance(moment)
        assert session.phase is Phase.PLAYING
        assert session.position_ql == float(note.onset_ql)
        session.feed(NoteEvent(moment, "on", note.pitch, 64))
    assert session.advance(moment + 0.1) is Phase.DONE
    take = session.take("2026-05-01T10:00:00+02:00", Versions("0", "0"), 0.0)
    assert take.ended == "finished"
    take = msgspec.structs.replace(take, mode="wait", style="")
    assert regrade(take).scores.total == 100.0


def test_a_waiting_take_that_is_left_is_stopped():
    session, _ = open_wait(make_chart(bars=1))
    session.advance(3.0)
    session.feed(NoteEvent(3.0, "on", 60, 64))
    session.stop()
    assert session.take("", Versions("0", "0"), 0.0).ended == "stopped"


# -- transposing, looking ahead, hands apart


@pytest.mark.parametrize(
    ("shown", "semitones", "asked"),
    [("C", 2, "D"), ("C", -2, "Bb"), ("F#", 2, "Ab"), ("Bb", 1, "B"), ("Am", 3, "Cm"),
     ("Db", -1, "C"), ("E", 5, "A"), ("F#m", -2, "Em")],
)  # fmt: skip
def test_keys_move_to_the_spelling_with_fewest_signs(shown, semitones, asked):
    assert move_key(shown, semitones) == asked


@given(st.integers(0, 10_000), st.integers(1, 10), st.sampled_from(sorted(KEYBOARDS)))
def test_a_transposed_chart_is_the_same_chart_elsewhere(seed, level, keyboard):
    chart = make_chart(bars=2, seed=seed, level=level)
    drill = msgspec.structs.replace(chart.drill, keyboard=keyboard)
    chart = msgspec.structs.replace(chart, drill=drill)
    moved = set_task(Task("transpose"), chart)
    steps = {b.pitch - a.pitch for a, b in zip(chart.notes, moved.notes, strict=True)}
    assert steps == {choose_step(chart)}
    assert 0 not in steps
    assert [n.id for n in moved.notes] == [n.id for n in chart.notes]
    assert abs(key_fifths(moved.drill.key)) <= 6
    if keyboard >= 61:
        low, high = KEYBOARDS[keyboard]
        assert all(low <= note.pitch <= high for note in moved.notes)


def test_hands_apart_has_each_hand_and_then_the_chart():
    chart = two_hands()
    hands = [set_task(Study("hands", 3, 1, ("jazz",)).turn.task, chart), take_hand(chart, "left")]
    assert [{note.staff for note in hand.notes} for hand in hands] == [{1}, {2}]
    assert {n.id for hand in hands for n in hand.notes} == {n.id for n in chart.notes}
    one = make_chart()
    assert take_hand(one, "left") is one


def played(total=80.0):
    return Played("jazz", 3, "grand", total, 40, 32, 20.0)


@pytest.mark.parametrize("task", sorted(KINDS))
def test_a_study_has_its_charts_and_says_on_what_it_is_graded(task):
    run, turns = Study(task, 5, 1, ("jazz", "rock")), []
    while (turn := run.turn) is not None:
        turns.append(turn)
        run = run.after(played(), 30.0 * len(turns))
    report = run.report()
    assert len(turns) == KINDS[task].charts
    assert {turn.task.name for turn in turns} == {task}
    assert report.score == 80.0
    assert report.lines[0].label == "graded on"
    assert (report.accuracy is None) is (task == "rhythm")
    assert len({turn.request for turn in turns}) == (1 if task == "hands" else len(turns))
    broken = Study(task, 5, 1, ("jazz",)).after(played(), 9.0)
    assert broken.report().name.endswith("broken off")


def test_notes_vanish_earlier_as_charts_are_held():
    totals = [80.0, 76.0, 70.0, 50.0, 90.0]
    steps = [find_step([played(t) for t in totals[:n]]) for n in range(6)]
    assert steps == [0, 1, 2, 2, 1, 2]
    assert find_step([played(99.0)] * 9) == len(AHEAD_STEPS_S) - 1
    assert all(a < b for a, b in pairwise(AHEAD_STEPS_S))


def test_charts_of_tasks_can_be_kept():
    for name in KINDS:
        assert write_chart_json(set_task(Task(name, hand="right"), two_hands()))
