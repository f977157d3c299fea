"""The grade of a take: from chart and events to the scorecard. Pure; the same in, the same out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from exercises.chairs import chair_of
from exercises.feels import asked_style
from exercises.kit import is_pads
from game.scoring.align import align_take
from game.scoring.bars import judge_bars
from game.scoring.chairs import hear_chair, weigh
from game.scoring.comping import fit_chart
from game.scoring.diagnoses import diagnose
from game.scoring.dynamics import score_dynamics
from game.scoring.expectation import expect_notes, place_chart
from game.scoring.fitted import return_verdicts
from game.scoring.flow import report_flow, score_flow
from game.scoring.followed import follow_chart
from game.scoring.freehand import hear_free_hand, leave_free
from game.scoring.idiom import score_feel
from game.scoring.judge import judge_take
from game.scoring.lengths import score_lengths
from game.scoring.pads import hear_pads, score_strokes, set_apart
from game.scoring.performance import pair_notes
from game.scoring.results import RULES_VERSION, Scorecard
from game.scoring.scores import score_notes, total_scores, weights_of
from game.scoring.texture import score_texture
from game.scoring.timing import report_time, score_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart
    from exercises.timeline import Timeline
    from game.events import NoteEvent
    from game.scoring.align import Aligned
    from game.scoring.expectation import Expected
    from game.scoring.fitted import Fitted, Heard
    from game.scoring.judge import Judged
    from game.scoring.results import PlayedNote
    from styles.schema import Style

FULL = 100.0
GOES_WELL = 99.0
"""A score of the notes from which on nobody asks whether the player was elsewhere."""
CLEARLY = 1.0
"""So much better must the notes be where the player is sought all over the chart."""
LEAST_LITERAL = 30.0
"""A score of the notes below which nobody was playing the chart's own comp."""


@dataclass(frozen=True)
class _Reading:
    """A take read against a chart: against its own notes, or fitted to the player."""

    chart: Chart
    expected: tuple[Expected, ...]
    played: tuple[PlayedNote, ...]
    aligned: Aligned
    judged: Judged
    fitted: Fitted | None = None
    heard: tuple[Heard, ...] = ()

    @property
    def notes(self) -> float | None:
        """The score of the notes."""
        score = score_notes(self.judged)
        if score is None or self.fitted is None:
            return score
        chords = self.fitted.chords
        if chords:
            # A chord is more than its keys: one wrong third of four notes makes it another.
            score = (score + 100.0 * sum(chords) / len(chords)) / 2.0
        return score * score_texture(self.fitted.voicings)

    @property
    def lengths(self) -> float | None:
        """The score of the lengths: where the rhythm is the player's, so are they."""
        pairs = list(zip(self.expected, self.judged.notes, strict=True))
        if self.fitted is not None:
            pairs = [pair for pair in pairs if self.fitted.gives_length(pair[0].id)]
        return score_lengths(self.chart, [one for one, _ in pairs], [two for _, two in pairs])


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
    reading = _read(chart, played, timeline=timeline, style=style, level=level, free=free)
    if reading.notes != FULL:
        clock = _Clock(timeline, style, level, free)
        reading = _read_filled_in(chart, played, reading, clock)
    expected, judged = reading.expected, reading.judged
    time = report_time(reading.chart, timeline, judged.onsets, reading.aligned)
    flow = report_flow(reading.chart, expected, reading.played, judged, reading.aligned)
    beat, tempo = place_chart(chart, timeline=timeline, style=style, level=level).beat(
        chart.onset_ql
    )
    weights = weigh(weights_of(chart.drill.kind), chair)
    touched = _score_touch(reading) if chair.touch else None
    scores = total_scores(
        {
            "notes": reading.notes,
            "time": score_time(expected, judged.onsets),
            "lengths": reading.lengths,
            "dynamics": touched,
            "flow": score_flow(reading.chart, expected, flow),
            "feel": score_feel(
                time, style, level=level, beat=beat, beats_per_minute=tempo, onsets=judged.onsets
            ),
        },
        weights,
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
    )


def _read(
    chart: Chart,
    played: tuple[PlayedNote, ...],
    *,
    timeline: Timeline,
    style: Style | None,
    level: int,
    free: bool,
    fitted: Fitted | None = None,
) -> _Reading:
    """Align and judge a take; what the free hand of a lead sheet played is only heard."""
    expected = expect_notes(chart, timeline=timeline, style=style, level=level)
    kept = leave_free(chart, expected, played, clicked=not free)
    if is_pads(chart):
        aligned = align_take(*set_apart(expected, kept), free=free, pitched=False)
    else:
        aligned = align_take(expected, kept, free=free)
    judged = judge_take(expected, kept, aligned, level=level)
    heard = fitted.heard if fitted else ()
    if len(kept) < len(played) and not free:
        place = place_chart(chart, timeline=timeline, style=style, level=level)
        heard = hear_free_hand(chart, expected, played, place=place, style=style)
    return _Reading(chart, expected, kept, aligned, judged, fitted, heard)


def _score_touch(reading: _Reading) -> float | None:
    """The score of the dynamics."""
    if is_pads(reading.chart):
        return score_strokes(reading.expected, reading.judged.notes)
    return score_dynamics(reading.chart, reading.expected, reading.judged.notes)


@dataclass(frozen=True)
class _Clock:
    """How a take is held against time."""

    timeline: Timeline
    style: Style | None
    level: int
    free: bool


def _read_filled_in(
    chart: Chart, played: tuple[PlayedNote, ...], literal: _Reading, clock: _Clock
) -> _Reading:
    """The best of the readings of a chart that the player fills in.

    Note by note, for who plays the chart's own comp; fitted to who keeps to the click; fitted to
    who stumbles or has no click.
    """
    timeline, style, level, free = clock.timeline, clock.style, clock.level, clock.free
    best = literal
    if not free:
        fitted = fit_chart(chart, played, timeline=timeline, style=style, level=level)
        if fitted is None:
            return literal
        best = _choose(literal, fitted, played, clock)
    if free or (best.notes or 0.0) < GOES_WELL:
        fitted = follow_chart(chart, played, timeline=timeline, style=style, level=level, free=free)
        if fitted is not None:
            other = _read(
                fitted.chart, played,
                timeline=timeline, style=style, level=level, free=free, fitted=fitted,
            )  # fmt: skip
            if (other.notes or 0.0) > (best.notes or 0.0) + CLEARLY:
                best = other
    return best


def _choose(
    literal: _Reading, fitted: Fitted, played: tuple[PlayedNote, ...], clock: _Clock
) -> _Reading:
    """The better of two readings: who plays the chart's own comp may stumble, and is followed."""
    other = _read(
        fitted.chart,
        played,
        timeline=clock.timeline,
        style=clock.style,
        level=clock.level,
        free=False,
        fitted=fitted,
    )
    best = max(other.notes or 0.0, literal.notes or 0.0)
    # Where neither holds, what was heard in the place of the chords is still worth telling.
    return other if best in {other.notes, 0.0} or best < LEAST_LITERAL else literal
