"""`first-take portfolio`: best takes and credits as one page."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("portfolio", short_help="Best takes and credits as one page, with sound and MIDI.")
@click.option(
    "-o", "output", type=click.Path(path_type=Path, dir_okay=False), required=True,
    help="The HTML file; one that is there is written over.",
)  # fmt: skip
@click.option("--name", default="", help="What stands over the page.")
def command(*, output: Path, name: str) -> None:
    """Best first takes, credits, levels by genre, sound and MIDI in one HTML page."""
    from game.portfolio.files import write_portfolio  # noqa: PLC0415 - after the arguments

    click.echo(f"written to {write_portfolio(output, name)}")
