"""Empty databases of both kinds for tests: an SQLite file, and a database on whatever PostgreSQL answers here."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import delete, make_url
from tests.clusters import find_cluster

from skill_fleet.store.database import Database, open_database
from skill_fleet.store.revision import prepare
from skill_fleet.store.tables import metadata

KINDS = ("sqlite", "postgresql")

#: The server to test with. When it is named, it must answer; when it is not, one is made of the installed programs.
VARIABLE = "SKILL_FLEET_TEST_POSTGRES"


@cache
def find_server() -> str | None:
    if named := os.environ.get(VARIABLE):
        return named if _answers(named) else None
    cluster = find_cluster()
    return cluster.url() if cluster else None


def postgres_server() -> str:
    """The URL of a server on which databases may be created; the test is skipped where there is none."""
    server = find_server()
    if server is None and VARIABLE in os.environ:
        pytest.fail(f"no PostgreSQL answers at the address in {VARIABLE}")
    if server is None:
        pytest.skip(f"PostgreSQL's programs are not installed, and {VARIABLE} is not set")
    return server


@contextmanager
def empty_database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of a database that holds nothing, dropped afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'fleet.sqlite'}"
        return
    server = postgres_server()
    name = f"skill_fleet_test_{secrets.token_hex(6)}"
    _run(server, f'CREATE DATABASE "{name}"')
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        _run(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def prepared_database(kind: str, folder: Path) -> Iterator[Database]:
    """A database with our tables, empty."""
    with empty_database(kind, folder) as url, opened(url) as database:
        prepare(database)
        yield database


def make_empty(database: Database) -> None:
    """As if nothing had ever been written; much faster than another database."""
    with database.transaction() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = open_database(url)
    try:
        yield database
    finally:
        database.close()


def _answers(server: str) -> bool:
    try:
        _run(server, "SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def _run(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True, connect_timeout=5) as connection:
        connection.execute(statement.encode())
