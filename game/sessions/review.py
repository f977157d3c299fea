"""A graded take to look through: what was written and what was played, in the order of the music.

Pure: from the take, its chart and its grade to frozen values.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from exercises.chairs import STEADY_VELOCITY
from exercises.passes import bar_index
from game.scoring.marks import mark_note
from game.scoring.performance import pair_notes
from game.sessions.plan import notes_to_grade

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chairs import Chair
    from exercises.chart import Chart, Note
    from exercises.timeline import Timeline
    from game.events import NoteEvent
    from game.scoring.results import NoteJudgement, PlayedNote, Scorecard

PEDAL_DOWN = 64
"""A pedal value from here on is down (MIDI 1.0: switch controllers)."""
SILENT_LENGTH_S = 0.4
"""What is heard of a key whose release is not known: the computer keyboard sends none."""
Key = tuple[float, float, int, int]
"""(onset in seconds from the first downbeat, length in seconds, pitch, velocity)."""


@dataclass(frozen=True)
class Entry:
    """A charted note and what became of it, or a key that no note asked for."""

    onset_ql: float
    """In sounding order: of a charted note where it is written, of an extra where it was struck."""
    bar: int
    """The index of its bar in the chart."""
    mark: str
    """right, early, late, wrong, missed or extra."""
    note: Note | None = None
    judgement: NoteJudgement | None = None
    played: PlayedNote | None = None
    reason: str = ""
    """Of an extra: stray, repeat, restart, ornament or pedal noise."""

    @property
    def is_flawed(self) -> bool:
        """Whether there is something to mend."""
        return self.mark != "right"

    @property
    def id(self) -> str:
        """The note's id; empty for an extra."""
        return self.note.id if self.note is not None else ""


@dataclass(frozen=True)
class Review:
    """A whole take."""

    chart: Chart
    entries: tuple[Entry, ...]
    """By time; of one moment the lower staff and pitch first."""
    scorecard: Scorecard

    def first_in_bar(self, bar: int) -> int:
        """The index of the first entry in a bar (by its index) or after it; the last at the end."""
        for index, entry in enumerate(self.entries):
            if entry.bar >= bar:
                return index
        return max(0, len(self.entries) - 1)

    def at(self, onset_ql: float) -> int:
        """The index of the last entry that has begun at a time; the first before all."""
        found = bisect_right(self.entries, onset_ql, key=lambda entry: entry.onset_ql)
        return max(0, found - 1)

    def extras(self) -> tuple[tuple[float, int], ...]:
        """The keys that no note asked for: (sounding onset in quarter notes, MIDI pitch)."""
        return tuple(
            (entry.onset_ql, entry.played.pitch)
            for entry in self.entries
            if entry.mark == "extra" and entry.played is not None
        )

    def next_flaw(self, index: int, by: int) -> int | None:
        """The index of the next entry to mend in a direction; None where there is none."""
        step = 1 if by > 0 else -1
        here = index + step
        while 0 <= here < len(self.entries):
            if self.entries[here].is_flawed:
                return here
            here += step
        return None

    def bars_numbered(self, number: int) -> list[int]:
        """The indices of the bars with a printed number; several where it is played again."""
        return [index for index, bar in enumerate(self.chart.bars) if bar.number == number]


def review_take(
    chart: Chart, events: Sequence[NoteEvent], scorecard: Scorecard, *, timeline: Timeline
) -> Review:
    """Bring together what was written and what was played.

    Args:
        chart: what was to be played.
        events: what was played, raw; seconds from the first downbeat.
        scorecard: the grade of these events.
        timeline: the tempo of the take.
    """
    played = pair_notes(notes_to_grade(chart, events, timeline=timeline))
    judgements = {note.id: note for note in scorecard.notes}
    entries = []
    for note in chart.notes:
        judgement = judgements.get(note.id)
        if judgement is None:
            continue
        index = judgement.played
        heard = played[index] if index is not None and index < len(played) else None
        bar = bar_index(chart.bars, note.onset_ql)
        mark = mark_note(judgement)
        entries.append(Entry(float(note.onset_ql), bar, mark, note, judgement, heard))
    for extra in scorecard.extras:
        if extra.played < len(played):
            heard = played[extra.played]
            onset = timeline.quarters_at(heard.onset_s)
            bar = bar_index(chart.bars, Fraction(onset))
            entries.append(Entry(onset, bar, "extra", played=heard, reason=extra.reason))
    return Review(chart, tuple(sorted(entries, key=_rank)), scorecard)


def _rank(entry: Entry) -> tuple[float, int, int]:
    if entry.note is not None:
        return entry.onset_ql, -entry.note.staff, entry.note.pitch
    return entry.onset_ql, 1, entry.played.pitch if entry.played is not None else 0


def sound_take(events: Sequence[NoteEvent]) -> tuple[Key, ...]:
    """The keys of a take as they rang, the sustain pedal with them."""
    lifts = _find_lifts(events)
    heard = []
    struck: dict[int, float] = {}
    for note in reversed(pair_notes(events)):
        length = SILENT_LENGTH_S if note.duration_s is None else note.duration_s
        end = note.onset_s + length
        end = next((up for down, up in lifts if down <= end < up), end)
        # A key that is struck again stops ringing from before.
        end = min(end, struck.get(note.pitch, end))
        struck[note.pitch] = note.onset_s
        heard.append((note.onset_s, end - note.onset_s, note.pitch, note.velocity))
    return tuple(reversed(heard))


def sound_part(events: Sequence[NoteEvent], chair: Chair) -> tuple[Key, ...]:
    """The keys of a take as they ring on the instrument of a chair.

    Without a pedal only fingers hold, without touch all is as loud, and where one key sounds at a
    time the next one ends it.
    """
    pressed = [event for event in events if chair.pedal or event.kind != "pedal"]
    keys = sound_take(pressed)
    if not chair.touch:
        keys = tuple((at, length, pitch, STEADY_VELOCITY) for at, length, pitch, _ in keys)
    if not chair.mono:
        return keys
    ends = [at for at, *_ in keys[1:]]
    return tuple(
        (at, min(length, end - at), pitch, velocity)
        for (at, length, pitch, velocity), end in zip(keys, [*ends, float("inf")], strict=True)
    )


def _find_lifts(events: Sequence[NoteEvent]) -> list[tuple[float, float]]:
    """(down, up) seconds of the sustain pedal; one that stays down is lifted at the last event."""
    last = max((event.onset_s for event in events), default=0.0)
    spans: list[tuple[float, float]] = []
    down: float | None = None
    for event in sorted(events, key=lambda each: each.onset_s):
        if event.kind != "pedal":
            continue
        if event.velocity >= PEDAL_DOWN and down is None:
            down = event.onset_s
        elif event.velocity < PEDAL_DOWN and down is not None:
            spans.append((down, event.onset_s))
            down = None
    return spans if down is None else [*spans, (down, last)]
