"""`first-take play`: straight to the stage."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exercises.chairs import CHAIRS, find_chair
from game.commands.drill_options import drill_options, find_style, read_request

if TYPE_CHECKING:
    from exercises.drill import DrillRequest

LONGEST_PREVIEW_S = 600


@click.command(short_help="Play: straight to the stage, with a drill or what is suggested.")
@drill_options
@click.option("--chart", type=click.Path(path_type=Path), help="A chart of your own.")
@click.option("--midi-in", metavar="NAME", help="The keyboard's port, by name.")
@click.option(
    "--audio", "audio_backend", metavar="BACKEND", help='Sound backend; "none" for no sound.'
)
@click.option(
    "--preview",
    "preview_s",
    type=click.IntRange(0, LONGEST_PREVIEW_S),
    help="Seconds to look the chart through.",
)
def command(
    chart: Path | None,
    midi_in: str | None,
    audio_backend: str | None,
    preview_s: int | None,
    **drill: Any,  # noqa: ANN401 - handed on to read_request
) -> None:
    """Play: straight to the stage with a drill or a chart, else with what is suggested."""
    from game.ui.services import Opening  # noqa: PLC0415 - not for --help

    asked = any(value is not None for name, value in drill.items() if name != "chair")
    if asked and chart is not None:
        raise click.UsageError("name a drill or a --chart, not both")
    request = _check(read_request(**drill)) if asked else None
    chair = None if drill["chair"] is None else find_chair(drill["chair"]).id
    chart_json, left_out = (None, ()) if chart is None else _read_chart(chart, chair)
    for each in left_out:
        click.echo(f"{chart}: left out: {each}", err=True)
    from game.app_factory import open_game  # noqa: PLC0415 - heavy

    open_game(
        Opening(
            drill=request,
            chart_json=chart_json,
            left_out=left_out,
            plays_suggestion=request is None and chart_json is None,
            midi_in=midi_in,
            audio_backend=audio_backend,
            preview_s=preview_s,
            chair=chair,
        )
    )


def _check(request: DrillRequest) -> DrillRequest:
    """Refuse here, on one line, what could not be composed."""
    from exercises.request import resolve_drill  # noqa: PLC0415 - not for --help

    resolve_drill(request, find_style(request.style))
    return request


def _read_chart(path: Path, chair: str | None) -> tuple[bytes, tuple[str, ...]]:
    """What `read_chart_file` gives; read in a process that ends, for it loads music21."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(read_chart_file, path, chair).result()


def read_chart_file(path: Path, chair: str | None = None) -> tuple[bytes, tuple[str, ...]]:
    """Read a chart file (.musicxml .xml .mxl .mid .abc .json).

    Gives the chart as JSON, and a line for each thing in the file that it leaves out.

    Raises:
        ComposeError: it is no chart, or a bar of it cannot be written.
    """
    from exercises.chart import write_chart_json  # noqa: PLC0415 - in the child alone
    from exercises.imports import read_own  # noqa: PLC0415 - in the child alone
    from exercises.notation.notate import notate  # noqa: PLC0415 - in the child alone
    from exercises.seating import seat_chart  # noqa: PLC0415 - in the child alone

    own = read_own(path)
    # Refused here, with the bar and the reason, and not on the stage.
    notate(own.chart)
    chart = own.chart if chair is None else seat_chart(own.chart, CHAIRS[chair])
    return write_chart_json(chart), tuple(str(each) for each in own.left_out)
