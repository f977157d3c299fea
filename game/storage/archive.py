"""Opens the player's data.

Importing this module costs nothing: SQLAlchemy (some 200 ms) is loaded by the first call of
`open_archive`, which therefore belongs on a worker thread, after the first frame is on the screen.
The archive may be used from any thread; every call reads or writes the disk, so the screen makes
its calls on a worker thread too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.storage.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path

    from game.storage.database import Database

__all__ = ["BUSY_S", "StorageError", "open_archive"]

BUSY_S = 5.0
"""How long a call waits for another program that is writing."""


def open_archive(path: Path | None, *, busy_s: float = BUSY_S) -> Database:
    """Open the archive in a file, making it and its folder where they are not there yet.

    Args:
        path: the SQLite file; None keeps everything in memory, for tests.
        busy_s: seconds that a call waits for another program.

    Raises:
        StorageError: the folder or file cannot be used, is damaged, busy, or of a newer program.
    """
    from game.storage.database import Database  # noqa: PLC0415 - loads SQLAlchemy

    return Database.open(path, busy_s=busy_s)
