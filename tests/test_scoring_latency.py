"""An instrument that lags: it is told, and what was played is read all the same."""

from random import Random

import msgspec
import pytest

from exercises.timeline import Timeline
from game.performer.performance import PROFILES, perform
from game.scoring.lean import find_lean
from game.scoring.sentences import explain_scores
from game.scoring.words import describe_grade
from tests.reading import both_hands, grade, moved
from tests.test_scoring_comping import comp, compose, shell
from tests.test_scoring_comping import grade as grade_comp

EIGHTHS = [0.3 * step for step in range(64)]
LIKELY = [1.0, 0.9] * 32


def play(chart, name, late_ms, quarter_bpm=100, level=5):
    profile = msgspec.structs.replace(PROFILES[name], bias_ms=PROFILES[name].bias_ms + late_ms)
    timeline = Timeline.steady(quarter_bpm)
    take = perform(chart, profile, timeline=timeline, style=None, level=level, seed=2)
    return grade(chart, list(take.events), level=level)


def test_more_than_half_a_beat_at_a_fast_tempo_is_latency_still():
    card = play(both_hands(16, quarter_bpm=174), "expert", 210, quarter_bpm=174)
    assert card.time.bias_ms == pytest.approx(200, abs=2)
    assert "calibrate" in describe_grade(card)
    assert "calibrate" in explain_scores(card)["time"]


def test_who_falls_half_a_beat_behind_on_the_way_has_no_latency():
    chart = both_hands(16, quarter_bpm=174)
    timeline = Timeline.steady(174)
    take = perform(chart, PROFILES["expert"], timeline=timeline, style=None, level=5, seed=2)
    events = [
        msgspec.structs.replace(event, onset_s=event.onset_s + 0.21 * (event.onset_s > 8))
        for event in take.events
    ]
    card = grade(chart, events)
    assert "calibrate" not in describe_grade(card)
    assert card.time.bias_ms == pytest.approx(-10, abs=5)


@pytest.mark.parametrize(
    ("name", "late_ms", "told"),
    [
        ("expert", 0, False),
        ("expert", 40, False),
        ("expert", 60, True),
        ("expert", 90, True),
        ("expert", -70, True),
        ("laid-back", 0, False),
        ("amateur", 0, False),
        ("amateur", 120, True),
        ("sloppy", 0, False),
    ],
)
def test_who_is_told_to_calibrate(name, late_ms, told):
    card = play(both_hands(16), name, late_ms)
    assert ("calibrate" in describe_grade(card)) == told


def test_strikes_of_any_rhythm_tell_a_lag_that_stays():
    dice = Random(4)  # noqa: S311 - dice, no secret
    chosen = sorted([*dice.sample(EIGHTHS[::2], 18), *dice.sample(EIGHTHS[1::2], 8)])
    for late_s in (-0.1, 0.09, 0.12, 0.14):
        heard = [place + late_s + dice.gauss(0, 0.012) for place in chosen]
        assert find_lean(EIGHTHS, LIKELY, heard) == pytest.approx(late_s, abs=0.03)
    laid_back = [place + 0.035 + dice.gauss(0, 0.015) for place in chosen]
    assert 0.0 <= find_lean(EIGHTHS, LIKELY, laid_back) <= 0.04
    anywhere = sorted(dice.uniform(0, 19) for _ in range(24))
    assert find_lean(EIGHTHS, LIKELY, anywhere) == 0.0
    assert find_lean(EIGHTHS, LIKELY, [0.12, 0.42]) == 0.0


@pytest.mark.parametrize("late_s", [-0.09, 0.12, 0.16])
def test_own_voicings_in_a_rhythm_of_ones_own_tell_it_too(late_s):
    chart = compose()
    here = grade_comp(chart, comp(chart, shell))
    there = grade_comp(chart, moved(comp(chart, shell), late_s))
    assert there.time.bias_ms == pytest.approx(here.time.bias_ms + 1000 * late_s, abs=2)
    assert there.scores.notes == here.scores.notes
    assert "calibrate" in describe_grade(there)
