"""What must hold of every grade, on composed charts of every kind."""

from functools import cache
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises.tempi import tempo_map
from game.events import NoteEvent
from game.performer.performance import Profile, perform
from game.scoring.align import align_take
from game.scoring.expectation import expect_notes
from game.scoring.grade import grade_take
from game.scoring.pads import set_apart
from game.scoring.performance import pair_notes
from styles.loader import load_styles
from tests.reading import moved
from tests.test_scoring_comping import compose

FEW = settings(max_examples=14, deadline=None, derandomize=True)
KINDS = {
    "grand": ("classical", 5),
    "lead": ("jazz", 6),
    "comping": ("rnb_soul", 6),
    "number": ("country", 5),
    "bass": ("funk", 4),
    "pads": ("rock", 3),
}
WRITTEN_OUT = ("grand", "lead", "bass", "pads")
"""Kinds whose every note is printed: of the others a chord may be right without one."""
LEAN_MS = 30.0
CARELESS = {"wrong": 0.05, "missing": 0.04, "extra": 0.02}

SEEDS = st.integers(0, 10_000)
ALL = st.sampled_from(sorted(KINDS))


@cache
def chart_of(kind):
    style, level = KINDS[kind]
    return compose(style, level, kind)


def context(kind):
    chart = chart_of(kind)
    style = load_styles().styles[chart.drill.style]
    return {"timeline": tempo_map(chart), "style": style, "level": chart.drill.level}


def play(kind, seed, **more):
    profile = Profile(spread_ms=12, chord_spread_ms=6, touch=4, length=0.9, **more)
    return list(perform(chart_of(kind), profile, seed=seed, **context(kind)).events)


def grade(kind, events, chart=None):
    return grade_take(chart or chart_of(kind), events, **context(kind))


def align(kind, notes, chart=None):
    expected = expect_notes(chart or chart_of(kind), **context(kind))
    if kind == "pads":
        return align_take(*set_apart(expected, notes), pitched=False).alignment
    return align_take(expected, notes).alignment


@FEW
@given(kind=ALL, seed=SEEDS, shift_ms=st.floats(-LEAN_MS, LEAN_MS))
def test_a_shift_moves_the_bias_and_nothing_else(kind, seed, shift_ms):
    events = play(kind, seed, **CARELESS)
    here, there = grade(kind, events), grade(kind, moved(events, shift_ms / 1000))
    assert there.time.bias_ms - here.time.bias_ms == pytest.approx(shift_ms, abs=0.01)
    assert there.time.spread_ms == pytest.approx(here.time.spread_ms, abs=0.01)
    assert there.time.swing_pairs == here.time.swing_pairs
    assert [(n.verdict, n.played) for n in here.notes] == [
        (n.verdict, n.played) for n in there.notes
    ]
    assert here.extras == there.extras
    for name in ("notes", "lengths", "dynamics", "flow"):
        one, other = getattr(here.scores, name), getattr(there.scores, name)
        assert one == (None if other is None else pytest.approx(other, abs=1e-6))


@FEW
@given(kind=ALL, seed=SEEDS, count=st.integers(1, 5))
def test_notes_that_are_left_out_are_the_omissions(kind, seed, count):
    chart, rote = chart_of(kind), play(kind, 1)
    dice = Random(seed)  # noqa: S311 - dice, no secret
    struck = pair_notes(rote)
    whole = align(kind, struck)
    assert whole.omissions == whole.substitutions == whole.extras == ()
    names = {}
    for name, index in whole.matches:
        names.setdefault(index, set()).add(name)
    gone = set(dice.sample(sorted(names), count))
    missed = set().union(*(names[index] for index in gone))
    left = [note for note in struck if note.index not in gone]
    # Of one key struck again and again nobody can tell which stroke was left out.
    keys = {note.id: note.pitch for note in chart.notes}
    found = align(kind, left)
    assert sorted(keys[name] for name in found.omissions) == sorted(keys[name] for name in missed)
    assert found.substitutions == found.extras == ()
    if kind in WRITTEN_OUT:
        events = [
            NoteEvent(when, what, note.pitch, note.velocity)
            for note in left
            for when, what in (
                (note.onset_s, "on"), (note.onset_s + note.duration_s, "off")
            )
        ]  # fmt: skip
        card = grade(kind, events)
        assert sum(note.verdict == "omission" for note in card.notes) == len(missed)
        assert card.extras == ()


@FEW
@given(kind=ALL, seed=SEEDS)
def test_the_order_in_which_keys_are_told_changes_nothing(kind, seed):
    events = play(kind, seed, stumbles=0.1, **CARELESS)
    here = grade(kind, events)
    Random(seed).shuffle(events)  # noqa: S311 - dice, no secret
    assert grade(kind, events) == here


@FEW
@given(kind=ALL, seed=SEEDS, after_s=st.floats(6, 40))
def test_a_key_far_from_all_others_is_aligned_with_nothing(kind, seed, after_s):
    events = play(kind, seed, **CARELESS)
    end = max(event.onset_s for event in events) + after_s
    more = [NoteEvent(end, "on", 100, 60), NoteEvent(end + 0.3, "off", 100, 0)]
    here, there = (align(kind, pair_notes(some)) for some in (events, [*events, *more]))
    assert there.matches == here.matches
    assert there.substitutions == here.substitutions
    assert len(there.extras) == len(here.extras) + 1


@FEW
@given(kind=ALL, seed=SEEDS, after_s=st.floats(6, 40))
def test_a_note_far_from_all_others_is_one_more_extra(kind, seed, after_s):
    events = play(kind, seed, missing=0.05)
    end = max(event.onset_s for event in events) + after_s
    more = [NoteEvent(end, "on", 100, 60), NoteEvent(end + 0.3, "off", 100, 0)]
    here, there = grade(kind, events), grade(kind, [*events, *more])
    assert there.notes == here.notes
    assert len(there.extras) == len(here.extras) + 1
    assert there.time == here.time
    assert there.scores == here.scores


@FEW
@given(
    kind=st.sampled_from(("grand", "lead", "bass", "comping", "number")),
    seed=SEEDS,
    interval=st.integers(-6, 6),
)
def test_a_transposed_chart_is_graded_in_the_same_way(kind, seed, interval):
    chart = chart_of(kind)
    notes = [msgspec.structs.replace(n, pitch=n.pitch + interval) for n in chart.notes]
    higher = msgspec.structs.replace(chart, notes=tuple(notes))
    events = play(kind, seed, stumbles=0.1, **CARELESS)
    there = moved(events, 0, interval)
    assert align(kind, pair_notes(events)) == align(kind, pair_notes(there), higher)
    if kind in {"grand", "bass"}:
        one, other = grade(kind, events), grade(kind, there, higher)
        assert one.scores == other.scores
        assert one.time == other.time
        assert one.flow == other.flow
        assert one.extras == other.extras
