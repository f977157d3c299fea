"""Wide steps between dynamics are led into by a hairpin."""

from fractions import Fraction
from itertools import pairwise

import pytest

from exercises.compose.chart import compose_chart
from exercises.compose.touch import SOFT_TO_LOUD, WIDE
from exercises.drill import DrillRequest
from exercises.request import resolve_drill
from styles.loader import load_style

STYLE = load_style("cinematic")


def marks_of(seed, number=7):
    request = DrillRequest(style=STYLE.id, level=number, seed=seed)
    chart = compose_chart(resolve_drill(request, STYLE), STYLE).chart
    dynamics = [mark for mark in chart.marks if mark.kind == "dynamic"]
    hairpins = [mark for mark in chart.marks if mark.kind == "hairpin"]
    return dynamics, hairpins


@pytest.fixture(scope="module")
def charts():
    return [marks_of(seed) for seed in range(8)]


def test_most_wide_steps_are_swells(charts):
    led = wide = 0
    for dynamics, hairpins in charts:
        for before, after in pairwise(dynamics):
            step = SOFT_TO_LOUD.index(after.text) - SOFT_TO_LOUD.index(before.text)
            if abs(step) < WIDE:
                continue
            wide += 1
            sign = "<" if step > 0 else ">"
            led += any(
                each.text == sign and 0 <= after.onset_ql - (each.end_ql or Fraction(0)) <= 4
                for each in hairpins
            )
    assert wide >= 4
    assert led >= wide * 0.3


def test_hairpins_do_not_cross(charts):
    for _, hairpins in charts:
        spans = sorted((each.onset_ql, each.end_ql) for each in hairpins)
        assert all(one[1] <= two[0] for one, two in pairwise(spans))
