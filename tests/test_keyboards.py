"""Charts for small keyboards stay on their keys, for both hands, and keep every rule."""

from fractions import Fraction

import msgspec
import pytest

from exercises.chart import Note
from exercises.checks.chart import HAND, check_chart
from exercises.compose.chart import compose_chart
from exercises.compose.fitting import WIDE_ROLES, fit_style
from exercises.drill import DrillRequest
from exercises.keyboards import FULL, KEYBOARDS, fit_level, keyboard_range
from exercises.levels import level
from exercises.request import resolve_drill
from styles.loader import load_styles
from styles.tokens import read_pattern
from tests.reading import make_chart

STYLES = load_styles().styles


def compose(style, number, keys, seed=1, **wishes):
    request = DrillRequest(style, number, seed=seed, keyboard=keys, bars=8, **wishes)
    return compose_chart(resolve_drill(request, STYLES[style]), STYLES[style]).chart


def assert_fits(chart, keys):
    low, high = KEYBOARDS[keys]
    assert all(low <= note.pitch <= high for note in chart.notes)
    style = STYLES[chart.drill.style]
    assert check_chart(chart, style, level(chart.drill.level)) == ()


@pytest.mark.parametrize("style", STYLES)
def test_every_style_fits_on_the_smallest_keyboards(style):
    for number, keys in ((2, 25), (5, 25), (8, 25), (6, 37), (9, 37)):
        chart = compose(style, number, keys)
        assert_fits(chart, keys)
        assert {note.staff for note in chart.notes} == {1, 2}


@pytest.mark.parametrize("keys", [49, 61, 76])
def test_larger_keyboards_hold_the_widest_levels(keys):
    for style in ("classical", "ragtime", "jazz"):
        assert_fits(compose(style, 10, keys, seed=2), keys)


@pytest.mark.parametrize(
    ("kind", "number"), [("lead", 6), ("comping", 6), ("number", 7), ("bass", 5)]
)
def test_other_kinds_fit_too(kind, number):
    assert_fits(compose("pop", number, 25, kind=kind), 25)


def test_a_full_keyboard_changes_nothing():
    row = level(9)
    assert fit_level(row, FULL) == row
    style = STYLES["ragtime"]
    assert fit_style(style, 61, "2/4", 9) is style
    drill = compose("jazz", 7, None).drill
    assert drill.keyboard == FULL
    assert "keyboard" not in msgspec.to_builtins(drill)


def test_hands_that_share_get_closer_notes():
    for style in STYLES.values():
        for meter in style.meters:
            fitted = fit_style(style, 25, meter, 6)
            roles = {e.role for p in fitted.patterns for e in read_pattern(p.events)}
            assert not roles & WIDE_ROLES
            assert fitted.groove_share == 0
    for number in range(1, 11):
        row = fit_level(level(number), 25)
        assert row.left_range[0] >= 48
        assert row.right_range == (
            max(60, level(number).right_range[0]),
            min(72, level(number).right_range[1]),
        )
        assert row.left_range[1] - row.left_range[0] >= 7


def test_a_chart_off_the_keys_is_named():
    chart = make_chart([Note("", Fraction(0), Fraction(4), 47, "B2", 2, 1)], bars=1)
    small = msgspec.structs.replace(chart, drill=msgspec.structs.replace(chart.drill, keyboard=37))
    assert [f.rule for f in check_chart(small, None, None) if "out of range" in f.detail] == [HAND]
    assert not [f for f in check_chart(chart, None, None) if "out of range" in f.detail]
    assert keyboard_range(37) == (48, 84)
