"""What must hold of every alignment, whatever is played."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises.timeline import Timeline
from game.events import NoteEvent
from game.performer.performance import Profile, perform
from game.scoring.align import align_take
from game.scoring.expectation import expect_notes
from game.scoring.performance import pair_notes
from game.scoring.results import PlayedNote
from tests.reading import both_hands, by_rote, grade, make_chart, make_note, melody, moved

TIMELINE = Timeline.steady(100)
FEW = settings(max_examples=12, deadline=None, derandomize=True)


def align(chart, notes, *, free=False):
    expected = expect_notes(chart, timeline=TIMELINE, style=None, level=5)
    return align_take(expected, notes, free=free)


def unsteady(chart, seed, **more):
    profile = Profile(spread_ms=20, chord_spread_ms=8, **more)
    return list(perform(chart, profile, timeline=TIMELINE, style=None, level=5, seed=seed).events)


def holds(aligned, notes, chart):
    """Every charted and every played note has one verdict, but for keys of two voices."""
    alignment = aligned.alignment
    named = [name for name, _ in (*alignment.matches, *alignment.substitutions)]
    assert sorted([*named, *alignment.omissions]) == sorted(note.id for note in chart.notes)
    used = {index for _, index in (*alignment.matches, *alignment.substitutions)}
    extras = [index for index, _ in alignment.extras]
    assert sorted([*used, *extras]) == sorted(note.index for note in notes)


PLAYED = st.lists(
    st.tuples(
        st.floats(-5, 60), st.integers(0, 127), st.one_of(st.none(), st.floats(0.01, 4)),
        st.integers(1, 127),
    ),
    max_size=40,
)  # fmt: skip


@FEW
@given(heard=PLAYED, free=st.booleans())
def test_whatever_is_played_every_note_gets_one_verdict(heard, free):
    notes = [PlayedNote(i, onset, span, pitch, hard)
             for i, (onset, pitch, span, hard) in enumerate(heard)]  # fmt: skip
    chart = both_hands(4)
    holds(align(chart, notes, free=free), notes, chart)


@pytest.mark.parametrize("free", [False, True], ids=["click", "free"])
@pytest.mark.parametrize(
    "heard",
    [
        [],
        [(0.0, 60)],
        [(9.0, 108)],
        [(0.3 * i, 108 - i % 3) for i in range(40)],
        [(1.0, 40 + i % 40) for i in range(300)],
        [(30 - 0.4 * i, 60 + i % 12) for i in range(60)],
        [(1e6 + i, 60) for i in range(5)],
    ],
    ids=["nothing", "one", "one elsewhere", "no shared pitch", "at once", "backwards", "far"],
)
def test_degenerate_takes_do_not_fail(heard, free):
    notes = [PlayedNote(i, onset, 0.1, pitch, 64) for i, (onset, pitch) in enumerate(heard)]
    for chart in (both_hands(4), make_chart([make_note(0, 60)], bars=1), make_chart([], bars=1)):
        holds(align(chart, notes, free=free), notes, chart)


def test_thousands_of_notes_without_order_do_not_fail():
    dice = Random(1)  # noqa: S311 - dice, no secret
    notes = [PlayedNote(i, dice.uniform(0, 60), 0.1, dice.randrange(128), 64) for i in range(3000)]
    chart = melody(8)
    holds(align(chart, notes), notes, chart)


@FEW
@given(seed=st.integers(0, 10_000), shift_ms=st.floats(-60, 60))
def test_a_shift_moves_the_bias_and_nothing_else(seed, shift_ms):
    chart = both_hands(8, seed % 50)
    events = unsteady(chart, seed, wrong=0.05, missing=0.05)
    here, there = grade(chart, events), grade(chart, moved(events, shift_ms / 1000))
    assert there.time.bias_ms - here.time.bias_ms == pytest.approx(shift_ms, abs=0.01)
    assert there.time.spread_ms == pytest.approx(here.time.spread_ms, abs=0.01)
    assert [n.verdict for n in here.notes] == [n.verdict for n in there.notes]
    assert [n.played for n in here.notes] == [n.played for n in there.notes]
    assert here.extras == there.extras


@FEW
@given(seed=st.integers(0, 10_000), count=st.integers(1, 6))
def test_notes_that_are_left_out_are_the_omissions(seed, count):
    chart = both_hands(8, seed % 50)
    dice = Random(seed)  # noqa: S311 - dice, no secret
    left_out = set(dice.sample([(n.onset_ql, n.pitch) for n in chart.notes], count))
    starts = {(TIMELINE.seconds_at(onset), pitch) for onset, pitch in left_out}
    events = [e for e in by_rote(chart) if (e.onset_s, e.pitch) not in starts or e.kind == "off"]
    card = grade(chart, events)
    missed = {(n.onset_ql, n.pitch) for n in card.notes if n.verdict == "omission"}
    assert missed == left_out
    assert card.extras == ()


@FEW
@given(seed=st.integers(0, 10_000))
def test_the_order_within_a_chord_changes_nothing(seed):
    chart = both_hands(8, seed % 50)
    notes = list(pair_notes(by_rote(chart)))
    here = align(chart, notes).alignment
    Random(seed).shuffle(notes)  # noqa: S311 - dice, no secret
    assert align(chart, notes).alignment == here


@FEW
@given(seed=st.integers(0, 10_000), interval=st.integers(-12, 12))
def test_a_transposed_chart_is_aligned_in_the_same_way(seed, interval):
    chart = both_hands(8, seed % 50)
    notes = [make_note(n.onset_ql, n.pitch + interval, n.duration_ql, n.staff) for n in chart.notes]
    higher = make_chart(notes, bars=8)
    events = unsteady(chart, seed, wrong=0.08, missing=0.05, extra=0.05, stumbles=0.1)
    here = align(chart, pair_notes(events)).alignment
    there = align(higher, pair_notes(moved(events, 0, interval))).alignment
    assert here == there


@FEW
@given(seed=st.integers(0, 10_000), after_s=st.floats(5, 40))
def test_a_note_far_from_all_others_is_one_more_extra(seed, after_s):
    chart = both_hands(8, seed % 50)
    events = unsteady(chart, seed, missing=0.05)
    end = max(event.onset_s for event in events) + after_s
    more = [NoteEvent(end, "on", 100, 60), NoteEvent(end + 0.3, "off", 100, 0)]
    here, there = grade(chart, events), grade(chart, [*events, *more])
    assert there.notes == here.notes
    assert len(there.extras) == len(here.extras) + 1
    assert there.time == here.time


def test_a_restart_within_a_bar_is_a_restart():
    chart = melody(8)
    rote = by_rote(chart)
    first = [e for e in rote if e.onset_s < 6.35]
    again = [e for e in moved(rote, 3.0) if e.onset_s > 8.35]
    card = grade(chart, first + again)
    assert {n.verdict for n in card.notes} == {"match"}
    assert [extra.reason for extra in card.extras] == ["restart"] * 2


def test_a_wait_is_no_jump():
    chart = melody(8)
    rote = by_rote(chart)
    waits = [e if e.onset_s < 6.35 else moved([e], 1.4)[0] for e in rote]
    card = grade(chart, waits)
    assert {n.verdict for n in card.notes} == {"match"}
    assert card.extras == ()
    assert card.flow.restarts == 0


def test_a_skipped_bar_is_left_out_and_nothing_else():
    chart = melody(8)
    rote = by_rote(chart)
    skipped = [e for e in rote if e.onset_s < 7.15]
    skipped += moved([e for e in rote if e.onset_s > 9.55], -2.4)
    missed = [n.id for n in grade(chart, skipped).notes if n.verdict == "omission"]
    assert missed == ["n13", "n14", "n15", "n16"]


def test_a_left_hand_that_is_late_all_the_time_is_matched():
    chart = both_hands(12, 3)
    for late in (130, 250, 390):
        profile = Profile(spread_ms=15, left_late_ms=late)
        take = perform(chart, profile, timeline=TIMELINE, style=None, level=5, seed=late)
        card = grade(chart, list(take.events))
        right = sum(n.verdict == "match" for n in card.notes)
        assert right >= len(chart.notes) - 2
