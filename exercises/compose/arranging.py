"""From the notes of a chart to its arrangement: what changes on the way, and what comes back."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from exercises.checks.hands import check_hands
from exercises.checks.survey import Survey
from exercises.checks.voices import check_voices
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
    from collections.abc import Callable, Sequence

    from exercises.chart import Chart
    from exercises.compose.writing import Plan
    from exercises.levels import Level

JUMPS = frozenset({"fine", "coda"})
TRIES = 3
"""Changes and road maps that are tried where voices have to lead well."""


def arrange_chart(chart: Chart, plan: Plan, seed: int, *, is_part: bool = False) -> Chart:
    """The chart with the changes and the road map of its level.

    A bass line by itself is left as it is; one that is part of a song goes with the others.
    """
    if plan.drill.kind == PADS_KIND:
        return _fold(chart, plan, Dice(seed, "road"))
    strict = not (is_part or plan.style.chord_symbols) and plan.drill.kind == "grand"
    row, dice = plan.level, Dice(seed, "elements")
    ways = [""] if not strict else ["", *(f" {n}" for n in range(1, TRIES))]
    if plan.drill.kind != "bass" or is_part:
        composed = chart
        chart = _first_sung(
            (lambda way: _change(composed, plan, Dice(seed, f"changes{way}"))), ways, row
        )
    chart = settle_chart(chart, row)
    if plan.drill.kind in {"grand", "lead"} and plan.drill.hands != "left":
        runs = plan.style.runs
        chart = season_chart(chart, row, plan.phrases, dice, runs=runs, strict=strict)
    folded = _first_sung((lambda way: _fold(chart, plan, Dice(seed, f"road{way}"))), ways, row)
    if not needs_element(folded, row):
        return folded
    richer = put_element(chart, row, plan.phrases, dice, runs=plan.style.runs, strict=strict)
    return _first_sung(
        (lambda way: _fold(richer, plan, Dice(seed, f"road{way}"), jumps=True)), ways, row
    )


def _first_sung(make: Callable[[str], Chart], ways: Sequence[str], row: Level) -> Chart:
    """The first of several ways whose voices lead well and whose hands get there; else the first.

    Where a part is moved to another key, cut or repeated, notes come to stand beside others.
    """
    first = make(ways[0])
    if len(ways) == 1:
        return first
    for chart in chain([first], map(make, ways[1:])):
        survey = Survey(chart)
        if not any(check_voices(survey)) and not any(check_hands(survey, row)):
            return chart
    return first


def _change(chart: Chart, plan: Plan, dice: Dice) -> Chart:
    """Key, metre and tempo, each as often as the style likes it."""
    row, likes = plan.level, plan.style.changes
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
