"""`first-take compose`: charts to files or to standard output."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from exercises.chart import ComposeError, write_chart_json
from game.commands.drill_options import drill_options, find_style, read_request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exercises.chart import Chart
    from exercises.drill import DrillRequest
    from styles.schema import Style

ENDINGS = {
    "musicxml": "musicxml",
    "midi": "mid",
    "json": "json",
    "svg": "svg",
    "png": "png",
    "text": "txt",
    "words": "txt",
}
BINARY = ("midi", "png")
TEXT_COLUMNS = 120


@click.command(short_help="Compose charts: as files, pictures, MIDI or words.")
@drill_options
@click.option(
    "--format",
    "form",
    type=click.Choice(list(ENDINGS)),
    default="musicxml",
    show_default=True,
    help="What to write; text is the engraving in characters, words says every note.",
)
@click.option("--band", is_flag=True, help="With drums and bass (MIDI).")
@click.option("--feel", is_flag=True, help="As performed: swing and pocket (MIDI).")
@click.option("-n", "count", type=click.IntRange(1), help="Many charts, seeds counted up.")
@click.option("-o", "output", type=click.Path(path_type=Path), help="A file; with -n a folder.")
def command(
    form: str,
    band: bool,
    feel: bool,
    count: int | None,
    output: Path | None,
    **drill: Any,  # noqa: ANN401 - handed on to read_request
) -> None:
    """Compose charts: the same drill gives the same chart, byte for byte."""
    if (band or feel) and form != "midi":
        raise click.UsageError("--band and --feel are heard: take them with --format midi")
    request = read_request(**drill)
    sound = Sound(band=band, feel=feel)
    if count is not None:
        if not _compose_many(request, form, count, output or Path(), sound):
            click.get_current_context().exit(1)
        return
    if output is None and form in BINARY and sys.stdout.isatty():
        raise click.UsageError(f"{form} is not for a terminal; write it to a file with -o")
    document = compose_document(request, form, sound)
    for reason in document.reasons:
        logging.getLogger(__name__).info("thrown away: %s", reason)
    click.echo(f"code {document.code}", err=True)
    if output is not None:
        _write(output, document.data)
        return
    sys.stdout.buffer.write(document.data)
    sys.stdout.buffer.flush()


@dataclass(frozen=True)
class Sound:
    """What a MIDI file holds beside the notes as written."""

    band: bool = False
    """Drums and bass, in tracks of their own."""
    feel: bool = False
    """The style's swing and pocket: for listening, not for reading back."""


@dataclass(frozen=True)
class Document:
    """A composed chart in some form."""

    data: bytes
    code: str
    """The drill's share code."""
    rejections: int
    """Drafts that were thrown away before it."""
    reasons: tuple[str, ...]
    """Why."""


def compose_document(request: DrillRequest, form: str, sound: Sound | None = None) -> Document:
    """Compose one chart and write it.

    Raises:
        ComposeError: the drill cannot be composed, or the band has nothing for its metre.
        StyleError: no such style.
    """
    from exercises.compose.chart import compose_chart  # noqa: PLC0415 - heavy
    from exercises.request import resolve_drill  # noqa: PLC0415

    style = find_style(request.style)
    composition = compose_chart(resolve_drill(request, style), style)
    chart = composition.chart
    heard = form == "midi" and sound is not None
    return Document(
        write_sound(chart, style, sound or Sound())
        if heard
        else write_document(chart, form, style.font),
        chart.drill.code,
        composition.rejections,
        composition.reasons,
    )


def write_sound(chart: Chart, style: Style, sound: Sound) -> bytes:
    """A chart as a MIDI file, with its band and its feel where they are wanted."""
    from exercises.band.ensemble import compose_band  # noqa: PLC0415 - only where it is heard
    from exercises.musicxml import write_midi  # noqa: PLC0415
    from exercises.performed import perform_band, perform_chart  # noqa: PLC0415

    band = compose_band(chart, style) if sound.band else None
    if sound.feel:
        band = None if band is None else perform_band(band, chart, style)
        chart = perform_chart(chart, style)
    return write_midi(chart, band)


def write_words(chart: Chart) -> bytes:
    """A chart in words, a line a bar and hand."""
    from exercises.spoken import speak_chart  # noqa: PLC0415 - only where it is wanted

    return "\n".join([*speak_chart(chart), ""]).encode()


PLAIN = {"json": write_chart_json, "words": write_words}
"""Forms that need neither music21 nor the engraver."""


def write_document(chart: Chart, form: str, font: str) -> bytes:
    """A chart in one of the forms of `ENDINGS`."""
    if form in PLAIN:
        return PLAIN[form](chart)
    from exercises.musicxml import write_midi, write_musicxml  # noqa: PLC0415

    if form == "midi":
        return write_midi(chart)
    musicxml = write_musicxml(chart, font=font)
    if form == "musicxml":
        return musicxml
    from game.notation.engrave import engrave  # noqa: PLC0415
    from game.notation.export import render_png, render_svg, render_text  # noqa: PLC0415
    from game.notation.page import PageRequest  # noqa: PLC0415

    if form == "svg":
        return render_svg(musicxml).encode()
    if form == "png":
        return render_png(musicxml)
    page = engrave(musicxml, chart, PageRequest(columns=TEXT_COLUMNS))
    return render_text(page).encode()


@dataclass(frozen=True)
class Errand:
    """One of many charts: what is asked for, and where it goes."""

    request: DrillRequest
    form: str
    path: Path
    sound: Sound


def run_errand(errand: Errand) -> tuple[int, str]:
    """Compose into a file; gives the drafts thrown away, and what went wrong or an empty text."""
    try:
        document = compose_document(errand.request, errand.form, errand.sound)
    except ComposeError as error:
        return 0, str(error)
    _write(errand.path, document.data)
    return document.rejections, ""


def _errands(
    request: DrillRequest, form: str, count: int, folder: Path, sound: Sound
) -> Iterator[Errand]:
    for index in range(count):
        seed = ((request.seed or 0) + index) % 2**32
        one = msgspec.structs.replace(request, seed=seed)
        path = folder / f"{request.style}-{request.level}-{seed}.{ENDINGS[form]}"
        yield Errand(one, form, path, sound)


def _compose_many(request: DrillRequest, form: str, count: int, folder: Path, sound: Sound) -> bool:
    """Compose charts into a folder, seeds counted up; whether all could be composed."""
    from rich.console import Console  # noqa: PLC0415 - only for many
    from rich.progress import Progress  # noqa: PLC0415

    from game.parallel import run_parallel  # noqa: PLC0415

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ComposeError(f"{folder}: cannot be made a folder ({error.strerror})") from error
    console = Console(stderr=True)
    rejections = failures = 0
    workers = min(count, os.cpu_count() or 1)
    errands = _errands(request, form, count, folder, sound)
    with Progress(console=console) as progress:
        task = progress.add_task("composing", total=count)
        for errand, (thrown, failure) in run_parallel(run_errand, errands, workers):
            rejections += thrown
            failures += bool(failure)
            if failure:
                console.print(f"seed {errand.request.seed}: {failure}", markup=False)
            progress.advance(task)
    made = "1 chart" if count - failures == 1 else f"{count - failures} charts"
    console.print(f"{made} in {folder}; drafts thrown away on the way: {rejections}", markup=False)
    return not failures


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise ComposeError(f"{path}: cannot be written ({error.strerror})") from error
