"""The written page of a chart: bars, staves, voices and note values, as plain values.

A chart says what sounds; this module decides how it is written: which voices there are, how
lengths are split and tied, where rests, beams, tuplets and accidentals stand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from exercises.chart import ComposeError, Note
from exercises.kit import is_pads
from exercises.meter import Grid, read_grid, to_ql, to_ticks
from exercises.notation.accidentals import Head, Sign, sign_accidentals
from exercises.notation.beams import beam_values
from exercises.notation.rhythm import Segment, Value, write_values
from exercises.notation.staves import HEADS, STAVES, printed_staves, slash_notes
from exercises.passes import print_chart

if TYPE_CHECKING:
    from exercises.chart import Bar, Chart


class WrittenNote(msgspec.Struct, frozen=True):
    """One notehead."""

    id: str
    """The chart's note id; further tied heads of the same note are n12-2, n12-3, ..."""
    note_id: str
    spelling: str
    tie: str = ""
    """start, stop or continue."""
    accidental: str | None = None
    """What is printed: "#", "b", "##", "bb", "n" (natural); None prints nothing."""
    courtesy: bool = False
    """The accidental is a reminder only, in parentheses."""
    articulations: tuple[str, ...] = ()
    fingering: int | None = None


class Written(msgspec.Struct, frozen=True):
    """A written chord, note or rest."""

    onset_ql: Fraction
    duration_ql: Fraction
    """As it sounds; 0 for a grace note."""
    type: str
    dots: int = 0
    ratio: tuple[int, int] | None = None
    """(3, 2) is three in the time of two."""
    unit: str = ""
    """The note type that the ratio counts."""
    edge: str = ""
    """start, stop or startStop of a tuplet's bracket."""
    beams: tuple[str, ...] = ()
    notes: tuple[WrittenNote, ...] = ()
    """Upwards; none is a rest."""
    whole_bar: bool = False
    """A rest for the whole bar, whatever the metre."""
    hidden: bool = False
    """It holds the place but is not printed: a rest of a second voice, or a note of what slashes
    stand for."""
    head: str = ""
    """Of a slash: beat (without a stem), kick (with one) or diamond; its pitch says nothing."""

    @property
    def is_grace(self) -> bool:
        """A grace note."""
        return self.duration_ql == 0


class WrittenVoice(msgspec.Struct, frozen=True):
    """One voice of one bar of a staff, without gaps."""

    number: int
    events: tuple[Written, ...]


class WrittenBar(msgspec.Struct, frozen=True):
    """One bar; `staves` are the voices of the upper and the lower staff."""

    number: int
    onset_ql: Fraction
    duration_ql: Fraction
    meter: str
    is_pickup: bool
    key: str
    """The signature in force."""
    staves: tuple[tuple[WrittenVoice, ...], ...]


@dataclass
class _Group:
    """Notes that begin and end together in one voice: one chord."""

    start: int
    end: int
    notes: list[Note]
    pieces: int = 0
    """Written heads so far: the ids count them."""


@dataclass
class _Lane:
    """A voice that never overlaps itself."""

    groups: list[_Group] = field(default_factory=list)
    graces: list[tuple[int, Note]] = field(default_factory=list)

    @property
    def height(self) -> float:
        pitches = [note.pitch for group in self.groups for note in group.notes]
        return sum(pitches) / len(pitches) if pitches else 0.0


def notate(chart: Chart) -> tuple[WrittenBar, ...]:
    """Write a whole chart, each printed bar once.

    Raises:
        ComposeError: a length or an onset that cannot be written; the message names the bar.
    """
    chart = print_chart(chart)
    _check_lengths(chart)
    drums = is_pads(chart)
    lanes = [
        _split_voices([n for n in chart.notes if n.staff == staff], by_height=not drums)
        for staff in STAVES
    ]
    slashes = [_split_voices(slash_notes(chart, staff)) for staff in STAVES]
    heads = {slash.id: HEADS.get(slash.kind, "beat") for slash in chart.slashes}
    printed = printed_staves(chart)
    written: list[WrittenBar] = []
    memories: list[dict[tuple[str, int], int]] = [{} for _ in STAVES]
    for index, bar in enumerate(chart.bars):
        grid = read_grid(bar.meter)
        start = to_ticks(bar.onset_ql)
        length = to_ticks(bar.duration_ql)
        is_pickup = index == 0 and length < grid.length
        frame = _Frame(bar, grid, start, length, grid.length - length if is_pickup else 0)
        staves = []
        for staff, memory in zip(STAVES, memories, strict=True):
            try:
                voices = _write_staff(lanes[staff - 1], frame)
                above = _write_slashes(slashes[staff - 1], frame, heads)
            except ComposeError as error:
                raise ComposeError(f"bar {bar.number}, staff {staff}: {error}") from error
            if above or (chart.slashes and staff not in printed):
                staves.append((*above, *_hide(voices, len(above))))
                continue
            key = chart.key_of(bar)
            signs = {} if drums else sign_accidentals(key, _heads(voices), memory)
            staves.append(tuple(_finish(voice, signs) for voice in voices))
        length_ql, key = bar.duration_ql, chart.key_of(bar)
        written.append(
            WrittenBar(
                bar.number, bar.onset_ql, length_ql, bar.meter, is_pickup, key, tuple(staves)
            )
        )
    return tuple(written)


def _check_lengths(chart: Chart) -> None:
    for note in chart.notes:
        try:
            to_ticks(note.onset_ql)
            to_ticks(note.duration_ql)
        except ComposeError as error:
            inside = [bar.number for bar in chart.bars if bar.onset_ql <= note.onset_ql]
            number = inside[-1] if inside else chart.bars[0].number
            raise ComposeError(f"bar {number}, staff {note.staff}: {error}") from error


@dataclass(frozen=True)
class _Frame:
    """Where one bar lies in the chart and in its metre."""

    bar: Bar
    grid: Grid
    start: int
    length: int
    shift: int
    """Ticks of the full bar that a pickup leaves out at its beginning."""

    def onset(self, position: int) -> Fraction:
        """The chart's time of a position in the full bar."""
        return to_ql(self.start + position - self.shift)


def _split_voices(notes: list[Note], *, by_height: bool = True) -> list[_Lane]:
    """The lanes of a staff, upper first: one a voice, more where a voice overlaps itself.

    With `by_height` false the voices stay in their order: of pads the hands are first.
    """
    lanes: list[_Lane] = []
    for voice in sorted({note.voice for note in notes}):
        own: list[_Lane] = []
        for group in _gather([note for note in notes if note.voice == voice]):
            lane = next((ln for ln in own if ln.groups[-1].end <= group.start), None)
            if lane is None:
                lane = _Lane()
                own.append(lane)
            lane.groups.append(group)
        graces = [n for n in notes if n.voice == voice and n.duration_ql == 0]
        if graces and not own:
            own.append(_Lane())
        for note in graces:
            onset = to_ticks(note.onset_ql)
            lane = next((ln for ln in own if any(g.start == onset for g in ln.groups)), own[0])
            lane.graces.append((onset, note))
        lanes.extend(own)
    return sorted(lanes, key=lambda lane: -lane.height) if by_height else lanes


def _gather(notes: list[Note]) -> list[_Group]:
    """Chords by (onset, length), in order; of those that begin together the higher first."""
    groups: dict[tuple[Fraction, Fraction], list[Note]] = {}
    for note in notes:
        if note.duration_ql > 0:
            groups.setdefault((note.onset_ql, note.duration_ql), []).append(note)
    found = [
        _Group(to_ticks(onset), to_ticks(onset) + to_ticks(length), members)
        for (onset, length), members in groups.items()
    ]
    return sorted(found, key=lambda g: (g.start, -max(n.pitch for n in g.notes)))


def _write_staff(lanes: list[_Lane], frame: _Frame) -> list[WrittenVoice]:
    voices: list[WrittenVoice] = []
    for number, lane in enumerate(lanes, 1):
        segments = _segments(lane, frame)
        end = frame.start + frame.length
        graces = [(t, n) for t, n in lane.graces if frame.start <= t < end]
        if not graces and all(segment.key is None for segment in segments):
            continue
        values = write_values(segments, frame.grid)
        events = _events(values, lane, frame, graces, hidden=bool(voices))
        voices.append(WrittenVoice(number, tuple(events)))
    if not voices:
        voices.append(WrittenVoice(1, tuple(_rest(frame))))
    return voices


def _write_slashes(lanes: list[_Lane], frame: _Frame, heads: dict[str, str]) -> list[WrittenVoice]:
    """The slashes of a bar as its first voice; none where the bar has none."""
    end = frame.start + frame.length
    if not any(g.start < end and g.end > frame.start for lane in lanes for g in lane.groups):
        return []
    voice = _write_staff(lanes[:1], frame)[0]
    events = tuple(
        msgspec.structs.replace(event, head=heads[event.notes[0].note_id]) if event.notes else event
        for event in voice.events
    )
    return [WrittenVoice(1, events)]


def _hide(voices: list[WrittenVoice], above: int) -> list[WrittenVoice]:
    """Voices that sound and are not printed, numbered after those that are; no silent ones."""
    kept = [voice for voice in voices if any(event.notes for event in voice.events)]
    if not above and not kept:
        kept = voices[:1]
    return [
        WrittenVoice(
            number,
            tuple(msgspec.structs.replace(e, hidden=True, beams=(), edge="") for e in voice.events),
        )
        for number, voice in enumerate(kept, 1 + above)
    ]


def _rest(frame: _Frame) -> list[Written]:
    """A silent bar: a whole-bar rest, or in a short bar rests that say how long it is."""
    if frame.length == frame.grid.length:
        return [Written(frame.bar.onset_ql, frame.bar.duration_ql, "whole", whole_bar=True)]
    silence = Segment(frame.shift, frame.shift + frame.length, None)
    return _events(write_values([silence], frame.grid), _Lane(), frame, [], hidden=False)


def _segments(lane: _Lane, frame: _Frame) -> list[Segment]:
    """What sounds and rests in a bar, without gaps, in positions of the full bar."""
    base = frame.start - frame.shift
    here = frame.shift
    end = frame.shift + frame.length
    segments: list[Segment] = []
    for key, group in enumerate(lane.groups):
        start, stop = max(group.start - base, frame.shift), min(group.end - base, end)
        if stop <= start:
            continue
        if start > here:
            segments.append(Segment(here, start, None))
        segments.append(Segment(start, stop, key))
        here = stop
    if here < end:
        segments.append(Segment(here, end, None))
    return segments


def _events(
    values: list[Value],
    lane: _Lane,
    frame: _Frame,
    graces: list[tuple[int, Note]],
    *,
    hidden: bool,
) -> list[Written]:
    events: list[Written] = []
    waiting = sorted(graces, key=lambda each: each[0])
    beams = beam_values(values, frame.grid)
    for value, beam in zip(values, beams, strict=True):
        end = frame.start + value.end - frame.shift
        while waiting and waiting[0][0] < end:
            onset, note = waiting.pop(0)
            head = WrittenNote(note.id, note.id, note.spelling)
            events.append(Written(to_ql(onset), Fraction(0), "eighth", notes=(head,)))
        notes: tuple[WrittenNote, ...] = ()
        if value.key is not None:
            notes = _heads_of(lane.groups[value.key], frame.start + value.start - frame.shift, end)
        events.append(
            Written(
                frame.onset(value.start),
                to_ql(value.end - value.start),
                value.type,
                value.dots,
                value.ratio,
                value.unit,
                value.edge,
                beam,
                notes,
                hidden=hidden and value.key is None,
            )
        )
    return events


def _heads_of(group: _Group, start: int, end: int) -> tuple[WrittenNote, ...]:
    """The noteheads of one piece of a chord; marks stand at the first piece only."""
    group.pieces += 1
    first, last = start == group.start, end == group.end
    tie = {(True, True): "", (True, False): "start", (False, True): "stop"}.get(
        (first, last), "continue"
    )
    suffix = "" if group.pieces == 1 else f"-{group.pieces}"
    return tuple(
        WrittenNote(
            note.id + suffix,
            note.id,
            note.spelling,
            tie,
            articulations=_signs_of(note, first=first, last=last),
            fingering=note.fingering if first else None,
        )
        for note in group.notes
    )


def _signs_of(note: Note, *, first: bool, last: bool) -> tuple[str, ...]:
    """A fermata stands over the last tied head, everything else over the first."""
    return tuple(a for a in note.articulations if (last if a == "fermata" else first))


def _heads(voices: list[WrittenVoice]) -> list[Head]:
    """A staff's heads in the order they are read."""
    found = [
        (event.onset_ql, event.duration_ql > 0, note)
        for voice in voices
        for event in voice.events
        for note in event.notes
    ]
    found.sort(key=lambda each: each[:2])
    return [
        Head(note.id, note.spelling, note.tie in {"stop", "continue"}, onset if sounds else None)
        for onset, sounds, note in found
    ]


def _finish(voice: WrittenVoice, signs: dict[str, Sign]) -> WrittenVoice:
    """The voice with its accidentals."""
    events = []
    for event in voice.events:
        if any(note.id in signs for note in event.notes):
            notes = tuple(_sign(note, signs) for note in event.notes)
            events.append(msgspec.structs.replace(event, notes=notes))
        else:
            events.append(event)
    return WrittenVoice(voice.number, tuple(events))


def _sign(note: WrittenNote, signs: dict[str, Sign]) -> WrittenNote:
    sign = signs.get(note.id)
    if sign is None:
        return note
    return msgspec.structs.replace(note, accidental=sign.accidental, courtesy=sign.courtesy)
