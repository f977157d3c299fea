"""What real beginners do: search for keys, correct at once, try each hand, slow down, give up."""

from fractions import Fraction
from itertools import groupby
from random import Random

import pytest
from msgspec.structs import replace

from game.events import NoteEvent
from tests.reading import both_hands, by_rote, counts, grade, make_chart, make_note, moved

CHART = both_hands(8)
ROTE = by_rote(CHART)
BEAT_S = 0.6
COUNT = len(CHART.notes)
CLICKS = pytest.mark.parametrize("free", [False, True], ids=["click", "free"])


def strike(at_s, pitch, length_s=0.3):
    return [NoteEvent(at_s, "on", pitch, 60), NoteEvent(at_s + length_s, "off", pitch, 0)]


def chords():
    """Beat, notes."""
    ordered = sorted(CHART.notes, key=lambda note: note.onset_ql)
    return [(float(beat), list(notes)) for beat, notes in groupby(ordered, lambda n: n.onset_ql)]


def hand(staff):
    pitches = {(note.onset_ql, note.pitch) for note in CHART.notes if note.staff == staff}
    starts = {(float(onset) * BEAT_S, pitch) for onset, pitch in pitches}
    return [e for e in ROTE if e.kind == "on" and (e.onset_s, e.pitch) in starts]


@CLICKS
@pytest.mark.parametrize(("share", "least"), [(0.3, 0.95), (0.6, 0.75)])
def test_who_searches_for_every_other_chord_has_played_it_all(share, least, free):
    dice = Random(2)  # noqa: S311 - dice, no secret
    events, lag_s = [], 0.0
    for beat, notes in chords():
        lag_s += dice.uniform(1.0, 4.0) * (dice.random() < share)
        for note in notes:
            events += strike(beat * BEAT_S + lag_s, note.pitch)
    card = grade(CHART, events, free=free)
    assert counts(card)[0] >= least * COUNT


@CLICKS
def test_a_wrong_note_that_is_mended_at_once_is_one_key_too_many(free):
    dice = Random(3)  # noqa: S311 - dice, no secret
    events, lag_s, slips = [], 0.0, 0
    for beat, notes in chords():
        at_s = beat * BEAT_S + lag_s
        top = max(notes, key=lambda note: note.pitch)
        if dice.random() < 0.2:
            slips += 1
            lag_s += 0.45
            events += strike(at_s, top.pitch + dice.choice((-2, -1, 1, 2)))
        for note in notes:
            events += strike(beat * BEAT_S + lag_s if note is top else at_s, note.pitch)
    card = grade(CHART, events, free=free)
    assert counts(card) == (COUNT, 0, 0, slips)
    assert card.flow.restarts == 0
    assert card.scores.notes < 100


@CLICKS
def test_hands_tried_alone_before_they_come_together_cost_no_notes(free):
    events = hand(1) + moved(hand(2), 22.0) + moved(ROTE, 44.0)
    card = grade(CHART, events, free=free)
    assert counts(card)[:3] == (COUNT, 0, 0)
    assert card.flow.restarts
    assert card.scores.flow < 50


@CLICKS
def test_one_hand_alone_has_the_other_missed_and_nothing_wrong(free):
    played = hand(1)
    card = grade(CHART, played, free=free)
    assert counts(card) == (len(played), 0, COUNT - len(played), 0)
    assert [(each.kind, each.detail) for each in card.diagnoses] == [
        ("hand left out", "the left hand")
    ]


def test_a_hand_left_out_had_no_trouble_with_its_ledger_lines():
    notes = [make_note(beat, 72 + beat % 5) for beat in range(32)]
    low = [make_note(beat, 36 + beat % 4, staff=2) for beat in range(32)]
    notes += [replace(note, spelling="C2") for note in low]
    chart = make_chart(notes, bars=8)
    right = [e for e in by_rote(chart) if e.pitch > 60]
    assert [each.kind for each in grade(chart, right).diagnoses] == ["hand left out"]


def test_hard_bars_at_half_tempo_are_all_right_without_a_click():
    events = []
    for beat, notes in chords():
        slow = min(max(beat - 12, 0), 8)
        for note in notes:
            events += strike((beat + slow) * BEAT_S, note.pitch)
    assert counts(grade(CHART, events, free=True)) == (COUNT, 0, 0, 0)


def test_a_wait_before_a_phrase_that_returns_is_no_way_back_to_the_first_time():
    # Longer ago than the search looks about while all goes well, and the end is near.
    dice = Random(4)  # noqa: S311 - dice, no secret
    start, phrase = (dice.choices(range(60, 84), k=64) for _ in range(2))
    tune = [*start, *phrase, *phrase[:31]]
    notes = [make_note(Fraction(n, 4), pitch, "1/4") for n, pitch in enumerate(tune)]
    chart = make_chart(notes, bars=10)
    again_s = (32 - 0.1) * BEAT_S
    waited = [
        NoteEvent(e.onset_s + 2.5 * (e.onset_s > again_s), e.kind, e.pitch, e.velocity)
        for e in by_rote(chart)
    ]
    assert counts(grade(chart, waited)) == (len(tune), 0, 0, 0)


@CLICKS
def test_who_leaves_out_the_bar_before_the_return_has_not_begun_again(free):
    dice = Random(6)  # noqa: S311 - dice, no secret
    theme, middle, left_out, coda = (dice.choices(range(60, 84), k=k) for k in (48, 16, 16, 32))
    tune = [*theme, *middle, *left_out, *theme, *coda]
    notes = [make_note(Fraction(n, 4), pitch, "1/4") for n, pitch in enumerate(tune)]
    chart = make_chart(notes, bars=10)
    gone_s, back_s = 16 * BEAT_S - 0.01, 20 * BEAT_S - 0.01
    events = [e for e in by_rote(chart) if e.onset_s < gone_s or e.onset_s > back_s]
    closed = [
        NoteEvent(e.onset_s - 4 * BEAT_S * (e.onset_s > back_s), e.kind, e.pitch, e.velocity)
        for e in events
    ]
    assert counts(grade(chart, closed, free=free)) == (len(tune) - 16, 0, 16, 0)


@pytest.mark.parametrize("pace", [1.0, 2.0])
def test_who_stops_at_every_bar_line_is_told_of_the_stops_and_not_of_a_slow_tempo(pace):
    events = []
    for beat, notes in chords():
        at_s = (beat * BEAT_S + 1.5 * (beat // 4)) * pace
        for note in notes:
            events += strike(at_s, note.pitch)
    card = grade(CHART, events, free=True)
    assert counts(card) == (COUNT, 0, 0, 0)
    assert card.flow.stops >= 6
    assert card.time.tempo_quarter_bpm == pytest.approx(100 / pace, rel=0.05)


def test_a_rubato_is_no_stop():
    # Twice as slow at the end of every second bar, and not from one beat to the next.
    events, now, last = [], 0.0, 0.0
    for beat, notes in chords():
        now += (beat - last) * BEAT_S * (1 + max(0.0, beat % 8 - 4) / 4)
        last = beat
        for note in notes:
            events += strike(now, note.pitch)
    card = grade(CHART, events, free=True)
    assert counts(card) == (COUNT, 0, 0, 0)
    assert (card.flow.stops, card.scores.flow) == (0, 100)
    assert card.scores.time >= 90


def test_who_is_slower_than_the_click_with_hands_apart_has_hardly_stopped():
    dice = Random(5)  # noqa: S311 - dice, no secret
    notes = [make_note(Fraction(n, 4), 72 + n % 7, "1/4") for n in range(128)]
    notes += [make_note(Fraction(n, 2), 48 + n % 5, "1/2", 2) for n in range(64)]
    chart = make_chart(notes, bars=8)
    events, now, last = [], 0.0, 0.0
    for beat in sorted({float(note.onset_ql) for note in notes}):
        now += (beat - last) * BEAT_S * 1.5 * dice.uniform(0.9, 1.1)
        last, late, apart = beat, dice.choice((1, 2)), dice.uniform(0.1, 0.25)
        struck = [note for note in notes if note.onset_ql == beat]
        for note in struck:
            events += strike(now + apart * (note.staff == late), note.pitch, 0.1)
        now += apart / 2 * (len(struck) > 1)
    card = grade(chart, events)
    assert counts(card)[0] >= 0.95 * len(notes)
    assert card.flow.stops <= 3


@pytest.mark.parametrize("pace", [3.5, 5.0])
def test_who_spells_a_page_out_many_times_as_slowly_has_played_it_all_and_not_stopped(pace):
    dice = Random(8)  # noqa: S311 - dice, no secret
    events, now, last = [], 0.0, 0.0
    for beat, notes in chords():
        now += (beat - last) * BEAT_S * pace * dice.uniform(0.85, 1.18)
        last = beat
        for note in notes:
            events += strike(now + dice.uniform(0, 0.05), note.pitch)
    card = grade(CHART, events, free=True)
    assert counts(card) == (COUNT, 0, 0, 0)
    assert card.flow.stops <= 1
    assert card.time.tempo_quarter_bpm == pytest.approx(100 / pace, rel=0.1)


def test_a_try_again_in_a_first_tune_slows_nobody_down():
    """Nine notes, one of them struck again after a wait: the tempo is that of the rest."""
    keys = (67, 67, 65, 65, 50, 50, 48, 48, 48)
    places = (0, 2, 4, 6, 8, 10, 12, 13, 14)
    chart = make_chart([make_note(*note) for note in zip(places, keys, strict=True)], bars=4)
    came = (0.0, 2.0, 4.0, 6.5, 8.6, 10.8, 12.9, 15.1, 16.2, 17.3)
    struck = (*keys[:3], *keys[2:])
    events = [NoteEvent(at, "on", key, 70) for at, key in zip(came, struck, strict=True)]
    card = grade(chart, events, free=True)
    assert [n.verdict for n in card.notes] == ["match"] * 9
    assert [n.played for n in card.notes if n.pitch == 48] == [7, 8, 9]


BUSY_LEFT = make_chart(
    [
        *(make_note(2 * i, 71 + (0, 3, 1, 5)[i % 4], 2) for i in range(16)),
        *(make_note(Fraction(i, 2), 43 + (0, 4, 7, 12)[i % 4], Fraction(1, 2), staff=2)
          for i in range(64)),
    ],
    bars=8,
)  # fmt: skip
"""The left hand has four notes to one of the right's."""


@CLICKS
@pytest.mark.parametrize("semitones", [12, -12, 21])
def test_a_hand_that_lies_elsewhere_leaves_the_other_ones_notes_right(semitones, free):
    """An octave off, or bass read as treble: the busier hand does not draw the other along."""
    left = {note.pitch for note in BUSY_LEFT.notes if note.staff == 2}
    events = [
        replace(event, pitch=event.pitch + semitones * (event.pitch in left))
        for event in by_rote(BUSY_LEFT)
    ]
    card = grade(BUSY_LEFT, events, free=free)
    assert {note.verdict for note in card.notes if note.staff == 1} == {"match"}
    assert {note.verdict for note in card.notes if note.staff == 2} == {"substitution"}
    assert card.flow.restarts == card.flow.stops == card.flow.skipped_bars == 0


@CLICKS
def test_a_long_wait_before_a_key_that_was_just_struck_is_no_second_try(free):
    """Of six quarters on one key and a wait before the fourth none was struck again."""
    chart = make_chart([make_note(i, 67 - 3 * (i > 5)) for i in range(8)], bars=2)
    events = [replace(e, onset_s=e.onset_s + 3.0 * (e.onset_s > 1.75)) for e in by_rote(chart)]
    card = grade(chart, events, free=free)
    assert counts(card) == (8, 0, 0, 0)
    assert (card.flow.stops, card.flow.restarts) == (1, 0)
