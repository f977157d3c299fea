"""Punches and comps in the archive: which take is heard where. No note is stored twice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Connection, ForeignKey, Integer, Table, Text, insert, select

from game.storage.errors import StorageError
from game.storage.tables import METADATA, TAKES
from game.take import CompPart, Region

if TYPE_CHECKING:
    from collections.abc import Sequence

Connect = Callable[[], AbstractContextManager[Connection]]

PUNCH = "punch"
"""The mode of takes that are no whole pass."""
MOST_PASSES = 12
"""Whole passes of a chart that a comp chooses from: the latest."""

PUNCHES = Table(
    "punches",
    METADATA,
    Column("take_id", Integer, ForeignKey("takes.id", ondelete="CASCADE"), primary_key=True),
    Column("start_ql", Text, nullable=False),
    Column("end_ql", Text, nullable=False),
)
"""What of a chart a take was recorded for; quarter notes as fractions."""

COMPS = Table(
    "comps",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("made_at", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""One row a comp."""

COMP_PARTS = Table(
    "comp_parts",
    METADATA,
    Column("comp_id", Integer, ForeignKey("comps.id", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("take_id", Integer, ForeignKey("takes.id"), nullable=False),
    Column("start_ql", Text, nullable=False),
    Column("end_ql", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""The layers of a comp from the lowest up."""


def keep_region(connection: Connection, take_id: int, region: Region | None) -> None:
    """Keep what a punch was recorded for; nothing for a whole pass."""
    if region is not None:
        connection.execute(insert(PUNCHES).values(take_id=take_id, **_columns(region)))


def read_region(connection: Connection, take_id: int) -> Region | None:
    """What a punch was recorded for; None for a whole pass."""
    row = connection.execute(select(PUNCHES).where(PUNCHES.c.take_id == take_id)).first()
    return None if row is None else _region(row.start_ql, row.end_ql)


def _columns(region: Region) -> dict[str, str]:
    return {"start_ql": str(region.start_ql), "end_ql": str(region.end_ql)}


def _region(start_ql: str, end_ql: str) -> Region:
    return Region(Fraction(start_ql), Fraction(end_ql))


class CompTables:
    """The part of the archive that puts takes together; `Database.comps`."""

    def __init__(self, reading: Connect, writing: Connect) -> None:
        """Use the archive's own transactions, and its words for what goes wrong."""
        self._reading = reading
        self._writing = writing

    def add_comp(self, made_at: str, parts: Sequence[CompPart]) -> int:
        """Keep a comp; gives its number.

        Raises:
            StorageError: one of its takes is not kept, or it could not be written.
        """
        rows: list[dict[str, Any]] = [
            {"place": place, "take_id": part.take_id, **_columns(part.region)}
            for place, part in enumerate(parts)
        ]
        with self._writing() as connection:
            comp_id = int(
                connection.execute(
                    insert(COMPS).values(made_at=made_at).returning(COMPS.c.id)
                ).scalar_one()
            )
            connection.execute(insert(COMP_PARTS), [{"comp_id": comp_id, **row} for row in rows])
        return comp_id

    def load_comp(self, comp_id: int) -> tuple[CompPart, ...]:
        """The layers of a comp from the lowest up.

        Raises:
            StorageError: there is no such comp, or it cannot be read.
        """
        with self._reading() as connection:
            rows = connection.execute(
                select(COMP_PARTS)
                .where(COMP_PARTS.c.comp_id == comp_id)
                .order_by(COMP_PARTS.c.place)
            ).all()
        if not rows:
            raise StorageError(f"there is no comp {comp_id}")
        return tuple(CompPart(row.take_id, _region(row.start_ql, row.end_ql)) for row in rows)

    def list_passes(self, take_id: int) -> list[int]:
        """Numbers of the finished whole takes of a take's chart at its tempo, oldest first.

        Raises:
            StorageError: they cannot be read.
        """
        with self._reading() as connection:
            this = connection.execute(
                select(TAKES.c.chart_key, TAKES.c.quarter_bpm).where(TAKES.c.id == take_id)
            ).first()
            if this is None:
                return []
            found = connection.execute(
                select(TAKES.c.id)
                .where(
                    TAKES.c.chart_key == this.chart_key,
                    TAKES.c.quarter_bpm == this.quarter_bpm,
                    TAKES.c.ended == "finished",
                    TAKES.c.mode != PUNCH,
                )
                .order_by(TAKES.c.id.desc())
                .limit(MOST_PASSES)
            ).scalars()
            return sorted(int(number) for number in found)
