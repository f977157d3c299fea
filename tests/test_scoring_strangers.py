"""Takes that a model of another make plays from real scores; see `tests/strangers.py`."""

from collections import Counter

import pytest

from tests import strangers

NAMES = (strangers.PIANO[0], strangers.CHORALES[0])
BARS = 12


@pytest.fixture(scope="module")
def scores():
    return [strangers.cut(chart, 0, BARS) for _, chart in strangers.read_scores(NAMES)]


@pytest.mark.parametrize("scene", strangers.SCENES)
def test_players_of_another_make_are_followed_through_real_scores(scores, scene):
    found = Counter()
    for chart in scores:
        for seed in range(3):
            recording, free = strangers.play(chart, scene, seed)
            found += strangers.compare(strangers.grade(chart, recording, free=free), recording)
    assert 2 * found["found"] / (found["true"] + found["given"]) >= 0.97
    assert found["named"] >= 0.9 * found["again"]
