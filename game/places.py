"""Every folder and file of the player's, in one place."""

from __future__ import annotations

import os
from pathlib import Path

HOME_VARIABLE = "FIRST_TAKE_HOME"
"""Puts data, config and cache under one folder."""


def _folder(part: str) -> Path:
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return Path(home) / part
    import platformdirs  # noqa: PLC0415 - not needed where the variable is set

    folders = platformdirs.PlatformDirs("first-take", appauthor=False)
    return {"data": folders.user_data_path, "cache": folders.user_cache_path}[part]


def data_folder() -> Path:
    """Where takes, progress and the player's own styles are kept. May not exist yet."""
    return _folder("data")


def cache_folder() -> Path:
    """Logs and whatever can be made again. May not exist yet."""
    return _folder("cache")


def database_file() -> Path:
    """The SQLite file with takes, scorecards and settings."""
    return data_folder() / "first-take.db"


def user_packs_folder() -> Path:
    """Where a player puts style packs of their own (`*.toml`)."""
    return data_folder() / "styles"


def log_file(name: str) -> Path:
    """The log of one of the game's processes."""
    return cache_folder() / f"{name}.log"
