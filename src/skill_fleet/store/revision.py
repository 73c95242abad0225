"""Which version of the program laid out a database, and how it is brought to this one.

A database that is up to date costs two small queries: Alembic is imported only where there is something to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, func, inspect, select, text

from skill_fleet.errors import WrongRevision
from skill_fleet.store.copies import copy_beside
from skill_fleet.store.database import Database
from skill_fleet.store.tables import OPEN, VERSION_TABLE, hitl, metadata

REVISIONS = ("0001", "0002", "0003", "0004")
"""From the first to the one that this version of the program needs; the scripts are in `migrations/versions`."""

HEAD = REVISIONS[-1]

Layout = Literal["empty", "current", "behind", "ahead", "foreign"]
"""empty: nothing of ours is there · current: as this version needs it · behind: an older version laid it out · ahead: a
newer version did · foreign: tables of our names are there, and not from us."""

#: Held in PostgreSQL by who lays out tables; any number that other programs are unlikely to have chosen.
LOCK = 0x5F1EE7DB

#: Where a database lists its tables. PostgreSQL's `to_regclass` would be shorter; it remembers that a table was not
#: there while another process makes it.
CATALOGUE = {
    "sqlite": "sqlite_master WHERE type = 'table' AND name",
    "postgresql": "pg_catalog.pg_tables WHERE schemaname = ANY (current_schemas(false)) AND tablename",
}


@dataclass(frozen=True, slots=True)
class DatabaseStatus:
    """What is known of a database from outside. `revision` is empty where nothing was laid out."""

    url: str
    kind: Literal["sqlite", "postgresql"]
    revision: str
    head: str
    state: Layout
    size_bytes: int
    counts: Mapping[str, int]


def status(database: Database) -> DatabaseStatus:
    """Looks and changes nothing; a file that is not there is not made."""
    if not is_there(database):
        return DatabaseStatus(database.shown_url, "sqlite", "", HEAD, "empty", 0, {})
    with database.reading() as connection:
        revision, state = find_layout(connection)
        return DatabaseStatus(
            database.shown_url,
            "sqlite" if database.is_sqlite else "postgresql",
            revision,
            HEAD,
            state,
            _size(database, connection),
            _counts(connection) if state in ("current", "behind") else {},
        )


def prepare(database: Database) -> None:
    """Lay out an empty database, and bring an SQLite file that is behind up to date, after a copy was made beside it.

    A PostgreSQL database that is behind is left alone, because other machines may still work on it.
    """
    with database.reading() as connection:
        revision, state = find_layout(connection)
    if state == "behind" and not database.is_sqlite:
        raise WrongRevision(
            f"{database.place} is laid out as of {revision}, and this version needs {HEAD}.",
            "Stop the workers of the older version, then run `skill-fleet db migrate`.",
        )
    if state != "current":
        migrate(database)


def migrate(database: Database) -> None:
    """Bring the database to this version's layout, in one transaction; one process does it, others wait for it."""
    with database.transaction() as connection:
        if not database.is_sqlite:
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        revision, state = find_layout(connection)
        if state == "current":
            return
        _check_ours(database, revision, state)
        if state == "behind" and database.path is not None:
            copy_beside(database, database.path, revision)
        _upgrade(connection)


def find_layout(connection: Connection) -> tuple[str, Layout]:
    revision = _find_revision(connection)
    if revision is None:
        ours = set(metadata.tables) & set(inspect(connection).get_table_names())
        return "", "foreign" if ours else "empty"
    if revision == HEAD:
        return revision, "current"
    return revision, "behind" if revision in REVISIONS else "ahead"


def is_there(database: Database) -> bool:
    """False for an SQLite file that connecting would make."""
    return database.path is None or database.path.exists()


def _find_revision(connection: Connection) -> str | None:
    there = text(f"SELECT count(*) FROM {CATALOGUE[connection.dialect.name]} = :name")  # noqa: S608  constants
    if not connection.scalar(there, {"name": VERSION_TABLE}):
        return None
    revision: str | None = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608  a constant
    return revision


def _check_ours(database: Database, revision: str, state: Layout) -> None:
    if state == "ahead":
        raise WrongRevision(
            f"{database.place} was laid out by a newer version of skill-fleet: {revision}, here {HEAD}.",
            "Install that version, or use another database. Nothing was changed.",
        )
    if state == "foreign":
        raise WrongRevision(
            f"{database.place} holds tables of another program under names that are needed.",
            "Set SKILL_FLEET_DATABASE_URL to a database of its own. Nothing was changed.",
        )


def _upgrade(connection: Connection) -> None:
    from skill_fleet.store.migrations.upgrade import upgrade  # noqa: PLC0415  Alembic, needed once in a database's life

    upgrade(connection, HEAD)


def _size(database: Database, connection: Connection) -> int:
    if database.path is None:
        return connection.scalar(select(func.pg_database_size(func.current_database()))) or 0
    parts = (database.path, database.path.with_name(f"{database.path.name}-wal"))
    return sum(part.stat().st_size for part in parts if part.exists())


def _counts(connection: Connection) -> Mapping[str, int]:
    laid_out = set(inspect(connection).get_table_names())
    tables = [table for table in metadata.sorted_tables if table.name in laid_out]
    counts = {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
    return {**counts, "open": connection.scalar(select(func.count()).select_from(hitl).where(OPEN)) or 0}
