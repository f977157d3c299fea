"""Levels as measured on composed charts: something new at each, and harder from one to the next."""

from itertools import pairwise
from statistics import fmean

import pytest

from exercises.checks.level import elements_of
from exercises.checks.survey import Survey
from exercises.compose.chart import compose_chart
from exercises.difficulty import difficulty, measure_demands
from exercises.drill import DrillRequest
from exercises.levels import load_levels
from exercises.request import resolve_drill
from styles.loader import load_styles

PACKS = load_styles().styles
STYLES = ("classical", "jazz", "rock")


def composed(style, number, seed):
    drill = resolve_drill(DrillRequest(style=style, level=number, seed=seed), PACKS[style])
    return compose_chart(drill, PACKS[style]).chart


def test_difficulty_rises_from_level_to_level():
    means = [
        fmean(difficulty(composed(style, number, seed)) for style in STYLES for seed in (1, 2))
        for number in sorted(load_levels())
    ]
    assert all(harder > easier for easier, harder in pairwise(means)), means
    # Near the numbers of the levels, which is what the weights are set for.
    assert all(abs(mean - number) < 1.5 for number, mean in enumerate(means, 1)), means


@pytest.mark.parametrize("number", [7, 8, 9, 10])
def test_each_chart_has_something_of_its_level(number):
    for style in ("pop", "cinematic"):
        chart = composed(style, number, 11)
        assert elements_of(Survey(chart), load_levels()[number])


def test_each_demand_counts():
    easy, hard = (measure_demands(composed("jazz", number, 3)) for number in (2, 9))
    harder = [
        name for name in easy.__dataclass_fields__ if getattr(hard, name) > getattr(easy, name)
    ]
    assert {"notes_per_s", "key", "span", "chords", "values", "length"} <= set(harder)
