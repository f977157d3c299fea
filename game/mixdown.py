"""A song of several parts as files: MIDI with a track for each, and the mix as WAV."""

from __future__ import annotations

import io
import wave
from typing import TYPE_CHECKING

from game.events import NoteEvent
from game.places import data_folder
from game.takefiles import DOWNBEAT

if TYPE_CHECKING:
    from pathlib import Path

    import mido

    from game.requests import Mixdown
    from game.soundfont.track import SoundedNote
    from styles.schema import Style

RATE = 44_100
FULL_SCALE = 32_000
RINGS_S, AHEAD_S = 3.0, 0.1
DRUMS, BASS = 9, 8
"""Channels of the band; the parts have those from 0 on."""


class MixError(Exception):
    """The files cannot be written; the message says which and why."""


def songs_folder() -> Path:
    """Where songs are written. May not exist yet."""
    return data_folder() / "songs"


def write_mix(mix: Mixdown, folder: Path) -> tuple[Path, Path]:
    """Write a song, each file whole or not at all; gives the paths of MIDI and WAV.

    Raises:
        MixError: they cannot be written.
        ComposeError: the band's chart cannot be read.
    """
    band = _play_band(mix)
    files = (
        (folder / f"{mix.title}.mid", write_midi(mix, band)),
        (folder / f"{mix.title}.wav", write_wav(mix, band)),
    )
    for path, data in files:
        part = path.with_name(f"{path.name}.part")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(data)
            part.replace(path)
        except OSError as error:
            raise MixError(f"cannot write {path}: {error.strerror or error}") from error
    return files[0][0], files[1][0]


def _play_band(mix: Mixdown) -> list[SoundedNote]:
    from exercises.chart import read_chart_json  # noqa: PLC0415 - when it is needed
    from game.composer.sounding import perform  # noqa: PLC0415 - numpy
    from game.gradefiles import find_style  # noqa: PLC0415 - as above

    chart = read_chart_json(mix.band_json)
    style: Style | None = find_style(None, chart)
    band = perform(chart, style, program=0, quarter_bpm=mix.quarter_bpm)["band"]
    return [note for note in band if note.drums or not mix.own_bass]


def write_midi(mix: Mixdown, band: list[SoundedNote]) -> bytes:
    """A MIDI file with a track for each part and each of the band, and a marker at the downbeat."""
    import mido  # noqa: PLC0415 - when it is needed

    tracks = [(part.name, place, part.program, part.keys) for place, part in enumerate(mix.parts)]
    for name, channel, is_drums in (("Drums", DRUMS, True), ("Bass", BASS, False)):
        notes = [note for note in band if note.drums == is_drums]
        if notes:
            keys = tuple((n.onset_s, n.duration_s, n.pitch, n.velocity) for n in notes)
            tracks.append((name, channel, notes[0].program, keys))
    ticks_per_s = 960 * mix.quarter_bpm / 60.0
    earliest = min((key[0] for _, _, _, keys in tracks for key in keys), default=0.0)
    origin_s = max(0.0, -earliest)
    file = mido.MidiFile(type=1, ticks_per_beat=960)
    conductor = mido.MidiTrack()
    conductor.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(mix.quarter_bpm)))
    at = round(origin_s * ticks_per_s)
    conductor.append(mido.MetaMessage("marker", text=DOWNBEAT, time=at))
    file.tracks.append(conductor)
    for name, channel, program, keys in tracks:
        track = mido.MidiTrack()
        track.append(mido.MetaMessage("track_name", name=name))
        track.append(mido.Message("program_change", channel=channel, program=program))
        _append_keys(track, channel, keys, origin_s, ticks_per_s)
        file.tracks.append(track)
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def _append_keys(
    track: mido.MidiTrack,
    channel: int,
    keys: tuple[tuple[float, float, int, int], ...],
    origin_s: float,
    ticks_per_s: float,
) -> None:
    import mido  # noqa: PLC0415 - as above

    events = [NoteEvent(onset, "on", pitch, velocity) for onset, _, pitch, velocity in keys]
    events += [NoteEvent(onset + length, "off", pitch, 0) for onset, length, pitch, _ in keys]
    now = 0
    # A key that is struck at the moment at which it is let go is let go first.
    for event in sorted(events, key=lambda each: (each.onset_s, each.kind == "on")):
        tick = max(now, round((origin_s + event.onset_s) * ticks_per_s))
        kind = "note_on" if event.kind == "on" else "note_off"
        track.append(
            mido.Message(
                kind, channel=channel, note=event.pitch, velocity=event.velocity, time=tick - now
            )
        )
        now = tick


def write_wav(mix: Mixdown, band: list[SoundedNote]) -> bytes:
    """The whole mix as a WAV file of two channels."""
    import numpy as np  # noqa: PLC0415 - when it is needed

    from game.composer.sounding import open_bank  # noqa: PLC0415 - numpy
    from game.soundfont.track import SoundedNote, render_track  # noqa: PLC0415 - numpy

    notes = [
        *band,
        *(SoundedNote(*key, part.program) for part in mix.parts for key in part.keys),
    ]
    start_s = min((note.onset_s for note in notes), default=0.0) - AHEAD_S
    end_s = max((note.onset_s + note.duration_s for note in notes), default=0.0) + RINGS_S
    bank = open_bank(mix.sound_bank)
    samples = render_track(notes, bank, start_s=start_s, end_s=end_s, rate=RATE)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.round(samples * FULL_SCALE).astype("<i2").tobytes())
    return out.getvalue()
