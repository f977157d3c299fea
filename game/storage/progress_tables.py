"""The tables of runs, and of sums over takes, so that progress is read without reading takes.

All but `runs` and `outcomes` can be made again from the takes (`game.storage.books`).
"""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, Table, Text

from game.storage.tables import METADATA

RUNS = Table(
    "runs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("started_at", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("score", Float),
    Column("notes_per_minute", Float),
    Column("accuracy", Float),
    Column("seconds", Float, nullable=False),
    Column("sheet", Text, nullable=False),
    Index("runs_by_mode_and_name", "mode", "name", "id"),
    sqlite_autoincrement=True,
)
"""Drills, exams, gauntlets, daily calls and assessments; runs of one name can be compared."""

OUTCOMES = Table(
    "outcomes",
    METADATA,
    Column("take_id", Integer, ForeignKey("takes.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("total", Float, nullable=False),
    Column("notes", Integer, nullable=False),
    Column("right", Integer, nullable=False),
    Column("bias_ms", Float),
    Column("spread_ms", Float),
    Column("tallies", Text, nullable=False),
)
"""What a graded take adds to the sums, by the newest rules; tallies are JSON."""

DAYS = Table(
    "days",
    METADATA,
    Column("day", Text, primary_key=True),
    Column("first_at", Text, nullable=False),
    Column("last_at", Text, nullable=False),
    *(
        Column(name, Integer, nullable=False)
        for name in ("takes", "finished", "graded", "timed", "notes", "right")
    ),
    *(
        Column(name, Float, nullable=False)
        for name in ("seconds", "totals", "bias_ms", "spread_ms")
    ),
    sqlite_with_rowid=False,
)
"""One row a date of the player's own clock; every figure is a sum."""

TALLIES = Table(
    "tallies",
    METADATA,
    Column("day", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("trials", Integer, nullable=False),
    Column("right", Integer, nullable=False),
    sqlite_with_rowid=False,
)

RATINGS = Table(
    "ratings",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("mean", Float, nullable=False),
    Column("error", Float, nullable=False),
    sqlite_with_rowid=False,
)
"""The abilities as they were at the end of each date."""

BESTS = Table(
    "bests",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Float, nullable=False),
    Column("take_id", Integer, nullable=False),
    Column("at", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""The best first take of each style and level, named "jazz 4"."""

STRENGTHS = Table(
    "strengths",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("right", Float, nullable=False),
    Column("trials", Float, nullable=False),
    Column("expected", Float, nullable=False),
    Column("card", Text, nullable=False),
    Column("due", Text, nullable=False),
    sqlite_with_rowid=False,
)

BOOKS = Table(
    "books",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)
""""abilities" as JSON, "version" and "last take" of the sums, and "stale" while they have to be
made again."""
