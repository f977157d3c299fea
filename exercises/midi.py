"""Charts as standard MIDI files, straight as written, and MIDI files as charts."""

from __future__ import annotations

import io
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import mido

from exercises.chart import Bar, ComposeError, Note, number_notes
from exercises.kit import is_pads, touch_velocity
from exercises.meter import read_meter
from exercises.tempi import tempo_map
from exercises.theory import OCTAVE, key_fifths, key_name_of, write_spelling
from exercises.timeline import bar_ql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exercises.band.parts import BandChart, Part
    from exercises.chart import Chart

TICKS_PER_QUARTER = 960
"""Exact for triplets and quintuplets; sevenths are rounded to the nearest tick."""
DOWNBEAT = "downbeat"
"""The text of the marker at the first downbeat; a pickup comes before it."""
MIDDLE_C = 60
_DRUM_CHANNEL = 9
_STAVES = 2
_HANDS = {1: "Right hand", 2: "Left hand"}
"""Staff to the name of its track."""
_BAND_TRACKS = ("Drums", "Bass")
"""What is beside the player in our own files, and not the player's to read."""
PADS_TRACK = "Pads"
"""The player's own drums; the band's are "Drums"."""
_GRACE_TICKS = TICKS_PER_QUARTER // 16
_VELOCITIES = {"pp": 36, "p": 49, "mp": 64, "mf": 80, "f": 96, "ff": 112}
_PLAIN = _VELOCITIES["mf"]
# Divisors of the quarter note that a written onset may lie on.
_DIVISORS = (1, 2, 3, 4, 6, 8, 12, 16, 5, 7, 24, 32)
_GRID = 12
"""Where nothing fits to the tick: triplet sixteenths and sixteenths, by rounding to this and 16."""


def write_midi(chart: Chart, band: BandChart | None = None) -> bytes:
    """A chart as a standard MIDI file of type 1: tempo, metre, key, then one track a staff.

    A chart for pads is one track on channel 10. A
    band follows in tracks of its own, Drums on channel 10 and Bass. Onsets and lengths are
    straight as written: no swing, no pocket. Loudness follows the dynamic marks. The same chart
    gives the same bytes.
    """
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_QUARTER)
    file.tracks.append(_write_conductor(chart))
    for staff, name in ({1: PADS_TRACK} if is_pads(chart) else _HANDS).items():
        file.tracks.append(_write_staff(chart, staff, name))
    for part in () if band is None else band.parts:
        file.tracks.append(_write_part(chart, part))
    out = io.BytesIO()
    file.save(file=out)
    return out.getvalue()


def _ticks(chart: Chart, onset_ql: Fraction) -> int:
    return round((onset_ql - chart.onset_ql) * TICKS_PER_QUARTER)


def _to_track(events: list[tuple[int, int, mido.Message]], end: int) -> mido.MidiTrack:
    """A track from (tick, rank, message); of equal ticks the lower rank first."""
    track = mido.MidiTrack()
    here = 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=tick - here))
        here = tick
    track.append(mido.MetaMessage("end_of_track", time=max(0, end - here)))
    return track


def _write_conductor(chart: Chart) -> mido.MidiTrack:
    events = [
        (0, 0, mido.MetaMessage("track_name", name=chart.title or "First Take")),
        (_ticks(chart, Fraction(0)), 4, mido.MetaMessage("marker", text=DOWNBEAT)),
    ]
    for onset, quarter_bpm in tempo_map(chart).changes:
        tick = _ticks(chart, onset) if onset else 0
        tempo = mido.bpm2tempo(quarter_bpm)
        events.append((tick, 1, mido.MetaMessage("set_tempo", tempo=tempo)))
    before = key = None
    for bar in chart.bars:
        if chart.key_of(bar) != key:
            key = chart.key_of(bar)
            sign = mido.MetaMessage("key_signature", key=_midi_key(key))
            events.append((_ticks(chart, bar.onset_ql), 2, sign))
        if bar.meter != before:
            top, bottom = read_meter(bar.meter)
            sign = mido.MetaMessage("time_signature", numerator=top, denominator=bottom)
            events.append((_ticks(chart, bar.onset_ql), 3, sign))
            before = bar.meter
    return _to_track(events, _ticks(chart, chart.end_ql))


def _midi_key(key: str) -> str:
    """MIDI knows a key by its accidentals; mido writes it by name."""
    key_fifths(key)
    return key


def _write_staff(chart: Chart, staff: int, name: str) -> mido.MidiTrack:
    events = [(0, 0, mido.MetaMessage("track_name", name=name))]
    loudness = sorted(
        (m.onset_ql, _VELOCITIES.get(m.text, _PLAIN)) for m in chart.marks if m.kind == "dynamic"
    )
    for note in chart.notes:
        if note.staff != staff:
            continue
        start = _ticks(chart, note.onset_ql)
        end = _ticks(chart, note.onset_ql + note.duration_ql)
        if note.duration_ql == 0:
            # A grace note is played into the beat that it leads to.
            start, end = max(0, start - _GRACE_TICKS), start
            end = max(end, start + 1)
        velocity = next((v for o, v in reversed(loudness) if o <= note.onset_ql), _PLAIN)
        channel = staff - 1
        if is_pads(chart):
            channel, velocity = _DRUM_CHANNEL, touch_velocity(note, velocity)
        on = mido.Message("note_on", channel=channel, note=note.pitch, velocity=velocity)
        off = mido.Message("note_off", channel=channel, note=note.pitch, velocity=0)
        events += [(start, 2, on), (end, 1, off)]
    return _to_track(events, _ticks(chart, chart.end_ql))


def _write_part(chart: Chart, part: Part) -> mido.MidiTrack:
    """A player of the band: its instrument, then its hits; a key is let go before it is struck."""
    program = mido.Message("program_change", channel=part.channel, program=part.program)
    events = [(0, 0, mido.MetaMessage("track_name", name=part.name)), (0, 0, program)]
    free: dict[int, int] = {}
    for hit in reversed(part.hits):
        start = _ticks(chart, hit.onset_ql)
        end = _ticks(chart, hit.onset_ql + hit.duration_ql)
        end = max(start + 1, min(end, free.get(hit.pitch, end)))
        free[hit.pitch] = start
        on = mido.Message("note_on", channel=part.channel, note=hit.pitch, velocity=hit.velocity)
        off = mido.Message("note_off", channel=part.channel, note=hit.pitch, velocity=0)
        events += [(start, 2, on), (end, 1, off)]
    return _to_track(events, _ticks(chart, chart.end_ql))


@dataclass(frozen=True)
class ReadMidi:
    """What a MIDI file says."""

    notes: tuple[Note, ...]
    bars: tuple[Bar, ...]
    key: str
    meter: str
    quarter_bpm: float
    title: str
    left_out: tuple[str, ...] = ()
    """What of the file is of no use, one line each."""


def read_midi(data: bytes, name: str) -> ReadMidi:
    """Read a MIDI file as written music: times are rounded to note values.

    The first two tracks (or channels) with notes are the upper and the lower staff; a single one
    is divided at middle C. A marker "downbeat" says where bar 1 begins.

    Raises:
        ComposeError: not a whole MIDI file, or no notes in it.
    """
    file = _open(data, name)
    meta = _read_meta(file)
    downbeat = Fraction(meta.downbeat, file.ticks_per_beat)
    streams = [s for s in _note_streams(file) if s]
    if not streams:
        raise ComposeError(f"{name}: no notes inside")
    if len(streams) == 1:
        staves = [
            [n for n in streams[0] if n[2] >= MIDDLE_C],
            [n for n in streams[0] if n[2] < MIDDLE_C],
        ]
    else:
        staves = streams[:_STAVES]
    notes = []
    for staff, stream in enumerate(staves, 1):
        notes += _read_notes(stream, staff, file.ticks_per_beat, meta.key, downbeat)
    bars = _lay_bars(notes, meta.meters, file.ticks_per_beat, downbeat)
    return ReadMidi(
        number_notes(notes),
        bars,
        meta.key,
        bars[-1].meter,
        meta.quarter_bpm,
        meta.title,
        tuple(_left_out(file, len(streams), meta)),
    )


def _left_out(file: mido.MidiFile, streams: int, meta: _Meta) -> Iterator[str]:
    """What a chart of two staves at one tempo does not hold."""
    if streams > _STAVES:
        further = streams - _STAVES
        tracks = "1 further track" if further == 1 else f"{further} further tracks"
        yield f"{tracks}: a chart has two staves, from the first two tracks with notes"
    messages = [message for track in file.tracks for message in track]
    if any(m.type == "note_on" and m.channel == _DRUM_CHANNEL for m in messages):
        yield "drums (channel 10)"
    if meta.tempos > 1:
        yield "changes of tempo: the first one holds throughout"
    if any(m.type == "pitchwheel" and m.pitch for m in messages):
        yield "pitch bends"


def _open(data: bytes, name: str) -> mido.MidiFile:
    try:
        return mido.MidiFile(file=io.BytesIO(data))
    except EOFError as error:
        raise ComposeError(f"{name}: the MIDI file is cut off; export it again") from error
    except Exception as error:  # mido raises OSError, ValueError, IndexError, KeyError by turns
        raise ComposeError(f"{name}: not a MIDI file ({error})") from error


@dataclass
class _Meta:
    downbeat: int = 0
    key: str = "C"
    quarter_bpm: float = 120.0
    title: str = ""
    meters: tuple[tuple[int, str], ...] = ()
    tempos: int = 0
    """How many different ones there are."""


def _read_meta(file: mido.MidiFile) -> _Meta:
    meta = _Meta()
    meters: dict[int, str] = {}
    seen: set[str] = set()
    tempos: set[int] = set()
    for index, track in enumerate(file.tracks):
        here = 0
        for message in track:
            here += message.time
            if message.type == "time_signature":
                meters[here] = f"{message.numerator}/{message.denominator}"
            elif message.type == "marker" and message.text.strip().lower() == DOWNBEAT:
                meta.downbeat = here
            elif message.type == "key_signature" and "key" not in seen:
                seen.add("key")
                meta.key = message.key
            elif message.type == "set_tempo":
                if not tempos:
                    meta.quarter_bpm = round(mido.tempo2bpm(message.tempo), 3)
                tempos.add(message.tempo)
            elif message.type == "track_name" and index == 0:
                meta.title = message.name.strip("\0 ")
    meta.tempos = len(tempos)
    meta.meters = tuple(sorted(meters.items())) or ((0, "4/4"),)
    return meta


RawNote = tuple[int, int, int]
"""(start tick, end tick, pitch)."""


def _note_streams(file: mido.MidiFile) -> list[list[RawNote]]:
    """Notes by track; by channel where all are in one track."""
    streams: dict[tuple[int, int], list[RawNote]] = {}
    ours = any(track.name in _HANDS.values() for track in file.tracks)
    for index, track in enumerate(file.tracks):
        if ours and track.name in _BAND_TRACKS:
            continue
        here = 0
        sounding: dict[tuple[int, int], list[int]] = {}
        for message in track:
            here += message.time
            if message.type not in {"note_on", "note_off"} or message.channel == _DRUM_CHANNEL:
                continue
            held = sounding.setdefault((message.channel, message.note), [])
            if message.type == "note_on" and message.velocity:
                held.append(here)
            elif held:
                raw = (held.pop(0), here, message.note)
                streams.setdefault((index, message.channel), []).append(raw)
    by_track: dict[int, list[RawNote]] = {}
    for (index, _), notes in streams.items():
        by_track.setdefault(index, []).extend(notes)
    chosen = by_track if len(by_track) > 1 else streams
    return [sorted(notes) for _, notes in sorted(chosen.items())]


def _read_notes(
    stream: list[RawNote], staff: int, per_quarter: int, key: str, downbeat: Fraction
) -> list[Note]:
    notes = []
    onsets = sorted({_round(start, per_quarter) for start, _, _ in stream})
    before = None
    for start, end, pitch in stream:
        onset = _round(start, per_quarter)
        stop = _round_end(start, end, onset, onsets, per_quarter)
        rising = before is None or pitch >= before
        name = key_name_of(key, pitch % OCTAVE, rising=rising)
        before = pitch
        notes.append(
            Note("", onset - downbeat, stop - onset, pitch, write_spelling(pitch, name), staff, 1)
        )
    return notes


def _exactly(ticks: int, per_quarter: int) -> Fraction | None:
    """The note value that a count of ticks is, to the tick."""
    for divisor in _DIVISORS:
        units = round(ticks * divisor / per_quarter)
        if abs(units * per_quarter / divisor - ticks) <= 0.5:  # noqa: PLR2004 - rounding of a writer
            return Fraction(units, divisor)
    return None


def _round(ticks: int, per_quarter: int) -> Fraction:
    """An onset as a note value: exact where it is one, else the nearest on the grid."""
    exact = _exactly(ticks, per_quarter)
    if exact is not None:
        return exact
    position = Fraction(ticks, per_quarter)
    return min(
        (Fraction(round(position * grid), grid) for grid in (_GRID, 16)),
        key=lambda near: abs(near - position),
    )


def _round_end(
    start: int, end: int, onset: Fraction, onsets: list[Fraction], per_quarter: int
) -> Fraction:
    """Where a note ends: exact, or the next onset where a program has shortened it a little."""
    length = _exactly(end - start, per_quarter)
    if length is not None and length > 0 and length.denominator <= 8:  # noqa: PLR2004
        return onset + length
    stop = Fraction(end, per_quarter)
    following = next((o for o in onsets if o > onset), None)
    slack = max(Fraction(1, 16), (stop - onset) / 8)
    if following is not None and abs(following - stop) <= slack:
        return following
    if length is not None and length > 0:
        return onset + length
    # Half a sixteenth at least; whole sixteenths above.
    return max(onset + Fraction(1, 8), Fraction(round(stop * 4), 4))


def _lay_bars(
    notes: list[Note], meters: tuple[tuple[int, str], ...], per_quarter: int, downbeat: Fraction
) -> tuple[Bar, ...]:
    changes = [(Fraction(tick, per_quarter) - downbeat, meter) for tick, meter in meters]
    end = max(note.onset_ql + note.duration_ql for note in notes)
    first = min(note.onset_ql for note in notes)
    meter = changes[0][1]
    bars = []
    if first < 0:
        bars.append(Bar(0, -downbeat, downbeat, meter))
    here = Fraction(0)
    while here < end or not bars or bars[-1].number == 0:
        meter = next((m for onset, m in reversed(changes) if onset <= here), meter)
        bars.append(Bar(len(bars) + (first >= 0), here, bar_ql(meter), meter))
        here += bar_ql(meter)
    return tuple(bars)
