"""Brings a database file to the tables of this program; does next to nothing when it is there."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from game.storage.errors import StorageError, is_busy
from game.storage.tables import HEAD, REVISIONS

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

MIGRATIONS = Path(__file__).parent / "migrations"
RETRY_S = 0.02


def prepare(
    engine: Engine,
    path: Path | None,
    *,
    busy_s: float,
    head: str = HEAD,
    revisions: tuple[str, ...] = REVISIONS,
    migrations: Path = MIGRATIONS,
) -> None:
    """Make or bring up to date the tables of a database; two programs may do so at once.

    Args:
        engine: whose transactions begin as its connections' option `immediate` says.
        path: the file; None in memory.
        busy_s: how long to wait for another program.
        head: the revision to reach.
        revisions: the revisions that are known.
        migrations: the folder with the steps.

    Raises:
        StorageError: made by a newer program, or not one of ours.
        sqlalchemy.exc.DBAPIError: SQLite refused; `errors.explain` puts it into words.
    """
    with engine.connect() as connection:
        found = _revision(connection, path, revisions)
    if found == head:
        return
    if path is not None:
        _use_wal(path, busy_s)
        if found is not None:
            _keep_copy(path, found)
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        # Another program may have done it in the meantime.
        if _revision(connection, path, revisions) != head:
            _migrate(connection, migrations)


def _revision(connection: Connection, path: Path | None, revisions: tuple[str, ...]) -> str | None:
    """The revision that a database is at; None for an empty one."""
    tables = set(
        connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars()
    )
    if not tables:
        return None
    if "alembic_version" not in tables:
        raise StorageError(
            f"{path} is a database of another program; move it away, "
            "or set FIRST_TAKE_HOME to another folder"
        )
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if found is not None and found not in revisions:
        raise StorageError(
            f"{path} was made by a newer First Take: its tables are at {found}, this program's "
            f"at {revisions[-1]}; install the newer one, or set FIRST_TAKE_HOME to another folder"
        )
    return None if found is None else str(found)


def _use_wal(path: Path, busy_s: float) -> None:
    """Switch the file to write-ahead logging, which it then keeps.

    SQLite does not wait by itself when another connection switches at the same moment.
    """
    deadline = time.monotonic() + busy_s
    while True:
        try:
            with closing(sqlite3.connect(path, timeout=busy_s, isolation_level=None)) as raw:
                raw.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise
            time.sleep(RETRY_S)
        else:
            return


def _keep_copy(path: Path, revision: str) -> None:
    """Keep the file as it was before its tables change; an earlier copy is not overwritten."""
    copy = path.with_name(f"{path.name}.{revision}.backup")
    if copy.exists():
        return
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def _migrate(connection: Connection, migrations: Path) -> None:
    from alembic import command  # noqa: PLC0415 - slow, and needed once in many starts
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, "head")
