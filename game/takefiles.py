"""Recorded takes as MIDI files: read into stamped events, and written.

A marker `downbeat` in the file says where the first downbeat is.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import mido

from game.events import NoteEvent
from game.scoring.errors import GradeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

DOWNBEAT = "downbeat"
TICKS_PER_BEAT = 15360
"""A tick is under 0.2 ms from 20 quarter notes a minute up, and half of that is lost at most."""
DEFAULT_TEMPO = 500_000
"""Microseconds a quarter note where a file says none (Standard MIDI Files 1.0)."""
SUSTAIN_PEDAL = 64
MICROSECONDS = 1_000_000.0
MIDI_MAGIC = b"MThd"


@dataclass(frozen=True)
class TakeFile:
    """A recorded take, in the file's own seconds."""

    events: tuple[NoteEvent, ...]
    downbeat_s: float | None
    """Where the marker is; None without one."""

    def from_downbeat(
        self, downbeat_s: float | None = None, *, latency_ms: float = 0.0
    ) -> tuple[NoteEvent, ...]:
        """The events in seconds from the first downbeat, the latency taken off.

        Args:
            downbeat_s: where it is in the file; None takes the marker, or the file's start.
            latency_ms: how much too late the instrument's stamps are.

        """
        start = downbeat_s if downbeat_s is not None else self.downbeat_s or 0.0
        shift = start + latency_ms / 1000.0
        return tuple(
            NoteEvent(e.onset_s - shift, e.kind, e.pitch, e.velocity, e.source) for e in self.events
        )


def read_take(path: Path) -> TakeFile:
    """Read a take from a Standard MIDI File; all tracks and channels are one keyboard.

    Raises:
        GradeError: no such file, empty, no MIDI file, damaged, or timed by film frames.

    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise GradeError(f"{path}: the take cannot be read ({error.strerror})") from error
    if not data:
        raise GradeError(f"{path}: the take is an empty file; record it again")
    if not data.startswith(MIDI_MAGIC):
        raise GradeError(f"{path}: the take is no MIDI file; give a .mid file")
    try:
        file = mido.MidiFile(file=BytesIO(data))
        if file.ticks_per_beat <= 0:
            raise GradeError(f"{path}: the MIDI file is timed by film frames; export it with ticks")
        if not file.tracks:
            raise GradeError(f"{path}: the MIDI file is damaged (no track); export it again")
        messages = list(_in_seconds(file))
    except (EOFError, OSError, ValueError, LookupError, TypeError, mido.KeySignatureError) as error:
        why = "it ends too early" if isinstance(error, EOFError) else str(error) or "unreadable"
        raise GradeError(
            f"{path}: the MIDI file is damaged ({why}); export or record it again"
        ) from error
    return TakeFile(tuple(_events(messages)), _find_downbeat(messages))


def _in_seconds(file: mido.MidiFile) -> Iterator[tuple[float, mido.Message | mido.MetaMessage]]:
    """All messages of all tracks in time order with their seconds; ties in file order."""
    tempo, since_s, since_tick, tick = DEFAULT_TEMPO, 0.0, 0, 0
    for message in mido.merge_tracks(file.tracks):
        tick += message.time
        passed = (tick - since_tick) * tempo / MICROSECONDS / file.ticks_per_beat
        yield since_s + passed, message
        if message.type == "set_tempo":
            since_s, since_tick, tempo = since_s + passed, tick, message.tempo


def _events(
    messages: list[tuple[float, mido.Message | mido.MetaMessage]],
) -> Iterator[NoteEvent]:
    for onset_s, message in messages:
        if message.type == "note_on" and message.velocity > 0:
            yield NoteEvent(onset_s, "on", message.note, message.velocity)
        elif message.type in {"note_on", "note_off"}:
            yield NoteEvent(onset_s, "off", message.note, message.velocity)
        elif message.type == "control_change" and message.control == SUSTAIN_PEDAL:
            yield NoteEvent(onset_s, "pedal", 0, message.value)


def _find_downbeat(
    messages: list[tuple[float, mido.Message | mido.MetaMessage]],
) -> float | None:
    for onset_s, message in messages:
        if message.type == "marker" and message.text.strip().lower() == DOWNBEAT:
            return onset_s
    return None


def write_take(
    events: Sequence[NoteEvent],
    *,
    quarter_bpm: float,
    downbeat_s: float,
    channel: int = 0,
    program: int = 0,
) -> bytes:
    """Write stamped events as a MIDI file with the marker.

    Args:
        events: in seconds from the first downbeat.
        quarter_bpm: quarter notes a minute: the file's tempo.
        downbeat_s: where the first downbeat lies in the file; must leave room for what is earlier.
        channel: counted from 0; drums have their own.
        program: of General MIDI, counted from 0.

    """
    tempo = round(60.0 * MICROSECONDS / quarter_bpm)
    ticks_per_second = TICKS_PER_BEAT * MICROSECONDS / tempo
    earliest = min((event.onset_s for event in events), default=0.0)
    # The marker lies on a whole tick, and every event is rounded from there.
    origin = round(max(downbeat_s, -earliest) * ticks_per_second)
    timed: list[tuple[int, mido.Message | mido.MetaMessage]] = [
        (0, mido.MetaMessage("set_tempo", tempo=tempo)),
        (0, mido.Message("program_change", channel=channel, program=program)),
        (origin, mido.MetaMessage("marker", text=DOWNBEAT)),
    ]
    timed += [
        (max(0, origin + round(event.onset_s * ticks_per_second)), _message(event, channel))
        for event in events
    ]
    track = mido.MidiTrack()
    before = 0
    for tick, message in sorted(timed, key=lambda one: one[0]):
        track.append(message.copy(time=tick - before))
        before = tick
    track.append(mido.MetaMessage("end_of_track", time=0))
    file = mido.MidiFile(type=0, ticks_per_beat=TICKS_PER_BEAT)
    file.tracks.append(track)
    buffer = BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def _message(event: NoteEvent, channel: int) -> mido.Message:
    if event.kind == "pedal":
        pedal = {"control": SUSTAIN_PEDAL, "value": event.velocity}
        return mido.Message("control_change", channel=channel, **pedal)
    kind = "note_on" if event.kind == "on" else "note_off"
    return mido.Message(kind, channel=channel, note=event.pitch, velocity=event.velocity)
