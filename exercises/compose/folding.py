"""A composed chart folded onto its printed bars, every pass the same note for note."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec

from exercises.chart import Bar, Chart, Chord, Mark, Note, number_notes, number_slashes
from exercises.passes import TIMED_FIELDS, bar_index

if TYPE_CHECKING:
    from exercises.compose.roads import Road

SHORTEST_TAIL = Fraction(1, 2)
"""What is held over a seam is struck again where at least so much of it is left."""
_ONCE = frozenset({"feel", "tempo"})
"""Marks that are said once, whatever is played again."""


def fold_chart(chart: Chart, road: Road) -> Chart:
    """The chart in sounding order along a road map.

    Notes held over a bar line that is not passed alike on every pass are cut there and struck
    again after it; slurs and hairpins over it are left out.

    Args:
        chart: every bar printed as it sounds, without a pickup.
        road: for as many bars.
    """
    fold = _Fold(chart, road)
    bars = fold.bars()
    changes: dict[str, Any] = {
        name: tuple(fold.copies(getattr(chart, name)))
        for name in TIMED_FIELDS
        if hasattr(chart, name)
    }
    notes = [*changes.pop("notes"), *fold.tails()]
    changes["slashes"] = number_slashes(list(changes["slashes"]))
    if bars[-1].printed is not None:
        notes = [_without_fermata(note) for note in notes]
    changes["marks"] = _letter_anew(changes["marks"], bars)
    return msgspec.structs.replace(
        chart,
        bars=bars,
        grooves=fold.grooves(),
        notes=number_notes(notes),
        roadmap=tuple(map(str, road.signs)),
        **changes,
    )


class _Fold:
    """The bars of a chart on their way into another order."""

    def __init__(self, chart: Chart, road: Road) -> None:
        self.chart = chart
        self.road = road
        self.sources = [road.sources[first] for first in road.first]
        self.onsets: list[Fraction] = []
        here = chart.onset_ql
        for source in self.sources:
            self.onsets.append(here)
            here += chart.bars[source].duration_ql
        self.joined = _joined(road, self.sources)

    def bars(self) -> tuple[Bar, ...]:
        numbers: dict[int, int] = {}
        places: dict[int, int] = {}
        bars = []
        for index, (first, source) in enumerate(zip(self.road.first, self.sources, strict=True)):
            number = numbers.setdefault(first, len(numbers) + 1)
            known = places.get(first)
            places.setdefault(first, index)
            bars.append(
                msgspec.structs.replace(
                    self.chart.bars[source],
                    number=number,
                    onset_ql=self.onsets[index],
                    printed=known,
                )
            )
        return tuple(bars)

    def grooves(self) -> tuple[int, ...]:
        """The printed numbers of the bars that are grooves."""
        numbers = {bar.number for bar in self.bars()}
        order = dict(enumerate(sorted(set(self.road.first)), 1))
        composed = {n: self.chart.bars[self.road.sources[order[n]]].number for n in numbers}
        return tuple(sorted(n for n in numbers if composed[n] in self.chart.grooves))

    def copies(self, values: tuple[Any, ...]) -> list[Any]:
        """Every timed value once for each pass of its bar."""
        by_bar: dict[int, list[Any]] = {}
        for value in values:
            by_bar.setdefault(bar_index(self.chart.bars, value.onset_ql), []).append(value)
        seen: set[int] = set()
        copies: list[Any] = []
        for index, source in enumerate(self.sources):
            again = source in seen
            seen.add(source)
            for value in by_bar.get(source, ()):
                once = isinstance(value, Mark) and value.kind in _ONCE
                copied = None if once and again else self._copy(value, index)
                if copied is not None:
                    copies.append(copied)
            if values and isinstance(values[0], Chord):
                copies += self._restart(values, index)
        return sorted(copies, key=lambda value: value.onset_ql)

    def _copy(self, value: Any, index: int) -> Any | None:  # noqa: ANN401 - any timed value
        shift = self.onsets[index] - self.chart.bars[self.sources[index]].onset_ql
        limit = self._limit(index)
        changes: dict[str, Any] = {"onset_ql": value.onset_ql + shift}
        length = getattr(value, "duration_ql", None)
        if length is not None:
            changes["duration_ql"] = min(length, limit - changes["onset_ql"])
        end = getattr(value, "end_ql", None)
        if end is not None:
            changes["end_ql"] = end + shift
            if changes["end_ql"] >= limit:
                if value.kind != "pedal":
                    return None
                changes["end_ql"] = limit
        return msgspec.structs.replace(value, **changes)

    def _limit(self, index: int) -> Fraction:
        """Where what sounds in a bar must end: the next bar line that is a seam."""
        while index + 1 < len(self.sources) and self.joined[index]:
            index += 1
        return self.onsets[index] + self.chart.bars[self.sources[index]].duration_ql

    def _restart(self, values: tuple[Any, ...], index: int) -> list[Any]:
        """Chords (and what else has a length) that sound on into a bar after a seam."""
        if index and self.joined[index - 1]:
            return []
        start = self.chart.bars[self.sources[index]].onset_ql
        held = [
            value
            for value in values
            if getattr(value, "duration_ql", None) is not None
            and value.onset_ql < start < value.onset_ql + value.duration_ql
        ]
        shift = self.onsets[index] - start
        limit = self._limit(index)
        return [
            msgspec.structs.replace(
                value,
                onset_ql=self.onsets[index],
                duration_ql=min(
                    value.onset_ql + value.duration_ql + shift, limit
                ) - self.onsets[index],
            )
            for value in held
        ]  # fmt: skip

    def tails(self) -> list[Note]:
        """Notes struck again after a seam."""
        tails: list[Note] = []
        for index, source in enumerate(self.sources):
            start = self.chart.bars[source].onset_ql
            struck = {(n.staff, n.pitch) for n in self.chart.notes if n.onset_ql == start}
            for note in self._restart(self.chart.notes, index):
                fresh = (note.staff, note.pitch) not in struck
                if fresh and note.duration_ql >= SHORTEST_TAIL:
                    tails.append(msgspec.structs.replace(note, articulations=(), fingering=None))
        return tails


def _letter_anew(marks: Sequence[Mark], bars: Sequence[Bar]) -> tuple[Mark, ...]:
    """Rehearsal letters in the order of the page: those of later passes are gone."""
    printed = (mark for mark in marks if bars[bar_index(bars, mark.onset_ql)].printed is None)
    texts = list(dict.fromkeys(mark.text for mark in printed if mark.kind == "rehearsal"))
    if any(len(text) != 1 or not text.isalpha() for text in texts):
        return tuple(marks)
    letters = {text: chr(ord("A") + at) for at, text in enumerate(texts)}
    return tuple(
        msgspec.structs.replace(mark, text=letters.get(mark.text, mark.text))
        if mark.kind == "rehearsal"
        else mark
        for mark in marks
    )


def _joined(road: Road, sources: list[int]) -> list[bool]:
    """For each sounding bar whether what it holds may sound on into the next one.

    It may where the two printed bars follow each other on every pass of either, and were composed
    one after the other.
    """
    after: dict[int, set[int]] = {}
    before: dict[int, set[int]] = {}
    for here, there in zip(road.first, [*road.first[1:], -1], strict=True):
        after.setdefault(here, set()).add(there)
        before.setdefault(there, set()).add(here)
    before.setdefault(road.first[0], set()).add(-1)
    return [
        len(after[here]) == 1 and len(before[there]) == 1 and sources[at + 1] == sources[at] + 1
        for at, (here, there) in enumerate(zip(road.first, road.first[1:], strict=False))
    ]


def _without_fermata(note: Note) -> Note:
    """A bar that is played on through is not held, also where it is the end at last."""
    if "fermata" not in note.articulations:
        return note
    signs = tuple(sign for sign in note.articulations if sign != "fermata")
    return msgspec.structs.replace(note, articulations=signs)
