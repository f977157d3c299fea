"""The books: what each take adds to days, tallies, abilities, strengths and bests.

One take and a hundred thousand go through the same lines: rows are fetched when they are first
touched, changed in memory, and written back together.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.sqlite import insert

from game.coach.ability import OVERALL, Abilities, add_take, estimate
from game.coach.days import FEWEST_KEYS, local_day
from game.coach.elements import Tally
from game.coach.repetition import Strength, review_all
from game.events import PERFORMER
from game.storage.comps import PUNCH
from game.storage.progress_tables import (
    BESTS,
    BOOKS,
    DAYS,
    OUTCOMES,
    RATINGS,
    STRENGTHS,
    TALLIES,
)
from game.storage.tables import TAKES
from game.take import TASKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Table

STALE = "stale"
ABILITIES = "abilities"
LAST_TAKE = "last take"
"""The number of the newest take that has been entered: a program that keeps no such books may have
kept takes since."""
VERSION = "version"
BOOKS_VERSION = "3"
"""Raised whenever the same takes would be summed up in another way."""
SUMS = (DAYS, TALLIES, RATINGS, BESTS, STRENGTHS)
_DAY_SUMS = (
    *("takes", "finished", "graded", "timed", "notes", "right"),
    *("seconds", "totals", "bias_ms", "spread_ms"),
)
Key = tuple[Any, ...]


class Books:
    """Open books on a connection inside a transaction; `close` writes them."""

    def __init__(self, connection: Connection) -> None:
        """Open them; nothing is read yet."""
        self._connection = connection
        self._rows: dict[Table, dict[Key, dict[str, Any]]] = {}
        self._abilities: Abilities | None = None
        self._writes_abilities = False
        self._last_take = 0

    def add_take(self, take: Mapping[str, Any]) -> None:
        """Count a take of the player's that has been kept; `take` is its row."""
        self._last_take = max(self._last_take, take["id"])
        day = local_day(take["started_at"])
        if take["source"] == PERFORMER or day is None:
            return
        row = self._day(day.isoformat(), take["started_at"])
        row["takes"] += 1
        row["seconds"] += take["seconds"]
        is_whole = take["ended"] == "finished" and take["mode"] != PUNCH
        row["finished"] += is_whole and take["struck"] >= FEWEST_KEYS

    def add_outcome(self, take: Mapping[str, Any], outcome: Mapping[str, Any]) -> None:
        """Count the grade of a take of the player's; a graded take is counted once.

        What was played under a task is graded by other rules: its time counts, its grade does not.
        """
        day = local_day(take["started_at"])
        if take["source"] == PERFORMER or take["mode"] in TASKS or day is None:
            return
        row = self._day(day.isoformat(), take["started_at"])
        row["graded"] += 1
        row["totals"] += outcome["total"]
        row["notes"] += outcome["notes"]
        row["right"] += outcome["right"]
        if outcome["bias_ms"] is not None:
            row["timed"] += 1
            row["bias_ms"] += outcome["bias_ms"]
            row["spread_ms"] += outcome["spread_ms"] or 0.0
        tallies = msgspec.json.decode(outcome["tallies"], type=list[Tally])
        for tally in tallies:
            sums = self._row(TALLIES, (day.isoformat(), tally.kind, tally.name))
            sums["trials"] = sums.get("trials", 0) + tally.trials
            sums["right"] = sums.get("right", 0) + tally.right
        if take["first_sight"] and take["ended"] == "finished":
            self._rate(take, outcome, day.toordinal())
            self._review(tallies, take["started_at"])

    def close(self) -> None:
        """Write what has changed."""
        for table, rows in self._rows.items():
            names = [column.name for column in table.primary_key]
            values = [{**dict(zip(names, key, strict=True)), **row} for key, row in rows.items()]
            if not values:
                continue
            statement = insert(table)
            changed = {c.name: statement.excluded[c.name] for c in table.c if c.name not in names}
            self._connection.execute(
                statement.on_conflict_do_update(index_elements=names, set_=changed), values
            )
        if self._writes_abilities and self._abilities is not None:
            write_book(self._connection, ABILITIES, msgspec.json.encode(self._abilities).decode())
        if self._last_take:
            write_book(self._connection, LAST_TAKE, str(self._last_take))

    def _rate(self, take: Mapping[str, Any], outcome: Mapping[str, Any], day: int) -> None:
        """Bring the abilities up to date, and the personal best."""
        if self._abilities is None:
            try:
                self._abilities = read_abilities(self._connection)
            except msgspec.MsgspecError:
                # The take is graded all the same; the books are made again when next read.
                self._abilities = Abilities()
                write_book(self._connection, STALE, "1")
        style = take["style"]
        self._abilities = add_take(
            self._abilities,
            style=style,
            kind=outcome["kind"],
            level=take["level"],
            total=outcome["total"],
            day=day,
        )
        self._writes_abilities = True
        date = local_day(take["started_at"])
        for name, found in (
            (OVERALL, estimate(self._abilities)),
            (f"style:{style}", estimate(self._abilities, style)),
        ):
            self._rows.setdefault(RATINGS, {})[name, str(date)] = {
                "mean": found.mean,
                "error": found.error,
            }
        best = self._row(BESTS, (f"{style} {take['level']}",))
        if outcome["total"] > best.get("value", -1.0):
            best.update(value=outcome["total"], take_id=take["id"], at=take["started_at"])

    def _review(self, tallies: list[Tally], started_at: str) -> None:
        at = datetime.fromisoformat(started_at).astimezone()
        touched = {one.name for one in tallies if one.kind == "element"}
        known = [
            Strength(name, **self._row(STRENGTHS, (name,)))
            for name in sorted(touched)
            if self._row(STRENGTHS, (name,))
        ]
        for one in review_all(known, tallies, at):
            row = msgspec.structs.asdict(one)
            self._row(STRENGTHS, (row.pop("name"),)).update(row)

    def _day(self, day: str, stamp: str) -> dict[str, Any]:
        row = self._row(DAYS, (day,))
        if not row:
            row.update(dict.fromkeys(_DAY_SUMS, 0), first_at=stamp, last_at=stamp)
        at = datetime.fromisoformat(stamp).astimezone()
        if at < datetime.fromisoformat(row["first_at"]).astimezone():
            row["first_at"] = stamp
        if at > datetime.fromisoformat(row["last_at"]).astimezone():
            row["last_at"] = stamp
        return row

    def _row(self, table: Table, key: Key) -> dict[str, Any]:
        """The columns beside the key; empty for a row that is not there yet."""
        rows = self._rows.setdefault(table, {})
        if key not in rows:
            names = [column.name for column in table.primary_key]
            found = self._connection.execute(
                select(table).where(
                    *(table.c[name] == value for name, value in zip(names, key, strict=True))
                )
            ).first()
            values = {} if found is None else dict(found._mapping)  # noqa: SLF001 - documented
            rows[key] = {name: value for name, value in values.items() if name not in names}
        return rows[key]


def read_abilities(connection: Connection) -> Abilities:
    """The abilities as they were last written; the first guess where nothing was.

    Raises:
        msgspec.MsgspecError: what is written there cannot be understood.
    """
    kept = read_book(connection, ABILITIES)
    return Abilities() if kept is None else msgspec.json.decode(kept, type=Abilities)


def read_book(connection: Connection, name: str) -> str | None:
    """A value of the table `books`."""
    found = connection.execute(select(BOOKS.c.value).where(BOOKS.c.name == name)).scalar()
    return None if found is None else str(found)


def write_book(connection: Connection, name: str, value: str) -> None:
    """Keep a value in the table `books`."""
    connection.execute(
        insert(BOOKS)
        .values(name=name, value=value)
        .on_conflict_do_update(index_elements=["name"], set_={"value": value})
    )


def are_stale(connection: Connection) -> bool:
    """Whether the sums are other than this program would make them of the takes that are kept."""
    rows = connection.execute(select(BOOKS.c.name, BOOKS.c.value))
    kept = {str(name): str(value) for name, value in rows}
    if STALE in kept or kept.get(VERSION) != BOOKS_VERSION:
        return True
    newest = connection.execute(select(func.max(TAKES.c.id))).scalar() or 0
    return str(newest) != kept.get(LAST_TAKE, "0")


def balance(connection: Connection) -> None:
    """Make all sums again from the takes and their outcomes, in the order they were played."""
    for table in (*SUMS, BOOKS):
        connection.execute(delete(table))
    books = Books(connection)
    rows = connection.execute(
        select(TAKES, OUTCOMES)
        .join(OUTCOMES, OUTCOMES.c.take_id == TAKES.c.id, isouter=True)
        .order_by(func.datetime(TAKES.c.started_at), TAKES.c.id)
    )
    for row in rows.mappings():
        values = dict(row)
        books.add_take(values)
        if values["take_id"] is not None:
            books.add_outcome(values, values)
    books.close()
    write_book(connection, VERSION, BOOKS_VERSION)
