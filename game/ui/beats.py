"""Where in the bar the music is: what the visible click shows."""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from exercises.timeline import bar_ql, beat_ql

if TYPE_CHECKING:
    from exercises.chart import Chart
    from game.events import ClickPlan

LIT_SHARE = 0.35
"""The share of the time between two clicks for which the light is on; by eye."""
ROUNDING_QL = 1e-9
ROUNDING_S = 1e-9
LONGEST_BEAT_S = 1.0
"""A click that is followed by none for long lights no longer than one of this tempo."""


class Beat(NamedTuple):
    """A beat of a bar."""

    number: int
    """From 1; 0 where the click has dropped out and nothing may tell the beat."""
    of: int
    """Beats in the bar."""
    is_lit: bool
    """Whether a click has only just sounded."""


def find_beat(chart: Chart, position_ql: float, plan: ClickPlan, now_s: float) -> Beat:
    """The beat at a position; before the first downbeat as it is counted in.

    Bars before the downbeat are reckoned back from it, so that a pickup is counted as part of
    the bar that it completes. The light follows the clicks themselves: what is not clicked is
    not lit, a click that was moved lights late or early with its sound, and in bars without click
    no beat is shown at all.

    Args:
        chart: what is played.
        position_ql: in quarter notes from the first downbeat.
        plan: of the take.
        now_s: the same position in seconds on the transport.
    """
    if position_ql < 0:
        meter = chart.bars[0].meter
        length = float(bar_ql(meter))
        within = (position_ql + ROUNDING_QL) % length
    else:
        bar = chart.bars[0]
        for candidate in chart.bars:
            if candidate.onset_ql > position_ql + ROUNDING_QL:
                break
            bar = candidate
        meter, length = bar.meter, float(bar.duration_ql)
        within = position_ql + ROUNDING_QL - float(bar.onset_ql)
    beat = float(beat_ql(meter))
    of = max(1, math.ceil(length / beat - ROUNDING_QL))
    number = min(of, int(within // beat) + 1)
    if any(start <= now_s < end for start, end in plan.silent_s):
        return Beat(0, of, is_lit=False)
    return Beat(number, of, is_lit(plan, now_s))


def is_lit(plan: ClickPlan, now_s: float) -> bool:
    """Whether the visible click is on: for a part of the time to the next click."""
    clicks = plan.clicks
    after = bisect_right(clicks, now_s + ROUNDING_S, key=lambda click: click.onset_s)
    if not after:
        return False
    since = now_s - clicks[after - 1].onset_s
    until = clicks[after].onset_s if after < len(clicks) else plan.end_s
    return since < LIT_SHARE * min(LONGEST_BEAT_S, until - clicks[after - 1].onset_s)
