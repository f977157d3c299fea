"""Every folder and file of the player's, in one place."""

from __future__ import annotations

import os
from pathlib import Path

HOME_VARIABLE = "FIRST_TAKE_HOME"
"""Puts data, config and cache under one folder."""


PLAYER_VARIABLE = "FIRST_TAKE_PLAYER"
"""Who is playing, for this time."""
DATABASE = "first-take.db"
LONGEST_NAME = 24


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
    """The SQLite file with takes, scorecards and settings of the player who is playing."""
    player = current_player()
    folder = players_folder() / player if player else data_folder()
    return folder / DATABASE


def players_folder() -> Path:
    """Holds a folder for each player beside the first, who needs no name."""
    return data_folder() / "players"


def current_player() -> str:
    """Who is playing; empty for the first player. `FIRST_TAKE_PLAYER` wins over what is kept."""
    asked = os.environ.get(PLAYER_VARIABLE)
    if asked is not None:
        return asked if is_player_name(asked) else ""
    try:
        kept = player_file().read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return kept if is_player_name(kept) else ""


def player_file() -> Path:
    """Names the player who played last."""
    return data_folder() / "player"


def list_players() -> list[str]:
    """All players' names; the first one's is empty."""
    folder = players_folder()
    found = (
        {path.parent.name for path in folder.glob(f"*/{DATABASE}")} if folder.exists() else set()
    )
    return sorted({"", current_player(), *found}, key=str.casefold)


def choose_player(name: str) -> None:
    """Another player plays from now on; empty is the first one.

    Where `FIRST_TAKE_PLAYER` chooses for this time, it is changed for this time and no longer.

    Raises:
        OSError: it cannot be written down who plays.
    """
    if PLAYER_VARIABLE in os.environ:
        os.environ[PLAYER_VARIABLE] = name
        return
    file = player_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{name}\n" if name else "", encoding="utf-8")


def is_player_name(name: str) -> bool:
    """Whether a name can be a folder's on every system: letters, digits, - and _, up to 24."""
    return 0 < len(name) <= LONGEST_NAME and all(c.isalnum() or c in "-_" for c in name)


def user_packs_folder() -> Path:
    """Where a player puts style packs of their own (`*.toml`)."""
    return data_folder() / "styles"


def sound_folder() -> Path:
    """Rendered bands and references. May not exist yet."""
    return cache_folder() / "sound"


def sheets_folder() -> Path:
    """Marked charts and takes that were written as files. May not exist yet."""
    return data_folder() / "sheets"


def log_file(name: str) -> Path:
    """The log of one of the game's processes."""
    return cache_folder() / f"{name}.log"
