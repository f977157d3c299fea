"""The measures of a music21 score as a chart's bars: printed, and in sounding order."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import music21 as library

from exercises.chart import Bar
from exercises.score.facts import bar_key
from exercises.timeline import bar_ql

if TYPE_CHECKING:
    from collections.abc import Iterator

_ZERO = Fraction(0)


def read_ql(value: Any) -> Fraction:  # noqa: ANN401 - music21 has no types
    """music21's time as a fraction: its floats are exact, thirds are fractions."""
    return Fraction(value).limit_denominator(10_080)


def _measures(staff: Any) -> Iterator[Any]:  # noqa: ANN401 - music21 has no types
    return iter(staff.getElementsByClass(library.stream.Measure))


def read_bars(staves: list[Any], key: str) -> tuple[tuple[Bar, ...], Bar]:
    """The printed bars and the first full one."""
    bars: list[Bar] = []
    meters: list[str] = []
    keys: list[str] = []
    measures = list(_measures(staves[0]))
    for measure in measures:
        meter = measure.timeSignature
        signature = measure.keySignature
        meters.append(str(meter.ratioString) if meter else meters[-1] if meters else "4/4")
        last = keys[-1] if keys else ""
        keys.append(bar_key(signature, key) if keys and signature is not None else last)
    lengths = _read_lengths(staves, measures, [bar_ql(meter) for meter in meters])
    for meter, here, length in zip(meters, keys, lengths, strict=True):
        upbeat = not bars and length < bar_ql(meter)
        onset = bars[-1].onset_ql + bars[-1].duration_ql if bars else -length if upbeat else _ZERO
        number = 0 if upbeat else bars[-1].number + 1 if bars else 1
        bars.append(Bar(number, onset, length, meter, key=here))
    if not bars:
        bars.append(Bar(1, _ZERO, bar_ql("4/4"), "4/4"))
    return tuple(bars), next((bar for bar in bars if bar.number), bars[0])


def _read_lengths(staves: list[Any], measures: list[Any], full: list[Fraction]) -> list[Fraction]:
    """How long each measure is: full, or shorter where a reader takes it for an upbeat or its rest.

    That is at the ends of the piece, at a repeat or double bar, where two short measures make a
    whole one, and where the file says so. Any other short measure lacks a rest.
    """
    written = [Fraction(0)] * len(measures)
    for staff in staves:
        for index, measure in zip(range(len(measures)), _measures(staff), strict=False):
            written[index] = max(written[index], read_ql(measure.highestTime))
    last = len(measures) - 1
    lengths: list[Fraction] = []
    for index, (measure, length, whole) in enumerate(zip(measures, written, full, strict=True)):
        before = written[index - 1] if index else _ZERO
        after = written[index + 1] if index < last else _ZERO
        short = (
            index == last
            or _is_short(measure)
            or whole in {length + after, before + length}
            or (index == 0 and measure.number == 0)
            or (index > 0 and _is_section_end(measures[index - 1], measure))
            or _is_section_end(measure, measures[index + 1])
        )
        lengths.append(length if length > whole or (length > 0 and short) else whole)
    return lengths


def _is_section_end(measure: Any, following: Any) -> bool:  # noqa: ANN401 - music21 has no types
    """Whether a repeat or a double bar divides two measures."""
    return (measure.rightBarline is not None and measure.rightBarline.type != "regular") or (
        isinstance(following.leftBarline, library.bar.Repeat)
    )


def lay_out(printed: tuple[Bar, ...], order: tuple[int, ...]) -> tuple[Bar, ...]:
    """The printed bars in sounding order, each later pass pointing to its first."""
    if order == tuple(range(len(printed))):
        return printed
    bars: list[Bar] = []
    first: dict[int, int] = {}
    here = printed[0].onset_ql
    for index in order:
        bar = printed[index]
        bars.append(Bar(bar.number, here, bar.duration_ql, bar.meter, first.get(index), bar.key))
        first.setdefault(index, len(bars) - 1)
        here += bar.duration_ql
    return tuple(bars)


def place_measures(
    staff: Any,  # noqa: ANN401 - music21 has no types
    bars: tuple[Bar, ...],
    order: tuple[int, ...],
) -> list[tuple[Any, Fraction]]:
    """A staff's measures in sounding order, each with where it sounds."""
    measures = list(_measures(staff))
    return [
        (measures[index], bar.onset_ql)
        for index, bar in zip(order, bars, strict=True)
        if index < len(measures)
    ]


def _is_short(measure: Any) -> bool:  # noqa: ANN401 - music21 has no types
    """Whether a first bar is an upbeat, also where its number is not 0."""
    return bool(measure.paddingLeft) or measure.showNumber == library.stream.enums.ShowNumber.NEVER
