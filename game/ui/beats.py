"""Where in the bar the music is: what the visible click shows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from exercises.timeline import bar_ql, beat_ql

if TYPE_CHECKING:
    from exercises.chart import Chart

LIT_SHARE = 0.35
"""The share of a beat for which its light is on; by eye."""
ROUNDING_QL = 1e-9


class Beat(NamedTuple):
    """A beat of a bar."""

    number: int
    """From 1."""
    of: int
    """Beats in the bar."""
    is_lit: bool
    """Whether the beat has only just sounded."""


def find_beat(chart: Chart, position_ql: float) -> Beat:
    """The beat at a position in quarter notes; before the first downbeat as it is counted in.

    Bars before the downbeat are reckoned back from it, so that a pickup is counted as part of
    the bar that it completes.
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
    return Beat(number, of, (within / beat) % 1.0 < LIT_SHARE)
