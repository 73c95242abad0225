"""How a database is laid out, brought up to date, and left alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from tests.databases import empty_database, opened

from skill_fleet.errors import WrongRevision
from skill_fleet.jobs.job import JobQuery
from skill_fleet.jobs.prompts import Answer
from skill_fleet.store.attachments import SqlAttachments
from skill_fleet.store.database import Database
from skill_fleet.store.jobs import SqlJobs
from skill_fleet.store.migrations.upgrade import alembic_config, upgrade
from skill_fleet.store.revision import HEAD, REVISIONS, migrate, prepare, status
from skill_fleet.store.tables import VERSION_TABLE, metadata

#: What a program of revision 0001 left: a job with an answered and an open prompt, and its audit.
ROWS_OF_0001 = (
    """INSERT INTO jobs (id, kind, title, owner, created_at, run, version, cancelled_by, sought, request) VALUES
       ('j-1', 'create', 'Töpfern', 'ada', {at}, 2, 2, '', 'j-1\ntöpfern', '{{"task":"Fire"}}')""",
    """INSERT INTO hitl (id, job_id, seq, turn, run, kind, asked_at, closed, action, answered_by, via, word,
       answered_at, answer, prompt) VALUES ('j-1.1', 'j-1', 1, 1, 1, 'confirm', {at}, '', 'proceed', 'ada', 'cli',
       'yes', {at}, '{{"action":"proceed","actor":"ada"}}', '{{"kind":"confirm","title":"?","body":""}}')""",
    """INSERT INTO hitl (id, job_id, seq, turn, run, kind, asked_at, closed, action, answered_by, via, word, prompt)
       VALUES ('j-1.2', 'j-1', 2, 1, 2, 'validate', {at}, '', '', '', '', '',
       '{{"kind":"validate","title":"?","body":""}}')""",
    """INSERT INTO audit (at, job_id, prompt_id, event, actor, via, action, text, word)
       VALUES ({at}, 'j-1', 'j-1.1', 'answered', 'ada', 'cli', 'proceed', 'yes', 'yes')""",
)


def lay_out_0001(database: Database) -> None:
    """A database as revision 0001 left it, with data."""
    at = "1772323200000000" if database.is_sqlite else "'2026-03-01T00:00:00Z'"
    with database.transaction() as connection:
        upgrade(connection, "0001")
        for statement in ROWS_OF_0001:
            connection.exec_driver_sql(statement.format(at=at).replace("%", "%%"))


def set_revision(database: Database, revision: str) -> None:
    with database.transaction() as connection:
        connection.execute(text("UPDATE skill_fleet_version SET version_num = :revision"), {"revision": revision})


def differences(database: Database) -> list[object]:
    """What Alembic would still have to do."""
    options = {"compare_type": True, "compare_server_default": True, "version_table": VERSION_TABLE}
    with database.reading() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def definitions(connection: Connection) -> Mapping[str, str]:
    """Each index, and on SQLite each table, in the words of the database itself."""
    of_sqlite = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
    of_postgres = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    rows = connection.execute(text(of_sqlite if connection.dialect.name == "sqlite" else of_postgres))
    return {name: _sorted_lines(sql) for name, sql in rows if name not in (VERSION_TABLE, f"{VERSION_TABLE}_pkc")}


def _sorted_lines(sql: str) -> str:
    return "\n".join(sorted(line.strip().rstrip(",") for line in sql.splitlines()))


# Laying out


def test_an_empty_database_is_laid_out(url: str) -> None:
    """At once, by whoever comes first; a second time there is nothing to do."""
    with opened(url) as database:
        assert ("", "empty") == (status(database).revision, status(database).state)
        prepare(database)
        prepare(database)
        assert (HEAD, "current") == (status(database).revision, status(database).state)
        assert [] == differences(database)


def test_steps_lead_to_the_tables_of_today(url: str) -> None:
    """Conditions of indexes included, which Alembic does not compare."""
    with opened(url) as database:
        prepare(database)
        with database.reading() as connection:
            by_steps = definitions(connection)
        with database.transaction() as connection:
            metadata.drop_all(connection)
            metadata.create_all(connection)
        with database.reading() as connection:
            assert definitions(connection) == by_steps


def test_the_known_revisions_are_those_of_the_steps() -> None:
    """In their order; the program knows the newest without asking Alembic."""
    steps = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    assert REVISIONS == tuple(step.revision for step in steps)[::-1]
    assert REVISIONS[-1] == HEAD


def test_several_processes_may_come_first(url: str) -> None:
    """One lays out the database; the others wait and find it done."""
    script = (
        "import sys; from skill_fleet.store.database import open_database; from skill_fleet.store.revision import *;"
        "import skill_fleet.store.migrations.upgrade; database = open_database(sys.argv[1]);"
        "print('ready', flush=True); sys.stdin.readline(); prepare(database); print(status(database).state)"
    )
    command = [sys.executable, "-c", script, url]
    rivals = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for rival in rivals:
        assert rival.stdout is not None
        assert "ready\n" == rival.stdout.readline()
    for rival in rivals:
        assert rival.stdin is not None
        rival.stdin.write("\n")
        rival.stdin.flush()
    assert [("current\n", "")] * 4 == [rival.communicate(timeout=60) for rival in rivals]


def test_a_database_that_is_up_to_date_costs_no_alembic(tmp_path: Path) -> None:
    """It takes longer to import than a job to start."""
    url = f"sqlite:///{tmp_path}/fleet.sqlite"
    with opened(url) as database:
        prepare(database)
    script = (
        "import sys; from skill_fleet.store.database import open_database; from skill_fleet.store.revision import *;"
        "database = open_database(sys.argv[1]); prepare(database);"
        "print(status(database).state, 'alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script, url], capture_output=True, text=True, check=True)
    assert "current False\n" == done.stdout


# Behind


def test_a_file_that_is_behind_is_copied_and_brought_up_to_date(tmp_path: Path) -> None:
    """Nothing in it is lost, and the copy beside it is as it was."""
    with opened(f"sqlite:///{tmp_path}/fleet.sqlite") as database:
        lay_out_0001(database)
        assert ("0001", "behind") == (status(database).revision, status(database).state)
        prepare(database)
        assert [] == differences(database)
        assert_data_of_0001(database)
    (copy,) = tmp_path.glob("fleet.sqlite.0001.*.bak")
    with opened(f"sqlite:///{copy}") as before:
        assert "0001" == status(before).revision
        assert 2 == status(before).counts["hitl"]


def test_a_server_that_is_behind_is_left_to_a_person(tmp_path: Path) -> None:
    """Other machines may still work on it with the older version."""
    with empty_database("postgresql", tmp_path) as url, opened(url) as database:
        lay_out_0001(database)
        with pytest.raises(WrongRevision, match="skill-fleet db migrate") as caught:
            prepare(database)
        assert "0001" in caught.value.message
        assert "0001" == status(database).revision


def test_migrating_keeps_what_is_there(url: str) -> None:
    """From the revision before, with data, on both databases."""
    with opened(url) as database:
        lay_out_0001(database)
        migrate(database)
        assert (HEAD, "current") == (status(database).revision, status(database).state)
        assert [] == differences(database)
        assert_data_of_0001(database)
        migrate(database)


def assert_data_of_0001(database: Database) -> None:
    """What was written by the older version is read by this one, and goes on."""
    jobs = SqlJobs(database, lambda *_: None)
    (record,) = jobs.list(JobQuery(text="TÖPFERN", owner="ada"))
    assert ("j-1", 2, {"task": "Fire"}) == (record.id, record.run, record.request)
    assert [Answer("proceed", actor="ada"), None] == [prompt.answer for prompt in jobs.prompts("j-1")]
    assert ["answered"] == [entry.event for entry in jobs.audit("j-1")]
    assert 3 == jobs.answer("j-1.2", Answer("proceed"), record.created_at).run
    key = SqlAttachments(database).keep("j-1", b"evidence")
    assert b"evidence" == SqlAttachments(database).load(key)


# Not ours to change


@pytest.mark.parametrize("change", [prepare, migrate], ids=["prepare", "migrate"])
def test_a_database_of_a_newer_version_is_not_touched(url: str, change: object, tmp_path: Path) -> None:
    """It is said which version laid it out and which this one knows."""
    assert callable(change)
    with opened(url) as database:
        prepare(database)
        set_revision(database, "0999")
        with pytest.raises(WrongRevision, match=rf"newer version of skill-fleet: 0999, here {HEAD}"):
            change(database)
        assert ("0999", "ahead") == (status(database).revision, status(database).state)
    assert [] == list(tmp_path.glob("*.bak"))


def test_tables_of_another_program_are_not_touched(url: str) -> None:
    """Names such as `jobs` are common; whose they are is told by the table of versions."""
    with opened(url) as database:
        with database.transaction() as connection:
            connection.execute(text("CREATE TABLE jobs (salary INTEGER)"))
        assert "foreign" == status(database).state
        for change in (prepare, migrate):
            with pytest.raises(WrongRevision, match="another program"):
                change(database)
        with database.reading() as connection:
            assert [] == connection.execute(text("SELECT salary FROM jobs")).all()


def test_a_step_that_fails_leaves_everything_as_it_was(url: str) -> None:
    """All steps are one transaction, on both databases."""
    with opened(url) as database:
        lay_out_0001(database)
        with database.transaction() as connection:
            connection.execute(text("CREATE TABLE attachment_use (in_the_way INTEGER)"))
        with pytest.raises(Exception, match="attachment_use"):
            migrate(database)
        assert ("0001", "behind") == (status(database).revision, status(database).state)
        assert "attachments" not in status(database).counts


# Status


def test_status_counts_and_measures(url: str) -> None:
    """What is in it and how much room it takes; the address comes without a password."""
    with opened(url) as database:
        lay_out_0001(database)
        migrate(database)
        known = status(database)
        nothing_yet = {"attachments": 0, "attachment_use": 0, "scores": 0, "lm_calls": 0}
        assert {"jobs": 1, "hitl": 2, "open": 1, "audit": 1, **nothing_yet} == dict(known.counts)
    assert known.size_bytes > 50_000
    assert known.url.startswith(f"{known.kind}://")


def test_status_makes_no_file(tmp_path: Path) -> None:
    """Looking is not starting."""
    with opened(f"sqlite:///{tmp_path}/new/fleet.sqlite") as database:
        assert "empty" == status(database).state
    assert [] == list(tmp_path.iterdir())
