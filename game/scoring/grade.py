"""The grade of a take: from chart and events to the scorecard. Pure; the same in, the same out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.chairs import chair_of
from exercises.feels import asked_style
from exercises.kit import is_pads
from game.scoring.bars import judge_bars
from game.scoring.chairs import hear_chair, weigh
from game.scoring.diagnoses import diagnose
from game.scoring.dynamics import report_touch, score_touch
from game.scoring.expectation import place_chart
from game.scoring.fitted import return_verdicts
from game.scoring.flow import report_flow, score_flow
from game.scoring.idiom import score_feel
from game.scoring.pads import hear_pads, report_strokes
from game.scoring.performance import pair_notes
from game.scoring.reading import Clock, read_take
from game.scoring.results import RULES_VERSION, Scorecard
from game.scoring.scores import total_scores, weights_of
from game.scoring.timing import report_time, score_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart
    from exercises.timeline import Timeline
    from game.events import NoteEvent
    from game.scoring.reading import Reading
    from game.scoring.results import TouchReport
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
        chart: what was to be played, and in which chair.
        events: what was played, in any order; seconds from the first downbeat.
        timeline: the tempo of the click (of the chart, where there was none).
        style: swing and pocket of the style; None is straight and on the click.
        level: 1 to 10; the windows are wider below.
        free: there was no click; the tempo is found, from half to double.

    Returns:
        The scorecard; `played` counts the note-ons in time order.

    """
    style = asked_style(style, chart.drill)
    chair = chair_of(chart.drill.chair)
    played = hear_chair(pair_notes(events), chair)
    if is_pads(chart):
        played = hear_pads(played)
    reading = read_take(chart, played, Clock(timeline, style, level, free))
    expected, judged = reading.expected, reading.judged
    time = report_time(reading.chart, timeline, judged.onsets, reading.aligned)
    flow = report_flow(reading.chart, expected, reading.played, judged, reading.aligned)
    beat, tempo = place_chart(chart, timeline=timeline, style=style, level=level).beat(
        chart.onset_ql
    )
    weights = weigh(weights_of(chart.drill.kind), chair)
    touch = _report_touch(reading) if chair.touch else None
    accuracy = reading.accuracy
    scores = total_scores(
        {
            "notes": reading.notes,
            "time": score_time(expected, judged.onsets),
            "lengths": reading.lengths,
            "dynamics": score_touch(touch),
            "flow": score_flow(reading.chart, expected, flow),
            "feel": score_feel(
                time, style, level=level, beat=beat, beats_per_minute=tempo, onsets=judged.onsets
            ),
        },
        weights,
        accuracy,
    )
    notes = judged.notes
    if reading.fitted is not None:
        notes = return_verdicts(chart, reading.fitted, notes)
    order = {note.id: number for number, note in enumerate(chart.notes)}
    return Scorecard(
        notes=tuple(sorted(notes, key=lambda note: order[note.id])),
        extras=judged.extras,
        scores=scores,
        time=time,
        flow=flow,
        diagnoses=diagnose(
            reading.chart,
            expected,
            reading.played,
            judged,
            reading.aligned,
            time=time,
            style=style,
            level=level,
            weights=weights,
            heard=reading.heard,
            kicks=reading.fitted.kicks if reading.fitted else None,
        ),
        bars=judge_bars(reading.chart, expected, reading.played, judged),
        rules=RULES_VERSION,
        chair=chair.id,
        kind=chart.drill.kind,
        touch=touch,
        accuracy=accuracy,
    )


def _report_touch(reading: Reading) -> TouchReport | None:
    """Report what the hands did with loudness."""
    if is_pads(reading.chart):
        return report_strokes(reading.expected, reading.judged.notes)
    return report_touch(reading.chart, reading.expected, reading.judged.notes)
