"""First sight, runs, and what progress is read from."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add to the takes, and make the tables that hold sums over them."""
    for column in (
        sa.Column("chart_key", sa.Text, nullable=False, server_default=""),
        sa.Column("first_sight", sa.Integer, nullable=False, server_default="1"),
        sa.Column("mode", sa.Text, nullable=False, server_default=""),
        sa.Column("seconds", sa.Float, nullable=False, server_default="0"),
        sa.Column("struck", sa.Integer, nullable=False, server_default="0"),
    ):
        op.add_column("takes", column)
    op.execute("UPDATE takes SET chart_key = code")
    op.create_index("takes_by_chart", "takes", ["chart_key", "id"])
    op.execute(
        "UPDATE takes SET first_sight = 0 WHERE chart_key <> '' AND EXISTS (SELECT 1 FROM takes "
        "AS before WHERE before.chart_key = takes.chart_key AND before.id < takes.id)"
    )
    _make_runs()
    _make_sums()
    # Takes that were kept before are summed up when progress is first asked for.
    op.execute("INSERT INTO books (name, value) VALUES ('stale', '1')")


def _make_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("started_at", sa.Text, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("score", sa.Float),
        sa.Column("notes_per_minute", sa.Float),
        sa.Column("accuracy", sa.Float),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("sheet", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("runs_by_mode_and_name", "runs", ["mode", "name", "id"])
    op.create_table(
        "outcomes",
        sa.Column(
            "take_id", sa.Integer, sa.ForeignKey("takes.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("total", sa.Float, nullable=False),
        sa.Column("notes", sa.Integer, nullable=False),
        sa.Column("right", sa.Integer, nullable=False),
        sa.Column("bias_ms", sa.Float),
        sa.Column("spread_ms", sa.Float),
        sa.Column("tallies", sa.Text, nullable=False),
    )


def _make_sums() -> None:
    sums = ("seconds", "totals", "bias_ms", "spread_ms")
    counts = ("takes", "finished", "graded", "timed", "notes", "right")
    op.create_table(
        "days",
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column("first_at", sa.Text, nullable=False),
        sa.Column("last_at", sa.Text, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in counts),
        *(sa.Column(name, sa.Float, nullable=False) for name in sums),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tallies",
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("trials", sa.Integer, nullable=False),
        sa.Column("right", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ratings",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column("mean", sa.Float, nullable=False),
        sa.Column("error", sa.Float, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "bests",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Float, nullable=False),
        sa.Column("take_id", sa.Integer, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "strengths",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("right", sa.Float, nullable=False),
        sa.Column("trials", sa.Float, nullable=False),
        sa.Column("expected", sa.Float, nullable=False),
        sa.Column("card", sa.Text, nullable=False),
        sa.Column("due", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "books",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
