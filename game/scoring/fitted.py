"""A chart fitted to a player, what was heard in it, and the way back to the chart's own notes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from game.scoring.results import NoteJudgement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart, Note

NEAR_QL = Fraction(1, 2)
"""A key of the same tone so near a charted note's place tells that note."""


@dataclass(frozen=True)
class Heard:
    """A chord as it was heard, for the player."""

    onset_ql: Fraction
    """Where its symbol stands."""
    bar: int
    """The number of the bar in which it was struck, as printed."""
    symbol: str
    """What was asked for."""
    heard: str
    """What was played; empty where it was right."""
    missing: tuple[frozenset[int], ...]
    """Essential tones that did not sound."""
    kick: bool
    """Whether its place was given."""


@dataclass(frozen=True)
class Chorded:
    """What became of a chord of the chart."""

    onset_ql: Fraction
    """Where its symbol stands."""
    worth: float
    """1 to 0: right, incomplete, another or none."""


@dataclass(frozen=True)
class Fitted:
    """A chart fitted to a take, and the way back."""

    chart: Chart
    heard: tuple[Heard, ...]
    sources: dict[str, tuple[str, ...]]
    """Each charted note that is not printed to the fitted notes that answer for it; none for a
    note whose chord was right without it."""
    kicks: frozenset[str]
    """Fitted notes whose place was given."""
    voicings: tuple[tuple[int, ...], ...]
    """The keys of each strike of two and more, in order."""
    chords: tuple[Chorded, ...]
    """In order; a long one once for every other bar."""
    printed: frozenset[str]
    """Notes that stand for themselves."""

    def gives_length(self, note_id: str) -> bool:
        """Whether the chart says how long a fitted note is held."""
        return note_id in self.kicks or note_id in self.printed


def find_hidden(chart: Chart) -> frozenset[str]:
    """The ids of the notes over which slashes are printed.

    Of a staff with slashes in that bar; a staff that has none in the whole chart (a number
    chart's lower one) belongs to the one that has.
    """
    if not chart.slashes:
        return frozenset()
    starts = [bar.onset_ql for bar in chart.bars]
    staves = {slash.staff for slash in chart.slashes}
    slashed = {(s.staff, bisect_right(starts, s.onset_ql) - 1) for s in chart.slashes}
    lowest = min(staves)
    return frozenset(
        note.id
        for note in chart.notes
        if (note.staff if note.staff in staves else lowest, bisect_right(starts, note.onset_ql) - 1)
        in slashed
    )


def return_verdicts(
    chart: Chart, fitted: Fitted, judged: Sequence[NoteJudgement]
) -> tuple[NoteJudgement, ...]:
    """The judgements of the chart's own notes, from those of the fitted chart.

    A note whose chord was voiced right is right, whatever voicing it was; it is told by the key
    that sounds the same tone at about its place, and by none where it was left out.
    """
    by_id = {note.id: note for note in judged}
    right: dict[int, list[NoteJudgement]] = {}
    for judgement in sorted(judged, key=lambda one: one.onset_ql):
        if judgement.verdict == "match":
            right.setdefault(judgement.pitch % 12, []).append(judgement)
    onsets = {pc: [one.onset_ql for one in some] for pc, some in right.items()}
    found: list[NoteJudgement] = []
    for note in chart.notes:
        answers = [by_id[name] for name in fitted.sources.get(note.id, (note.id,))]
        wrong = next((one for one in answers if one.verdict != "match"), None)
        same = next(iter(answers), None)
        if same is None:
            pc = note.pitch % 12
            same = _beside(right.get(pc, []), onsets.get(pc, []), note)
        found.append(_as_note(note, wrong or same))
    return tuple(found)


def _beside(right: list[NoteJudgement], onsets: list[Fraction], note: Note) -> NoteJudgement | None:
    """The key of the same tone that was struck nearest to a note's place, if it was near."""
    first = bisect_left(onsets, note.onset_ql - NEAR_QL)
    near = right[first : bisect_right(onsets, note.onset_ql + NEAR_QL)]
    return min(
        near,
        key=lambda one: (abs(one.onset_ql - note.onset_ql), abs(one.pitch - note.pitch)),
        default=None,
    )


def _as_note(note: Note, found: NoteJudgement | None) -> NoteJudgement:
    """A judgement as one of a charted note; of none where it was not needed for the chord."""
    if found is None:
        return NoteJudgement(
            id=note.id, onset_ql=note.onset_ql, pitch=note.pitch, staff=note.staff,
            verdict="match", played=None, asynchrony_ms=None, grade=None, length_ratio=None,
            velocity=None,
        )  # fmt: skip
    return msgspec.structs.replace(
        found, id=note.id, onset_ql=note.onset_ql, pitch=note.pitch, staff=note.staff
    )
