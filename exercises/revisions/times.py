"""Another tempo, half-time or double-time: the same notes at other times."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec

from exercises.chart import Bar, ComposeError, Slash, number_notes, number_slashes
from exercises.passes import is_linear
from exercises.timeline import bar_ql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from exercises.chart import Chart

    Move = Callable[[Fraction], Fraction]

LARGEST = 10**6
"""Denominator of a tempo: a share and its inverse give the same figure back."""
EARLY_QL = Fraction(1, 2)
"""A push is struck so long before its beat, at any speed."""
_TIME_KINDS = frozenset({"beat", "push"})
"""Slashes that keep time, one a beat; the others say a rhythm."""


def change_tempo(chart: Chart, quarter_bpm: float) -> Chart:
    """The chart at another tempo; changes on the way keep their share of it."""
    share = _exact(quarter_bpm) / _exact(chart.drill.quarter_bpm)
    drill = msgspec.structs.replace(chart.drill, quarter_bpm=quarter_bpm, code="")
    tempi = tuple(
        msgspec.structs.replace(each, quarter_bpm=float(_exact(each.quarter_bpm) * share))
        for each in chart.tempi
    )
    return msgspec.structs.replace(chart, drill=drill, tempi=tempi)


def _exact(quarter_bpm: float) -> Fraction:
    """The fraction that a tempo was before it was rounded to a float."""
    return Fraction(quarter_bpm).limit_denominator(LARGEST)


def move_times(chart: Chart, move: Move) -> Chart:
    """All but bars and slashes at other times; what is together stays together."""

    def shift(each: Any) -> Any:  # noqa: ANN401 - notes, chords, marks, sections, tempi
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
    return msgspec.structs.replace(chart, **changes)


def half_time(chart: Chart) -> Chart:
    """Every value twice as long at the same click: each bar becomes two.

    Slashes that keep time become twice as many; a push stays half a beat early.

    Raises:
        ComposeError: there is a road map, or a pickup would fill a bar.
    """
    pickup = _check_plain(chart, "half-time")
    if 2 * pickup >= bar_ql(chart.bars[0].meter):
        raise ComposeError("half-time: the pickup would fill a bar")
    bars = [_pickup(chart.bars[0], 2 * pickup)] if pickup else []
    for bar in chart.bars[bool(pickup) :]:
        whole = bar_ql(bar.meter)
        for start, length in ((Fraction(0), whole), (whole, 2 * bar.duration_ql - whole)):
            onset = 2 * bar.onset_ql + start
            bars.append(Bar(len(bars) + (not pickup), onset, length, bar.meter, None, bar.key))
    pushes = {slash.onset_ql for slash in chart.slashes if slash.kind == "push"}
    if any(n.onset_ql + EARLY_QL / 2 in pushes for n in chart.notes):
        raise ComposeError("half-time: a push has no room for what comes just before it")

    def move(onset: Fraction) -> Fraction:
        early = EARLY_QL if onset + EARLY_QL in pushes else Fraction(0)
        return 2 * (onset + early) - early

    moved = move_times(chart, move)
    full = sum(bar.number > 0 for bar in bars)
    drill = msgspec.structs.replace(chart.drill, bars=full, code="")
    grooves = tuple(number for old in chart.grooves for number in (2 * old - 1, 2 * old))
    slashes = [new for slash in chart.slashes for new in _spread(slash)]
    return msgspec.structs.replace(
        moved,
        drill=drill,
        bars=tuple(bars),
        slashes=number_slashes(slashes),
        grooves=grooves,
    )


def _pickup(bar: Bar, length: Fraction) -> Bar:
    return msgspec.structs.replace(bar, onset_ql=-length, duration_ql=length)


def _spread(slash: Slash) -> Iterator[Slash]:
    """A slash in half-time."""
    onset, length = 2 * slash.onset_ql, slash.duration_ql
    if slash.kind not in _TIME_KINDS:
        yield msgspec.structs.replace(slash, onset_ql=onset, duration_ql=2 * length)
        return
    yield msgspec.structs.replace(slash, onset_ql=onset)
    yield Slash("", onset + length, length, "beat", slash.staff)


def double_time(chart: Chart) -> Chart:
    """Every value half as long at the same click: two bars become one.

    Raises:
        ComposeError: there is a road map, or bars or slashes cannot be paired.
    """
    pickup = _check_plain(chart, "double-time")
    full = chart.bars[bool(pickup) :]
    pairs = list(zip(full[::2], full[1::2], strict=False))
    if len(full) % 2 or any(not _is_pair(a, b) for a, b in pairs):
        raise ComposeError("double-time: the bars cannot be paired")
    bars = [_pickup(chart.bars[0], pickup / 2)] if pickup else []
    bars += [
        Bar(number, a.onset_ql / 2, (a.duration_ql + b.duration_ql) / 2, a.meter, None, a.key)
        for number, (a, b) in enumerate(pairs, 1)
    ]
    pushes = {slash.onset_ql for slash in chart.slashes if slash.kind == "push"}

    def move(onset: Fraction) -> Fraction:
        early = EARLY_QL if onset + EARLY_QL in pushes else Fraction(0)
        return (onset + early) / 2 - early

    moved = move_times(chart, move)
    drill = msgspec.structs.replace(chart.drill, bars=len(pairs), code="")
    grooves = tuple(sorted({(number + 1) // 2 for number in chart.grooves}))
    return msgspec.structs.replace(
        moved,
        drill=drill,
        bars=tuple(bars),
        slashes=number_slashes(list(_gather(chart, pairs))),
        grooves=grooves,
    )


def has_paired_grooves(chart: Chart) -> bool:
    """Whether of two bars that become one both are a groove, or none: else that is lost."""
    pairs = [(number + 1) // 2 for number in chart.grooves]
    return all(pairs.count(pair) == 2 for pair in pairs)  # noqa: PLR2004 - a pair


def _is_pair(a: Bar, b: Bar) -> bool:
    return a.meter == b.meter and a.key == b.key and a.duration_ql == bar_ql(a.meter)


def _gather(chart: Chart, pairs: list[tuple[Bar, Bar]]) -> Iterator[Slash]:
    """The slashes in double-time: of two that keep time the first."""
    at = {(slash.staff, slash.onset_ql): slash for slash in chart.slashes}
    starts = {bar.onset_ql for bar, _ in pairs}
    for (staff, onset), slash in sorted(at.items()):
        if slash.kind not in _TIME_KINDS:
            half = slash.duration_ql / 2
            yield msgspec.structs.replace(slash, onset_ql=onset / 2, duration_ql=half)
            continue
        start = max(each for each in starts if each <= onset)
        place = (onset - start) / slash.duration_ql
        other = at.get((staff, onset + slash.duration_ql * (1 if place % 2 == 0 else -1)))
        kinds = {slash.kind, other.kind if other else ""}
        second = slash if place % 2 else other
        if place.denominator > 1 or not kinds <= _TIME_KINDS or not second or second.kind == "push":
            raise ComposeError("double-time: its slashes cannot be paired")
        if second is other:
            yield msgspec.structs.replace(slash, onset_ql=onset / 2)


def _check_plain(chart: Chart, what: str) -> Fraction:
    """The pickup's length.

    Raises:
        ComposeError: a road map, or a bar that is neither whole nor at the chart's edge.
    """
    if not is_linear(chart) or chart.roadmap:
        raise ComposeError(f"{what}: the chart has a road map")
    inner = chart.bars[1:-1]
    if any(bar.duration_ql != bar_ql(bar.meter) for bar in inner):
        raise ComposeError(f"{what}: a bar is cut short")
    first = chart.bars[0]
    return first.duration_ql if first.number == 0 else Fraction(0)
