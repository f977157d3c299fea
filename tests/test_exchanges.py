"""The measure of what nobody can tell apart: strict where anything tells."""

from itertools import accumulate

from hypothesis import given, settings
from hypothesis import strategies as st

from exercises.timeline import Timeline
from game.scoring.expectation import expect_notes
from game.scoring.results import Alignment, PlayedNote
from tests.exchanges import Exchanges, find_exchanges
from tests.reading import make_chart, make_note

BEAT_S = 0.6
TUNE = (72, 74, 60, 60, 76, 77, 79, 81)


def compare(pitches, strikes, truth, ours):
    """Two readings, of (note, key) from 0, of a line in beats that was played at some beats."""
    chart = make_chart([make_note(beat, pitch) for beat, pitch in enumerate(pitches)], bars=4)
    expected = expect_notes(chart, timeline=Timeline.steady(100), style=None, level=5)
    played = [
        PlayedNote(index=i, onset_s=BEAT_S * beat, pitch=pitch, velocity=70, duration_s=0.2)
        for i, (beat, pitch) in enumerate(strikes)
    ]
    readings = [
        Alignment(tuple((f"n{n + 1}", key) for n, key in pairs), (), (), ())
        for pairs in (truth, ours)
    ]
    return find_exchanges(expected, played, truth=readings[0], given=readings[1])


def by_rote(pitches):
    return list(enumerate(pitches)), [(n, n) for n in range(len(pitches))]


def test_equal_readings_differ_in_nothing():
    strikes, pairs = by_rote(TUNE)
    assert compare(TUNE, strikes, pairs, pairs) == Exchanges(0, 0)


def test_two_keys_that_were_meant_the_other_way_round_are_exchanged():
    strikes, pairs = by_rote(TUNE)
    crossed = [*pairs[:2], (2, 3), (3, 2), *pairs[4:]]
    assert compare(TUNE, strikes, crossed, pairs) == Exchanges(4, 4)


def test_who_crosses_two_keys_for_no_reason_is_wrong():
    strikes, pairs = by_rote(TUNE)
    crossed = [*pairs[:2], (2, 3), (3, 2), *pairs[4:]]
    assert compare(TUNE, strikes, pairs, crossed) == Exchanges(4, 0)


def test_which_strike_of_one_note_counts_is_decided_by_the_rule():
    pitches = (72, 74, 60, 76, 77, 79)
    strikes = [(0, 72), (1, 74), (2, 60), (2.5, 60), (4, 76), (5, 77), (6, 79)]
    last = [(0, 0), (1, 1), (2, 3), (3, 4), (4, 5), (5, 6)]
    first = [(0, 0), (1, 1), (2, 2), (3, 4), (4, 5), (5, 6)]
    assert compare(pitches, strikes, last, first) == Exchanges(2, 0)


def test_of_three_strikes_where_two_are_written_nobody_knows_which_was_tried_again():
    strikes = [(0, 72), (1, 74), (2, 60), (3, 60), (4, 60), (5, 76), (6, 77), (7, 79), (8, 81)]
    rest = [(4, 5), (5, 6), (6, 7), (7, 8)]
    again = [(0, 0), (1, 1), (2, 3), (3, 4), *rest]
    at_once = [(0, 0), (1, 1), (2, 2), (3, 4), *rest]
    assert compare(TUNE, strikes, again, at_once) == Exchanges(2, 2)


def test_a_second_strike_far_from_the_next_of_its_pitch_is_a_second_attempt():
    pitches = (72, 60, 74, 76, 77, 60, 79, 81)
    strikes = [(0, 72), (1, 60), (1.5, 60), (3, 74), (4, 76), (5, 77), (6, 60), (7, 79), (8, 81)]
    rest = [(2, 3), (3, 4), (4, 5), (5, 6), (6, 7), (7, 8)]
    assert compare(pitches, strikes, [(0, 0), (1, 2), *rest], [(0, 0), (1, 1), *rest]) == Exchanges(
        2, 0
    )


def test_a_reading_that_explains_less_is_wrong():
    strikes, pairs = by_rote(TUNE)
    fewer = [*pairs[:2], (2, 3), *pairs[4:]]
    assert compare(TUNE, strikes, pairs, fewer) == Exchanges(3, 0)


def test_a_reading_that_explains_more_as_well_in_time_is_no_worse_than_the_truth():
    """Back to a note after the time that the same note further on is due."""
    pitches = (72, 74, 60, 76, 60, 77, 79, 81)
    strikes = [(0, 72), (1, 74), (2, 60), (4, 60), (5, 77), (6, 79), (7, 81)]
    rest = [(5, 4), (6, 5), (7, 6)]
    truth = [(0, 0), (1, 1), (2, 3), *rest]
    assert compare(pitches, strikes, truth, [(0, 0), (1, 1), (2, 2), (4, 3), *rest]) == Exchanges(
        3, 3
    )


def test_half_a_chord_is_not_exchanged():
    """Where two chords are the same, one key of each is no exchange: it tears both."""
    chords = ((72,), (60, 64), (60, 64), (76,), (77,), (79,))
    notes = [make_note(beat, key) for beat, keys in enumerate(chords) for key in keys]
    chart = make_chart(notes, bars=2)
    expected = expect_notes(chart, timeline=Timeline.steady(100), style=None, level=5)
    played = [
        PlayedNote(index=i, onset_s=note.onset_s, pitch=note.pitch, velocity=70, duration_s=0.2)
        for i, note in enumerate(expected)
    ]
    pairs = {note.id: i for i, note in enumerate(expected)}
    torn = dict(pairs)
    low = [note.id for note in expected if note.pitch == 60]
    torn[low[0]], torn[low[1]] = pairs[low[1]], pairs[low[0]]
    readings = [Alignment(tuple(some.items()), (), (), ()) for some in (pairs, torn)]
    assert find_exchanges(expected, played, truth=readings[0], given=readings[1]).exchanged == 0


GAPS = st.lists(st.floats(0.2, 2.0), min_size=9, max_size=9)


@settings(max_examples=60, deadline=None)
@given(GAPS, st.permutations(range(4)))
def test_of_two_readings_the_likelier_is_forgiven(gaps, order):
    pitches = (72, 60, 60, 60, 60, 76, 77, 79, 81)
    strikes = list(zip(accumulate(gaps), pitches, strict=True))
    straight = [(n, n) for n in range(9)]
    crossed = [(0, 0), *((1 + n, 1 + order[n]) for n in range(4)), *straight[5:]]
    one = compare(pitches, strikes, straight, crossed)
    other = compare(pitches, strikes, crossed, straight)
    assert one.differ == other.differ
    assert one.exchanged + other.exchanged >= one.differ


@settings(max_examples=60, deadline=None)
@given(GAPS, st.permutations(range(9)))
def test_what_is_paired_with_a_key_of_another_pitch_is_never_forgiven(gaps, order):
    pitches = (60, 61, 62, 63, 64, 65, 66, 67, 68)
    strikes = list(zip(accumulate(gaps), pitches, strict=True))
    straight = [(n, n) for n in range(9)]
    assert compare(pitches, strikes, straight, list(enumerate(order))).exchanged == 0
