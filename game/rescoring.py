"""Kept takes graded again, from their raw events, by the rules of today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.chart import read_chart_json
from game.gradefiles import LEVELS, find_style

if TYPE_CHECKING:
    from exercises.chart import Chart
    from game.events import NoteEvent
    from game.scoring.results import Scorecard
    from game.take import Take


def regrade(take: Take) -> Scorecard:
    """Grade a kept take as it would be graded had it been played today.

    Raises:
        ComposeError: its chart cannot be read.

    """
    from game.sessions.plan import take_timeline  # noqa: PLC0415 - as below
    from game.sessions.tasks import grade_task  # noqa: PLC0415 - numpy

    chart = read_chart_json(take.chart_json)
    return grade_task(
        take.mode,
        chart,
        graded_events(take, chart),
        timeline=take_timeline(chart, quarter_bpm=take.quarter_bpm),
        style=find_style(None, chart),
        level=min(max(take.level, LEVELS[0]), LEVELS[-1]),
        silent_s=take.conditions.silent_s,
    )


def graded_events(take: Take, chart: Chart) -> tuple[NoteEvent, ...]:
    """What of a take's raw events the grade sees."""
    from game.sessions.plan import notes_to_grade, take_timeline  # noqa: PLC0415 - as above

    timeline = take_timeline(chart, quarter_bpm=take.quarter_bpm)
    return notes_to_grade(chart, take.events, timeline=timeline)


def try_regrade(item: tuple[int, Take]) -> tuple[Scorecard | None, str]:
    """The new grade of a take, or why there is none: one bad take must not stop the others."""
    try:
        return regrade(item[1]), ""
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it, it is told
        return None, " ".join(str(error).split()) or type(error).__name__
