"""How well sixteen pairs of eighths tell a swing ratio, and that the player is told how well."""

from fractions import Fraction
from random import Random
from statistics import median

import pytest

from game.scoring.judge import Onset
from game.scoring.timing import measure_swing

BEAT_S, RATIO, PAIRS = 0.5, 1.66, 16
TAKES = 400


def onset(onset_ql, heard_s):
    return Onset(
        numbers=(0,), onset_ql=Fraction(onset_ql), place_s=float(onset_ql) * BEAT_S,
        heard_s=heard_s, asynchrony_ms=0.0, distance_ms=0.0, steady_ms=0.0, lag_s=0.0,
        on_click=True, attempt=0, beat_s=BEAT_S, bar=0,
    )  # fmt: skip


def play(scatter_s, dice, slips=(), ratio=RATIO):
    """Sixteen pairs and the beat after them."""
    off_beat = ratio / (1 + ratio)
    found = []
    for half in range(2 * PAIRS + 1):
        beats = half // 2 + off_beat * (half % 2)
        away = dice.gauss(0, scatter_s) + 0.08 * (half in slips)
        found.append(onset(Fraction(half, 2), beats * BEAT_S + away))
    return found


@pytest.mark.parametrize(("scatter_s", "within"), [(0.012, 0.83), (0.025, 0.49)])
def test_the_ratio_is_as_sure_as_the_scatter_allows(scatter_s, within):
    dice = Random(11)  # noqa: S311 - dice, no secret
    told = [measure_swing(play(scatter_s, dice)) for _ in range(TAKES)]
    assert {pairs for _, pairs, _ in told} <= {PAIRS - 1, PAIRS}
    near = sum(abs(ratio / RATIO - 1) <= 0.05 for ratio, _, _ in told)
    assert near / TAKES == pytest.approx(within, abs=0.06)
    place = 100 * RATIO / (1 + RATIO)
    covered = sum(abs(100 * ratio / (1 + ratio) - place) <= error for ratio, _, error in told)
    assert 0.88 <= covered / TAKES <= 0.99


def test_an_unsteady_player_is_told_no_straighter_swing():
    dice = Random(3)  # noqa: S311 - dice, no secret
    told = [measure_swing(play(0.045, dice, ratio=2.2))[0] for _ in range(TAKES)]
    assert median(told) == pytest.approx(2.2, rel=0.04)


def test_a_slip_of_an_off_beat_moves_the_ratio_little():
    dice = Random(5)  # noqa: S311 - dice, no secret
    ratio, _, _ = measure_swing(play(0.0, dice, slips=(9,)))
    assert ratio == pytest.approx(RATIO, rel=0.001)


def test_without_pairs_there_is_nothing_to_say():
    assert measure_swing([onset(0, 0.0), onset(1, 0.5)]) == (None, 0, None)
