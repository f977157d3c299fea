"""Wait mode: the music waits for the right keys. Notes are graded, time is not.

At each onset of the chart all of its keys are waited for, in any order. A wrong key spoils the
note it was nearest to; that note is still waited for, and counts as found late. So a note is right
where its own key came first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from exercises.kit import is_pads, meant_key
from game.scoring.marks import LiveMark
from game.scoring.results import (
    RULES_VERSION,
    BarVerdict,
    ExtraJudgement,
    FlowReport,
    NoteJudgement,
    Scorecard,
    Scores,
    TimeReport,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from exercises.chart import Bar, Chart, Note
    from game.events import NoteEvent


class Waiting:
    """What of a chart is waited for. Fed with keys in the order they come; holds no clock."""

    def __init__(self, chart: Chart) -> None:
        """Wait for the chart's first notes; grace notes are not waited for."""
        self._steps = _steps(chart)
        self._on_pads = is_pads(chart)
        self._index = 0
        self._open = dict(self._first())
        self._played = -1
        self.found: dict[str, int] = {}
        """Note ids to the played notes (by index) that were the right keys."""
        self.spoilt: dict[str, int] = {}
        """Note ids to the wrong keys that came before the right ones."""
        self.strays: list[int] = []
        """Wrong keys that spoiled no note more."""

    @property
    def due_ql(self) -> Fraction | None:
        """The onset that is waited for; None when everything has been found."""
        return self._steps[self._index][0] if self._index < len(self._steps) else None

    @property
    def missing(self) -> tuple[Note, ...]:
        """The notes that are waited for, from the lowest up."""
        return tuple(sorted(self._open.values(), key=lambda note: note.pitch))

    @property
    def tries(self) -> int:
        """Wrong keys at the notes that are waited for."""
        return self._tries

    def feed(self, event: NoteEvent) -> tuple[LiveMark, ...]:
        """Take in one event; gives what is to be shown."""
        if event.kind != "on" or event.velocity == 0:
            return ()
        self._played += 1
        if self._index >= len(self._steps):
            self.strays.append(self._played)
            return ()
        if self._on_pads:
            event = msgspec.structs.replace(event, pitch=meant_key(event.pitch))
        note = self._open.pop(event.pitch, None)
        if note is not None:
            self.found[note.id] = self._played
            if not self._open:
                self._index += 1
                self._open = dict(self._first())
            return (LiveMark(note.id, "right", None, event.pitch, event.onset_s),)
        if event.pitch in self._at_once:
            # A key of this chord that is struck again is no mistake.
            self.strays.append(self._played)
            return ()
        self._tries += 1
        clean = [one for one in self._open.values() if one.id not in self.spoilt]
        if not clean:
            self.strays.append(self._played)
            near = min(self._open.values(), key=lambda one: abs(one.pitch - event.pitch))
        else:
            near = min(clean, key=lambda one: abs(one.pitch - event.pitch))
            self.spoilt[near.id] = self._played
        return (LiveMark(near.id, "wrong", None, event.pitch, event.onset_s),)

    def _first(self) -> dict[int, Note]:
        """The notes of the step that begins, by pitch."""
        self._tries = 0
        notes = self._steps[self._index][1] if self._index < len(self._steps) else ()
        self._at_once = frozenset(note.pitch for note in notes)
        return {note.pitch: note for note in notes}


def _steps(chart: Chart) -> list[tuple[Fraction, tuple[Note, ...]]]:
    """The chart's onsets with the notes that begin there."""
    steps: dict[Fraction, list[Note]] = {}
    for note in chart.notes:
        if note.duration_ql:
            steps.setdefault(note.onset_ql, []).append(note)
    return [(onset, tuple(steps[onset])) for onset in sorted(steps)]


class WaitMarker:
    """Marks while the music waits; time misses nothing."""

    def __init__(self, waiting: Waiting) -> None:
        """Mark what this waits for."""
        self._waiting = waiting

    def feed(self, event: NoteEvent) -> tuple[LiveMark, ...]:
        """The marks that an event brings."""
        return self._waiting.feed(event)

    def advance(self, now_s: float) -> tuple[LiveMark, ...]:
        """None."""
        del now_s
        return ()


def grade_waiting(chart: Chart, events: Sequence[NoteEvent]) -> Scorecard:
    """Grade a take in which the music waited: the share of notes whose own key came first.

    Two hands that share a key at one onset share its verdict. Whatever was not reached is an
    omission. Time, lengths, dynamics, flow and feel have no score.
    """
    waiting = Waiting(chart)
    for event in sorted(events, key=lambda event: event.onset_s):
        waiting.feed(event)
    velocities = [event.velocity for event in _keys(events)]
    shared = {(n.onset_ql, n.pitch): n.id for step in _steps(chart) for n in step[1]}
    notes = tuple(
        _judge(note, shared[note.onset_ql, note.pitch], waiting, velocities)
        for note in chart.notes
        if note.duration_ql
    )
    right = sum(note.verdict == "match" for note in notes)
    score = 100.0 * right / len(notes) if notes else 0.0
    bars = tuple(
        BarVerdict(bar.number, *_name_bar([n for n in notes if _is_in(n.onset_ql, bar)]))
        for bar in chart.bars
    )
    return Scorecard(
        notes=notes,
        extras=tuple(ExtraJudgement(index, "stray") for index in waiting.strays),
        scores=Scores(score, score if notes else None, None, None, None, None, None),
        time=TimeReport(None, None, None, None, None, 0, None),
        flow=FlowReport(0, 0, 0, 0.0, None),
        bars=bars,
        rules=RULES_VERSION,
    )


def _keys(events: Sequence[NoteEvent]) -> list[NoteEvent]:
    ordered = sorted(events, key=lambda event: event.onset_s)
    return [event for event in ordered if event.kind == "on" and event.velocity > 0]


def _judge(
    note: Note, shared_id: str, waiting: Waiting, velocities: Sequence[int]
) -> NoteJudgement:
    found, spoilt = waiting.found.get(shared_id), waiting.spoilt.get(shared_id)
    verdict = "substitution" if spoilt is not None else "omission" if found is None else "match"
    played = spoilt if spoilt is not None else found
    return NoteJudgement(
        id=note.id,
        onset_ql=note.onset_ql,
        pitch=note.pitch,
        staff=note.staff,
        verdict=verdict,
        played=played,
        asynchrony_ms=None,
        grade=None,
        length_ratio=None,
        velocity=None if played is None else velocities[played],
    )


def _is_in(onset_ql: Fraction, bar: Bar) -> bool:

    return bar.onset_ql <= onset_ql < bar.onset_ql + bar.duration_ql


def _name_bar(notes: Sequence[NoteJudgement]) -> tuple[str, int, int]:
    """The word of a bar, and how many of its notes are right of how many."""
    right = sum(note.verdict == "match" for note in notes)
    missed = sum(note.verdict == "omission" for note in notes)
    word = "clean" if right == len(notes) else "wrong notes"
    if notes and missed == len(notes):
        word = "silent"
    elif missed > len(notes) - right - missed:
        word = "missed notes"
    return word, right, len(notes)
