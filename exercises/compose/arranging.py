"""From the notes of a chart to its arrangement: what changes on the way, and what comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.compose.changes import (
    change_tempo,
    cut_bar,
    cuttable_bars,
    end_slower,
    modulate,
    plan_modulation,
    tag_bars,
)
from exercises.compose.dice import Dice
from exercises.compose.elements import needs_element, put_element, season_chart
from exercises.compose.folding import fold_chart
from exercises.compose.roads import ROAD_SHARE, plan_road
from exercises.compose.settling import settle_chart
from exercises.kit import PADS_KIND

if TYPE_CHECKING:
    from exercises.chart import Chart
    from exercises.compose.writing import Plan

JUMPS = frozenset({"fine", "coda"})


def arrange_chart(chart: Chart, plan: Plan, seed: int, *, is_part: bool = False) -> Chart:
    """The chart with the changes and the road map of its level.

    A bass line by itself is left as it is; one that is part of a song goes with the others.
    """
    if plan.drill.kind == PADS_KIND:
        return _fold(chart, plan, Dice(seed, "road"))
    if plan.drill.kind != "bass" or is_part:
        chart = _change(chart, plan, seed)
    row, dice = plan.level, Dice(seed, "elements")
    chart = settle_chart(chart, row)
    if plan.drill.kind in {"grand", "lead"} and plan.drill.hands != "left":
        chart = season_chart(chart, row, plan.phrases, dice, runs=plan.style.runs)
    folded = _fold(chart, plan, Dice(seed, "road"))
    if not needs_element(folded, row):
        return folded
    richer = put_element(chart, row, plan.phrases, dice, runs=plan.style.runs)
    return _fold(richer, plan, Dice(seed, "road"), jumps=True)


def _change(chart: Chart, plan: Plan, seed: int) -> Chart:
    """Key, metre and tempo, each as often as the style likes it."""
    row, likes = plan.level, plan.style.changes
    dice = Dice(seed, "changes")
    wanted = [dice.chance(likes.get(name, 0.0)) for name in ("key", "meter", "tempo", "rit")]
    if row.modulation and wanted[0]:
        modulation = plan_modulation(plan.phrases, plan.drill.key, row, dice)
        if modulation is not None:
            chart = modulate(chart, modulation, row)
    if "tempo change" in row.marks and wanted[2]:
        chart = _change_tempo(chart, plan, dice)
    if "rit." in row.marks and (wanted[3] or plan.ending == "ritard"):
        chart = end_slower(chart)
    if row.meter_changes and wanted[1] and not plan.pickup:
        bars = cuttable_bars(chart, plan.phrases)
        if bars:
            chart = cut_bar(chart, dice.pick(bars))
    return chart


def _change_tempo(chart: Chart, plan: Plan, dice: Dice) -> Chart:
    """Another tempo for a contrasting phrase; faster only where accelerandos are read too."""
    phrases = plan.phrases
    first = phrases[0].letter
    others = [each for each in phrases[1:-1] if each.letter != first]
    if not others or plan.pickup:
        return chart
    phrase = dice.pick(others)
    faster = "accel." in plan.level.marks and dice.chance(0.4)
    return change_tempo(chart, phrase, phrases[phrase.index + 1], faster=faster)


def _fold(chart: Chart, plan: Plan, dice: Dice, *, jumps: bool = False) -> Chart:
    """The chart on the printed bars of a road map; with `jumps` on one that goes back."""
    row = plan.level
    if not row.roads or plan.pickup or not dice.chance(ROAD_SHARE.get(row.number, 1.0)):
        return chart
    new = tuple(each for each in row.roads if each in JUMPS)
    kinds, likes = (new, {}) if jumps and new else (row.roads, plan.style.roads)
    road = plan_road(plan.phrases, kinds, dice, tags=tag_bars(chart), likes=likes)
    return chart if road is None else fold_chart(chart, road)
