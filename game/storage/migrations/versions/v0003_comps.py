"""Punches: the region that a take was recorded for; comps: which takes are heard where."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "punches",
        sa.Column(
            "take_id", sa.Integer, sa.ForeignKey("takes.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("start_ql", sa.Text, nullable=False),
        sa.Column("end_ql", sa.Text, nullable=False),
    )
    op.create_table(
        "comps",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("made_at", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "comp_parts",
        sa.Column(
            "comp_id", sa.Integer, sa.ForeignKey("comps.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("take_id", sa.Integer, sa.ForeignKey("takes.id"), nullable=False),
        sa.Column("start_ql", sa.Text, nullable=False),
        sa.Column("end_ql", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
