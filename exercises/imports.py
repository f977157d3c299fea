"""Chart files of every kind that is read, as charts."""

from __future__ import annotations

from pathlib import Path

import msgspec

from exercises.chart import Chart, ComposeError, read_chart_json
from exercises.kit import PADS_KIND
from exercises.midi_reader import read_midi
from exercises.own import LeftOut, Own, imported_drill

MUSICXML_SUFFIXES = (".musicxml", ".xml", ".mxl")
MIDI_SUFFIXES = (".mid", ".midi")
ABC_SUFFIXES = (".abc",)
KNOWN_SUFFIXES = (".json", *MUSICXML_SUFFIXES, *MIDI_SUFFIXES, *ABC_SUFFIXES)


def read_chart(path: Path | str) -> Chart:
    """Read a chart file; see `read_own`."""
    return read_own(path).chart


def read_own(path: Path | str) -> Own:
    """Read a chart, and what it leaves out: its own JSON, MusicXML (also compressed), MIDI or ABC.

    A tied note is one note; notes are ordered by (onset, staff, pitch) and called n1, n2, ...;
    a grace note has length 0; a pickup is bar 0, before onset 0; staff 1 is the upper.

    Raises:
        ComposeError: no such file, a kind that is not read, a damaged file, or no notes in it.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if path.is_dir():
        raise ComposeError(f"{path}: a folder; name a chart file in it")
    if suffix not in KNOWN_SUFFIXES:
        raise ComposeError(
            f'{path}: "{suffix or path.name}" is not a kind of chart that is read; '
            f"the kinds are {', '.join(KNOWN_SUFFIXES)}"
        )
    data = _read_bytes(path)
    if not data:
        raise ComposeError(f"{path}: the file is empty")
    if suffix == ".json":
        try:
            return Own(read_chart_json(data))
        except ComposeError as error:
            raise ComposeError(f"{path}: {error}") from error
    if suffix in MIDI_SUFFIXES:
        return _from_midi(data, str(path))
    from exercises.score.reader import read_abc, read_score  # noqa: PLC0415 - music21 is heavy

    return (read_abc if suffix in ABC_SUFFIXES else read_score)(data, str(path))


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ComposeError(f"{path}: there is no such file") from error
    except OSError as error:
        raise ComposeError(f"{path}: cannot be read ({error.strerror})") from error


def _from_midi(data: bytes, name: str) -> Own:
    read = read_midi(data, name)
    drill = imported_drill(
        key=read.key, meter=read.meter, bars=read.bars, quarter_bpm=read.quarter_bpm
    )
    if read.is_pads:
        drill = msgspec.structs.replace(drill, kind=PADS_KIND)
    chart = Chart(drill, read.bars, read.notes, title=read.title)
    return Own(chart, tuple(LeftOut(0, reason) for reason in read.left_out))
