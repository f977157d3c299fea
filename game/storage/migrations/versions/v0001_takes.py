"""Takes, their recordings and scorecards, and the settings."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "takes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("started_at", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("style", sa.Text, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("seed", sa.Integer, nullable=False),
        sa.Column("quarter_bpm", sa.Float, nullable=False),
        sa.Column("latency_ms", sa.Float, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("ended", sa.Text, nullable=False),
        sa.Column("first_take_version", sa.Text, nullable=False),
        sa.Column("compose_version", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("takes_by_style_and_level", "takes", ["style", "level", "id"])
    op.create_table(
        "recordings",
        _take_id(),
        sa.Column("chart", sa.LargeBinary, nullable=False),
        sa.Column("events", sa.LargeBinary, nullable=False),
        sa.Column("interruptions", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "scorecards",
        _take_id(),
        sa.Column("rules_version", sa.Integer, primary_key=True),
        sa.Column("total", sa.Float, nullable=False),
        *(sa.Column(name, sa.Float) for name in ("notes", "time", "lengths", "dynamics")),
        *(sa.Column(name, sa.Float) for name in ("flow", "feel", "bias_ms", "spread_ms")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "scorecard_sheets",
        _take_id(),
        sa.Column("rules_version", sa.Integer, primary_key=True),
        sa.Column("sheet", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )


def _take_id() -> sa.Column[int]:
    return sa.Column(
        "take_id", sa.Integer, sa.ForeignKey("takes.id", ondelete="CASCADE"), primary_key=True
    )
