"""A database of each kind, for every test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.databases import KINDS, empty_database, make_empty, prepared_database

from skill_fleet.store.database import Database


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a database is that holds nothing."""
    with empty_database(request.param, tmp_path) as address:
        yield address


@pytest.fixture(scope="module", params=KINDS)
def laid_out(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with prepared_database(request.param, tmp_path_factory.mktemp("database")) as database:
        yield database


@pytest.fixture
def database(laid_out: Database) -> Database:
    """A database with our tables and no rows."""
    make_empty(laid_out)
    return laid_out
