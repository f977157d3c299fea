"""What goes wrong with the player's data, in one line each: what, where, what to do."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_WHERE_ELSE = "or set FIRST_TAKE_HOME to a folder that is"

_COMPLAINTS = {
    "SQLITE_BUSY": "{file} is in use by another program; close that one and try again",
    "SQLITE_LOCKED": "{file} is in use by another program; close that one and try again",
    "SQLITE_READONLY": "cannot write to {file}; make it and its folder writable, " + _WHERE_ELSE,
    "SQLITE_PERM": "cannot write to {file}; make it and its folder writable, " + _WHERE_ELSE,
    "SQLITE_CANTOPEN": "cannot open {file}; make its folder writable, " + _WHERE_ELSE,
    "SQLITE_FULL": "no room left for {file}; free some space on its disk and try again",
    "SQLITE_IOERR": "the disk failed under {file} ({detail}); check the disk and try again",
    "SQLITE_CORRUPT": "{file} is damaged ({detail}); it was left as it is: move it away to start "
    "anew, or put a copy of yours back",
    "SQLITE_NOTADB": "{file} is damaged or no database of First Take ({detail}); it was left as it "
    "is: move it away to start anew, or put a copy of yours back",
}


class StorageError(Exception):
    """The player's data cannot be read or kept; the message says what, where and what to do."""


def is_busy(error: BaseException) -> bool:
    """Whether another connection holds the file."""
    return _code(error).startswith("SQLITE_BUSY")


def explain(error: BaseException, path: Path | None) -> StorageError:
    """The line for the player.

    Args:
        error: from sqlite3, from SQLAlchemy (which carries sqlite3's as `orig`), or an OSError.
        path: the database file; None in memory.
    """
    if isinstance(error, StorageError):
        return error
    file = "the database in memory" if path is None else str(path)
    origin = getattr(error, "orig", None) or error
    code = _code(error)
    for prefix, complaint in _COMPLAINTS.items():
        if code.startswith(prefix):
            return StorageError(complaint.format(file=file, detail=origin))
    if isinstance(error, OSError):
        reason = error.strerror or error
        return StorageError(f"cannot use {file}: {reason}; make its folder writable, {_WHERE_ELSE}")
    return StorageError(f"cannot use {file}: {origin}; move it away to start anew")


def _code(error: BaseException) -> str:
    """SQLite's name for the error, such as SQLITE_BUSY_SNAPSHOT; empty for any other error."""
    origin = getattr(error, "orig", None) or error
    if not isinstance(origin, sqlite3.Error):
        return ""
    # A sqlite3.Error that Python itself raised has no code.
    return str(getattr(origin, "sqlite_errorname", ""))
