"""A region of one take laid into another: which notes are heard, and how the edges are cut.

Only the region is recorded. An attack beside an edge belongs to the side on which the note that
it was meant for is written, as an engineer moves the cut in front of an early note; every other
attack belongs where it sounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from exercises.kit import is_pads, meant_key, name_pad
from game.events import NoteEvent
from game.scoring.expectation import expect_notes, place_chart
from game.scoring.performance import pair_notes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from exercises.chart import Chart
    from exercises.timeline import Timeline
    from game.scoring.expectation import Expected, Place
    from game.scoring.results import PlayedNote
    from game.take import Region
    from styles.schema import Style

REACH_S = 0.12
"""From an edge: attacks so near are told apart by what is written."""
MEANT_S = 0.2
"""A key struck within this of a written note of its pitch was meant for it."""
HELD_S = 0.03
"""A key let go within this of an edge was let go on it."""
PEDAL_DOWN = 64
_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


@dataclass(frozen=True)
class Music:
    """What both takes are readings of."""

    chart: Chart
    timeline: Timeline
    place: Place
    expected: tuple[Expected, ...]

    def edge_s(self, onset_ql: Fraction) -> float:
        """The second of an edge."""
        return self.place.performed_s(onset_ql)[0]

    @cached_property
    def _by_pitch(self) -> dict[int, list[Expected]]:
        found: dict[int, list[Expected]] = {}
        for each in self.expected:
            found.setdefault(each.pitch, []).append(each)
        return found

    def meant(self, note: PlayedNote) -> Expected | None:
        """The nearest written note of a key's pitch, where it is near enough to be meant."""
        key = meant_key(note.pitch) if is_pads(self.chart) else note.pitch
        near = [
            each
            for each in self._by_pitch.get(key, ())
            if abs(each.onset_s - note.onset_s) <= MEANT_S
        ]
        return min(near, key=lambda each: abs(each.onset_s - note.onset_s), default=None)

    def find_played(self, each: Expected, played: Sequence[PlayedNote]) -> PlayedNote | None:
        """The note that was meant for a written one; the nearest of several."""
        near = []
        for note in played:
            meant = self.meant(note)
            if meant is not None and meant.pitch != each.pitch:
                continue
            if meant is not None and meant.onset_ql == each.onset_ql:
                near.append(note)
        return min(near, key=lambda note: abs(note.onset_s - each.onset_s), default=None)

    def name_of(self, pitch: int) -> str:
        """A key by its name, as the chart spells it where it has it."""
        if is_pads(self.chart):
            return f"the {name_pad(pitch)}"
        spelled = (n.spelling for n in self.chart.notes if n.pitch == pitch)
        return next(spelled, f"{_NAMES[pitch % 12]}{pitch // 12 - 1}")


def read_music(chart: Chart, *, timeline: Timeline, style: Style | None, level: int) -> Music:
    """Bring together what places a chart's notes in time (see `expect_notes`)."""
    return Music(
        chart,
        timeline,
        place_chart(chart, timeline=timeline, style=style, level=level),
        expect_notes(chart, timeline=timeline, style=style, level=level),
    )


@dataclass(frozen=True)
class Splice:
    """What became of the notes of both takes."""

    events: tuple[NoteEvent, ...]
    """What is heard."""
    before: tuple[PlayedNote, ...]
    """The older take's notes before the region, as they were played."""
    inside: tuple[PlayedNote, ...]
    """The punch's, as they were played."""
    after: tuple[PlayedNote, ...]
    """The older take's after the region."""
    covered: tuple[PlayedNote, ...]
    """The older take's that are heard no longer."""
    held: tuple[PlayedNote, ...]
    """Keys struck in the pre-roll and held into the region: their attack is not recorded."""
    joined: frozenset[int]
    """Indices of those of `held` that go on from a note of the older take."""


def end_s(note: PlayedNote) -> float | None:
    """When a key was let go."""
    return None if note.duration_s is None else note.onset_s + note.duration_s


def is_past(music: Music, note: PlayedNote, edge_ql: Fraction) -> bool:
    """Whether an attack belongs behind an edge."""
    edge_s = music.edge_s(edge_ql)
    if abs(note.onset_s - edge_s) <= REACH_S:
        meant = music.meant(note)
        if meant is not None:
            return meant.onset_ql >= edge_ql
    return note.onset_s >= edge_s


def written_over(music: Music, edge_ql: Fraction) -> tuple[Expected, ...]:
    """The written notes that sound across an edge."""
    return tuple(
        each
        for each in music.expected
        if each.onset_ql < edge_ql < each.onset_ql + each.duration_ql
    )


def splice(
    music: Music, older: Sequence[NoteEvent], newer: Sequence[NoteEvent], region: Region
) -> Splice:
    """Lay the region of a newer take into an older one.

    Args:
        music: what both read.
        older: its events in any order; heard outside the region.
        newer: the punch's; heard inside it.
        region: in quarter notes of the chart.

    """
    in_s = music.edge_s(region.start_ql)
    old, new = pair_notes(older), pair_notes(newer)
    before = tuple(n for n in old if not is_past(music, n, region.start_ql))
    after = tuple(n for n in old if is_past(music, n, region.end_ql))
    kept = {n.index for n in (*before, *after)}
    behind = [n for n in new if is_past(music, n, region.start_ql)]
    inside = tuple(n for n in behind if not is_past(music, n, region.end_ql))
    ahead = {n.index for n in behind}
    held = tuple(n for n in new if n.index not in ahead and _ends_after(n, in_s + HELD_S))
    joined = frozenset(
        n.index
        for n in held
        if any(o.pitch == n.pitch and _ends_after(o, in_s - HELD_S) for o in before)
    )
    cut = _Cut(music, region, held=held, joined=joined)
    notes = [
        *((cut.end_before(n, inside), _sources(older)) for n in before),
        *((cut.end_inside(n, after), _sources(newer)) for n in inside),
        *((n, _sources(older)) for n in after),
    ]
    return Splice(
        events=_write_events(notes, _splice_pedal(music, older, newer, region)),
        before=before,
        inside=inside,
        after=after,
        covered=tuple(n for n in old if n.index not in kept),
        held=held,
        joined=joined,
    )


def leave_out(music: Music, events: Sequence[NoteEvent], region: Region) -> tuple[NoteEvent, ...]:
    """What is heard of a take while a region of it is recorded anew: all but that region."""
    return splice(music, events, (), region).events


def _ends_after(note: PlayedNote, when_s: float) -> bool:
    end = end_s(note)
    return end is not None and end > when_s


@dataclass(frozen=True)
class _Cut:
    """Where notes that ring over an edge end."""

    music: Music
    region: Region
    held: tuple[PlayedNote, ...]
    joined: frozenset[int]

    def end_before(self, note: PlayedNote, inside: Sequence[PlayedNote]) -> PlayedNote:
        """A note before the region: cut at the punch-in, or on as long as the key is held anew."""
        edge_s = self.music.edge_s(self.region.start_ql)
        limit = edge_s
        going_on = [n for n in self.held if n.index in self.joined and n.pitch == note.pitch]
        if going_on and _ends_after(note, edge_s - HELD_S):
            limit = max(end_s(n) or edge_s for n in going_on)
            note = replace_end(note, limit)
        again = [n.onset_s for n in inside if n.pitch == note.pitch and n.onset_s > note.onset_s]
        return limit_end(note, min([limit, *again]))

    def end_inside(self, note: PlayedNote, after: Sequence[PlayedNote]) -> PlayedNote:
        """A note of the region: cut at the punch-out, unless it is written to sound across it."""
        over = written_over(self.music, self.region.end_ql)
        again = [n.onset_s for n in after if n.pitch == note.pitch and n.onset_s > note.onset_s]
        if not any(self.music.find_played(each, [note]) for each in over):
            again.append(self.music.edge_s(self.region.end_ql))
        return limit_end(note, min(again)) if again else note


def replace_end(note: PlayedNote, when_s: float) -> PlayedNote:
    """The note let go at another moment."""
    return msgspec.structs.replace(note, duration_s=max(0.0, when_s - note.onset_s))


def limit_end(note: PlayedNote, when_s: float) -> PlayedNote:
    """The note let go at a moment at the latest; one without a length keeps none."""
    return replace_end(note, when_s) if _ends_after(note, when_s) else note


def _sources(events: Sequence[NoteEvent]) -> tuple[str, ...]:
    """Where each note came from, by the index that pairing gives it."""
    struck = [e for e in events if e.kind == "on" and e.velocity > 0]
    return tuple(e.source for e in sorted(struck, key=lambda event: event.onset_s))


def _write_events(
    notes: Sequence[tuple[PlayedNote, tuple[str, ...]]], pedal: Sequence[NoteEvent]
) -> tuple[NoteEvent, ...]:
    events = list(pedal)
    for note, sources in notes:
        source = sources[note.index]
        events.append(NoteEvent(note.onset_s, "on", note.pitch, note.velocity, source))
        end = end_s(note)
        if end is not None:
            events.append(NoteEvent(end, "off", note.pitch, 0, source))
    return tuple(sorted(events, key=lambda e: (e.onset_s, e.kind == "on", e.pitch)))


def _splice_pedal(
    music: Music, older: Sequence[NoteEvent], newer: Sequence[NoteEvent], region: Region
) -> list[NoteEvent]:
    """The older take's pedal outside, the newer's inside, set anew at an edge where they differ."""
    in_s, out_s = music.edge_s(region.start_ql), music.edge_s(region.end_ql)
    old = sorted((e for e in older if e.kind == "pedal"), key=lambda e: e.onset_s)
    new = sorted((e for e in newer if e.kind == "pedal"), key=lambda e: e.onset_s)
    events = [e for e in old if not in_s <= e.onset_s < out_s]
    events += [e for e in new if in_s <= e.onset_s < out_s]
    for at_s, left, entered in ((in_s, old, new), (out_s, new, old)):
        before, now = _pedal_at(left, at_s), _pedal_at(entered, at_s)
        if (before >= PEDAL_DOWN) != (now >= PEDAL_DOWN):
            events.append(NoteEvent(at_s, "pedal", 0, now))
    return events


def _pedal_at(pedal: Sequence[NoteEvent], at_s: float) -> int:
    return next((e.velocity for e in reversed(pedal) if e.onset_s < at_s), 0)
