"""`first-take compose`: charts to files or to standard output."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from exercises.chart import ComposeError, write_chart_json
from game.commands.drill_options import drill_options, find_style, read_request

if TYPE_CHECKING:
    from exercises.drill import DrillRequest

ENDINGS = {
    "musicxml": "musicxml",
    "midi": "mid",
    "json": "json",
    "svg": "svg",
    "png": "png",
    "text": "txt",
}
BINARY = ("midi", "png")
TEXT_COLUMNS = 120


@click.command()
@drill_options
@click.option(
    "--format",
    "form",
    type=click.Choice(list(ENDINGS)),
    default="musicxml",
    show_default=True,
    help="What to write.",
)
@click.option("-n", "count", type=click.IntRange(1), help="Many charts, seeds counted up.")
@click.option("-o", "output", type=click.Path(path_type=Path), help="A file; with -n a folder.")
def command(form: str, count: int | None, output: Path | None, **drill: Any) -> None:  # noqa: ANN401
    """Compose charts: the same drill gives the same chart, byte for byte."""
    request = read_request(**drill)
    if count is not None:
        _compose_many(request, form, count, output or Path())
        return
    data, rejections = compose_document(request, form)
    if rejections:
        import logging  # noqa: PLC0415 - only where there is something to tell

        logging.getLogger(__name__).info("%d drafts were thrown away", rejections)
    if output is not None:
        _write(output, data)
    elif form in BINARY and sys.stdout.isatty():
        raise click.UsageError(f"{form} is not for a terminal; write it to a file with -o")
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def compose_document(request: DrillRequest, form: str) -> tuple[bytes, int]:
    """Compose one chart and write it; gives the document and how many drafts were thrown away."""
    from exercises.compose.chart import compose_chart  # noqa: PLC0415 - heavy
    from exercises.request import resolve_drill  # noqa: PLC0415

    style = find_style(request.style)
    composition = compose_chart(resolve_drill(request, style), style)
    chart = composition.chart
    if form == "json":
        return write_chart_json(chart), composition.rejections
    from exercises.musicxml import write_midi, write_musicxml  # noqa: PLC0415

    if form == "midi":
        return write_midi(chart), composition.rejections
    musicxml = write_musicxml(chart, font=style.font)
    if form == "musicxml":
        return musicxml, composition.rejections
    from game.notation.engrave import engrave  # noqa: PLC0415
    from game.notation.export import render_png, render_svg, render_text  # noqa: PLC0415
    from game.notation.page import PageRequest  # noqa: PLC0415

    if form == "svg":
        return render_svg(musicxml).encode(), composition.rejections
    if form == "png":
        return render_png(musicxml), composition.rejections
    page = engrave(musicxml, chart, PageRequest(columns=TEXT_COLUMNS))
    return (render_text(page) + "\n").encode(), composition.rejections


def _compose_to(request: DrillRequest, form: str, path: Path) -> int:
    data, rejections = compose_document(request, form)
    _write(path, data)
    return rejections


def _compose_many(request: DrillRequest, form: str, count: int, folder: Path) -> None:
    from rich.console import Console  # noqa: PLC0415 - only for many
    from rich.progress import Progress  # noqa: PLC0415

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ComposeError(f"{folder}: cannot be made a folder ({error.strerror})") from error
    console = Console(stderr=True)
    rejections = 0
    with (
        ProcessPoolExecutor(max_workers=min(count, os.cpu_count() or 1)) as pool,
        Progress(console=console) as progress,
    ):
        task = progress.add_task("composing", total=count)
        jobs = []
        for index in range(count):
            seed = ((request.seed or 0) + index) % 2**32
            name = f"{request.style}-{request.level}-{seed}.{ENDINGS[form]}"
            one = msgspec.structs.replace(request, seed=seed)
            jobs.append(pool.submit(_compose_to, one, form, folder / name))
        for job in jobs:
            rejections += job.result()
            progress.advance(task)
    console.print(f"{count} charts in {folder}; {rejections} drafts were thrown away on the way")


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise ComposeError(f"{path}: cannot be written ({error.strerror})") from error
