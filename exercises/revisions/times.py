"""Another tempo, half-time, or swung eighths: the same notes at other times."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec

from exercises.chart import Bar, ComposeError, number_notes, number_slashes
from exercises.passes import is_linear
from exercises.timeline import bar_ql, beat_ql

if TYPE_CHECKING:
    from collections.abc import Callable

    from exercises.chart import Chart

    Move = Callable[[Fraction], Fraction]

HALF, THIRD = Fraction(1, 2), Fraction(2, 3)
DECIMALS = 6
"""Of a tempo: a share and its inverse give the same figure back."""


def change_tempo(chart: Chart, quarter_bpm: float) -> Chart:
    """The chart at another tempo; changes on the way keep their share of it."""
    share = quarter_bpm / chart.drill.quarter_bpm
    drill = msgspec.structs.replace(chart.drill, quarter_bpm=quarter_bpm, code="")
    tempi = tuple(
        msgspec.structs.replace(each, quarter_bpm=round(each.quarter_bpm * share, DECIMALS))
        for each in chart.tempi
    )
    return msgspec.structs.replace(chart, drill=drill, tempi=tempi)


def move_times(chart: Chart, move: Move) -> Chart:
    """Everything in a chart but its bars at other times; what begins together stays together."""

    def shift(each: Any) -> Any:  # noqa: ANN401 - notes, chords, slashes, marks, sections, tempi
        onset = move(each.onset_ql)
        changes: dict[str, Any] = {"onset_ql": onset}
        length = getattr(each, "duration_ql", None)
        if length:
            changes["duration_ql"] = move(each.onset_ql + length) - onset
        if getattr(each, "over_ql", None):
            changes["over_ql"] = move(each.onset_ql + each.over_ql) - onset
        if getattr(each, "end_ql", None) is not None:
            changes["end_ql"] = move(each.end_ql)
        return msgspec.structs.replace(each, **changes)

    fields = ("chords", "marks", "tempi", "sections")
    changes: dict[str, Any] = {
        name: tuple(shift(each) for each in getattr(chart, name)) for name in fields
    }
    changes["notes"] = number_notes([shift(note) for note in chart.notes])
    changes["slashes"] = number_slashes([shift(slash) for slash in chart.slashes])
    return msgspec.structs.replace(chart, **changes)


def half_time(chart: Chart) -> Chart:
    """Every value twice as long at the same click: each bar becomes two.

    Raises:
        ComposeError: there is a road map or a pickup, or beats are written as slashes.
    """
    _check_plain(chart, "half-time")
    bars: list[Bar] = []
    for bar in chart.bars:
        for half in range(2):
            onset = 2 * bar.onset_ql + half * bar.duration_ql
            bars.append(Bar(len(bars) + 1, onset, bar.duration_ql, bar.meter, None, bar.key))
    moved = move_times(chart, lambda onset: 2 * onset)
    drill = msgspec.structs.replace(chart.drill, bars=len(bars), code="")
    grooves = tuple(number for old in chart.grooves for number in (2 * old - 1, 2 * old))
    return msgspec.structs.replace(moved, drill=drill, bars=tuple(bars), grooves=grooves)


def double_time(chart: Chart) -> Chart:
    """Every value half as long at the same click: two bars become one.

    Raises:
        ComposeError: as `half_time`, or bars cannot be paired.
    """
    _check_plain(chart, "double-time")
    pairs = list(zip(chart.bars[::2], chart.bars[1::2], strict=False))
    odd = len(chart.bars) % 2
    if odd or any(a.meter != b.meter or a.key != b.key for a, b in pairs):
        raise ComposeError("double-time: the bars cannot be paired")
    bars = tuple(
        Bar(number, a.onset_ql / 2, a.duration_ql, a.meter, None, a.key)
        for number, (a, _) in enumerate(pairs, 1)
    )
    moved = move_times(chart, lambda onset: onset / 2)
    drill = msgspec.structs.replace(chart.drill, bars=len(bars), code="")
    grooves = tuple(sorted({(number + 1) // 2 for number in chart.grooves}))
    return msgspec.structs.replace(moved, drill=drill, bars=bars, grooves=grooves)


def _check_plain(chart: Chart, what: str) -> None:
    if not is_linear(chart) or chart.roadmap:
        raise ComposeError(f"{what}: the chart has a road map")
    if chart.bars[0].number == 0 or any(bar.duration_ql != bar_ql(bar.meter) for bar in chart.bars):
        raise ComposeError(f"{what}: the chart has a pickup")
    if chart.slashes:
        raise ComposeError(f"{what}: its beats are slashes, which say nothing of values")


def swing_eighths(chart: Chart) -> Chart:
    """Straight eighths written as triplets, long and short.

    Raises:
        ComposeError: nothing to swing, or a beat that is not of eighths.
    """
    return _move_offbeats(chart, HALF, THIRD, "swing")


def straighten_eighths(chart: Chart) -> Chart:
    """Triplets of long and short written as even eighths.

    Raises:
        ComposeError: nothing to straighten, or a beat that is not of such a pair.
    """
    return _move_offbeats(chart, THIRD, HALF, "straight")


def _move_offbeats(chart: Chart, old: Fraction, new: Fraction, what: str) -> Chart:
    if any(beat_ql(bar.meter) != 1 for bar in chart.bars):
        raise ComposeError(f"{what}: the beat is not a quarter note")
    if chart.slashes:
        raise ComposeError(f"{what}: its beats are slashes, which say nothing of eighths")
    places = {edge % 1 for n in chart.notes for edge in (n.onset_ql, n.onset_ql + n.duration_ql)}
    if old not in places:
        raise ComposeError(f"{what}: there are no such eighths")
    if not places <= {Fraction(0), old}:
        raise ComposeError(f"{what}: it has other values than eighths")
    moved = move_times(chart, lambda onset: onset - old + new if onset % 1 == old else onset)
    return msgspec.structs.replace(moved, drill=msgspec.structs.replace(chart.drill, code=""))
