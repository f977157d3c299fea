"""The highest note of a tune, which the whole line is kept under."""

from collections import Counter

import pytest

from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.request import resolve_drill
from styles.loader import load_style

FOLK = load_style("folk")


@pytest.mark.parametrize("number", [6, 7])
def test_a_low_close_does_not_hold_the_whole_line_down(number):
    # The chart's highest note stands just before a low close: it must not be low for that.
    drill = resolve_drill(DrillRequest("folk", number, seed=1), FOLK)
    tops = {}
    for note in compose_chart(drill, FOLK).chart.notes:
        if note.staff == 1:
            tops[note.onset_ql] = max(note.pitch, tops.get(note.onset_ql, 0))
    often = Counter(tops.values()).most_common(1)[0][1]
    assert often < 0.35 * len(tops)
