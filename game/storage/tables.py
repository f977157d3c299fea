"""The tables. Whatever is changed here needs a migration in `migrations/versions`.

Small columns and large blobs lie in tables of their own, so that a list or a sum over many thousand
takes reads no blob.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

HEAD = "0005"
"""The newest migration; a file at this version is opened without loading alembic."""
REVISIONS = ("0001", "0002", "0003", "0004", "0005")
"""Every migration, oldest first; a file at any other version was made by a newer First Take."""

METADATA = MetaData()

TAKES = Table(
    "takes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("started_at", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("style", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("quarter_bpm", Float, nullable=False),
    Column("latency_ms", Float, nullable=False),
    Column("source", Text, nullable=False),
    Column("ended", Text, nullable=False),
    Column("first_take_version", Text, nullable=False),
    Column("compose_version", Text, nullable=False),
    Column("chart_key", Text, nullable=False, server_default=""),
    Column("first_sight", Integer, nullable=False, server_default="1"),
    Column("mode", Text, nullable=False, server_default=""),
    Column("seconds", Float, nullable=False, server_default="0"),
    Column("struck", Integer, nullable=False, server_default="0"),
    Index("takes_by_chart", "chart_key", "id"),
    Index("takes_by_style_and_level", "style", "level", "id"),
    sqlite_autoincrement=True,
)
"""One row a take; a number is never given twice. `chart_key` names the chart: its share code, or
the digest of one without; `seconds` from the first key to the last, `struck` how many keys."""

RECORDINGS = Table(
    "recordings",
    METADATA,
    Column("take_id", Integer, ForeignKey("takes.id", ondelete="CASCADE"), primary_key=True),
    Column("chart", LargeBinary, nullable=False),
    Column("events", LargeBinary, nullable=False),
    Column("interruptions", LargeBinary, nullable=False),
    Column("conditions", Text, nullable=False, server_default=""),
)
"""What was to be played and what was played; see `blobs`."""

SCORECARDS = Table(
    "scorecards",
    METADATA,
    Column("take_id", Integer, ForeignKey("takes.id", ondelete="CASCADE"), primary_key=True),
    Column("rules_version", Integer, primary_key=True),
    Column("total", Float, nullable=False),
    Column("notes", Float),
    Column("time", Float),
    Column("lengths", Float),
    Column("dynamics", Float),
    Column("flow", Float),
    Column("feel", Float),
    Column("bias_ms", Float),
    Column("spread_ms", Float),
    sqlite_with_rowid=False,
)
"""The scores of a take, once for each version of the rules that graded it."""

SCORECARD_SHEETS = Table(
    "scorecard_sheets",
    METADATA,
    Column("take_id", Integer, ForeignKey("takes.id", ondelete="CASCADE"), primary_key=True),
    Column("rules_version", Integer, primary_key=True),
    Column("sheet", LargeBinary, nullable=False),
)
"""The whole scorecard; see `blobs`."""

SETTINGS = Table(
    "settings",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""One row a setting, its value as JSON."""
