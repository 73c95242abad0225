"""Addresses, connections, transactions, and what their errors say."""

from __future__ import annotations

import os
import socket
import sqlite3
import stat
import subprocess
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError
from tests.databases import opened

from skill_fleet.errors import DatabaseAway, NotFound, SettingsError, SkillFleetError, StorageError, WrongRevision
from skill_fleet.jobs.job import JobQuery, JobRecord
from skill_fleet.store.database import Database, open_database, patient
from skill_fleet.store.jobs import SqlJobs
from skill_fleet.store.revision import prepare

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NOBODY = 65534


def jobs_in(database: Database) -> SqlJobs:
    return SqlJobs(database, lambda *_: None)


def job(job_id: str, size: int = 0) -> JobRecord:
    return JobRecord(job_id, "create", "Title", "x" * size, NOW)


def told(error: BaseException) -> str:
    """Everything that a person or a log may see of an error."""
    return "".join(traceback.format_exception(error)) + repr(error)


# Addresses


@pytest.mark.parametrize(
    "url",
    [
        "",
        "not an address",
        "mysql://root:s3cret@host/fleet",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql://user:s3cret@host:port/fleet",
        "memory:",
    ],
)
def test_an_address_of_another_form_is_refused(url: str) -> None:
    """With the forms that are taken, and without what stands in it."""
    with pytest.raises(SettingsError, match="sqlite:////") as caught:
        open_database(url)
    assert "s3cret" not in told(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ada:s3cret@db.example:5433/fleet",
        "postgres://ada:s3cret@db.example:5433/fleet",
        "postgresql+psycopg2://ada:s3cret@db.example:5433/fleet",
        "postgresql://ada@db.example:5433/fleet?password=s3cret",
    ],
)
def test_a_password_is_for_those_who_connect(url: str) -> None:
    """One driver, whatever the address names; and the password stays out of everything that is shown."""
    with opened(url) as database:
        assert "postgresql+psycopg://ada:s3cret@db.example:5433/fleet" == database.url
        assert "postgresql://ada:***@db.example:5433/fleet" == database.shown_url
        assert "PostgreSQL at db.example:5433, database fleet" == database.place
        assert not database.is_sqlite
        assert database.path is None
        assert "s3cret" not in repr(database)


def test_a_file_is_meant_from_where_the_program_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that changes its folder later still finds it."""
    monkeypatch.chdir(tmp_path)
    with opened("sqlite:///fleet.sqlite") as database:
        assert tmp_path / "fleet.sqlite" == database.path
        assert database.is_sqlite


# Files


def test_nothing_is_made_before_it_is_needed(tmp_path: Path) -> None:
    """Opening only looks at the address."""
    with opened(f"sqlite:///{tmp_path}/new/fleet.sqlite"):
        assert [] == list(tmp_path.iterdir())


def test_a_new_folder_keeps_out_of_version_control(tmp_path: Path) -> None:
    """A folder made for the database says so to git; one that was there is left as it is."""
    with (
        opened(f"sqlite:///{tmp_path}/a/new/fleet.sqlite") as made,
        opened(f"sqlite:///{tmp_path}/fleet.sqlite") as there,
    ):
        prepare(made)
        prepare(there)
    assert "*\n" == (tmp_path / "a" / "new" / ".gitignore").read_text("utf-8")
    assert not (tmp_path / ".gitignore").exists()


def test_every_connection_is_set_up_alike(tmp_path: Path) -> None:
    """Readers do not block writers, commits reach the disk, references hold, and who finds it busy waits."""
    with opened(f"sqlite:///{tmp_path}/fleet.sqlite") as database:
        for connect in (database.transaction, database.reading):
            with connect() as one, database.reading() as other:
                for connection in (one, other):
                    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
                    values = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]
                    assert ["wal", 2, 1, 30000] == values


def test_a_writer_has_the_file_for_itself_from_its_first_line(tmp_path: Path) -> None:
    """What it reads cannot change before it writes; readers go on with what was there."""
    with opened(f"sqlite:///{tmp_path}/fleet.sqlite") as database:
        prepare(database)
        jobs_in(database).add(job("j-1"))
        with database.transaction():
            other = sqlite3.connect(tmp_path / "fleet.sqlite", timeout=0)
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
            other.close()
            assert 1 == jobs_in(database).count(JobQuery())


# Transactions


def test_a_transaction_is_kept_whole_or_not_at_all(database: Database) -> None:
    """An error in the middle takes back what was written before it, and comes through as it is."""
    jobs_in(database).add(job("j-1"))

    def change() -> None:
        with database.transaction() as connection:
            connection.execute(text("DELETE FROM jobs"))
            raise LookupError("in the middle")

    with pytest.raises(LookupError, match="in the middle"):
        change()
    assert job("j-1") == jobs_in(database).get("j-1")


def test_what_only_a_programmer_can_act_on_is_not_disguised(database: Database) -> None:
    """A broken reference is no trouble of the disk or the network."""
    with pytest.raises(IntegrityError), database.transaction() as connection:
        connection.execute(text("INSERT INTO attachment_use (job_id, key) VALUES ('j-1', 'no such key')"))


def test_a_database_without_tables_says_so(url: str) -> None:
    """Rather than that a table is missing."""
    with opened(url) as database, pytest.raises(WrongRevision, match="skill-fleet db migrate"):
        jobs_in(database).get("j-1")


# Patience


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.pauses.append(seconds)


def test_patience_outlasts_an_absence() -> None:
    """The pauses grow up to a limit, so that a server that comes back is not overrun."""
    clock = Clock()

    def work() -> str:
        if len(clock.pauses) < 9:
            raise DatabaseAway("away.")
        return "done"

    assert "done" == patient(work, sleep=clock)
    assert [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0] == clock.pauses


def test_patience_ends() -> None:
    """After the time that was given, with the last error."""

    def work() -> None:
        raise DatabaseAway("away.")

    with pytest.raises(DatabaseAway):
        patient(work, limit=0.05)


@pytest.mark.parametrize("error", [StorageError("full."), NotFound("no."), LookupError("no")])
def test_what_time_does_not_mend_is_not_waited_for(error: Exception) -> None:
    """Only a database that is away may come back."""
    clock = Clock()

    def work() -> None:
        raise error

    with pytest.raises(type(error)):
        patient(work, sleep=clock)
    assert [] == clock.pauses


# Trouble with files


def trouble(database: Database) -> SkillFleetError:
    """What a person is told when the database is prepared."""
    with pytest.raises(StorageError) as caught:
        prepare(database)
    assert str(database.path) in caught.value.message
    assert caught.value.hint
    return caught.value


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    """It is somebody's file."""
    file = tmp_path / "notes.txt"
    file.write_text("Buy clay.\n" * 1000, "utf-8")
    with opened(f"sqlite:///{file}") as database:
        assert "is not an SQLite database" in trouble(database).message
    assert "Buy clay.\n" * 1000 == file.read_text("utf-8")


def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    """And so is a file in the place of its folder."""
    (tmp_path / "file").write_text("", "utf-8")
    for path in (tmp_path, tmp_path / "file" / "fleet.sqlite"):
        with opened(f"sqlite:///{path}") as database, pytest.raises(StorageError, match="cannot be"):
            prepare(database)


@contextmanager
def unprivileged() -> Iterator[None]:
    """As somebody who may not write everywhere: rights do not bind root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@contextmanager
def readable_folder() -> Iterator[Path]:
    """One that somebody without rights can look into, which pytest's own are not."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def test_a_file_that_may_only_be_read_is_named() -> None:
    """Nothing can be written to it, and that is what is said."""
    with readable_folder() as folder, opened(f"sqlite:///{folder}/fleet.sqlite") as first:
        prepare(first)
        first.close()
        (folder / "fleet.sqlite").chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
        folder.chmod(0o555)
        with unprivileged(), opened(first.url) as database, pytest.raises(StorageError, match="cannot be") as caught:
            jobs_in(database).add(job("j-1"))
        folder.chmod(0o755)
    assert not isinstance(caught.value, DatabaseAway)
    assert "right to write" in caught.value.hint or "may be written" in caught.value.hint


def test_a_folder_that_may_not_be_made_is_named() -> None:
    """Instead of the file that could not be opened in it."""
    with readable_folder() as folder, opened(f"sqlite:///{folder}/new/fleet.sqlite") as database:
        refusal = pytest.raises(StorageError, match="cannot be made: Permission denied")
        with unprivileged(), refusal:
            prepare(database)


def test_a_file_that_stays_locked_counts_as_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has it will give it back, so it is worth another try."""
    monkeypatch.setattr("skill_fleet.store.database.SQLITE_PRAGMAS", ("PRAGMA busy_timeout=20",))
    with opened(f"sqlite:///{tmp_path}/fleet.sqlite") as database:
        prepare(database)
        with database.transaction(), pytest.raises(DatabaseAway, match="locked by another process"):
            jobs_in(database).add(job("j-1"))
        patient(lambda: jobs_in(database).add(job("j-1")))
        assert 1 == jobs_in(database).count(JobQuery())


def test_a_database_that_cannot_grow_keeps_what_it_has(tmp_path: Path) -> None:
    """SQLite's own limit on a file's pages gives the error of a full disk."""
    with opened(f"sqlite:///{tmp_path}/fleet.sqlite") as database:
        prepare(database)
        jobs = jobs_in(database)
        jobs.add(job("j-1", 10_000))
        with database.reading() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        with pytest.raises(StorageError, match="disk is full"):
            jobs.add(job("j-2", 1_000_000))
        assert job("j-1", 10_000) == jobs.get("j-1")


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A disk of 1 MB at `folder`; only root can make one, and not everywhere."""
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """What was confirmed is there, what was refused is not, and with some space everything goes on."""
    with small_disk(tmp_path), opened(f"sqlite:///{tmp_path}/fleet.sqlite") as database:
        ballast = tmp_path / "ballast"
        ballast.write_bytes(b"\0" * 300_000)
        prepare(database)
        jobs = jobs_in(database)
        confirmed: list[str] = []

        def fill() -> None:
            for number in range(1000):
                jobs.add(job(f"j-{number}", 10_000))
                confirmed.append(f"j-{number}")

        with pytest.raises(StorageError, match=r"full|cannot be read or written") as caught:
            fill()
        assert not isinstance(caught.value, DatabaseAway)
        assert len(confirmed) == jobs.count(JobQuery())
        ballast.unlink()
        jobs.add(job("j-more", 10_000))
        assert {*confirmed, "j-more"} == {record.id for record in jobs.list(JobQuery(limit=1000))}
        database.close()


# Trouble with servers


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_server_that_does_not_answer_is_away() -> None:
    """The message names the server and the database, never the password."""
    port = free_port()
    absence = pytest.raises(DatabaseAway, match=f"127.0.0.1:{port}, database fleet does not answer")
    with opened(f"postgresql://ada:s3cret@127.0.0.1:{port}/fleet") as database, absence as caught:
        prepare(database)
    assert "refused" in caught.value.message
    assert "s3cret" not in told(caught.value)


def test_a_process_without_a_free_connection_waits(tmp_path: Path) -> None:
    """More threads than connections come one after the other, and none is turned away."""
    with opened(f"sqlite:///{tmp_path}/fleet.sqlite") as database:
        prepare(database)
        threads = [threading.Thread(target=jobs_in(database).add, args=(job(f"j-{number}"),)) for number in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert 40 == jobs_in(database).count(JobQuery())


def test_every_library_knows_the_time_to_the_millisecond(tmp_path: Path) -> None:
    """Also one older than the function that the engine's tables call in their defaults, on any engine's connections."""
    with opened(f"sqlite:///{tmp_path / 'a.sqlite'}"):
        other = create_engine(f"sqlite:///{tmp_path / 'b.sqlite'}")
        with other.begin() as connection:
            connection.execute(
                text("CREATE TABLE t (id INTEGER, at INTEGER NOT NULL DEFAULT (unixepoch('subsec') * 1000))")
            )
            connection.execute(text("INSERT INTO t (id) VALUES (1)"))
            found = connection.execute(text("SELECT at FROM t")).scalar_one()
        other.dispose()
    assert abs(found / 1000 - time.time()) < 60
