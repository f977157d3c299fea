"""Passes: which music of a chart is printed, and which printed note a sounding note is.

A chart holds everything in sounding order. Bars that are played again (`Bar.printed`) are printed
once, and their notes are those of the first pass.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

if TYPE_CHECKING:
    from exercises.chart import Bar, Chart, Note

Timed = TypeVar("Timed", bound=msgspec.Struct)

TIMED_FIELDS = ("notes", "chords", "marks", "slashes", "tempi", "sections")
"""Fields of a chart whose values have an onset (as far as there are such fields)."""


def is_linear(chart: Chart) -> bool:
    """Whether every bar is printed where it sounds."""
    return all(bar.printed is None for bar in chart.bars)


def is_printed(chart: Chart, onset_ql: Fraction) -> bool:
    """Whether what begins at a time is printed, and not a later pass of something printed."""
    return chart.bars[bar_index(chart.bars, onset_ql)].printed is None


def bar_index(bars: Sequence[Bar], onset_ql: Fraction) -> int:
    """The index of the bar that a time lies in; the first and last hold what is outside."""
    return max(0, bisect_right(bars, onset_ql, key=lambda bar: bar.onset_ql) - 1)


def first_passes(chart: Chart) -> Chart:
    """Only what is printed, at its sounding times; the chart itself where all of it is."""
    if is_linear(chart):
        return chart
    changes: dict[str, Any] = {
        name: tuple(each for each in getattr(chart, name) if is_printed(chart, each.onset_ql))
        for name in _timed_fields(chart)
    }
    bars = tuple(bar for bar in chart.bars if bar.printed is None)
    return msgspec.structs.replace(chart, bars=bars, **changes)


def print_chart(chart: Chart) -> Chart:
    """The chart of the page: each printed bar once, its times run on, ids kept.

    What sounds over the end of a bar that is not followed on the page by what follows it in the
    music is cut at the bar line.
    """
    if is_linear(chart):
        return chart
    shown = first_passes(chart)
    shifts = page_shifts(chart)
    ends = _run_ends(chart)

    def move(each: Timed) -> Timed:
        at = bar_index(shown.bars, each.onset_ql)  # type: ignore[attr-defined]
        return shift_timed(each, shifts[at], limit=ends[at])

    changes: dict[str, Any] = {
        name: tuple(move(each) for each in getattr(shown, name)) for name in _timed_fields(chart)
    }
    bars = tuple(
        msgspec.structs.replace(bar, onset_ql=bar.onset_ql + shift)
        for bar, shift in zip(shown.bars, shifts, strict=True)
    )
    return msgspec.structs.replace(chart, bars=bars, **changes)


def page_shifts(chart: Chart) -> tuple[Fraction, ...]:
    """For each printed bar what leads from its sounding time to its time on the page."""
    shifts = []
    here = chart.onset_ql
    for bar in chart.bars:
        if bar.printed is None:
            shifts.append(here - bar.onset_ql)
            here += bar.duration_ql
    return tuple(shifts)


def _run_ends(chart: Chart) -> tuple[Fraction, ...]:
    """For each printed bar where the bars that sound after it leave the page's order."""
    ends: list[Fraction] = []
    end = chart.end_ql
    for index in range(len(chart.bars) - 1, -1, -1):
        bar = chart.bars[index]
        following = chart.bars[index + 1] if index + 1 < len(chart.bars) else None
        if following is not None and following.printed is not None:
            end = following.onset_ql
        if bar.printed is None:
            ends.append(end)
    return tuple(reversed(ends))


def shift_timed(each: Timed, shift: Fraction, *, limit: Fraction | None = None) -> Timed:
    """The same value later by so much, cut to end at a (sounding) time at the latest."""
    value: Any = each
    changes: dict[str, Any] = {"onset_ql": value.onset_ql + shift}
    length = getattr(value, "duration_ql", None)
    if length is not None and limit is not None:
        changes["duration_ql"] = min(length, limit - value.onset_ql)
    end = getattr(value, "end_ql", None)
    if end is not None:
        changes["end_ql"] = (end if limit is None else min(end, limit)) + shift
    return msgspec.structs.replace(each, **changes)


def _timed_fields(chart: Chart) -> tuple[str, ...]:
    return tuple(name for name in TIMED_FIELDS if hasattr(chart, name))


def map_passes(chart: Chart) -> dict[str, str]:
    """Each note's id to the id of the printed note that it is: its own, or the first pass's.

    A note of a later pass that the first has not (a tie into an ending) is left out.
    """
    printed: dict[tuple[object, ...], list[str]] = {}
    found: dict[str, str] = {}
    used: dict[tuple[object, ...], int] = {}
    for note in chart.notes:
        index = bar_index(chart.bars, note.onset_ql)
        bar = chart.bars[index]
        if bar.printed is None:
            found[note.id] = note.id
            printed.setdefault(_place(note, bar, index), []).append(note.id)
            continue
        place = _place(note, bar, bar.printed)
        count = used.get((index, place), 0)
        used[index, place] = count + 1
        candidates = printed.get(place, [])
        if count < len(candidates):
            found[note.id] = candidates[count]
    return found


def _place(note: Note, bar: Bar, index: int) -> tuple[object, ...]:
    grace = note.duration_ql == 0
    return index, note.onset_ql - bar.onset_ql, note.staff, note.pitch, grace


def count_printed(bars: Sequence[Bar]) -> int:
    """How many full bars are printed: a pickup is none."""
    return sum(bar.printed is None and bar.number > 0 for bar in bars)
