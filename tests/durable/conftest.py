"""Every test here runs on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.databases import KINDS, empty_database

from skill_fleet.store.database import open_database
from skill_fleet.store.revision import prepare


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with our tables and nothing in them."""
    with empty_database(request.param, tmp_path) as url:
        with closing(open_database(url)) as database:
            prepare(database)
        yield url
