"""Grading of files: a chart file and a recorded take become a scorecard."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from game.click_style import ClickStyle
from game.scoring.errors import GradeError

if TYPE_CHECKING:
    from exercises.chart import Chart
    from game.scoring.results import Scorecard
    from styles.schema import Style

SLOWEST_QUARTER_BPM, FASTEST_QUARTER_BPM = 10.0, 480.0
LEVELS = range(1, 11)


class GradeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be graded; None is taken from the chart's drill, or from the take's marker."""

    chart: str
    take: str
    id: str | int | None = None
    tempo: float | None = None
    """Quarter notes a minute of the click."""
    downbeat_s: float | None = None
    free: bool = False
    style: str | None = None
    level: int | None = None
    latency_ms: float = 0.0
    chair: str | None = None
    """The instrument that it was played on (`exercises.chairs`)."""
    bars_on: int = 4
    """With `bars_off`: so many bars with the click, ..."""
    bars_off: int = 0
    """... then so many without, from the first whole bar on; 0 is always with."""


def grade_files(request: GradeRequest) -> Scorecard:
    """Grade a recorded take of a chart file.

    Raises:
        GradeError: the take cannot be read, or a number cannot be used.
        ComposeError: the chart cannot be read, or there is no such chair.
        StyleError: there is no such style.

    """
    from exercises.chairs import seat  # noqa: PLC0415 - with the rest, when it is needed
    from exercises.tempi import tempo_map  # noqa: PLC0415 - with the rest, when it is needed
    from game.scoring.grade import grade_take  # noqa: PLC0415 - numpy
    from game.scoring.inner_time import add_inner_time  # noqa: PLC0415 - numpy
    from game.sessions.clicks import check_click, seconds_without  # noqa: PLC0415 - as above
    from game.takefiles import read_take  # noqa: PLC0415 - mido

    _check(request)
    chart = seat(read_chart_file(Path(request.chart)), request.chair)
    take = read_take(Path(request.take))
    tempo = request.tempo if request.tempo is not None else chart.drill.quarter_bpm
    timeline = tempo_map(chart, check_tempo(tempo))
    scorecard = grade_take(
        chart,
        take.from_downbeat(request.downbeat_s, latency_ms=request.latency_ms),
        timeline=timeline,
        style=find_style(request.style, chart),
        level=find_level(request.level, chart),
        free=request.free,
    )
    if not request.bars_off:
        return scorecard
    click = ClickStyle(bars_on=request.bars_on, bars_off=request.bars_off)
    check_click(click)
    silent_s = seconds_without(chart, click, timeline)
    return add_inner_time(scorecard, timeline=timeline, silent_s=silent_s)


def read_chart_file(path: Path) -> Chart:
    """Read a chart of any kind; music21 is loaded only where the kind needs it.

    Raises:
        ComposeError: it cannot be read.

    """
    from exercises.imports import read_chart  # noqa: PLC0415 - when it is needed

    return read_chart(path)


def find_style(name: str | None, chart: Chart) -> Style | None:
    """The style that was named, else the drill's; None where the drill names none that is here.

    Raises:
        StyleError: a style was named and is not here.

    """
    from game.places import user_packs_folder  # noqa: PLC0415 - when it is needed
    from styles.loader import load_style  # noqa: PLC0415 - when it is needed
    from styles.schema import StyleError  # noqa: PLC0415 - when it is needed

    try:
        return load_style(chart.drill.style if name is None else name, user_packs_folder())
    except StyleError:
        if name is not None:
            raise
        return None


def find_level(level: int | None, chart: Chart) -> int:
    """The level that was named, else the drill's."""
    return min(max(chart.drill.level if level is None else level, LEVELS[0]), LEVELS[-1])


def check_tempo(quarter_bpm: float) -> float:
    """Give a tempo back that can be played to.

    Raises:
        GradeError: it is no such number.

    """
    # Also refuses "nan", which is in no range.
    if not SLOWEST_QUARTER_BPM <= quarter_bpm <= FASTEST_QUARTER_BPM:
        raise GradeError(
            f"tempo {quarter_bpm:g} cannot be played to: give quarter notes a minute "
            f"from {SLOWEST_QUARTER_BPM:g} to {FASTEST_QUARTER_BPM:g}"
        )
    return quarter_bpm


def _check(request: GradeRequest) -> None:
    """Refuse numbers that mean nothing."""
    if request.free and request.tempo is not None:
        raise GradeError("free tempo and a tempo exclude each other: leave one of them out")
    if request.free and request.bars_off:
        raise GradeError("a free tempo has no click that drops out: leave bars_off out")
    if request.level is not None and request.level not in LEVELS:
        raise GradeError(f"level {request.level}: there are levels {LEVELS[0]} to {LEVELS[-1]}")
    for name in ("downbeat_s", "latency_ms"):
        value = getattr(request, name)
        if value is not None and not math.isfinite(value):
            raise GradeError(f"{name} {value} is no time: give a plain number")
