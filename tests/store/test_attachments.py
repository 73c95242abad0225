"""What jobs work with is kept once, found by everybody, and dropped when nobody needs it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import update
from tests.databases import KINDS, prepared_database

from skill_fleet.errors import NotFound, StorageError
from skill_fleet.jobs.memory import MemoryAttachments
from skill_fleet.jobs.ports import Attachments
from skill_fleet.store.attachments import SqlAttachments
from skill_fleet.store.database import Database
from skill_fleet.store.tables import attachments


@pytest.fixture(params=["memory", *KINDS])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Attachments]:
    if request.param == "memory":
        yield MemoryAttachments()
        return
    with prepared_database(request.param, tmp_path) as database:
        yield SqlAttachments(database)


@pytest.mark.parametrize("data", [b"", b"\0", b"evidence", os.urandom(300_000), b"a" * 5_000_000], ids=len)
def test_data_comes_back_as_it_was(kept: Attachments, data: bytes) -> None:
    """Under the SHA-256 of what it is."""
    key = kept.keep("j-1", data)
    assert hashlib.sha256(data).hexdigest() == key
    assert data == kept.load(key)


def test_what_is_not_there_is_not_found(kept: Attachments) -> None:
    """Also when its job released it."""
    with pytest.raises(NotFound):
        kept.load("0" * 64)
    key = kept.keep("j-1", b"evidence")
    kept.release("j-1")
    with pytest.raises(NotFound):
        kept.load(key)


def test_data_stays_while_some_job_needs_it(kept: Attachments) -> None:
    """Two jobs that read the same share it; the last one to go takes it along."""
    key = kept.keep("j-1", b"evidence")
    assert key == kept.keep("j-2", b"evidence")
    assert key == kept.keep("j-2", b"evidence")
    other = kept.keep("j-1", b"another")
    kept.release("j-1")
    assert b"evidence" == kept.load(key)
    with pytest.raises(NotFound):
        kept.load(other)
    kept.release("j-2")
    with pytest.raises(NotFound):
        kept.load(key)


def test_releasing_nothing_is_no_trouble(kept: Attachments) -> None:
    """A job may have kept nothing, or have been released before."""
    kept.release("j-1")
    key = kept.keep("j-2", b"evidence")
    kept.release("j-1")
    assert b"evidence" == kept.load(key)


def test_keeping_and_releasing_at_once_loses_nothing(kept: Attachments) -> None:
    """A job that keeps what another drops at the same moment finds it there."""

    def come_and_go(number: int) -> bytes:
        mine = f"j-{number}"
        key = kept.keep(mine, b"shared by all")
        found = kept.load(key)
        kept.release(mine)
        return found

    with ThreadPoolExecutor(8) as pool:
        assert [b"shared by all"] * 60 == list(pool.map(come_and_go, range(60)))
    with pytest.raises(NotFound):
        kept.load(hashlib.sha256(b"shared by all").hexdigest())


@pytest.mark.parametrize("damage", [b"no zlib", b"x\x9c\x03\x00\x00\x00\x00\x01"], ids=["not packed", "something else"])
def test_damaged_data_is_not_handed_out(database: Database, damage: bytes) -> None:
    """The key tells what it should be."""
    kept = SqlAttachments(database)
    key = kept.keep("j-1", b"evidence")
    with database.transaction() as connection:
        connection.execute(update(attachments).values(data=damage))
    with pytest.raises(StorageError, match="damaged"):
        kept.load(key)


def test_text_takes_little_room(database: Database) -> None:
    """It is kept packed."""
    SqlAttachments(database).keep("j-1", b"The kiln is fired slowly. " * 10_000)
    with database.reading() as connection:
        size, data = connection.execute(
            attachments.select().with_only_columns(attachments.c.size, attachments.c.data)
        ).one()
    assert 260_000 == size
    assert len(data) < 5_000
