"""Bars cut or played twice, a hand that rests, a lead sheet for a written part."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec

from exercises.chart import ComposeError, number_notes, number_slashes
from exercises.passes import is_linear

if TYPE_CHECKING:
    from exercises.chart import Chart, Mark, Note

FIELDS = ("notes", "chords", "marks", "slashes", "tempi", "sections")
HANDS = {1: "right hand", 2: "left hand"}


def cut_bars(chart: Chart, first: int, last: int) -> Chart:
    """Without the bars from `first` to `last` (as printed, both with).

    Raises:
        ComposeError: no such bars, a road map, nothing left, or something rings over the cut.
    """
    start, end = _stretch(chart, first, last)
    chart = _split_marks(chart, (start, end))
    if end - start >= chart.end_ql - chart.onset_ql:
        raise ComposeError("cut: nothing would be left")
    gone = end - start

    def keep(each: Any) -> list[Any]:  # noqa: ANN401 - anything with a time
        if each.onset_ql < start:
            return [each]
        return [] if each.onset_ql < end else [_shift(each, -gone)]

    return _rebuild(
        chart,
        keep,
        [
            bar
            if bar.onset_ql < start
            else msgspec.structs.replace(bar, onset_ql=bar.onset_ql - gone)
            for bar in chart.bars
            if not start <= bar.onset_ql < end
        ],
        _renumber(chart.grooves, first, last, -(last - first + 1)),
    )


def repeat_bars(chart: Chart, first: int, last: int) -> Chart:
    """The bars from `first` to `last` written once more after themselves.

    Raises:
        ComposeError: as `cut_bars`.
    """
    start, end = _stretch(chart, first, last)
    chart = _split_marks(chart, (start, end))
    more = end - start

    def keep(each: Any) -> list[Any]:  # noqa: ANN401 - anything with a time
        if each.onset_ql < start:
            return [each]
        return [each, _shift(each, more)] if each.onset_ql < end else [_shift(each, more)]

    bars = []
    for bar in chart.bars:
        later = msgspec.structs.replace(bar, onset_ql=bar.onset_ql + more)
        bars += [bar] if bar.onset_ql < end else [later]
    again = [
        msgspec.structs.replace(bar, onset_ql=bar.onset_ql + more)
        for bar in chart.bars
        if start <= bar.onset_ql < end
    ]
    bars = sorted([*bars, *again], key=lambda bar: bar.onset_ql)
    count = last - first + 1
    grooves = _renumber(chart.grooves, last + 1, last, count)
    grooves = tuple(sorted({*grooves, *(n + count for n in chart.grooves if first <= n <= last)}))
    return _rebuild(chart, keep, bars, grooves)


def _stretch(chart: Chart, first: int, last: int) -> tuple[Fraction, Fraction]:
    if not is_linear(chart) or chart.roadmap:
        raise ComposeError("the chart has a road map; its bars are not cut or repeated")
    inside = [bar for bar in chart.bars if first <= bar.number <= last and bar.number > 0]
    if len(inside) != last - first + 1:
        raise ComposeError(f"there are no bars {first} to {last}")
    start, end = inside[0].onset_ql, inside[-1].onset_ql + inside[-1].duration_ql
    for edge in (start, end):
        timed: list[Any] = [*chart.notes, *chart.slashes, *chart.chords]
        for each in timed:
            if each.onset_ql < edge < each.onset_ql + each.duration_ql:
                raise ComposeError(f"something rings across the bar line at bar {first} or {last}")
    if any(t.onset_ql < end and start <= t.onset_ql + t.over_ql for t in chart.tempi):
        raise ComposeError("the tempo changes there")
    return start, end


def crosses(mark: Mark, edge: Fraction) -> bool:
    """Whether a slur, hairpin or pedal leads over a bar line."""
    return mark.end_ql is not None and mark.onset_ql < edge <= mark.end_ql


def split_mark(chart: Chart, mark: Mark, edge: Fraction) -> list[Mark]:
    """The two parts of a mark that leads over a bar line, as far as they have notes to cover.

    A hairpin or pedal may be short; a slur over one note is none.
    """
    onsets = sorted({note.onset_ql for note in chart.notes if note.staff == mark.staff})
    before = [onset for onset in onsets if mark.onset_ql <= onset < edge]
    after = [onset for onset in onsets if edge <= onset <= (mark.end_ql or edge)]
    parts = []
    if before:
        parts.append(msgspec.structs.replace(mark, end_ql=before[-1]))
    if after:
        parts.append(msgspec.structs.replace(mark, onset_ql=after[0]))
    return [part for part in parts if part.onset_ql != part.end_ql]


def _split_marks(chart: Chart, edges: tuple[Fraction, Fraction]) -> Chart:
    """The chart with no mark over the edges of what is cut out or played twice."""
    marks = list(chart.marks)
    for edge in edges:
        marks = [
            part
            for mark in marks
            for part in (split_mark(chart, mark, edge) if crosses(mark, edge) else [mark])
        ]
    return msgspec.structs.replace(chart, marks=tuple(marks))


def _shift(each: Any, by: Fraction) -> Any:  # noqa: ANN401 - anything with a time
    changes: dict[str, Any] = {"onset_ql": each.onset_ql + by}
    if getattr(each, "end_ql", None) is not None:
        changes["end_ql"] = each.end_ql + by
    return msgspec.structs.replace(each, **changes)


def _renumber(grooves: tuple[int, ...], first: int, last: int, by: int) -> tuple[int, ...]:
    return tuple(n if n < first else n + by for n in grooves if not first <= n <= last)


def _rebuild(chart: Chart, keep: Any, bars: list[Any], grooves: tuple[int, ...]) -> Chart:  # noqa: ANN401
    changes: dict[str, Any] = {
        name: tuple(
            sorted(
                (new for each in getattr(chart, name) for new in keep(each)),
                key=lambda each: each.onset_ql,
            )
        )
        for name in FIELDS
    }
    changes["notes"] = number_notes(list(changes["notes"]))
    changes["slashes"] = number_slashes(list(changes["slashes"]))
    first = bars[0].number
    changes["bars"] = tuple(
        msgspec.structs.replace(bar, number=number) for number, bar in enumerate(bars, first)
    )
    full = sum(bar.number > 0 for bar in changes["bars"])
    changes["drill"] = msgspec.structs.replace(chart.drill, bars=full, code="")
    return msgspec.structs.replace(chart, **changes, grooves=grooves)


def rest_hand(chart: Chart, hand: int) -> Chart:
    """One hand tacet, the other as written.

    Raises:
        ComposeError: the chart is not of two written hands.
    """
    staffs = {note.staff for note in chart.notes}
    if chart.drill.kind != "grand" or staffs != set(HANDS):
        raise ComposeError("tacet: the chart is not of two written hands")
    other = "left" if hand == 1 else "right"
    drill = msgspec.structs.replace(chart.drill, hands=other, code="")
    notes = [note for note in chart.notes if note.staff != hand]
    marks = tuple(m for m in chart.marks if m.staff != hand or m.kind not in {"slur", "pedal"})
    return msgspec.structs.replace(
        chart, drill=drill, notes=number_notes(notes), marks=marks, grooves=()
    )


def lead_sheet(chart: Chart) -> Chart:
    """The tune with chord symbols; the left hand is the player's.

    Raises:
        ComposeError: no tune above written hands, or no chords.
    """
    if chart.drill.kind != "grand":
        raise ComposeError("lead sheet: it is no written part")
    if not chart.chords or chart.grooves:
        raise ComposeError("lead sheet: there is no tune with chords throughout")
    tops: dict[Fraction, Note] = {}
    for note in chart.notes:
        if note.staff == 1 and note.duration_ql:
            top = tops.get(note.onset_ql)
            if top is None or note.pitch > top.pitch:
                tops[note.onset_ql] = note
    if not tops:
        raise ComposeError("lead sheet: there is no tune")
    onsets = sorted(tops)
    notes = []
    for onset, after in zip(onsets, [*onsets[1:], chart.end_ql], strict=True):
        note = tops[onset]
        length = min(note.duration_ql, after - onset)
        notes.append(msgspec.structs.replace(note, voice=1, duration_ql=length))
    drill = msgspec.structs.replace(chart.drill, kind="lead", code="")
    marks = tuple(mark for mark in chart.marks if mark.kind != "pedal" and mark.staff == 1)
    return msgspec.structs.replace(
        chart, drill=drill, notes=number_notes(notes), marks=marks, show_chords=True
    )
