"""Which beats and divisions of a take are clicked: pure, in quarter notes."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from exercises.chart import ComposeError, TempoChange
from exercises.timeline import bar_ql, beat_ql
from game.click_style import BEATS, DIVISIONS, LARGEST_RAMP_PERCENT, LARGEST_SHIFT_MS, SOUNDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exercises.chart import Bar, Chart
    from exercises.timeline import Timeline
    from game.click_style import ClickStyle

_LENGTHS = {"8ths": Fraction(1, 2), "16ths": Fraction(1, 4), "dotted": Fraction(3, 4)}


class PlacedClick(NamedTuple):
    """A click in quarter notes from the first downbeat."""

    onset_ql: Fraction
    accent: bool
    is_division: bool


def check_click(style: ClickStyle) -> None:
    """See that a click can be played.

    Raises:
        ComposeError: naming what is not known or out of range.
    """
    for name, value, known in (
        ("beats", style.beats, BEATS),
        ("division", style.division, DIVISIONS),
        ("sound", style.sound, SOUNDS),
        ("count_in_bars", style.count_in_bars, (0, 1, 2)),
    ):
        if value not in known:
            listed = ", ".join(repr(one) for one in known)
            raise ComposeError(f"the click's {name} {value!r} is not one of {listed}")
    if style.bars_off < 0 or (style.bars_off and style.bars_on < 1):
        raise ComposeError(
            f"the click cannot drop out for {style.bars_off} bars after {style.bars_on}: "
            "choose 1 or more with it and 0 or more without"
        )
    if not abs(style.ramp_percent) <= LARGEST_RAMP_PERCENT:
        raise ComposeError(
            f"the click cannot lead the tempo by {style.ramp_percent:g} %: "
            f"choose from -{LARGEST_RAMP_PERCENT:g} to {LARGEST_RAMP_PERCENT:g}"
        )
    if not abs(style.shift_ms) <= LARGEST_SHIFT_MS:
        raise ComposeError(
            f"the click cannot be moved by {style.shift_ms:g} ms: "
            f"choose from -{LARGEST_SHIFT_MS:g} to {LARGEST_SHIFT_MS:g}"
        )


def ramp_tempo(chart: Chart, percent: float) -> Chart:
    """The chart with the tempo led up (down: negative) evenly by so much, from first bar to last.

    One with changes of tempo of its own keeps those; an earlier ramp gives way to this one. The
    ramp is the chart's own from then on: band, grade and archive follow it.
    """
    if len(chart.tempi) == 1 and _is_ramp(chart, chart.tempi[0]):
        chart = msgspec.structs.replace(chart, tempi=())
    if not percent or chart.tempi:
        return chart
    goal = chart.drill.quarter_bpm * (1 + percent / 100)
    ramp = TempoChange(Fraction(0), round(goal, 2), over_ql=chart.end_ql)
    return msgspec.structs.replace(chart, tempi=(ramp,))


def _is_ramp(chart: Chart, change: TempoChange) -> bool:
    """Composed and written changes are named, or do not last the whole chart."""
    return not change.text and change.onset_ql == 0 and change.over_ql == chart.end_ql


def count_in_clicks(meter: str, start: Fraction, style: ClickStyle) -> Iterator[PlacedClick]:
    """Every beat from `start` (negative) to the first downbeat, whatever is clicked later."""
    bar = bar_ql(meter)
    for index in range(math.ceil(-start / bar)):
        yield from _click_bar(start + index * bar, bar, meter, "every", style)


def bar_clicks(bar: Bar, style: ClickStyle) -> Iterator[PlacedClick]:
    """The clicks of one bar of the chart."""
    yield from _click_bar(bar.onset_ql, bar.duration_ql, bar.meter, style.beats, style)


def _click_bar(
    onset: Fraction, length: Fraction, meter: str, beats: str, style: ClickStyle
) -> Iterator[PlacedClick]:
    beat = beat_ql(meter)
    strong = {index * beat for index in _beats(math.ceil(length / beat), beats)}
    step = _step(style, beat)
    between = {index * step for index in range(math.ceil(length / step))} if step else set()
    for place in sorted(strong | between):
        accent = style.accents and place == 0 and place in strong
        yield PlacedClick(onset + place, accent, place not in strong)


def _beats(count: int, beats: str) -> range:
    """The clicked beats of a bar, from 0; a bar of one beat is never left without."""
    if beats == "backbeat":
        return range(1 if count > 1 else 0, count, 2)
    if beats == "half":
        return range(0, count, 2)
    if beats == "downbeats":
        return range(1)
    return range(count)


def _step(style: ClickStyle, beat: Fraction) -> Fraction | None:
    """From one division to the next."""
    if not style.division:
        return None
    return _LENGTHS.get(style.division, beat / 3)


def silent_bars(chart: Chart, style: ClickStyle) -> frozenset[int]:
    """Indices into the chart's bars in which the click drops out; a pickup never does."""
    if not style.bars_off:
        return frozenset()
    full = [index for index, bar in enumerate(chart.bars) if bar.onset_ql >= 0]
    cycle = style.bars_on + style.bars_off
    return frozenset(at for place, at in enumerate(full) if place % cycle >= style.bars_on)


def silent_stretches(chart: Chart, style: ClickStyle) -> list[tuple[Fraction, Fraction]]:
    """(from, to) in quarter notes of the stretches without click."""
    stretches: list[tuple[Fraction, Fraction]] = []
    for index in sorted(silent_bars(chart, style)):
        bar = chart.bars[index]
        end = bar.onset_ql + bar.duration_ql
        if stretches and stretches[-1][1] == bar.onset_ql:
            stretches[-1] = (stretches[-1][0], end)
        else:
            stretches.append((bar.onset_ql, end))
    return stretches


def seconds_without(
    chart: Chart, style: ClickStyle, timeline: Timeline
) -> tuple[tuple[float, float], ...]:
    """The same stretches in seconds."""
    seconds = timeline.seconds_at
    return tuple((seconds(a), seconds(b)) for a, b in silent_stretches(chart, style))
