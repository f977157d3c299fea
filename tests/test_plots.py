"""Plots in text: what stands where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.ui.plots import draw_columns, plot_radar

LABELS = "abcdefgh"


def radar(values, columns=38, rows=17, labels=LABELS, **changes):
    return plot_radar([(values, 1)], labels, columns=columns, rows=rows, most=10.0, **changes)


def where(lines, sign):
    return next((x, y) for y, line in enumerate(lines) for x, one in enumerate(line) if one == sign)


def ink(lines):
    return sum((ord(one) - 0x2800).bit_count() for row in lines for one in row if one > "\u2800")


def test_corners_stand_clockwise_from_the_top():
    lines = radar([5.0] * 8)
    a, c, e, g = (where(lines, one) for one in "aceg")
    assert a[1] < c[1] < e[1]
    assert g[0] < a[0] < c[0]
    assert a[1] == 0
    assert abs(a[0] - 19) <= 1


def test_a_larger_value_reaches_farther():
    def top(value):
        rim = radar([0.0] * 8)
        lines = radar([value, *([0.0] * 7)])
        return next(y for y, line in enumerate(lines) if line != rim[y])

    assert top(9.0) < top(5.0) < top(1.0)


def test_dots_take_less_ink_than_a_line():
    def draw(every):
        return plot_radar([([8.0] * 8, every)], LABELS, columns=38, rows=17, most=10.0)

    assert ink(draw(2)) < ink(draw(1))


@given(
    st.lists(st.floats(-5, 20), min_size=3, max_size=17),
    st.integers(20, 90),
    st.integers(5, 40),
    st.sampled_from(["x", "Latin / salsa"]),
)
def test_a_radar_has_its_size_and_all_its_labels(values, columns, rows, label):
    lines = radar(values, columns, rows, [label] * len(values))
    assert len(lines) == rows
    assert {len(line) for line in lines} == {columns}


@pytest.mark.parametrize("rows", [17, 35])
def test_all_letters_of_seventeen_genres_are_read(rows):
    letters = "abcdefghijklmnopq"
    lines = radar([5.0] * 17, 2 * rows + 4, rows, letters)
    assert set(letters) <= set("".join(lines))


def test_upright_bars_are_as_high_as_their_values():
    lines = draw_columns([0, 10, 20, 40], rows=4, accent="red", unit="min").plain.splitlines()
    assert lines[0] == "40        █  min"
    assert [line[4:12] for line in lines[1:]] == ["      █ ", "    █ █ ", "  █ █ █ "]
    assert draw_columns([], rows=2, accent="", unit="").plain.count("\n") == 2
