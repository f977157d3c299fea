"""Alembic's entry: runs the steps on the connection (and in the transaction) it is given."""

from alembic import context

from game.storage.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    # SQLite alters a table by copying it.
    render_as_batch=True,
)
context.run_migrations()
