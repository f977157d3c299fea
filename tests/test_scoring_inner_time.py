"""Inner time: a tempo that drifts while nothing is clicked is found, and only that."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from exercises.timeline import Timeline
from game.scoring.inner_time import report_inner_time, say_inner_time
from game.scoring.results import NoteJudgement

TIMELINE = Timeline.steady(120)
SILENT = ((8.0, 16.0), (24.0, 32.0))


def play(drift=0.0, spread_ms=0.0, bias_ms=0.0, seed=1, slips=()):
    """Eighth notes for 16 bars; the tempo is off by `drift` in the silent stretches alone."""
    rng = np.random.default_rng(seed)
    notes = []
    for index in range(128):
        at = index / 4
        start = next((a for a, b in SILENT if a <= at < b), at)
        late = (at - start) * (1 / (1 + drift) - 1) * 1000 + bias_ms + rng.normal(0, spread_ms)
        late += 400 if index in slips else 0
        notes.append(
            NoteJudgement(
                f"n{index}", Fraction(index, 2), 60, 1, "match", index, late, "ok", 1.0, 80
            )
        )
    return notes


def report(notes):
    return report_inner_time(notes, timeline=TIMELINE, silent_s=SILENT)


@pytest.mark.parametrize("drift", [-0.02, 0.0, 0.02, 0.05])
def test_a_known_drift_is_reported_exactly_where_nothing_else_moves(drift):
    found = report(play(drift, bias_ms=-25))
    assert found.drift_percent == pytest.approx(100 * drift, abs=1e-9)
    assert (found.onsets, found.stretches) == (64, 2)
    assert found.off_ms == pytest.approx(8000 * (1 / (1 + drift) - 1), abs=1e-6)


def test_two_percent_is_reported_within_two_tenths_at_a_good_players_spread():
    errors = [report(play(0.02, 12.0, seed=seed)).drift_percent - 2.0 for seed in range(100)]
    assert np.percentile(np.abs(errors), 95) < 0.2


def test_the_error_says_how_sure_it_is():
    found = [report(play(0.01, 20.0, seed=seed)) for seed in range(100)]
    scatter = np.std([each.drift_percent for each in found])
    assert np.mean([each.error_percent for each in found]) == pytest.approx(scatter, rel=0.25)


def test_slips_do_not_tilt_the_line():
    assert report(play(0.02, 5.0, slips=(40, 61, 100))).drift_percent == pytest.approx(2, abs=0.15)


def test_too_little_says_nothing():
    assert report_inner_time(play(), timeline=TIMELINE, silent_s=()) is None
    assert report([note for note in play() if note.onset_ql < 17]) is None
    assert report([]) is None


def test_it_is_said_in_a_line():
    assert "held" in say_inner_time(report(play(0.0, 10.0)))
    assert "ran ahead: tempo +2.0 %" in say_inner_time(report(play(0.02)))
    assert "fell behind: tempo -2.0 %" in say_inner_time(report(play(-0.02)))
