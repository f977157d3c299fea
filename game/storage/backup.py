"""Backups: a copy of a player's file, and the takes of a copy brought into another."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import insert, select, text

from game.sessions.career.credit import Credit
from game.storage.archive import BUSY_S
from game.storage.books import STALE, write_book
from game.storage.database import Database
from game.storage.errors import StorageError, explain
from game.storage.jobs import JOBS
from game.storage.progress_tables import OUTCOMES, RUNS
from game.storage.tables import RECORDINGS, SCORECARD_SHEETS, SCORECARDS, TAKES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Table

_OF_A_TAKE = (RECORDINGS, SCORECARDS, SCORECARD_SHEETS, OUTCOMES)
_SAME_TAKE = ("started_at", "chart_key", "seconds", "struck", "source")
"""What tells that two rows are one take, whichever file they are in."""
_SAME_RUN = ("started_at", "mode", "name")
_SAME_JOB = ("taken_at",)
_FIRST_SIGHT = """
UPDATE takes SET first_sight = first_sight AND NOT EXISTS (
    SELECT 1 FROM takes AS before WHERE before.chart_key = takes.chart_key
    AND (datetime(before.started_at), before.id) < (datetime(takes.started_at), takes.id))
"""
"""A take from a backup may be earlier than one that was thought to be the first of its chart."""


def save_backup(file: Path, target: Path) -> None:
    """Copy a player's file while it may be in use; nothing is overwritten.

    Raises:
        StorageError: there is no such file, the target is there already, or cannot be written.
    """
    if not file.exists():
        raise StorageError(f"there is nothing to copy yet: {file} does not exist")
    if target.exists():
        raise StorageError(f"{target} is there already; choose another name")
    try:
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
    except sqlite3.Error as error:
        raise explain(error, target) from error


def restore_backup(archive: Database, file: Path) -> tuple[int, int]:
    """Bring the takes and runs of a backup in that are not there yet; the backup is not changed.

    Returns:
        How many takes and how many runs were new.

    Raises:
        StorageError: the backup cannot be read, or the archive not written; nothing is changed.
    """
    if not file.exists():
        raise StorageError(f"there is no backup {file}")
    with tempfile.TemporaryDirectory() as folder:
        # A copy, because a backup of an earlier version is brought up to date first.
        copy = Path(folder) / "backup.db"
        try:
            copy.write_bytes(file.read_bytes())
        except OSError as error:
            raise StorageError(f"cannot read {file}: {error.strerror or error}") from error
        try:
            source = Database.open(copy, busy_s=BUSY_S)
        except StorageError as error:
            raise StorageError(str(error).replace(str(copy), str(file))) from error
        try:
            source.history.load_standing()
            with source.transaction() as old, archive.transaction(writes=True) as new:
                numbers, added = _merge_takes(old, new)
                counts = added, _merge_runs(old, new)
                _merge_jobs(old, new, numbers)
                new.execute(text(_FIRST_SIGHT))
                write_book(new, STALE, "1")
        finally:
            source.close()
    return counts


def _merge_takes(old: Connection, new: Connection) -> tuple[dict[int, int], int]:
    """Gives the new number of each old take, and how many were new."""
    known = {
        tuple(row[1:]): int(row[0])
        for row in new.execute(select(TAKES.c.id, *(TAKES.c[name] for name in _SAME_TAKE)))
    }
    numbers: dict[int, int] = {}
    added = 0
    for row in old.execute(select(TAKES).order_by(TAKES.c.id)).mappings():
        here = known.get(tuple(row[name] for name in _SAME_TAKE))
        if here is not None:
            numbers[row["id"]] = here
            continue
        take_id = numbers[row["id"]] = _add(new, TAKES, dict(row))
        for table in _OF_A_TAKE:
            for part in old.execute(select(table).where(table.c.take_id == row["id"])).mappings():
                new.execute(insert(table).values({**dict(part), "take_id": take_id}))
        added += 1
    return numbers, added


def _merge_runs(old: Connection, new: Connection) -> int:
    known = _known(new, RUNS, _SAME_RUN)
    added = 0
    for row in old.execute(select(RUNS).order_by(RUNS.c.id)).mappings():
        if tuple(row[name] for name in _SAME_RUN) not in known:
            _add(new, RUNS, dict(row))
            added += 1
    return added


def _merge_jobs(old: Connection, new: Connection, numbers: dict[int, int]) -> None:
    """Bring in the jobs that are over; their takes have new numbers, and comps stay behind."""
    known = _known(new, JOBS, _SAME_JOB)
    rows = old.execute(select(JOBS).where(JOBS.c.credit.is_not(None)).order_by(JOBS.c.id))
    for row in rows.mappings():
        if tuple(row[name] for name in _SAME_JOB) in known:
            continue
        credit = msgspec.json.decode(row["credit"], type=Credit)
        moved = msgspec.structs.replace(
            credit, take_id=numbers.get(credit.take_id or 0), comp_id=None
        )
        line = msgspec.json.encode(moved).decode()
        _add(new, JOBS, {**dict(row), "credit": line})


def _known(connection: Connection, table: Table, names: Sequence[str]) -> set[tuple[Any, ...]]:
    rows = connection.execute(select(*(table.c[name] for name in names)))
    return {tuple(row) for row in rows}


def _add(connection: Connection, table: Table, row: dict[str, Any]) -> int:
    values = {name: value for name, value in row.items() if name != "id"}
    return int(connection.execute(insert(table).values(values).returning(table.c.id)).scalar_one())
