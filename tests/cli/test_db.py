"""`skill-fleet db`, and what every command about jobs says when the database is not as it should be."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.databases import empty_database
from tests.fleets import TASK, run

from skill_fleet.cli.config import without_password
from skill_fleet.cli.main import main
from skill_fleet.library.drafts import load_drafts
from skill_fleet.library.folder import FleetFolder

Out = pytest.CaptureFixture[str]


@pytest.fixture
def database(kept: str, fleet: FleetFolder) -> Path:
    """The database of a fleet with one job."""
    assert kept
    return fleet.state / "jobs.sqlite"


def test_the_state_of_a_database_is_shown(database: Path, capsys: Out) -> None:
    """Where it is, which layout it has, and how much is in it."""
    assert 0 == main(["db"])
    assert f"database        sqlite:///{database}\n" in capsys.readouterr().out
    assert 0 == main(["db", "status", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert ("current", "sqlite", 1) == (found["state"], found["kind"], found["counts"]["jobs"])
    assert 0 == main(["db", "migrate"])
    assert "nothing to do\n" == capsys.readouterr().err


def test_a_backup_is_a_database(database: Path, tmp_path: Path, capsys: Out) -> None:
    """The job is in it; a file that is there is not replaced."""
    copy = tmp_path / "copy.sqlite"
    assert 0 == main(["db", "backup", str(copy)])
    assert f"{copy}\n" == capsys.readouterr().out
    assert 1 == main(["db", "backup", str(copy)])
    assert str(copy) in capsys.readouterr().err
    database.unlink()
    copy.rename(database)
    assert 0 == main(["jobs", "show", "@last"])


def test_a_check_finds_contradictions(database: Path, capsys: Out) -> None:
    """Nothing in a good database; an attachment without a job in this one."""
    assert 0 == main(["db", "check"])
    assert ("", "nothing found\n") == tuple(capsys.readouterr())
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("INSERT INTO attachments (key, data, size, created_at) VALUES ('k', x'00', 1, 0)")
    assert 1 == main(["db", "check", "--json"])
    assert "unused-attachment" in {finding["code"] for finding in json.loads(capsys.readouterr().out)["findings"]}


COMMANDS = (
    ["jobs"],
    ["jobs", "resume", "@last"],
    ["jobs", "work"],
    ["review"],
    ["review", "answer", "j-1.1", "yes"],
)


def test_a_newer_database_is_left_alone(database: Path, docs: str, capsys: Out) -> None:
    """Every command says that a newer version laid it out, and nothing is changed."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE skill_fleet_version SET version_num = '9999'")
    for arguments in (*COMMANDS, ["create", TASK, "--from", docs, "--yes"], ["db", "migrate"]):
        assert 2 == main(arguments), arguments
        assert "newer version" in capsys.readouterr().err
    assert 0 == main(["db", "status", "--json"])
    assert "ahead" == json.loads(capsys.readouterr().out)["state"]


def test_a_file_that_is_no_database_is_told(database: Path, docs: str, capsys: Out) -> None:
    """The file is named and stays as it is."""
    database.write_bytes(b"This is no database. " * 500)
    for arguments in (*COMMANDS, ["create", TASK, "--from", docs, "--yes"]):
        assert 2 == main(arguments), arguments
        assert str(database) in capsys.readouterr().err
    assert database.read_bytes().startswith(b"This is no database.")


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of this machine at which nobody answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_a_server_that_is_away_may_be_back_later(
    closed_port: int, docs: str, fleet: FleetFolder, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    """Every command ends with 3, names the server and what to do, and never the password."""
    monkeypatch.setenv("SKILL_FLEET_DATABASE_URL", f"postgresql://me:s3cret@127.0.0.1:{closed_port}/jobs")
    for arguments in (*COMMANDS, ["create", TASK, "--from", docs, "--yes"], ["db", "status"], ["db", "check"]):
        assert 3 == main(arguments), arguments
        out, err = capsys.readouterr()
        assert (True, True) == (f"127.0.0.1:{closed_port}" in err, "\nhint: " in err)
        assert "s3cret" not in out + err
    assert 3 == main(["jobs", "--json"])
    assert "DatabaseAway" == json.loads(capsys.readouterr().out)["error"]["code"]
    assert not fleet.skills.exists()


def test_an_address_without_sense_is_told(monkeypatch: pytest.MonkeyPatch, capsys: Out) -> None:
    """It is a wrong setting, and it is not shown: it might hold a password."""
    for url in ("mysql://me:s3cret@there/jobs", "s3cret", "sqlite://"):
        monkeypatch.setenv("SKILL_FLEET_DATABASE_URL", url)
        assert 2 == main(["jobs"])
        err = capsys.readouterr().err
        assert ("error: the database's address" in err, "s3cret" in err) == (True, False)


def test_a_whole_job_on_postgresql(tmp_path: Path, docs: str, fleet: FleetFolder) -> None:
    """Started, left waiting, listed and answered by processes that share nothing but the server."""
    with empty_database("postgresql", tmp_path) as url:
        variables = {"SKILL_FLEET_DATABASE_URL": url, "SKILL_FLEET_HOME": str(fleet.root)}
        waiting = run("create", TASK, "--from", docs, "--review", "final", variables=variables)
        job = waiting.stdout.strip()
        assert 5 == waiting.returncode, waiting.stderr
        assert job in run("jobs", variables=variables).stdout
        done = run("review", "answer", job, "proceed", variables=variables)
        assert 0 == done.returncode, done.stderr
        assert "" == run("review", "list", variables=variables).stdout
    assert [job] == [draft.job for draft in load_drafts(fleet)]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:pa:ss@w@there:5432/jobs", "postgresql://me:***@there:5432/jobs"),
        ("postgresql://me@there/jobs", "postgresql://me@there/jobs"),
        ("postgresql:///jobs?password=pw&sslpassword=pw&x=1", "postgresql:///jobs?password=***&sslpassword=***&x=1"),
        ("postgresql://there:5432/jobs", "postgresql://there:5432/jobs"),
        ("sqlite:////a/b.sqlite", "sqlite:////a/b.sqlite"),
        ("memory:", "memory:"),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, shown: str) -> None:
    """Wherever the password stands; the rest stays readable."""
    assert shown == without_password(url)


def test_the_settings_show_no_password(monkeypatch: pytest.MonkeyPatch, capsys: Out) -> None:
    """Neither as a table nor as a document."""
    monkeypatch.setenv("SKILL_FLEET_DATABASE_URL", "postgresql://me:s3cret@there/jobs")
    for arguments in (["config", "show"], ["config", "show", "--json"], ["config", "show", "--origin"]):
        assert 0 == main(arguments)
        out, err = capsys.readouterr()
        assert ("postgresql://me:***@there/jobs" in out, "s3cret" in out + err) == (True, False)
