"""Renders a chart as its style performs it, and the style's band, into files of samples."""

from __future__ import annotations

import contextlib
import io
import logging
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

import mido
import msgspec
import numpy as np

from exercises.band.ensemble import compose_band
from exercises.band.parts import DRUM_CHANNEL, BandChart
from exercises.chart import ComposeError, read_chart_json
from exercises.midi import write_midi
from exercises.performed import perform_band, perform_chart
from exercises.tempi import tempo_map
from game.places import sound_folder
from game.requests import PlayedPart, SoundReady
from game.soundfont.bank import Bank, BankError
from game.soundfont.places import find_bank
from game.soundfont.track import SoundedNote, render_track

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    from exercises.chart import Chart
    from game.requests import Overdubbed, PlayedRequest, SoundRequest
    from styles.schema import Style

AHEAD_S = 0.1
"""Of silence before the first note: what is pushed comes a little before its beat."""
RINGS_S = 3.0
"""After the last bar."""
KEPT_FILES = 24
FULL_SCALE = 32767
BAND_TRACKS = frozenset({"Drums", "Bass"})
RENDER_VERSION = 3
"""Raised whenever the same request would sound otherwise: older files are then not found."""

log = logging.getLogger("game.composer")


def render_sound(request: SoundRequest, chart: Chart, style: Style | None) -> SoundReady:
    """Render reference and band, or find them rendered already."""
    bank = open_bank(request.bank)
    name = _digest(request, bank)
    folder = sound_folder()
    band, reference = folder / f"{name}-band.npy", folder / f"{name}-reference.npy"
    timeline = tempo_map(chart, request.quarter_bpm)
    start_s = timeline.seconds_at(chart.onset_ql) - AHEAD_S
    end_s = timeline.seconds_at(chart.end_ql) + RINGS_S
    parts_file = folder / f"{name}-parts.npy"
    over = request.over
    ready = SoundReady(
        ticket=request.ticket,
        parts=str(parts_file) if over is not None and over.parts else "",
        reference=str(reference),
        band=str(band) if style is not None and style.band is not None else "",
        start_s=start_s,
        rate=request.rate,
        bank=bank.path.name if bank else "",
    )
    wanted = {reference: True, band: bool(ready.band), parts_file: bool(ready.parts)}
    if all(path.exists() for path, is_wanted in wanted.items() if is_wanted):
        return ready
    folder.mkdir(parents=True, exist_ok=True)
    heard = perform(chart, style, program=request.program, quarter_bpm=request.quarter_bpm)
    if over is not None:
        heard["band"] = _perform_under(over, style, request.quarter_bpm)
    stop_s = _stop_s(chart, request)
    parts = {
        reference: heard["reference"],
        band: [
            note._replace(duration_s=min(note.duration_s, stop_s - note.onset_s))
            for note in heard["band"]
            if note.onset_s < stop_s
        ],
        parts_file: sound_parts(over.parts) if over is not None else [],
    }
    for path, notes in parts.items():
        if wanted[path]:
            samples = render_track(notes, bank, start_s=start_s, end_s=end_s, rate=request.rate)
            _write(path, samples)
    _clear_old(folder)
    return ready


def render_played(request: PlayedRequest) -> SoundReady:
    """Render keys as they were played; what is heard lies in `reference`."""
    bank = open_bank(request.bank)
    notes = sound_parts([PlayedPart(request.keys, request.program, drums=request.drums)])
    start_s = min((note.onset_s for note in notes), default=0.0) - AHEAD_S
    end_s = max((note.onset_s + note.duration_s for note in notes), default=0.0) + RINGS_S
    folder = sound_folder()
    path = folder / f"{_digest(request, bank)}-played.npy"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        samples = render_track(notes, bank, start_s=start_s, end_s=end_s, rate=request.rate)
        _write(path, samples)
        _clear_old(folder)
    return SoundReady(
        request.ticket, str(path), "", start_s, request.rate, bank.path.name if bank else ""
    )


def sound_parts(parts: Sequence[PlayedPart]) -> list[SoundedNote]:
    """The notes of recorded parts, each by its own instrument."""
    return [
        SoundedNote(
            onset_s,
            RINGS_S if part.drums else duration_s,
            pitch,
            velocity,
            part.program,
            drums=part.drums,
        )
        for part in parts
        for onset_s, duration_s, pitch, velocity in part.keys
    ]


def _perform_under(over: Overdubbed, style: Style | None, quarter_bpm: float) -> list[SoundedNote]:
    """The band under a song: that of its first part, without the bass where that is played."""
    chart = read_chart_json(over.band_json)
    band = perform(chart, style, program=0, quarter_bpm=quarter_bpm)["band"]
    return [note for note in band if note.drums or not over.own_bass]


def perform(
    chart: Chart, style: Style | None, *, program: int, quarter_bpm: float
) -> dict[str, list[SoundedNote]]:
    """The notes of "reference" and "band" with the style's swing and pocket, in seconds.

    Args:
        chart: as written.
        style: whose feel and band; None plays straight and alone.
        program: of the reference.
        quarter_bpm: quarter notes a minute.
    """
    played, band = chart, BandChart(())
    if style is not None:
        played = perform_chart(chart, style)
        with contextlib.suppress(ComposeError):  # a metre that the style's band does not know
            band = perform_band(compose_band(chart, style), chart, style)
    file = mido.MidiFile(file=io.BytesIO(write_midi(played, band)))
    scale = chart.drill.quarter_bpm / quarter_bpm
    origin_s = tempo_map(chart, quarter_bpm).seconds_at(chart.onset_ql)
    found: dict[str, list[SoundedNote]] = {"reference": [], "band": []}
    for track in file.tracks[1:]:
        part = "band" if track.name in BAND_TRACKS else "reference"
        found[part] += _read_track(file.tracks[0], track, file.ticks_per_beat, program)
    return {
        part: [
            note._replace(
                onset_s=origin_s + scale * note.onset_s, duration_s=scale * note.duration_s
            )
            for note in notes
        ]
        for part, notes in found.items()
    }


def _read_track(
    conductor: mido.MidiTrack, track: mido.MidiTrack, ticks: int, program: int
) -> list[SoundedNote]:
    """A track's notes in seconds of the file."""
    notes: list[SoundedNote] = []
    down: dict[int, tuple[float, int]] = {}
    now_s, tempo = 0.0, 500_000
    for message in mido.merge_tracks([conductor, track]):
        now_s += mido.tick2second(message.time, ticks, tempo)
        if message.type == "set_tempo":
            tempo = message.tempo
        elif message.type == "program_change":
            program = message.program
        elif message.type == "note_on" and message.velocity:
            down[message.note] = (now_s, message.velocity)
        elif message.type in {"note_on", "note_off"} and message.note in down:
            onset_s, velocity = down.pop(message.note)
            drums = message.channel == DRUM_CHANNEL
            notes.append(
                SoundedNote(onset_s, now_s - onset_s, message.note, velocity, program, drums)
            )
    return notes


@lru_cache(maxsize=2)
def open_bank(named: str | None) -> Bank | None:
    """The player's bank or the one that is found; None where none can be played."""
    path = find_bank(named)
    if path is None:
        return None
    try:
        return Bank(path)
    except BankError as error:
        log.warning("%s", error)
        return None


def _digest(request: SoundRequest | PlayedRequest, bank: Bank | None) -> str:
    asked = msgspec.structs.replace(request, ticket=0)
    path = str(bank.path) if bank else ""
    return blake2b(
        msgspec.msgpack.encode((RENDER_VERSION, path, asked)), digest_size=12
    ).hexdigest()


def _stop_s(chart: Chart, request: SoundRequest) -> float:
    """Where the band falls silent."""
    timeline = tempo_map(chart, request.quarter_bpm)
    for bar in chart.bars:
        if request.stops_at_bar and bar.number >= request.stops_at_bar:
            return timeline.seconds_at(bar.onset_ql)
    return float("inf")


def _write(path: Path, samples: npt.NDArray[np.float32]) -> None:
    """Whole or not at all: the engine may look at any moment."""
    part = path.with_suffix(".part.npy")
    np.save(part, np.round(samples * FULL_SCALE).astype(np.int16))
    part.replace(path)


def _clear_old(folder: Path) -> None:
    files = sorted(folder.glob("*.npy"), key=lambda path: path.stat().st_mtime)
    for path in files[:-KEPT_FILES]:
        path.unlink(missing_ok=True)
