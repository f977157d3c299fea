"""Jobs: what a session player has taken on, and what came of it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("taken_at", sa.Text, nullable=False),
        sa.Column("job", sa.LargeBinary, nullable=False),
        sa.Column("credit", sa.Text),
        sqlite_autoincrement=True,
    )
