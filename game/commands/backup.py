"""`first-take backup`: a copy of everything that is kept, and its way back."""

from __future__ import annotations

from pathlib import Path

import click

from game.places import database_file


@click.group("backup", short_help="Save a player's takes and progress, or bring them back.")
def command() -> None:
    """Save a player's takes and progress to a file, or bring a saved file's takes in."""


@command.command("save", short_help="Copy everything of the player who is playing to FILE.")
@click.argument("file", type=click.Path(path_type=Path))
def save(file: Path) -> None:
    """Copy everything of the player who is playing to FILE; the game may be open."""
    from game.storage.backup import save_backup  # noqa: PLC0415 - loads SQLAlchemy

    save_backup(database_file(), file)
    click.echo(f"saved to {file}")


@command.command("restore", short_help="Bring in what FILE has and is not here yet.")
@click.argument("file", type=click.Path(path_type=Path))
def restore(file: Path) -> None:
    """Bring in the takes and results of FILE that are not here yet; nothing here is lost."""
    from game.storage.archive import open_archive  # noqa: PLC0415 - loads SQLAlchemy
    from game.storage.backup import restore_backup  # noqa: PLC0415 - as above

    archive = open_archive(database_file())
    try:
        takes, runs = restore_backup(archive, file)
    finally:
        archive.close()
    click.echo(f"{takes} takes and {runs} results were new")
