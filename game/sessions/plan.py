"""The plan of a take: count-in, clicks, and where the transport starts and ends."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from exercises.chart import ComposeError
from exercises.tempi import tempo_map
from exercises.timeline import bar_ql, beat_ql, count_in_ql
from game.click_style import PLAIN
from game.events import Click, ClickPlan
from game.sessions.clicks import (
    bar_clicks,
    check_click,
    count_in_clicks,
    seconds_without,
    silent_bars,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart
    from exercises.timeline import Timeline
    from game.click_style import ClickStyle
    from game.events import NoteEvent

PULSES_PER_QUARTER = 24
"""MIDI beat clock (MIDI 1.0 specification, System Real Time)."""
MS_PER_S = 1000.0
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


def count_in_start_ql(chart: Chart, *, quarter_bpm: float, bars: int = 0) -> Fraction:
    """Where the count-in begins: a negative position, whole bars before the first downbeat.

    The count-in ends at the downbeat of bar 1, and a pickup is played within it, as a bandleader
    counts "one two three four, one two three" to an upbeat on four. Where the pickup would leave
    less than one whole bar of counting before it,
    the count-in starts bars earlier.

    Args:
        chart: what is counted in.
        quarter_bpm: quarter notes a minute.
        bars: 1 or 2; 0 is one, or two where a bar lasts under two seconds.
    """
    meter = chart.bars[0].meter
    bar = bar_ql(meter)
    start = -bars * bar or -count_in_ql(meter, quarter_bpm)
    while chart.onset_ql - start < bar:
        start -= bar
    return start


def end_ql(chart: Chart) -> Fraction:
    """Where a take ends: a beat after the last bar, so that late last notes are still heard."""
    return chart.end_ql + beat_ql(chart.bars[-1].meter)


def listen_from_ql(chart: Chart) -> Fraction:
    """From where notes count: a beat before the chart begins. What is earlier is noodling."""
    return chart.onset_ql - beat_ql(chart.bars[0].meter)


def plan_take(chart: Chart, *, quarter_bpm: float, click: ClickStyle = PLAIN) -> ClickPlan:
    """Plan a take: the click from count-in to last bar, and the pulses of the MIDI clock.

    Args:
        chart: what is to be played; must have a bar.
        quarter_bpm: quarter notes a minute, whatever the notated beat is.
        click: what is clicked; by itself every beat, accented on downbeats.

    Raises:
        ComposeError: the tempo is no number that can be played to, or the click is not known.
    """
    check_click(click)
    timeline = take_timeline(chart, quarter_bpm=quarter_bpm)
    start = count_in_start_ql(chart, quarter_bpm=quarter_bpm, bars=click.count_in_bars)
    end = end_ql(chart)
    seconds = timeline.seconds_at
    silent = silent_bars(chart, click)
    counted = [
        Click(seconds(each.onset_ql), each.accent, each.is_division)
        for each in count_in_clicks(chart.bars[0].meter, start, click)
    ]
    played = [
        Click(seconds(each.onset_ql) + click.shift_ms / MS_PER_S, each.accent, each.is_division)
        for index, bar in enumerate(chart.bars)
        if bar.onset_ql >= 0 and index not in silent
        for each in bar_clicks(bar, click)
    ]
    return ClickPlan(
        start_s=seconds(start),
        end_s=seconds(end),
        clicks=(*counted, *played),
        pulses_s=tuple(
            seconds(start + Fraction(pulse, PULSES_PER_QUARTER))
            for pulse in range(math.ceil((end - start) * PULSES_PER_QUARTER))
        ),
        sound=click.sound,
        semitones=click.semitones,
        silent_s=seconds_without(chart, click, timeline),
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
