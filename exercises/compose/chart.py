"""A drill becomes a chart: drafts are composed and checked until one keeps every rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from exercises.chart import Chart, ComposeError
from exercises.checks import check_chart
from exercises.compose.dice import derive_seed
from exercises.compose.draft import draft_chart
from exercises.keyboards import fit_level
from exercises.levels import level

if TYPE_CHECKING:
    from exercises.drill import Drill
    from styles.schema import Style

MOST_DRAFTS = 50


@dataclass(frozen=True)
class Composition:
    """A chart that keeps every hard rule."""

    chart: Chart
    rejections: int
    """Drafts that were thrown away before it."""
    reasons: tuple[str, ...]
    """Why, one line for each fault of each draft."""


def compose_chart(drill: Drill, style: Style) -> Composition:
    """Compose the chart of a drill; the same drill gives the same chart.

    A draft with faults is never returned: it is composed again from the next derived seed.

    Raises:
        ComposeError: the drill cannot be composed, or no draft passed.
    """
    row = fit_level(level(drill.level), drill.keyboard)
    reasons: list[str] = []
    for draft in range(MOST_DRAFTS):
        chart = draft_chart(drill, style, derive_seed(drill.seed, draft))
        faults = check_chart(chart, style, row)
        if not faults:
            return Composition(chart, draft, tuple(reasons))
        reasons += [f"rule {each.rule}, bar {each.bar}: {each.detail}" for each in faults]
    raise ComposeError(
        f"{style.name} at level {drill.level} in {drill.key}, {drill.meter}, {drill.bars} bars: "
        f"none of {MOST_DRAFTS} drafts kept the rules (the last: {reasons[-1]}); "
        "ask for another tempo, metre or key"
    )
