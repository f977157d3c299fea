"""Jobs in the archive: the one that is on as it stands, and the diary of those that are over."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import msgspec
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    Table,
    Text,
    insert,
    select,
    update,
)

from game.sessions.career.credit import Credit
from game.sessions.career.job import Job, take_mode
from game.storage import blobs
from game.storage.errors import StorageError
from game.storage.tables import METADATA, TAKES

Connect = Callable[[], AbstractContextManager[Connection]]

JOBS = Table(
    "jobs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("taken_at", Text, nullable=False),
    Column("job", LargeBinary, nullable=False),
    Column("credit", Text),
    sqlite_autoincrement=True,
)
"""One row a job: its state as it stands, and its line of the diary once it is over."""


class JobTables:
    """The part of the archive that keeps the working life; `Database.jobs`."""

    def __init__(self, reading: Connect, writing: Connect) -> None:
        """Use the archive's own transactions, and its words for what goes wrong."""
        self._reading = reading
        self._writing = writing

    def add_job(self, job: Job) -> int:
        """Keep a job that was taken on; gives its number.

        Raises:
            StorageError: it could not be written.
        """
        with self._writing() as connection:
            return int(
                connection.execute(
                    insert(JOBS).values(taken_at=job.taken_at, job=_write(job)).returning(JOBS.c.id)
                ).scalar_one()
            )

    def save_job(self, job_id: int, job: Job, credit: Credit | None = None) -> None:
        """Keep a job as it stands; with a line of the diary once it is over.

        Raises:
            StorageError: there is no such job, or it could not be written.
        """
        line = None if credit is None else msgspec.json.encode(credit).decode()
        with self._writing() as connection:
            found = connection.execute(
                update(JOBS).where(JOBS.c.id == job_id).values(job=_write(job), credit=line)
            ).rowcount
        if not found:
            raise StorageError(f"there is no job {job_id}")

    def open_job(self) -> tuple[int, Job] | None:
        """The job that is on, with its number; None where there is none.

        Raises:
            StorageError: it cannot be read.
        """
        with self._reading() as connection:
            row = connection.execute(
                select(JOBS.c.id, JOBS.c.job)
                .where(JOBS.c.credit.is_(None))
                .order_by(JOBS.c.id.desc())
                .limit(1)
            ).first()
        return None if row is None else (int(row.id), _read(row.id, row.job))

    def list_credits(self) -> list[Credit]:
        """The diary, oldest job first.

        Raises:
            StorageError: it cannot be read.
        """
        with self._reading() as connection:
            lines = connection.execute(
                select(JOBS.c.credit).where(JOBS.c.credit.is_not(None)).order_by(JOBS.c.id)
            ).scalars()
            return [msgspec.json.decode(line, type=Credit) for line in lines]

    def list_job_takes(self, job_id: int) -> list[int]:
        """Numbers of the whole takes of a job, oldest first, whether the job has heard of them.

        Raises:
            StorageError: they cannot be read.
        """
        return self.list_mode_takes(take_mode(job_id))

    def list_mode_takes(self, mode: str) -> list[int]:
        """Numbers of the whole takes of a mode, oldest first.

        Raises:
            StorageError: they cannot be read.
        """
        with self._reading() as connection:
            found = connection.execute(
                select(TAKES.c.id).where(TAKES.c.mode == mode).order_by(TAKES.c.id)
            ).scalars()
            return [int(number) for number in found]


def _write(job: Job) -> bytes:
    return blobs.write_bytes(msgspec.json.encode(job))


def _read(job_id: int, blob: bytes) -> Job:
    try:
        return msgspec.json.decode(blobs.read_bytes(blob), type=Job)
    except (blobs.DamagedBlobError, msgspec.MsgspecError) as error:
        raise StorageError(f"job {job_id} cannot be read ({error}); put a copy back") from error
