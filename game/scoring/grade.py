"""The grade of a take: from chart and events to the scorecard. Pure; the same in, the same out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.scoring.align import align_take
from game.scoring.bars import judge_bars
from game.scoring.diagnoses import diagnose
from game.scoring.dynamics import score_dynamics
from game.scoring.expectation import expect_notes, place_chart
from game.scoring.flow import report_flow, score_flow
from game.scoring.freehand import leave_free
from game.scoring.idiom import score_feel
from game.scoring.judge import judge_take
from game.scoring.lengths import score_lengths
from game.scoring.performance import pair_notes
from game.scoring.results import RULES_VERSION, Scorecard
from game.scoring.scores import score_notes, total_scores, weights_of
from game.scoring.timing import report_time, score_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart
    from exercises.timeline import Timeline
    from game.events import NoteEvent
    from styles.schema import Style


def grade_take(
    chart: Chart,
    events: Sequence[NoteEvent],
    *,
    timeline: Timeline,
    style: Style | None,
    level: int,
    free: bool = False,
) -> Scorecard:
    """Grade a take. No input fails: an empty take, one note or a fist are graded too.

    Args:
        chart: what was to be played.
        events: what was played, in any order; seconds from the first downbeat.
        timeline: the tempo of the click (of the chart, where there was none).
        style: swing and pocket of the style; None is straight and on the click.
        level: 1 to 10; the windows are wider below.
        free: there was no click; the tempo is found, from half to double.

    Returns:
        The scorecard; `played` counts the note-ons in time order.

    """
    expected = expect_notes(chart, timeline=timeline, style=style, level=level)
    played = leave_free(chart, expected, pair_notes(events), clicked=not free)
    aligned = align_take(expected, played, free=free)
    judged = judge_take(expected, played, aligned, level=level)
    time = report_time(chart, timeline, judged.onsets, aligned)
    flow = report_flow(chart, expected, played, judged, aligned)
    place = place_chart(chart, timeline=timeline, style=style, level=level)
    beat, tempo = place.beat(chart.onset_ql)
    weights = weights_of(chart.drill.kind)
    scores = total_scores(
        {
            "notes": score_notes(judged),
            "time": score_time(expected, judged.onsets),
            "lengths": score_lengths(chart, expected, judged.notes),
            "dynamics": score_dynamics(chart, expected, judged.notes),
            "flow": score_flow(chart, expected, flow),
            "feel": score_feel(
                time, style, level=level, beat=beat, beats_per_minute=tempo, onsets=judged.onsets
            ),
        },
        weights,
    )
    order = {note.id: number for number, note in enumerate(chart.notes)}
    return Scorecard(
        notes=tuple(sorted(judged.notes, key=lambda note: order[note.id])),
        extras=judged.extras,
        scores=scores,
        time=time,
        flow=flow,
        diagnoses=diagnose(
            chart,
            expected,
            played,
            judged,
            aligned,
            time=time,
            style=style,
            level=level,
            weights=weights,
        ),
        bars=judge_bars(chart, expected, played, judged),
        rules=RULES_VERSION,
    )
