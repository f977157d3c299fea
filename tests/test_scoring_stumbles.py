"""Which strike counts where a player stumbles over keys that are struck again."""

import pytest

from game.events import NoteEvent
from game.scoring.stutters import count_last_strikes
from tests.reading import grade, make_chart, make_note

BEAT_S = 0.6


def play(*strikes):
    """Events of chords, each (second, keys), held for a quarter of a second."""
    events = [NoteEvent(at, "on", key, 70) for at, keys in strikes for key in keys]
    events += [NoteEvent(at + 0.25, "off", key, 0) for at, keys in strikes for key in keys]
    return sorted(events, key=lambda event: event.onset_s)


def write(*chords):
    """A chart of chords, a beat each; below middle C they are the left hand's."""
    notes = [
        make_note(beat, key, staff=1 + (key < 60))
        for beat, keys in enumerate(chords)
        for key in keys
    ]
    return make_chart(notes, bars=(len(chords) + 3) // 4)


def lags(card):
    """Seconds behind the click of each note, by its place and pitch."""
    return [
        None if n.asynchrony_ms is None else round(n.asynchrony_ms / 1000, 2) for n in card.notes
    ]


TUNE = ((72,), (74, 55), (76,), (53, 60), (53, 60, 77), (79, 48), (72,), (71, 50))


def test_a_chord_struck_again_is_not_the_next_one_that_shares_its_keys():
    on = [(BEAT_S * beat, keys) for beat, keys in enumerate(TUNE)]
    late = [(at + BEAT_S, keys) for at, keys in on[4:]]
    card = grade(write(*TUNE), play(*on[:4], (on[3][0] + 0.35, TUNE[3]), *late))
    assert [n.verdict for n in card.notes] == ["match"] * sum(map(len, TUNE))
    assert lags(card)[4:9] == [0.35] * 2 + [0.6] * 3
    assert [extra.reason for extra in card.extras] == ["repeat"] * 2


def test_a_chord_that_was_torn_counts_as_it_was_struck_whole():
    tune = ((72,), (74, 55), (76,), (77, 53), (79,), (76, 48), (72,), (71, 50))
    on = [(BEAT_S * beat, keys) for beat, keys in enumerate(tune)]
    late = [(at + BEAT_S, keys) for at, keys in on[4:]]
    card = grade(write(*tune), play(*on[:3], (on[3][0], (77,)), (on[3][0] + 0.6, tune[3]), *late))
    assert [n.verdict for n in card.notes] == ["match"] * sum(map(len, tune))
    assert lags(card)[4:6] == [0.6, 0.6]


def test_nobody_leaps_between_two_keys_of_one_chord():
    tune = ((72,), (74,), (76,), (64,), (77,), (79,), (81,), (83,), (64, 45), (86,), (88,), (89,))
    on = [(BEAT_S * beat, keys) for beat, keys in enumerate(tune)]
    leap = [(at - 5 * BEAT_S, keys) for at, keys in on[8:]]
    leap = [(leap[0][0] - 0.02, (64,)), (leap[0][0], (45,)), *leap[1:]]
    card = grade(write(*tune), play(*on[:3], *leap))
    missed = [place for place, n in enumerate(card.notes) if n.verdict == "omission"]
    assert missed == [3, 4, 5, 6, 7]
    assert card.extras == ()


def test_a_chord_written_twice_and_struck_three_times_was_tried_again():
    tune = ((72,), (60, 63, 69), (60, 63, 69, 50), (48,), (76, 52), (77,), (79,), (81,))
    on = [(BEAT_S * beat, keys) for beat, keys in enumerate(tune)]
    late = [(at + 0.4, keys) for at, keys in on[2:]]
    card = grade(write(*tune), play(*on[:2], (on[1][0] + 0.4, tune[1]), *late))
    assert [n.verdict for n in card.notes] == ["match"] * sum(map(len, tune))
    assert lags(card)[1:8] == [0.4] * 7


def test_two_chords_gone_back_over_count_as_they_went_the_last_time():
    tune = ((72,), (74, 55), (77, 53), (79,), (76, 48), (72,), (71, 50), (69,))
    on = [(BEAT_S * beat, keys) for beat, keys in enumerate(tune)]
    late = [(at + 2 * BEAT_S, keys) for at, keys in on[2:]]
    card = grade(write(*tune), play(*on[:4], *late))
    assert [n.verdict for n in card.notes] == ["match"] * sum(map(len, tune))
    assert lags(card)[3:] == [1.2] * 9


def test_a_chord_with_a_second_in_it_that_is_struck_again_is_no_trill():
    tune = ((72,), (74,), (76,), (53, 55, 62, 63), (77,), (79,), (81,), (83,))
    on = [(BEAT_S * beat, keys) for beat, keys in enumerate(tune)]
    late = [(at + BEAT_S, keys) for at, keys in on[4:]]
    card = grade(write(*tune), play(*on[:4], (on[3][0] + 0.25, tune[3]), *late))
    assert [extra.reason for extra in card.extras] == ["repeat"] * 4
    assert lags(card)[3:7] == [0.25] * 4


def test_a_chord_struck_again_with_the_same_wrong_key_was_misread_the_last_time():
    on = [(BEAT_S * beat, keys) for beat, keys in enumerate(TUNE)]
    late = [(at + BEAT_S, keys) for at, keys in on[5:]]
    wrong = (53, 60, 78)
    tries = [(on[4][0], wrong), (on[4][0] + 0.35, wrong)]
    card = grade(write(*TUNE), play(*on[:4], *tries, *late))
    misread = [n for n in card.notes if n.verdict == "substitution"]
    assert [n.pitch for n in misread] == [77]
    assert {extra.reason for extra in card.extras} == {"repeat"}
    assert misread[0].played not in {extra.played for extra in card.extras}
    assert lags(card)[6:8] == [0.35] * 2


def test_a_wrong_key_of_one_hand_came_with_the_right_one_of_the_other():
    tune = ((72,), (74, 55), (76,), (77, 53), (79,), (76, 48), (72,), (71, 50)) * 2
    on = [(BEAT_S * beat, keys) for beat, keys in enumerate(tune)]
    late = [(at + 1.0, keys) for at, keys in on[4:]]
    card = grade(write(*tune), play(*on[:3], (on[3][0], (77, 51)), *late))
    assert [n.pitch for n in card.notes if n.verdict == "substitution"] == [53]
    assert not card.extras


@pytest.mark.parametrize("share", [0.0, 1.0], ids=["before", "after"])
def test_a_wrong_key_came_before_the_stop_or_after_it(share):
    """Its hand was silent long before and after it, and the other one was, too."""
    tune = ((72,), (74, 48), (76,), (77,), (53,), (79,), (76, 50), (72,)) * 2
    on = [(BEAT_S * beat, keys) for beat, keys in enumerate(tune)]
    late = [(at + 1.0, keys) for at, keys in on[5:]]
    card = grade(write(*tune), play(*on[:4], (on[4][0] + share, (55,)), *late))
    assert [n.pitch for n in card.notes if n.verdict == "substitution"] == [53]
    assert not card.extras


def test_the_first_try_of_a_chord_is_no_second_one_of_the_chord_before():
    first, then = (74, 70, 55, 43), (36, 70, 48, 74, 65)
    strikes = ((0.0, first), (0.4, then), (0.8, then), (1.6, (72,)))
    heard = [
        (number, at, pitch)
        for number, (at, pitch) in enumerate((at, key) for at, keys in strikes for key in keys)
    ]
    pairs = [(n, n) for n in range(4)] + [(n, n + 5) for n in range(4, 9)] + [(9, 14)]
    tried = count_last_strikes(
        pairs,
        heard,
        places=[0] * 4 + [1] * 5 + [2],
        onset_s=[0.0] * 4 + [0.4] * 5 + [1.2],
        likely=pairs,
        broken=False,
    )
    assert tried.pairs == pairs
    assert not tried.again


def test_a_wrong_key_struck_again_alone_was_misread_the_last_time():
    tune = ((72,), (74, 55), (76,), (77, 53), (79,), (76, 48), (72,), (71, 50))
    on = [(BEAT_S * beat, keys) for beat, keys in enumerate(tune)]
    late = [(at + BEAT_S, keys) for at, keys in on[5:]]
    tries = [(on[4][0], (81,)), (on[4][0] + 0.35, (81,))]
    card = grade(write(*tune), play(*on[:4], *tries, *late))
    misread = [n for n in card.notes if n.verdict == "substitution"]
    assert [(n.pitch, n.played) for n in misread] == [(79, 7)]
    assert [(extra.played, extra.reason) for extra in card.extras] == [(6, "repeat")]
