"""What Alembic runs to reach the database: the connection and its transaction are handed in."""

from __future__ import annotations

from alembic import context

from skill_fleet.store.tables import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, version_table=VERSION_TABLE
)
with context.begin_transaction():
    context.run_migrations()
