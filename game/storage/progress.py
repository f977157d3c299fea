"""Reads and writes progress: outcomes of takes, runs, standing, and stretches of days."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or_update

from exercises.chart import ComposeError, read_chart_json
from game.coach.ability import OVERALL
from game.coach.days import DayWork
from game.coach.elements import Tally, is_right, tally_take
from game.coach.repetition import Strength
from game.coach.standing import BEFORE_DAYS, Best, DaySums, Progress, Rating, Run, Standing
from game.sessions.lean import TakeTime
from game.storage import blobs
from game.storage.books import STALE, Books, are_stale, balance, read_abilities, write_book
from game.storage.errors import StorageError
from game.storage.progress_tables import BESTS, DAYS, OUTCOMES, RATINGS, RUNS, STRENGTHS, TALLIES
from game.storage.tables import RECORDINGS, SCORECARD_SHEETS, SCORECARDS, TAKES
from game.take import TASKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from typing import Protocol

    from sqlalchemy import Connection

    from game.events import NoteEvent
    from game.scoring.results import Scorecard
    from game.take import Take

    class Connect(Protocol):
        """Opens a transaction."""

        def __call__(self) -> AbstractContextManager[Connection]:
            """A connection inside it."""


T = TypeVar("T")
KEPT_BESTS = 200
EXPORTED = (
    *("id", "started_at", "style", "level", "quarter_bpm", "code", "mode", "source", "ended"),
    *("first_sight", "seconds"),
)
GRADED = ("kind", "total", "notes", "right", "bias_ms", "spread_ms")
"""The columns of an exported take, and of its grade."""


def describe_take(connection: Connection, take: Take) -> dict[str, Any]:
    """The columns of `takes` that are found from the take: what chart, first sight, how much."""
    key = take.code or sha256(take.chart_json).hexdigest()
    seen = connection.execute(select(TAKES.c.id).where(TAKES.c.chart_key == key).limit(1)).first()
    # A punch is a part of a take, and what is played under a task is played by other rules.
    own_rules = take.mode in TASKS or take.region is not None or take.conditions.heard
    first = seen is None and not own_rules
    return {"chart_key": key, "first_sight": int(first), **_played(take.events)}


def count_take(connection: Connection, take_id: int, row: dict[str, Any]) -> None:
    """Enter a take that has just been kept into the books."""
    books = Books(connection)
    books.add_take({"id": take_id, **row})
    books.close()


def count_scorecard(connection: Connection, take_id: int, scorecard: Scorecard) -> None:
    """Enter a take's grade; where it had one before, the books are made again when next read."""
    found = connection.execute(
        select(TAKES, RECORDINGS.c.chart)
        .join(RECORDINGS, RECORDINGS.c.take_id == TAKES.c.id)
        .where(TAKES.c.id == take_id)
    )
    take = dict(found.mappings().one())
    outcome = _outcome(take["chart"], scorecard)
    known = connection.execute(
        select(OUTCOMES.c.take_id).where(OUTCOMES.c.take_id == take_id)
    ).first()
    connection.execute(
        insert_or_update(OUTCOMES)
        .values(take_id=take_id, **outcome)
        .on_conflict_do_update(index_elements=["take_id"], set_=outcome)
    )
    if known is not None:
        write_book(connection, STALE, "1")
        return
    books = Books(connection)
    books.add_outcome(take, outcome)
    books.close()


def _outcome(chart_blob: bytes, scorecard: Scorecard) -> dict[str, Any]:
    """What a grade adds to the books. A chart that cannot be read has no tallies."""
    kind, tallies = "", tuple[Tally, ...]()
    try:
        chart = read_chart_json(blobs.read_bytes(chart_blob))
    except (ComposeError, blobs.DamagedBlobError):
        pass
    else:
        kind, tallies = chart.drill.kind, tally_take(chart, scorecard)
    return {
        "kind": kind,
        "total": scorecard.scores.total,
        "notes": len(scorecard.notes),
        "right": sum(is_right(note) for note in scorecard.notes),
        "bias_ms": scorecard.time.bias_ms,
        "spread_ms": scorecard.time.spread_ms,
        "tallies": msgspec.json.encode(tallies).decode(),
    }


def _describe_older_takes(connection: Connection) -> None:
    """Find for takes of an earlier version of the tables what later ones bring with them."""
    newest = (
        select(SCORECARD_SHEETS.c.sheet)
        .where(SCORECARD_SHEETS.c.take_id == RECORDINGS.c.take_id)
        .order_by(SCORECARD_SHEETS.c.rules_version.desc())
        .limit(1)
        .scalar_subquery()
    )
    older = connection.execute(
        select(RECORDINGS, newest.label("sheet"))
        .join(TAKES, TAKES.c.id == RECORDINGS.c.take_id)
        .where(
            (TAKES.c.struck == 0) & TAKES.c.id.not_in(select(OUTCOMES.c.take_id).scalar_subquery())
        )
    ).mappings()
    for row in older:
        take_id = row["take_id"]
        try:
            played = _played(blobs.read_events(row["events"]))
            outcome = row["sheet"] and _outcome(row["chart"], blobs.read_sheet(row["sheet"]))
        except blobs.DamagedBlobError:
            # That take cannot be read; the others are not concerned.
            continue
        connection.execute(update(TAKES).where(TAKES.c.id == take_id).values(played))
        if outcome:
            connection.execute(insert(OUTCOMES).values(take_id=take_id, **outcome))


def _played(events: Sequence[NoteEvent]) -> dict[str, Any]:
    """How much was played: from the first key to the last, and how many keys."""
    struck = [event.onset_s for event in events if event.kind == "on"]
    return {"seconds": max(struck) - min(struck) if struck else 0.0, "struck": len(struck)}


class ProgressTables:
    """The part of the archive that looks back; `Database.history`."""

    def __init__(self, reading: Connect, writing: Connect) -> None:
        """Use the archive's own transactions, and its words for what goes wrong."""
        self._reading = reading
        self._writing = writing

    def load_standing(self) -> Standing:
        """Where the player stands now.

        Raises:
            StorageError: it cannot be read.
        """
        return self._read(_read_standing)

    def load_progress(self, since: date, until: date) -> Progress:
        """What was practised on the days from `since` to `until`, both with.

        Raises:
            StorageError: it cannot be read.
        """
        first, last = since.isoformat(), until.isoformat()

        def read(connection: Connection) -> Progress:
            days = connection.execute(
                select(DAYS).where(DAYS.c.day.between(first, last)).order_by(DAYS.c.day)
            ).mappings()
            tallies = connection.execute(
                select(
                    TALLIES.c.kind,
                    TALLIES.c.name,
                    func.sum(TALLIES.c.trials),
                    func.sum(TALLIES.c.right),
                )
                .where(TALLIES.c.day.between(first, last))
                .group_by(TALLIES.c.kind, TALLIES.c.name)
            ).all()
            ratings = connection.execute(
                select(RATINGS.c.name, RATINGS.c.day, RATINGS.c.mean, RATINGS.c.error)
                .where(RATINGS.c.name == OVERALL, RATINGS.c.day.between(first, last))
                .order_by(RATINGS.c.day)
            ).all()
            standing = _read_standing(connection)
            return Progress(
                since=since,
                until=until,
                days=tuple(_day_sums(dict(row)) for row in days),
                tallies=tuple(Tally(*row) for row in tallies),
                ratings=tuple(
                    Rating(name, date.fromisoformat(day), mean, error)
                    for name, day, mean, error in ratings
                ),
                before=_read_before(connection, standing, until),
                bests=_read_bests(connection),
                standing=standing,
            )

        return self._read(read)

    def add_run(self, run: Run, number: int | None = None) -> int:
        """Keep a run, in the place of one of that number where one is given. Gives its number.

        Raises:
            StorageError: it could not be kept.
        """
        values = msgspec.structs.asdict(run)
        with self._writing() as connection:
            if number is not None:
                done = connection.execute(update(RUNS).where(RUNS.c.id == number).values(values))
                if done.rowcount:
                    return number
            return int(
                connection.execute(insert(RUNS).values(values).returning(RUNS.c.id)).scalar_one()
            )

    def list_runs(self, mode: str, name: str | None = None, limit: int = 50) -> list[Run]:
        """Runs of a mode (and name), newest first.

        Raises:
            StorageError: they cannot be read.
        """
        columns = [RUNS.c[field] for field in Run.__struct_fields__]
        wanted = [RUNS.c.mode == mode] + ([] if name is None else [RUNS.c.name == name])
        with self._reading() as connection:
            rows = connection.execute(
                select(*columns).where(*wanted).order_by(RUNS.c.id.desc()).limit(limit)
            ).all()
        return [Run(*row) for row in rows]

    def list_outcomes(self) -> Iterator[dict[str, Any]]:
        """Every take with its grade, oldest first, one after another: for export.

        Raises:
            StorageError: they cannot be read.
        """
        graded = [OUTCOMES.c[name] for name in GRADED]
        with self._reading() as connection:
            rows = connection.execute(
                select(*(TAKES.c[name] for name in EXPORTED), *graded)
                .join(OUTCOMES, OUTCOMES.c.take_id == TAKES.c.id, isouter=True)
                .order_by(TAKES.c.id)
            )
            for row in rows.mappings():
                yield dict(row)

    def has_seen(self, code: str) -> bool:
        """Whether the chart of a share code has been played before.

        Raises:
            StorageError: it cannot be read.
        """
        with self._reading() as connection:
            found = connection.execute(
                select(TAKES.c.id).where(TAKES.c.chart_key == code).limit(1)
            ).first()
        return found is not None

    def list_times(self, limit: int) -> list[TakeTime]:
        """How the latest graded takes on the MIDI keyboard sat on the click, newest first.

        Raises:
            StorageError: they cannot be read.
        """
        graded = SCORECARDS.alias()
        newest = (
            select(func.max(graded.c.rules_version))
            .where(graded.c.take_id == TAKES.c.id)
            .correlate(TAKES)
            .scalar_subquery()
        )
        places = (SCORECARDS.c.bias_ms, SCORECARDS.c.spread_ms)
        told = (TAKES.c.latency_ms, TAKES.c.style, TAKES.c.quarter_bpm)
        statement = (
            select(*places, *told, RECORDINGS.c.chart)
            .join(SCORECARDS, SCORECARDS.c.take_id == TAKES.c.id)
            .join(RECORDINGS, RECORDINGS.c.take_id == TAKES.c.id)
            .where(SCORECARDS.c.rules_version == newest)
            .where(TAKES.c.source == "midi", TAKES.c.ended == "finished")
            .where(*(place.is_not(None) for place in places))
            .order_by(TAKES.c.id.desc())
            .limit(limit)
        )
        with self._reading() as connection:
            return [
                TakeTime(bias, spread, latency, style, bpm, blobs.read_pocket(chart))
                for bias, spread, latency, style, bpm, chart in connection.execute(statement)
            ]

    def balance(self) -> None:
        """Make all sums again from the takes.

        Raises:
            StorageError: they could not be written.
        """
        with self._writing() as connection:
            _describe_older_takes(connection)
            balance(connection)

    def _read(self, read: Callable[[Connection], T]) -> T:
        """Read from books that hold; where they cannot be understood they are made again, once."""
        with self._reading() as connection:
            is_stale = are_stale(connection)
        if is_stale:
            # Where nothing can be written now, what was summed up before is better than nothing.
            with suppress(StorageError):
                self.balance()
        try:
            with self._reading() as connection:
                return read(connection)
        except (ValueError, TypeError, msgspec.MsgspecError):
            self.balance()
        with self._reading() as connection:
            return read(connection)


def _read_standing(connection: Connection) -> Standing:
    days = connection.execute(
        select(DAYS.c.day, DAYS.c.seconds, DAYS.c.finished, DAYS.c.first_at, DAYS.c.last_at)
        .order_by(DAYS.c.day)
    ).all()  # fmt: skip
    strengths = connection.execute(select(*STRENGTHS.c).order_by(STRENGTHS.c.name)).all()
    return Standing(
        days=tuple(_read_days(days)),
        abilities=read_abilities(connection),
        strengths=tuple(Strength(*row) for row in strengths),
    )


def _read_before(connection: Connection, standing: Standing, until: date) -> tuple[Rating, ...]:
    """The rating of each genre as it stood three months earlier; its last one up to then."""
    last = (until - timedelta(days=BEFORE_DAYS)).isoformat()
    found = []
    for name in standing.abilities.names:
        if not name.startswith("style:"):
            continue
        row = connection.execute(
            select(RATINGS.c.day, RATINGS.c.mean, RATINGS.c.error)
            .where(RATINGS.c.name == name, RATINGS.c.day <= last)
            .order_by(RATINGS.c.day.desc())
            .limit(1)
        ).first()
        if row is not None:
            found.append(Rating(name, date.fromisoformat(row.day), row.mean, row.error))
    return tuple(found)


def _read_days(rows: Any) -> Iterator[DayWork]:  # noqa: ANN401 - SQLAlchemy's rows
    for day, seconds, finished, first_at, last_at in rows:
        yield DayWork(
            date.fromisoformat(day),
            seconds,
            finished,
            datetime.fromisoformat(first_at).astimezone(_zone(first_at)),
            datetime.fromisoformat(last_at).astimezone(_zone(last_at)),
        )


def _zone(stamp: str) -> Any:  # noqa: ANN401 - a tzinfo, or None: this machine's
    return datetime.fromisoformat(stamp).tzinfo


def _day_sums(row: dict[str, Any]) -> DaySums:
    graded, timed = row["graded"], row["timed"]
    return DaySums(
        day=date.fromisoformat(row["day"]),
        takes=row["takes"],
        finished=row["finished"],
        seconds=row["seconds"],
        notes=row["notes"],
        right=row["right"],
        total=row["totals"] / graded if graded else None,
        bias_ms=row["bias_ms"] / timed if timed else None,
        spread_ms=row["spread_ms"] / timed if timed else None,
    )


def _read_bests(connection: Connection) -> tuple[Best, ...]:
    rows = connection.execute(
        select(BESTS.c.name, BESTS.c.value, BESTS.c.take_id, BESTS.c.at)
        .order_by(BESTS.c.take_id.desc())
        .limit(KEPT_BESTS)
    ).all()
    bests = []
    for name, value, take_id, at in rows:
        style, _, level = str(name).rpartition(" ")
        bests.append(Best(style, int(level), value, take_id, at))
    return tuple(bests)
