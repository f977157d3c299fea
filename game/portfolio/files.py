"""Writes the page of the player who is playing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from game.places import current_player, data_folder, database_file, user_packs_folder

if TYPE_CHECKING:
    from pathlib import Path


def portfolio_file() -> Path:
    """Where the page lies that the game writes."""
    return data_folder() / "portfolio.html"


def write_portfolio(path: Path, name: str = "") -> Path:
    """Write the page, whole or not at all; gives its path.

    Raises:
        StorageError: the archive cannot be read, or the file not be written.
    """
    from game.portfolio.gather import UNNAMED, gather_portfolio  # noqa: PLC0415 - loads numpy and the band
    from game.portfolio.page import write_page  # noqa: PLC0415 - with it
    from game.storage.archive import StorageError, open_archive  # noqa: PLC0415 - as above
    from styles.loader import load_styles  # noqa: PLC0415 - as above

    styles = load_styles(user_packs_folder()).styles
    archive = open_archive(database_file())
    try:
        today = datetime.now().astimezone().date()
        name = name or current_player() or UNNAMED
        page = write_page(gather_portfolio(archive, styles, name=name, today=today))
    finally:
        archive.close()
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(page, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error.strerror or error}") from error
    return path
