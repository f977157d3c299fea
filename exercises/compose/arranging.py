"""From the notes of a chart to its arrangement: what changes on the way, and what comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.compose.dice import Dice
from exercises.compose.folding import fold_chart
from exercises.compose.roads import ROAD_SHARE, plan_road

if TYPE_CHECKING:
    from exercises.chart import Chart
    from exercises.compose.writing import Plan


def arrange_chart(chart: Chart, plan: Plan, seed: int) -> Chart:
    """The chart with the road map of its level."""
    return _fold(chart, plan, Dice(seed, "road"))


def _fold(chart: Chart, plan: Plan, dice: Dice) -> Chart:
    row = plan.level
    if not row.roads or plan.pickup or not dice.chance(ROAD_SHARE.get(row.number, 1.0)):
        return chart
    tags = [(chart.key_of(bar), bar.meter, bar.duration_ql) for bar in chart.bars]
    road = plan_road(plan.phrases, row.roads, dice, tags=tags)
    return chart if road is None else fold_chart(chart, road)
