"""Jobs in a database: several processes, one transaction with the engine, and indexes that are used."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Connection, event, insert, text
from tests.databases import prepared_database

from skill_fleet.errors import AlreadyAnswered, Conflict, NotFound
from skill_fleet.jobs.job import JobQuery, JobRecord
from skill_fleet.jobs.prompts import Answer, AuditEntry, Prompt
from skill_fleet.store.attachments import SqlAttachments
from skill_fleet.store.database import Database
from skill_fleet.store.jobs import SqlJobs
from skill_fleet.store.tables import attachments

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
CONFIRM = Prompt("confirm", "Go on?", "")

ANSWER = """
import sys
from datetime import UTC, datetime
from skill_fleet.errors import AlreadyAnswered
from skill_fleet.jobs.prompts import Answer
from skill_fleet.store.database import open_database
from skill_fleet.store.jobs import SqlJobs

jobs = SqlJobs(open_database(sys.argv[1]), lambda *_: None)
jobs.get_prompt("j-1.1")
print("ready", flush=True)
sys.stdin.readline()
try:
    jobs.answer("j-1.1", Answer("proceed", actor=sys.argv[2]), datetime.now(UTC))
    print("won")
except AlreadyAnswered as error:
    print(error.winner.partition(" at ")[0])
"""


def nothing(*_: object) -> None:
    """An engine that takes everything."""


def job(job_id: str = "j-1") -> JobRecord:
    return JobRecord(job_id, "create", "Title", None, NOW)


def test_one_of_several_processes_answers(database: Database) -> None:
    """The others are told which it was."""
    jobs = SqlJobs(database, nothing)
    jobs.add(job())
    jobs.ask("j-1", 1, 1, CONFIRM, NOW)
    rivals = [
        subprocess.Popen(
            [sys.executable, "-c", ANSWER, database.url, f"process-{number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    for rival in rivals:
        assert rival.stdout is not None
        assert "ready\n" == rival.stdout.readline()
    for rival in rivals:
        assert rival.stdin is not None
        rival.stdin.write("\n")
        rival.stdin.flush()
    told = [rival.communicate(timeout=60)[0].strip() for rival in rivals]
    winner = f"process-{told.index('won')}"
    assert sorted(["won", *[winner] * 3]) == sorted(told)
    assert 2 == jobs.get("j-1").run
    assert 3 == [entry.event for entry in jobs.audit("j-1")].count("refused")


def test_the_engine_writes_in_the_same_transaction(database: Database) -> None:
    """What it wrote before it refused is taken back together with the job."""

    def write_and_refuse(transaction: object, job_id: str, run: int) -> None:
        assert isinstance(transaction, Connection)
        row = {"key": f"{job_id}.{run}", "size": 0, "created_at": NOW, "data": b""}
        transaction.execute(insert(attachments).values(row))
        if job_id == "j-2":
            raise LookupError("refused")

    jobs = SqlJobs(database, write_and_refuse)
    jobs.add(job("j-1"))
    with pytest.raises(LookupError):
        jobs.add(job("j-2"))
    with database.reading() as connection:
        assert ["j-1.1"] == list(connection.scalars(text("SELECT key FROM attachments")))


def test_a_conflict_of_the_engine_is_not_taken_for_a_refused_answer(database: Database) -> None:
    """It comes through as it is, and the audit says nothing of it."""

    def refuse(_transaction: object, _job_id: str, run: int) -> None:
        if run > 1:
            raise Conflict("the engine has that run already.")

    jobs = SqlJobs(database, refuse)
    jobs.add(job())
    jobs.ask("j-1", 1, 1, CONFIRM, NOW)
    with pytest.raises(Conflict, match="that run"):
        jobs.answer("j-1.1", Answer("proceed"), NOW)
    assert ["asked"] == [entry.event for entry in jobs.audit("j-1")]


def test_a_job_has_one_open_prompt(database: Database) -> None:
    """The database itself sees to it."""
    jobs = SqlJobs(database, nothing)
    jobs.add(job())
    jobs.ask("j-1", 1, 1, CONFIRM, NOW)
    with pytest.raises(Conflict, match="open prompt"):
        jobs.ask("j-1", 1, 2, CONFIRM, NOW)
    assert ["j-1.1"] == [prompt.id for prompt in jobs.prompts("j-1")]


def test_times_come_back_in_utc(database: Database) -> None:
    """Whatever zone they were given in, and whichever the server likes; a time without a zone is refused."""
    jobs = SqlJobs(database, nothing)
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-9, minutes=-30)))
    jobs.add(JobRecord("j-1", "create", "Title", None, elsewhere))
    assert NOW.isoformat() == jobs.get("j-1").created_at.isoformat()
    with pytest.raises(Exception, match="needs a zone"):
        jobs.add(JobRecord("j-2", "create", "Title", None, NOW.replace(tzinfo=None)))
    assert 1 == jobs.count(JobQuery())


def test_what_a_database_cannot_hold_as_text_shows_as_a_sign(database: Database) -> None:
    """The same on both; requests, prompts and answers are JSON and keep every character."""
    jobs = SqlJobs(database, nothing)
    jobs.save(JobRecord("j-1", "create", "a\0b\ud800c", "a\0b", NOW, owner="\0"))
    kept = jobs.get("j-1")
    assert ("a␀b?c", "␀", "a\0b") == (kept.title, kept.owner, kept.request)
    assert ["j-1"] == [record.id for record in jobs.list(JobQuery(text="A\0B", owner="\0"))]
    jobs.note(AuditEntry(NOW, "j-1", "", "resumed", text="a\0b"))
    assert "a␀b" == jobs.audit("j-1")[0].text


def test_json_is_kept_so_that_people_can_read_it(database: Database) -> None:
    """Letters of all scripts as they are, and valid JSON whatever was in it."""
    jobs = SqlJobs(database, nothing)
    jobs.add(JobRecord("j-1", "create", "", {"task": "Töpfern 陶芸"}, NOW))
    jobs.add(JobRecord("j-2", "create", "", {"task": "\0\ud800"}, NOW))
    with database.reading() as connection:
        first, second = connection.scalars(text("SELECT request FROM jobs ORDER BY id")).all()
    assert '{"task":"Töpfern 陶芸"}' == first
    assert {"task": "\0\ud800"} == json.loads(second)


def test_what_is_no_json_is_refused(database: Database) -> None:
    """Infinity is no number of JSON, and nothing else could read it."""
    jobs = SqlJobs(database, nothing)
    with pytest.raises(ValueError, match="JSON"):
        jobs.add(JobRecord("j-1", "create", "", [float("inf")], NOW))
    with pytest.raises(NotFound):
        jobs.get("j-1")


def test_a_second_answer_says_the_same_in_every_zone(database: Database) -> None:
    """Who was first is told in UTC."""
    jobs = SqlJobs(database, nothing)
    jobs.add(job())
    jobs.ask("j-1", 1, 1, CONFIRM, NOW)
    jobs.answer("j-1.1", Answer("proceed", actor="ada"), NOW.astimezone(timezone(timedelta(hours=5))))
    with pytest.raises(AlreadyAnswered) as caught:
        jobs.answer("j-1.1", Answer("proceed"), NOW)
    assert "ada at 2026-03-01 12:00:00 UTC" == caught.value.winner


# Indexes


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with prepared_database("sqlite", tmp_path_factory.mktemp("file")) as database:
        jobs = SqlJobs(database, nothing)
        jobs.add(job())
        jobs.ask("j-1", 1, 1, CONFIRM, NOW)
        yield database


def plans_of(database: Database, act: Callable[[], object]) -> list[str]:
    """How SQLite goes about the queries of `act`."""
    statements: list[tuple[str, object]] = []

    def remember(*arguments: object) -> None:
        statements.append((str(arguments[2]), arguments[3]))

    event.listen(database.engine, "before_cursor_execute", remember)
    act()
    event.remove(database.engine, "before_cursor_execute", remember)
    asked = [(sql, values) for sql, values in statements if sql.startswith("SELECT")]
    with database.reading() as connection:
        raw = connection.connection.cursor()
        return [row[3] for sql, values in asked for row in raw.execute(f"EXPLAIN QUERY PLAN {sql}", values)]  # type: ignore[arg-type]  # as SQLAlchemy gave them


@pytest.mark.parametrize(
    ("act", "index"),
    [
        (lambda jobs: jobs.list(JobQuery()), "ix_jobs_newest"),
        (lambda jobs: jobs.list(JobQuery(text="kiln")), "ix_jobs_newest"),
        (lambda jobs: jobs.list(JobQuery(since=NOW)), "ix_jobs_newest (created_at>?)"),
        (lambda jobs: jobs.list(JobQuery(owner="ada")), "ix_jobs_owner (owner=?)"),
        (lambda jobs: jobs.list(JobQuery(states=("running",))), "ix_jobs_unfinished"),
        (lambda jobs: jobs.list(JobQuery(states=("pending_hitl", "pending_review"))), "ix_jobs_unfinished"),
        (lambda jobs: jobs.count(JobQuery(states=("pending_hitl",))), "ix_jobs_unfinished"),
        (lambda jobs: jobs.list(JobQuery(states=("failed",))), "ix_jobs_failed"),
        (lambda jobs: jobs.list(JobQuery(states=("cancelled",))), "ix_jobs_cancelled"),
        (lambda jobs: jobs.finished_before(NOW), "ix_jobs_finished (finished_at>? AND finished_at<?)"),
        (lambda jobs: jobs.get("j-1"), "sqlite_autoindex_jobs_1 (id=?)"),
        (lambda jobs: jobs.get_prompt("j-1.1"), "sqlite_autoindex_hitl_1 (id=?)"),
        (lambda jobs: jobs.open_prompts(), "ix_hitl_waiting"),
        (lambda jobs: jobs.open_prompts(["j-1", "j-2"]), "ux_hitl_open (job_id=?)"),
        (lambda jobs: jobs.audit("j-1"), "ix_audit_job_id (job_id=?)"),
    ],
    ids=(
        "all text since owner running waiting count-waiting failed cancelled finished get prompt open open-of audit"
    ).split(),
)
def test_each_query_goes_along_an_index(act: Callable[[SqlJobs], object], index: str, file: Database) -> None:
    """A fleet of many years answers as fast as a new one; nothing is sorted but the prompts of one page."""
    plan = plans_of(file, lambda: act(SqlJobs(file, nothing)))
    assert plan[0].endswith(f"INDEX {index}")
    assert index.startswith("ux_hitl_open") == any("TEMP B-TREE" in step for step in plan)


def test_of_several_states_each_goes_along_its_index(file: Database) -> None:
    """Where nothing failed and nothing runs, that is known without a look at every job."""
    query = JobQuery(states=("failed", "cancelled", "running"))
    plan = " ".join(plans_of(file, lambda: SqlJobs(file, nothing).list(query)))
    assert {"failed", "cancelled", "unfinished"} == set(re.findall(r"INDEX ix_jobs_(\w+)", plan))


# Attachments under way


def test_jobs_and_attachments_share_a_database(database: Database) -> None:
    """Deleting a job leaves its attachments to those who release them."""
    jobs, kept = SqlJobs(database, nothing), SqlAttachments(database)
    jobs.add(job())
    key = kept.keep("j-1", b"evidence")
    jobs.delete("j-1")
    assert b"evidence" == kept.load(key)
    kept.release("j-1")
    with pytest.raises(NotFound):
        kept.load(key)
