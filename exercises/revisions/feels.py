"""Swung or straight eighths, another pocket, another genre's groove: the page stays as it is.

What is asked stands in the drill, from where band and grade take it (`exercises.feels`), and over
the first bar, where the player reads it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from exercises.chart import ComposeError, Mark
from exercises.feels import BACK, ON_TOP, STRAIGHT, SWUNG
from exercises.timeline import beat_ql

if TYPE_CHECKING:
    from exercises.chart import Chart

FEEL = "feel"
_SPLIT = frozenset({Fraction(1), Fraction(2)})
"""Beats with two halves."""
_HALF = Fraction(1, 2)
_LABELS = {SWUNG: "Swing", STRAIGHT: "Straight"}
_POCKET_WORDS = {BACK: "Lay back", ON_TOP: "Push"}


def read_label(chart: Chart) -> str:
    """The feel that is printed over the first bar; empty is none."""
    return next((mark.text for mark in chart.marks if mark.kind == FEEL), "")


def _print_label(chart: Chart, text: str) -> tuple[Mark, ...]:
    """The marks with another feel over the first bar, the others in their order."""
    label = Mark(chart.onset_ql, FEEL, text)
    if not text:
        return tuple(mark for mark in chart.marks if mark.kind != FEEL)
    if not read_label(chart):
        return _insert(chart.marks, label)
    return tuple(label if mark.kind == FEEL else mark for mark in chart.marks)


def _insert(marks: tuple[Mark, ...], new: Mark) -> tuple[Mark, ...]:
    """Where the composer would have put it."""
    key = (new.onset_ql, new.staff, new.kind)
    at = next((n for n, m in enumerate(marks) if (m.onset_ql, m.staff, m.kind) > key), len(marks))
    return (*marks[:at], new, *marks[at:])


def change_eighths(chart: Chart, eighths: str, text: str) -> Chart:
    """The chart with its eighths swung or straight.

    Args:
        chart: whose notes stay as they are written.
        eighths: "swung" or "straight".
        text: what is printed where that takes an earlier wish back: the style's own word.

    Raises:
        ComposeError: the beat has no halves, no eighth stands off the beat, or it is so already.
    """
    if any(beat_ql(bar.meter) not in _SPLIT for bar in chart.bars):
        raise ComposeError(f"{eighths}: the beat has no two halves")
    if not chart.slashes and all(note.onset_ql % 1 != _HALF for note in chart.notes):
        raise ComposeError(f"{eighths}: there are no eighths off the beat")
    old = chart.drill.eighths
    if old == eighths:
        raise ComposeError(f"the eighths are {eighths} already")
    drill = msgspec.structs.replace(chart.drill, eighths="" if old else eighths, code="")
    label = text if old else _LABELS[eighths]
    return msgspec.structs.replace(chart, drill=drill, marks=_print_label(chart, label))


def change_pocket(chart: Chart, pocket: str) -> Chart:
    """The chart for a player who lays back or pushes; empty is the style's own pocket again.

    Raises:
        ComposeError: it is so already.
    """
    if pocket == chart.drill.pocket:
        raise ComposeError("the pocket is there already")
    words = set(_POCKET_WORDS.values())
    marks = tuple(m for m in chart.marks if m.kind != "text" or m.text not in words)
    if pocket:
        marks = _insert(marks, Mark(chart.onset_ql, "text", _POCKET_WORDS[pocket]))
    drill = msgspec.structs.replace(chart.drill, pocket=pocket, code="")
    return msgspec.structs.replace(chart, drill=drill, marks=marks)


def change_groove(chart: Chart, style: str, text: str) -> Chart:
    """The chart over another genre's groove; notes and chords stay.

    Args:
        chart: composed in a style of its own.
        style: the id of the other, whose band plays and whose feel is asked.
        text: what its charts print over the first bar.

    Raises:
        ComposeError: it is played so already.
    """
    old = chart.drill
    if style == old.style:
        raise ComposeError(f"it has the groove of {style} already")
    home = old.written_in or old.style
    drill = msgspec.structs.replace(
        old, style=style, written_in="" if style == home else home, code=""
    )
    return msgspec.structs.replace(chart, drill=drill, marks=_print_label(chart, text))
