"""A drill becomes a chart: drafts are composed and checked until one keeps every rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from exercises.chart import Chart, ComposeError
from exercises.checks.chart import check_chart
from exercises.compose.dice import derive_seed
from exercises.compose.draft import draft_chart
from exercises.compose.leaning import drill_focus
from exercises.focus_share import measure_focus
from exercises.keyboards import fit_level
from exercises.levels import level

if TYPE_CHECKING:
    from exercises.drill import Drill
    from styles.schema import Style

MOST_DRAFTS = 50
FOCUSED_DRAFTS = 5
"""Good drafts among which a focus chooses."""


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

    A draft with faults is never returned: it is composed again from the next derived seed. With
    a focus that of the first good drafts is taken that has most of it.

    Raises:
        ComposeError: the drill cannot be composed, or no draft passed.
    """
    row = fit_level(level(drill.level), drill.keyboard)
    focus = drill_focus(drill)
    reasons: list[str] = []
    best: tuple[float, Composition] | None = None
    passed = 0
    refusal: ComposeError | None = None
    for draft in range(MOST_DRAFTS):
        try:
            chart = draft_chart(drill, style, derive_seed(drill.seed, draft))
        except ComposeError as error:
            # One that cannot be finished is as good as one that breaks a rule.
            refusal = error
            reasons.append(f"rule draft, bar 0: {error}")
            continue
        faults = check_chart(chart, style, row)
        if not faults:
            found = Composition(chart, draft - passed, tuple(reasons))
            if focus is None:
                return found
            passed += 1
            share = measure_focus(chart, focus)
            if best is None or share > best[0]:
                best = (share, found)
            if passed == FOCUSED_DRAFTS:
                break
        reasons += [f"rule {each.rule}, bar {each.bar}: {each.detail}" for each in faults]
    if best is not None:
        return best[1]
    if refusal is not None and len(set(reasons)) == 1:
        raise refusal
    raise ComposeError(
        f"{style.name} at level {drill.level} in {drill.key}, {drill.meter}, {drill.bars} bars: "
        f"none of {MOST_DRAFTS} drafts kept the rules (the last: {reasons[-1]}); "
        "ask for another tempo, metre or key"
    )
