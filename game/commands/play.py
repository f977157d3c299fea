"""`first-take play`: straight to the stage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from game.commands.drill_options import drill_options, read_request


@click.command()
@drill_options
@click.option("--chart", type=click.Path(path_type=Path), help="A chart of your own.")
@click.option("--midi-in", help="The keyboard's port, by name.")
@click.option("--audio", "audio_backend", help='Sound backend; "none" for no sound.')
@click.option("--preview", "preview_s", type=click.IntRange(0, 600), help="Seconds to look.")
def command(
    chart: Path | None,
    midi_in: str | None,
    audio_backend: str | None,
    preview_s: int | None,
    **drill: Any,  # noqa: ANN401 - handed on to read_request
) -> None:
    """Play: with a drill or a chart straight to the stage, else from the home screen."""
    from game.ui.services import Opening  # noqa: PLC0415 - not for --help

    request = read_request(**drill) if any(value is not None for value in drill.values()) else None
    chart_json = None
    if chart is not None:
        from exercises.chart import write_chart_json  # noqa: PLC0415
        from exercises.imports import read_chart  # noqa: PLC0415

        chart_json = write_chart_json(read_chart(chart))
    from game.app_factory import open_game  # noqa: PLC0415 - heavy

    open_game(
        Opening(
            drill=request,
            chart_json=chart_json,
            midi_in=midi_in,
            audio_backend=audio_backend,
            preview_s=preview_s,
        )
    )
