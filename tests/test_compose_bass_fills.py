"""Bass lines: answers that a chart keeps to, fills that lead on, and no line that comes back."""

import pytest

from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.novelty import LONG_BARS, melody_windows
from exercises.request import resolve_drill
from styles.loader import load_styles

STYLES = load_styles().styles


def compose(style_id, number, seed):
    style = STYLES[style_id]
    drill = resolve_drill(DrillRequest(style_id, number, kind="bass", seed=seed), style)
    return compose_chart(drill, style).chart


def bar_of(chart, index):
    """What a bar plays: place, length and interval above the bass of its chord."""
    bar = chart.bars[index]
    end = bar.onset_ql + bar.duration_ql
    bass = next(c.bass for c in reversed(chart.chords) if c.onset_ql <= bar.onset_ql)
    return [
        (n.onset_ql - bar.onset_ql, n.duration_ql, (n.pitch - bass) % 12)
        for n in chart.notes
        if bar.onset_ql <= n.onset_ql < end
    ]


@pytest.mark.parametrize(("style_id", "number"), [("rnb_soul", 3), ("funk", 9), ("ragtime", 3)])
def test_no_eight_bars_come_back_in_another_chart(style_id, number):
    seen = set()
    for seed in range(10):
        windows = melody_windows(compose(style_id, number, seed), LONG_BARS)
        assert not windows & seen
        seen |= windows


def test_each_chart_keeps_to_answers_of_its_own():
    found = set()
    for seed in range(12):
        chart = compose("funk", 3, seed)
        if len(chart.chords) == len(chart.bars) == 8:
            # The first bar is the pattern, the second its answer; four bars later they come back.
            assert bar_of(chart, 0) == bar_of(chart, 4)
            found.add((str(bar_of(chart, 0)), str(bar_of(chart, 1))))
    assert any(pattern != answer for pattern, answer in found)
    assert len({answer for _, answer in found}) > 1


def test_the_fourth_bar_leads_on():
    """Most fourth bars of held patterns have more in them than the first; none lose their root."""
    fuller = 0
    for seed in range(12):
        chart = compose("funk", 3, seed)
        first, fourth = bar_of(chart, 0), bar_of(chart, 3)
        assert fourth[0][0] == 0
        assert fourth[0][2] == 0
        fuller += len(fourth) > len(first)
    assert fuller >= 5
