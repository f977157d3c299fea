"""What real recordings have around and in them: noodling, a wrong octave, another tempo."""

from random import Random

import pytest

from game.events import NoteEvent
from game.scoring.sentences import explain_scores
from tests.reading import both_hands, by_rote, counts, grade, melody, moved

CHART = both_hands(16)
ROTE = by_rote(CHART)
END_S = 38.4


def noodle(seconds, start_s):
    dice = Random(4)  # noqa: S311 - dice, no secret
    events, at = [], start_s
    while at < start_s + seconds:
        pitch = 55 + dice.choice((0, 2, 4, 5, 7, 9, 11, 12, 14, 16))
        events += [NoteEvent(at, "on", pitch, 60), NoteEvent(at + 0.15, "off", pitch, 0)]
        at += dice.uniform(0.1, 0.4)
    return events


def faster(events, rate):
    return [NoteEvent(e.onset_s / rate, e.kind, e.pitch, e.velocity) for e in events]


@pytest.mark.parametrize("free", [False, True], ids=["click", "free"])
@pytest.mark.parametrize("start_s", [-4.0, END_S + 1.5], ids=["before", "after"])
def test_noodling_around_a_take_costs_nothing(start_s, free):
    card = grade(CHART, ROTE + noodle(3.0, start_s), free=free)
    assert counts(card)[0] == len(CHART.notes)
    assert card.scores.total == 100
    assert card.flow.restarts == 0
    assert {extra.reason for extra in card.extras} == {"stray"}


def test_an_attempt_in_the_count_in_costs_nothing_and_one_on_the_click_does():
    first = [e for e in ROTE if e.onset_s < 2.3]
    assert grade(CHART, moved(first, -4) + ROTE).flow.restarts == 0
    assert grade(CHART, first + moved(ROTE, 4.8)).flow.restarts == 1


@pytest.mark.parametrize("free", [False, True], ids=["click", "free"])
@pytest.mark.parametrize("semitones", [-24, -12, 12, 2, -1])
def test_a_take_in_another_octave_or_key_is_wrong_notes_in_time(semitones, free):
    card = grade(CHART, moved(ROTE, 0, semitones), free=free)
    right, wrong, missed, extra = counts(card)
    assert right + wrong == len(CHART.notes)
    assert right < 0.02 * len(CHART.notes)
    assert (missed, extra) == (0, 0)
    assert (card.flow.stops, card.flow.restarts, card.flow.skipped_bars) == (0, 0, 0)
    named = [one.kind for one in card.diagnoses]
    assert set(named) == {"octave misread" if abs(semitones) == 12 else "transposed"}


@pytest.mark.parametrize("rate", [0.5, 0.7, 0.8, 1.2])
def test_who_keeps_another_tempo_than_the_click_did_not_stop(rate):
    card = grade(CHART, faster(ROTE, rate))
    assert counts(card)[0] >= 0.95 * len(CHART.notes)
    assert (card.flow.stops, card.flow.restarts) == (0, 0)
    assert card.time.tempo_quarter_bpm == pytest.approx(100 * rate, rel=0.03)


@pytest.mark.parametrize("rate", [0.33, 0.5, 2.0])
def test_a_free_take_may_be_slow_or_fast(rate):
    card = grade(CHART, faster(ROTE, rate), free=True)
    assert card.scores.total == 100
    assert card.time.tempo_quarter_bpm == pytest.approx(100 * rate, rel=0.02)


@pytest.mark.parametrize("free", [False, True], ids=["click", "free"])
def test_a_take_that_stops_half_way_has_the_first_half_right(free):
    card = grade(melody(8), [e for e in by_rote(melody(8)) if e.onset_s < 9.5], free=free)
    assert counts(card) == (16, 0, 16, 0)
    assert card.flow.skipped_bars == 4
    assert explain_scores(card)["flow"] == "Broke off after bar 4."
    assert card.scores.time == 100
