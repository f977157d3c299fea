"""The chart on the scorecard, where there are few rows."""

import pytest

from game.notation.page import Page, PageRequest, System
from game.ui.small_print import shrink_print, spare_rows


def make_page(rows, systems=1, **request):
    system = System((" " * 8,) * rows, (), (), (), (), ())
    return Page(PageRequest(8, **request), (system,) * systems)


@pytest.mark.parametrize(("rows", "dots"), [(11, 2), (15, 3), (4, 2)])
def test_pictures_are_drawn_small_enough_for_both_staves(rows, dots):
    small = shrink_print(make_page(18, cell=(9, 18)), rows)
    assert small is not None
    assert (small.dots_per_space, small.cell, small.columns) == (dots, (9, 18), 8)
    if rows > 4:
        assert 18 * small.dots_per_space / 4 + 1 <= rows


def test_what_fits_or_is_drawn_in_dots_stays():
    assert shrink_print(make_page(18, cell=(9, 18)), 19) is None
    assert shrink_print(make_page(18), 11) is None
    assert shrink_print(make_page(18, cell=(9, 18)), 0) is None
    assert shrink_print(Page(PageRequest(8, cell=(9, 18)), ()), 11) is None


@pytest.mark.parametrize(
    ("systems", "rows", "dots"), [(2, 40, None), (2, 39, 3), (3, 40, 3), (3, 12, 2), (3, 60, None)]
)
def test_a_page_that_is_not_seen_whole_is_set_smaller(systems, rows, dots):
    small = shrink_print(make_page(18, systems, cell=(9, 18)), rows)
    assert (small and small.dots_per_space) == dots
    if dots is not None:
        assert shrink_print(make_page(18, systems, dots_per_space=dots, cell=(9, 18)), 60) is None


@pytest.mark.parametrize(
    ("systems", "rows", "spare"), [(1, 24, 4), (2, 39, 19), (2, 40, 0), (2, 60, 20), (3, 12, -8)]
)
def test_rows_that_no_system_takes_are_spare(systems, rows, spare):
    assert spare_rows(make_page(18, systems), rows) == spare
