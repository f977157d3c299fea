"""MIDI files as charts: what was written as it was, what was played as note values."""

from __future__ import annotations

import io
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import mido

from exercises.chart import Bar, ComposeError, Note, number_notes
from exercises.kit import KIT, meant_key
from exercises.midi import BAND_TRACKS, DOWNBEAT, DRUM_CHANNEL, HANDS
from exercises.quantise import PlayedNote, quantise
from exercises.strokes import write_strokes
from exercises.theory import OCTAVE, hear_key, key_name_of, write_spelling
from exercises.timeline import bar_ql

if TYPE_CHECKING:
    from collections.abc import Iterator

MIDDLE_C = 60
_STAVES = 2
# Divisors of the quarter note that a written onset may lie on.
_DIVISORS = (1, 2, 3, 4, 6, 8, 12, 16, 5, 7, 24, 32)
_PLAIN = frozenset({1, 2, 3, 4, 6, 8, 12})
_MOSTLY = 0.7
"""Played onsets fall on those divisors by chance: one in six at 96 ticks to the quarter note, the
coarsest clock in use."""
_GRID = 12
"""Where nothing fits to the tick: triplet sixteenths and sixteenths, by rounding to this and 16."""


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
    is_pads: bool = False
    """Whether there are drums in it and nothing else."""


def read_midi(data: bytes, name: str) -> ReadMidi:
    """Read a MIDI file as written music.

    Where most onsets lie on note values, the others are rounded to them; a file that was played
    is quantised beat by beat (see `exercises.quantise`). The first two tracks (or channels) with
    notes are the upper and the lower staff; a single one is divided at middle C. A marker
    "downbeat" says where bar 1 begins; a key that the file does not name is heard from the notes.
    A file of drums alone is a chart for pads.

    Raises:
        ComposeError: not a whole MIDI file, or no notes in it.
    """
    file = _open(data, name)
    meta = _read_meta(file)
    downbeat = Fraction(meta.downbeat, file.ticks_per_beat)
    streams = [s for s in _note_streams(file) if s]
    pads = not streams
    if pads:
        drums = sorted(n for s in _note_streams(file, drums=True) for n in s)
        streams = [drums] if drums else []
    if not streams:
        raise ComposeError(f"{name}: no notes inside")
    if pads:
        staves = streams
    elif len(streams) == 1:
        staves = [
            [n for n in streams[0] if n[2] >= MIDDLE_C],
            [n for n in streams[0] if n[2] < MIDDLE_C],
        ]
    else:
        staves = streams[:_STAVES]
    played = _is_played(streams, file.ticks_per_beat)
    if played:
        hands = [_in_quarters(stream, file.ticks_per_beat, downbeat) for stream in staves]
        timed = quantise(hands, meta.quarter_bpm)
    else:
        timed = [_round_notes(stream, file.ticks_per_beat, downbeat) for stream in staves]
    if pads:
        return _read_pads(timed[0], file, meta, downbeat, played=played)
    key = meta.key or hear_key(
        (pitch, float(end - start)) for hand in timed for start, end, pitch in hand
    )
    notes = [note for staff, hand in enumerate(timed, 1) for note in _spell_notes(hand, staff, key)]
    bars = _lay_bars(notes, meta.meters, file.ticks_per_beat, downbeat)
    return ReadMidi(
        number_notes(notes),
        bars,
        key,
        bars[-1].meter,
        meta.quarter_bpm,
        meta.title,
        tuple(_left_out(file, len(streams), meta, played=played)),
    )


def _read_pads(
    struck: list[PlayedNote], file: mido.MidiFile, meta: _Meta, downbeat: Fraction, *, played: bool
) -> ReadMidi:
    """Drums as a chart for pads; what is not of the kit is left out."""
    strokes = {
        (onset, meant_key(key)): Note("", onset, stop - onset, meant_key(key), "", 1, 1)
        for onset, stop, key in struck
    }
    kept = [note for note in strokes.values() if note.pitch in KIT]
    bars = _lay_bars(list(strokes.values()), meta.meters, file.ticks_per_beat, downbeat)
    strange = {note.pitch for note in strokes.values()} - set(KIT)
    left_out = [f"drums that are not of the kit ({', '.join(map(str, sorted(strange)))})"]
    return ReadMidi(
        number_notes(write_strokes(kept, bars)),
        bars,
        meta.key or "C",
        bars[-1].meter,
        meta.quarter_bpm,
        meta.title,
        (*_left_out(file, 1, meta, played=played, pads=True), *(left_out if strange else ())),
        is_pads=True,
    )


def _left_out(
    file: mido.MidiFile, streams: int, meta: _Meta, *, played: bool, pads: bool = False
) -> Iterator[str]:
    """What a chart of two staves (or of pads) at one tempo does not hold."""
    if played:
        yield "the player's own time: every beat is rounded to note values"
    if streams > _STAVES:
        further = streams - _STAVES
        tracks = "1 further track" if further == 1 else f"{further} further tracks"
        yield f"{tracks}: a chart has two staves, from the first two tracks with notes"
    messages = [message for track in file.tracks for message in track]
    if not pads and any(m.type == "note_on" and m.channel == DRUM_CHANNEL for m in messages):
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
    key: str = ""
    """Empty where the file does not say."""
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


def _note_streams(file: mido.MidiFile, *, drums: bool = False) -> list[list[RawNote]]:
    """Notes by track; by channel where all are in one track. Those of drums, or all others."""
    streams: dict[tuple[int, int], list[RawNote]] = {}
    ours = any(track.name in HANDS.values() for track in file.tracks)
    for index, track in enumerate(file.tracks):
        if ours and track.name in BAND_TRACKS:
            continue
        here = 0
        sounding: dict[tuple[int, int], list[int]] = {}
        for message in track:
            here += message.time
            if message.type not in {"note_on", "note_off"}:
                continue
            if (message.channel == DRUM_CHANNEL) != drums:
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


def _is_played(streams: list[list[RawNote]], per_quarter: int) -> bool:
    """Whether too few onsets lie on sixteenths, 32nds or triplets for written music."""
    places = [_exactly(start, per_quarter) for stream in streams for start, _, _ in stream]
    written = sum(place is not None and place.denominator in _PLAIN for place in places)
    return written < _MOSTLY * len(places)


def _in_quarters(stream: list[RawNote], per_quarter: int, downbeat: Fraction) -> list[PlayedNote]:
    return [
        (Fraction(start, per_quarter) - downbeat, Fraction(end, per_quarter) - downbeat, pitch)
        for start, end, pitch in stream
    ]


def _round_notes(stream: list[RawNote], per_quarter: int, downbeat: Fraction) -> list[PlayedNote]:
    """Each time as the note value that it is, or the nearest."""
    onsets = sorted({_round(start, per_quarter) for start, _, _ in stream})
    notes = []
    for start, end, pitch in stream:
        onset = _round(start, per_quarter)
        stop = _round_end(start, end, onset, onsets, per_quarter)
        notes.append((onset - downbeat, stop - downbeat, pitch))
    return notes


def _spell_notes(notes: list[PlayedNote], staff: int, key: str) -> Iterator[Note]:
    before = None
    for onset, stop, pitch in notes:
        rising = before is None or pitch >= before
        name = key_name_of(key, pitch % OCTAVE, rising=rising)
        before = pitch
        yield Note("", onset, stop - onset, pitch, write_spelling(pitch, name), staff, 1)


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
