"""A copy of a database can be used in its place, and what cannot be true in one is found."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.databases import empty_database, opened, prepared_database

from skill_fleet.errors import Conflict, NotFound, StorageError
from skill_fleet.jobs.job import JobQuery, JobRecord
from skill_fleet.jobs.prompts import Prompt
from skill_fleet.store.attachments import SqlAttachments
from skill_fleet.store.database import Database
from skill_fleet.store.jobs import SqlJobs
from skill_fleet.store.revision import prepare
from skill_fleet.store.upkeep import backup, check

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def jobs_in(database: Database) -> SqlJobs:
    return SqlJobs(database, lambda *_: None)


def fill(database: Database) -> None:
    """A job that waits, with evidence."""
    jobs = jobs_in(database)
    jobs.add(JobRecord("j-1", "create", "Töpfern", {"task": "Fire"}, NOW, owner="ada"))
    jobs.ask("j-1", 1, 1, Prompt("confirm", "Go on?", ""), NOW)
    SqlAttachments(database).keep("j-1", b"evidence")


def assert_filled(database: Database) -> None:
    assert ["Töpfern"] == [record.title for record in jobs_in(database).list(JobQuery())]
    assert ["j-1.1"] == [prompt.id for prompt in jobs_in(database).open_prompts()]
    assert () == check(database)


# Backup


def test_a_copy_of_a_file_is_a_database(tmp_path: Path) -> None:
    """Made while somebody writes: it holds what was committed, and can be used at once."""
    with prepared_database("sqlite", tmp_path) as database:
        fill(database)
        with database.transaction() as connection:
            connection.execute(text("DELETE FROM jobs"))
            made = backup(database, tmp_path / "new" / "copy.sqlite")
            connection.rollback()
    assert tmp_path / "new" / "copy.sqlite" == made
    assert [made] == list(made.parent.iterdir())
    with opened(f"sqlite:///{made}") as copy:
        assert_filled(copy)


def test_a_dump_of_a_server_can_be_restored(tmp_path: Path) -> None:
    """With PostgreSQL's own program, into an empty database."""
    if shutil.which("pg_dump") is None or shutil.which("pg_restore") is None:
        pytest.skip("PostgreSQL's client programs are not installed")
    with prepared_database("postgresql", tmp_path) as database, empty_database("postgresql", tmp_path) as url:
        fill(database)
        made = backup(database, tmp_path / "fleet.dump")
        subprocess.run(["pg_restore", "--exit-on-error", f"--dbname={url}", str(made)], check=True)
        with opened(url) as copy:
            assert_filled(copy)


def test_a_copy_replaces_nothing(database: Database, tmp_path: Path) -> None:
    """Whatever is there may be the only good one."""
    there = tmp_path / "copy"
    there.write_text("precious", "utf-8")
    with pytest.raises(Conflict, match="is there already"):
        backup(database, there)
    assert "precious" == there.read_text("utf-8")


def test_a_copy_that_fails_leaves_nothing_behind(database: Database, tmp_path: Path) -> None:
    """Neither half a copy nor the attempt: here a folder that cannot be made."""
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(StorageError, match="cannot be made"):
        backup(database, tmp_path / "file" / "copy")
    assert ["file"] == [path.name for path in tmp_path.iterdir()]


def test_a_dump_that_breaks_off_leaves_nothing_behind(tmp_path: Path) -> None:
    """The server says why; here there is none."""
    absence = pytest.raises(StorageError, match=r"pg_dump failed: .*127\.0\.0\.1")
    with opened("postgresql://ada:s3cret@127.0.0.1:1/fleet") as database, absence as caught:
        backup(database, tmp_path / "copy")
    assert "s3cret" not in caught.value.message
    assert [] == list(tmp_path.iterdir())


def test_without_a_file_there_is_nothing_to_copy(tmp_path: Path) -> None:
    """And none is made."""
    with opened(f"sqlite:///{tmp_path}/fleet.sqlite") as database, pytest.raises(NotFound):
        backup(database, tmp_path / "copy.sqlite")
    assert [] == list(tmp_path.iterdir())


def test_without_pg_dump_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program belongs to PostgreSQL, not to this one."""
    monkeypatch.setenv("PATH", str(tmp_path))
    refusal = pytest.raises(StorageError, match="pg_dump is not installed")
    with opened("postgresql://ada:s3cret@127.0.0.1:1/fleet") as database, refusal as caught:
        backup(database, tmp_path / "copy")
    assert "client programs" in caught.value.hint


def test_a_pg_dump_that_is_too_old_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program of that name that ends as an old one does; the password reaches it, and not through its arguments."""
    program = tmp_path / "pg_dump"
    program.write_text(
        "#!/bin/sh\n"
        f'echo "$PGPASSWORD" > {tmp_path}/password; echo "$@" > {tmp_path}/arguments\n'
        'echo "pg_dump: error: aborting because of server version mismatch" >&2\nexit 1\n',
        "utf-8",
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    refusal = pytest.raises(StorageError, match="server version mismatch")
    with opened("postgresql://ada:s3cret@db.example:5433/fleet?sslmode=require") as database, refusal as caught:
        backup(database, tmp_path / "copy")
    assert "at least as new as the server" in caught.value.hint
    assert "s3cret\n" == (tmp_path / "password").read_text("utf-8")
    arguments = (tmp_path / "arguments").read_text("utf-8")
    assert "s3cret" not in arguments
    for expected in ("host='db.example'", "port='5433'", "dbname='fleet'", "user='ada'", "sslmode='require'"):
        assert expected in arguments


# Check


def codes(database: Database) -> list[str]:
    return [finding.code for finding in check(database)]


def test_a_sound_database_has_no_findings(database: Database) -> None:
    """Neither empty nor in use."""
    assert () == check(database)
    fill(database)
    assert () == check(database)


def test_an_open_prompt_of_a_job_that_is_over_is_found(database: Database) -> None:
    """Nobody should be asked about it."""
    fill(database)
    jobs = jobs_in(database)
    jobs.save(JobRecord("j-1", "create", "Title", None, NOW, finished_at=NOW))
    (finding,) = check(database)
    assert "open-prompt" == finding.code
    assert "j-1.1" in finding.text


def test_what_belongs_to_no_job_is_found(database: Database) -> None:
    """Attachments that nobody released, and prompts that lost their job where references were not watched."""
    fill(database)
    unwatched = "PRAGMA foreign_keys=OFF" if database.is_sqlite else "SET session_replication_role = replica"
    with database.engine.connect() as connection:
        connection.exec_driver_sql(unwatched)
        connection.execute(text("DELETE FROM jobs"))
        connection.commit()
        connection.invalidate()
    found = codes(database)
    assert ["lost-prompt", "unused-attachment"] == [code for code in found if code != "foreign-key"]
    assert database.is_sqlite == ("foreign-key" in found)


def test_a_damaged_attachment_is_found(database: Database) -> None:
    """By its key."""
    fill(database)
    with database.transaction() as connection:
        connection.execute(text("UPDATE attachments SET data = :data"), {"data": b"nothing"})
    assert ["damaged-attachment"] == codes(database)


def test_a_layout_that_is_not_of_this_version_is_found(url: str) -> None:
    """And the rest is not looked at, since it may look otherwise."""
    with opened(url) as database:
        with database.transaction() as connection:
            connection.execute(text("CREATE TABLE elsewhere (id INTEGER)"))
        assert ["revision"] == codes(database)
        prepare(database)
        assert [] == codes(database)
        with database.transaction() as connection:
            connection.execute(text("UPDATE skill_fleet_version SET version_num = '0999'"))
        assert ["revision"] == codes(database)


@pytest.mark.parametrize("page", [1, 5, 9])
def test_damaged_pages_are_found(tmp_path: Path, page: int) -> None:
    """Wherever in the file they are."""
    with prepared_database("sqlite", tmp_path) as database:
        for number in range(50):
            jobs_in(database).add(JobRecord(f"j-{number}", "create", "Title", "x" * 2000, NOW))
        database.close()
        assert database.path is not None
        with database.path.open("r+b") as file:
            file.seek(4096 * (page - 1) + 100)
            file.write(b"\xff" * 2000)
        assert "integrity" == codes(database)[0]


def test_a_file_that_is_no_database_is_found(tmp_path: Path) -> None:
    """Looked at, named, and left alone."""
    (tmp_path / "notes.txt").write_text("Buy clay.\n" * 1000, "utf-8")
    with opened(f"sqlite:///{tmp_path}/notes.txt") as database:
        (finding,) = check(database)
    assert "is not an SQLite database" in finding.text


def test_a_file_that_is_not_there_is_no_damage(tmp_path: Path) -> None:
    """It is said, and none is made."""
    with opened(f"sqlite:///{tmp_path}/fleet.sqlite") as database:
        assert ["revision"] == codes(database)
    assert [] == list(tmp_path.iterdir())
