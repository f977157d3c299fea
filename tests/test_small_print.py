"""The chart on the scorecard, where there are few rows."""

import pytest

from game.notation.page import Page, PageRequest, System
from game.ui.small_print import shrink_print


def make_page(rows, **request):
    system = System((" " * 8,) * rows, (), (), (), (), ())
    return Page(PageRequest(8, **request), (system,))


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
