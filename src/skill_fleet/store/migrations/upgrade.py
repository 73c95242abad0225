"""Alembic, called from the program: no ini file, no command line, no transaction of its own."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def alembic_config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", "skill_fleet.store:migrations")
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection, revision: str) -> None:
    """Run the steps that are missing up to `revision`, inside the transaction that `connection` is in."""
    command.upgrade(alembic_config(connection), revision)
