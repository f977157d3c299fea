"""The plan of a take: count-in, clicks, and where the transport starts and ends."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from exercises.chart import ComposeError
from exercises.tempi import tempo_map
from exercises.timeline import bar_ql, beat_ql, count_in_ql
from game.events import Click, ClickPlan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from exercises.chart import Bar, Chart
    from exercises.timeline import Timeline
    from game.events import NoteEvent

PULSES_PER_QUARTER = 24
"""MIDI beat clock (MIDI 1.0 specification, System Real Time)."""
SLOWEST_QUARTER_BPM = 10.0
FASTEST_QUARTER_BPM = 480.0


def take_timeline(chart: Chart, *, quarter_bpm: float) -> Timeline:
    """The tempo map of a take of this chart at this tempo (quarter notes a minute).

    Raises:
        ComposeError: the tempo is no number that can be played to.
    """
    if not (
        math.isfinite(quarter_bpm) and SLOWEST_QUARTER_BPM <= quarter_bpm <= FASTEST_QUARTER_BPM
    ):
        raise ComposeError(
            f"tempo {quarter_bpm:g} cannot be played to: choose quarter notes a minute "
            f"from {SLOWEST_QUARTER_BPM:g} to {FASTEST_QUARTER_BPM:g}"
        )
    return tempo_map(chart, quarter_bpm)


def count_in_start_ql(chart: Chart, *, quarter_bpm: float) -> Fraction:
    """Where the count-in begins: a negative position, whole bars before the first downbeat.

    The count-in ends at the downbeat of bar 1, and a pickup is played within it, as a bandleader
    counts "one two three four, one two three" to an upbeat on four. Where the pickup would leave
    less than one whole bar of counting before it, the count-in starts bars earlier.
    """
    meter = chart.bars[0].meter
    bar = bar_ql(meter)
    start = -count_in_ql(meter, quarter_bpm)
    while chart.onset_ql - start < bar:
        start -= bar
    return start


def end_ql(chart: Chart) -> Fraction:
    """Where a take ends: a beat after the last bar, so that late last notes are still heard."""
    return chart.end_ql + beat_ql(chart.bars[-1].meter)


def listen_from_ql(chart: Chart) -> Fraction:
    """From where notes count: a beat before the chart begins. What is earlier is noodling."""
    return chart.onset_ql - beat_ql(chart.bars[0].meter)


def plan_take(chart: Chart, *, quarter_bpm: float) -> ClickPlan:
    """Plan a take: clicks on every beat, accented on downbeats, from count-in to last bar.

    Args:
        chart: what is to be played; must have a bar.
        quarter_bpm: quarter notes a minute, whatever the notated beat is.

    Raises:
        ComposeError: the tempo is no number that can be played to.
    """
    timeline = take_timeline(chart, quarter_bpm=quarter_bpm)
    start = count_in_start_ql(chart, quarter_bpm=quarter_bpm)
    end = end_ql(chart)
    counted = list(_count_in_beats(chart.bars[0].meter, start))
    played = [beat for bar in chart.bars if bar.onset_ql >= 0 for beat in _bar_beats(bar)]
    return ClickPlan(
        start_s=timeline.seconds_at(start),
        end_s=timeline.seconds_at(end),
        clicks=tuple(Click(timeline.seconds_at(at), accent) for at, accent in counted + played),
        pulses_s=tuple(
            timeline.seconds_at(start + Fraction(pulse, PULSES_PER_QUARTER))
            for pulse in range(math.ceil((end - start) * PULSES_PER_QUARTER))
        ),
    )


def notes_to_grade(
    chart: Chart, events: Sequence[NoteEvent], *, timeline: Timeline
) -> tuple[NoteEvent, ...]:
    """What of a take's raw events the grade sees: notes from a beat before the chart on.

    A note struck earlier is left out with its release; the pedal is kept whenever it was
    pressed, for it may still be down when the chart begins. Order is kept.
    """
    from_s = timeline.seconds_at(listen_from_ql(chart))
    held_early: set[int] = set()
    kept = []
    for event in events:
        if event.kind == "on" and event.onset_s < from_s:
            held_early.add(event.pitch)
            continue
        if event.kind == "on":
            held_early.discard(event.pitch)
        elif event.kind == "off" and event.pitch in held_early:
            held_early.discard(event.pitch)
            continue
        kept.append(event)
    return tuple(kept)


def _count_in_beats(meter: str, start: Fraction) -> Iterator[tuple[Fraction, bool]]:
    beat, bar = beat_ql(meter), bar_ql(meter)
    for index in range(math.ceil(-start / beat)):
        at = start + index * beat
        yield at, (at - start) % bar == 0


def _bar_beats(bar: Bar) -> Iterator[tuple[Fraction, bool]]:
    beat = beat_ql(bar.meter)
    for index in range(math.ceil(bar.duration_ql / beat)):
        yield bar.onset_ql + index * beat, index == 0
