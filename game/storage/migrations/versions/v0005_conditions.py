"""How a take was played: its click, its calibration, and whether the chart was heard before."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add to the recordings; of takes that were kept before nothing is known."""
    column = sa.Column("conditions", sa.Text, nullable=False, server_default="")
    op.add_column("recordings", column)
