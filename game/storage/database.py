"""The archive on SQLite: takes, scorecards and settings behind `game.ports.Archive`."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

import msgspec
from sqlalchemy import URL, StaticPool, create_engine, event, func, insert, select
from sqlalchemy.dialects.sqlite import insert as insert_or_update
from sqlalchemy.exc import SQLAlchemyError

from game.scoring.results import RULES_VERSION, Scorecard
from game.settings import Settings
from game.storage import blobs
from game.storage.comps import PUNCH, CompTables, keep_region, read_region
from game.storage.errors import StorageError, explain
from game.storage.jobs import JobTables
from game.storage.progress import ProgressTables, count_scorecard, count_take, describe_take
from game.storage.schema import prepare
from game.storage.tables import RECORDINGS, SCORECARD_SHEETS, SCORECARDS, SETTINGS, TAKES
from game.take import Take, TakeSummary, Versions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy import Connection, Engine


class Database:
    """An open archive. Each call is one transaction; what it wrote is on disk when it returns."""

    def __init__(self, engine: Engine, path: Path | None) -> None:
        """Take over an engine whose tables are ready; see `open`."""
        self._engine = engine
        self._path = path
        # One connection serves all threads in memory; a file has one for each.
        self._turn = threading.RLock()
        self.history = ProgressTables(self._reading, self._writing)
        self.comps = CompTables(self._reading, self._writing)
        self.jobs = JobTables(self._reading, self._writing)

    @classmethod
    def open(cls, path: Path | None, *, busy_s: float) -> Self:
        """Open a file (None: memory); see `game.storage.archive.open_archive`."""
        engine = _make_engine(path, busy_s)
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            prepare(engine, path, busy_s=busy_s)
        except (StorageError, SQLAlchemyError, sqlite3.Error, OSError) as error:
            engine.dispose()
            raise explain(error, path) from error
        return cls(engine, path)

    def close(self) -> None:
        """Finish writing and close the file."""
        self._engine.dispose()

    def add_take(self, take: Take) -> int:
        """Keep a take; it is on disk when this returns. Gives its number.

        Raises:
            StorageError: it could not be kept.
        """
        row = {
            **{name: getattr(take, name) for name in _PLAIN_COLUMNS},
            "first_take_version": take.versions.first_take,
            "compose_version": take.versions.compose,
        }
        recording = {
            "chart": blobs.write_bytes(take.chart_json),
            "events": blobs.write_events(take.events),
            "interruptions": blobs.write_interruptions(take.interruptions),
            "conditions": blobs.write_conditions(take.conditions),
        }
        with self._writing() as connection:
            row |= describe_take(connection, take)
            take_id = int(
                connection.execute(insert(TAKES).values(row).returning(TAKES.c.id)).scalar_one()
            )
            connection.execute(insert(RECORDINGS).values(take_id=take_id, **recording))
            keep_region(connection, take_id, take.region)
            count_take(connection, take_id, row)
        return take_id

    def add_scorecard(self, take_id: int, scorecard: Scorecard) -> None:
        """Keep the grade of a kept take; one of the same version of the rules gives way to it.

        Raises:
            StorageError: there is no such take, or it could not be kept.
        """
        key = {"take_id": take_id, "rules_version": RULES_VERSION}
        scores = {
            **msgspec.structs.asdict(scorecard.scores),
            "bias_ms": scorecard.time.bias_ms,
            "spread_ms": scorecard.time.spread_ms,
        }
        sheet = {"sheet": blobs.write_sheet(scorecard)}
        with self._writing() as connection:
            known = _has_take(connection, take_id)
            for table, values in ((SCORECARDS, scores), (SCORECARD_SHEETS, sheet)) if known else ():
                connection.execute(
                    insert_or_update(table)
                    .values(**key, **values)
                    .on_conflict_do_update(index_elements=list(key), set_=values)
                )
            if known:
                count_scorecard(connection, take_id, scorecard)
        if not known:
            raise self._no_take(take_id)

    def load_take(self, take_id: int) -> Take:
        """A kept take with all its events.

        Raises:
            StorageError: there is no such take, or it cannot be read.
        """
        with self._reading() as connection:
            row = connection.execute(
                select(TAKES, RECORDINGS)
                .join(RECORDINGS, RECORDINGS.c.take_id == TAKES.c.id)
                .where(TAKES.c.id == take_id)
            ).first()
            region = read_region(connection, take_id)
        if row is None:
            raise self._no_take(take_id)
        values = row._mapping  # noqa: SLF001 - SQLAlchemy's documented name
        try:
            return Take(
                **{name: values[name] for name in _PLAIN_COLUMNS},
                versions=Versions(values["first_take_version"], values["compose_version"]),
                chart_json=blobs.read_bytes(values["chart"]),
                events=blobs.read_events(values["events"]),
                interruptions=blobs.read_interruptions(values["interruptions"]),
                region=region,
                conditions=blobs.read_conditions(values["conditions"]),
            )
        except blobs.DamagedBlobError as error:
            raise self._damaged(take_id, error) from error

    def load_scorecard(self, take_id: int) -> Scorecard | None:
        """The grade of a kept take by the newest rules that graded it; None for none.

        Raises:
            StorageError: it cannot be read.
        """
        with self._reading() as connection:
            sheet = connection.execute(
                select(SCORECARD_SHEETS.c.sheet)
                .where(SCORECARD_SHEETS.c.take_id == take_id)
                .order_by(SCORECARD_SHEETS.c.rules_version.desc())
                .limit(1)
            ).scalar()
        try:
            return None if sheet is None else blobs.read_sheet(sheet)
        except blobs.DamagedBlobError as error:
            raise self._damaged(take_id, error) from error

    def list_takes(self, limit: int) -> list[TakeSummary]:
        """The latest whole takes, newest first; punches are parts of others.

        Raises:
            StorageError: they cannot be read.
        """
        total = (
            select(SCORECARDS.c.total)
            .where(SCORECARDS.c.take_id == TAKES.c.id)
            .order_by(SCORECARDS.c.rules_version.desc())
            .limit(1)
            .scalar_subquery()
        )
        columns = (TAKES.c.id, TAKES.c.started_at, TAKES.c.code, TAKES.c.style, TAKES.c.level)
        with self._reading() as connection:
            rows = connection.execute(
                select(
                    *columns,
                    total.label("total"),
                    TAKES.c.ended,
                    TAKES.c.source,
                    TAKES.c.first_sight,
                )
                .where(TAKES.c.mode != PUNCH)
                .order_by(TAKES.c.id.desc())
                .limit(max(0, limit))
            ).all()
        return [TakeSummary(*row[:-1], is_first_sight=bool(row[-1])) for row in rows]

    def list_rules(self) -> dict[int, int]:
        """The newest version of the rules that graded each take; those without a grade are not in.

        Raises:
            StorageError: they cannot be read.
        """
        newest = func.max(SCORECARDS.c.rules_version)
        statement = select(SCORECARDS.c.take_id, newest).group_by(SCORECARDS.c.take_id)
        with self._reading() as connection:
            return {int(take_id): int(rules) for take_id, rules in connection.execute(statement)}

    def load_settings(self) -> Settings:
        """The player's settings; the default where nothing is kept, or nothing that fits.

        Raises:
            StorageError: they cannot be read.
        """
        with self._reading() as connection:
            rows = connection.execute(select(SETTINGS.c.name, SETTINGS.c.value)).all()
        kept = {str(name): str(value) for name, value in rows}
        values: dict[str, Any] = {}
        for field in msgspec.structs.fields(Settings):
            if field.name in kept:
                try:
                    values[field.name] = msgspec.json.decode(kept[field.name], type=field.type)
                except msgspec.MsgspecError:
                    # A newer program's value, or a hand's: the default stands in for it.
                    continue
        return Settings(**values)

    def save_settings(self, settings: Settings) -> None:
        """Keep the settings; those of a newer program beside them stay.

        Raises:
            StorageError: they could not be kept.
        """
        rows = [
            {"name": name, "value": msgspec.json.encode(value).decode()}
            for name, value in msgspec.structs.asdict(settings).items()
        ]
        statement = insert_or_update(SETTINGS).values(rows)
        with self._writing() as connection:
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["name"], set_={"value": statement.excluded.value}
                )
            )

    def transaction(self, *, writes: bool = False) -> AbstractContextManager[Connection]:
        """A transaction of its own, for what reaches over several tables.

        Raises:
            StorageError: inside or at its end, as SQLite refuses.
        """
        return self._writing() if writes else self._reading()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._answering(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        # The write lock is taken at once: a transaction that reads first and writes later could
        # not wait for another program.
        with self._answering(), self._engine.connect() as connection:
            connection.execution_options(immediate=True)
            with connection.begin():
                yield connection

    @contextmanager
    def _answering(self) -> Iterator[None]:
        with self._turn:
            try:
                yield
            except (SQLAlchemyError, sqlite3.Error, OSError) as error:
                raise explain(error, self._path) from error

    def _no_take(self, take_id: int) -> StorageError:
        with self._reading() as connection:
            newest = connection.execute(select(func.max(TAKES.c.id))).scalar()
        holds = "it holds none yet" if newest is None else f"its newest is take {newest}"
        return StorageError(f"there is no take {take_id} in {self._path}: {holds}")

    def _damaged(self, take_id: int, error: Exception) -> StorageError:
        return StorageError(
            f"take {take_id} in {self._path} cannot be read ({error}); "
            "the others are not concerned: leave it, or put a copy of the file back"
        )


_PLAIN_COLUMNS = (
    *("started_at", "code", "style", "level", "seed", "quarter_bpm", "latency_ms"),
    *("source", "ended", "mode"),
)
"""Columns of `takes` that are called as in `Take`."""


def _has_take(connection: Connection, take_id: int) -> bool:
    found = connection.execute(select(TAKES.c.id).where(TAKES.c.id == take_id)).first()
    return found is not None


def _make_engine(path: Path | None, busy_s: float) -> Engine:
    """An engine whose transactions are SQLite's own: begun by us, not by the driver."""
    connect_args = {"timeout": busy_s, "isolation_level": None, "check_same_thread": False}
    if path is None:
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args=connect_args)
    else:
        url = URL.create("sqlite+pysqlite", database=str(path))
        engine = create_engine(url, connect_args=connect_args)

    @event.listens_for(engine, "connect")
    def set_up(raw: sqlite3.Connection, _record: object) -> None:
        # FULL: a take that was kept outlives a power cut. SQLite's default in many builds, said
        # because it is promised.
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine
