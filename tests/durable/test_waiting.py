"""A job that waits for a person costs a row, and waits as long as it takes."""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Integer,
    MetaData,
    Numeric,
    Table,
    case,
    inspect,
    update,
)
from tests.programs import toys
from tests.victims import Orders, done_again, read_diary, until, working

from skill_fleet.clock import now
from skill_fleet.codec import Plain
from skill_fleet.durable.runner import DurableRunner
from skill_fleet.durable.worker import Limits
from skill_fleet.errors import NotWaiting
from skill_fleet.jobs.cache import JobManager
from skill_fleet.jobs.job import JobQuery, JobRecord
from skill_fleet.jobs.prompts import Answer
from skill_fleet.store.database import Database, open_database

MANY = 1000
DAYS = 90


def begin(runner: DurableRunner, kind: str = "question", request: Plain = "life") -> str:
    job = f"j-{secrets.token_hex(4)}"
    runner.start(JobRecord(job, kind, "a toy", request, now()))
    return job


def waits(runner: DurableRunner, job: str) -> str:
    """The id of the prompt at which the job waits."""
    return until(lambda: next((prompt.id for prompt in runner.store.open_prompts([job])), ""))


@contextmanager
def client(url: str, prompt_days: float = 0.0) -> Iterator[DurableRunner]:
    """A runner that leaves the work to others."""
    with closing(DurableRunner(open_database(url), {}, prompt_days=prompt_days)) as runner:
        yield runner


def test_a_thousand_waiting_jobs_cost_no_thread(database_url: str, tmp_path: Path) -> None:
    """A worker on which a thousand jobs wait has the threads that it had with one, little more memory, and idles; one
    of them, answered, is done at once."""
    limits = Limits(worker_jobs=32, worker_steps=8)
    database = open_database(database_url)
    with closing(DurableRunner(database, toys("", tmp_path), works="shared", limits=limits)) as runner:
        first = begin(runner)
        waits(runner, first)
        before = threading.active_count(), _megabytes()
        for _ in range(MANY):
            begin(runner)
        until(lambda: len(runner.store.open_prompts()) == MANY + 1, pause=0.5)
        until(lambda: threading.active_count() <= before[0] + 40)
        after = threading.active_count(), _megabytes()
        busy = _busy(3.0)
        runner.answer(f"{first}.1", Answer("proceed", "still there"))
        asked = time.perf_counter()
        until(lambda: runner.store.get(first).is_over)
        seconds = time.perf_counter() - asked
    print(
        f"\n{database_url.partition(':')[0]}: {MANY} waiting jobs: threads {before[0]} -> {after[0]}, "
        f"memory {before[1]:.0f} -> {after[1]:.0f} MiB, idle {busy:.1%} of a core, answered to ended {seconds:.2f} s"
    )
    assert after[0] < before[0] + 2 * limits.worker_jobs
    assert after[1] - before[1] < 64
    assert busy < 0.5


def _busy(seconds: float) -> float:
    begun = time.process_time()
    time.sleep(seconds)
    return (time.process_time() - begun) / seconds


def _megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def test_an_answer_after_ninety_days(database_url: str, tmp_path: Path) -> None:
    """Everything in the database is made ninety days older while no worker is there; then the prompt is answered, and
    a new worker ends the job. What is forgotten after a month is what was over, not what waits."""
    diary = tmp_path / "diary"
    orders = Orders(database_url, diary, toys, tmp_path)
    with client(database_url) as runner:
        with working(orders):
            job = begin(runner, "sums", {"start": 1})
            prompt = waits(runner, job)
        with closing(open_database(database_url)) as database:
            assert age(database, DAYS) > 10
        assert [] == list(runner.store.finished_before(now() - timedelta(days=30)))
        runner.answer(prompt, Answer("proceed", "yes"))
        with working(orders):
            runner.answer(until(lambda: waits(runner, job)), Answer("proceed", "take"))
            record = until(lambda: found if (found := runner.store.get(job)).is_over else None)
    assert {"sum": 115, "answers": ["yes", "take"]} == record.result
    assert timedelta(days=DAYS) < now() - record.created_at < timedelta(days=DAYS + 1)
    assert [] == done_again(read_diary(diary), job)


def test_an_expired_prompt_pauses_its_job(database_url: str, tmp_path: Path) -> None:
    """Past its time a prompt takes no answer, and nothing is decided; the job is resumed, asks the same under a new id,
    and takes the answer to that one."""
    orders = Orders(database_url, tmp_path / "diary", toys, tmp_path, prompt_days=30.0)
    with client(database_url, prompt_days=30.0) as runner, working(orders):
        job = begin(runner)
        old = waits(runner, job)
        with closing(open_database(database_url)) as database:
            age(database, 31)
        view = JobManager(runner).get_job(job)
        assert ("pending_hitl", True) == (view.state, view.paused)
        with pytest.raises(NotWaiting):
            runner.answer(old, Answer("proceed", "too late"))
        runner.resume(job)
        new = waits(runner, job)
        assert old != new
        with pytest.raises(NotWaiting):
            runner.answer(old, Answer("proceed", "still too late"))
        runner.answer(new, Answer("proceed", "in time"))
        record = until(lambda: found if (found := runner.store.get(job)).is_over else None)
    assert {"said": "in time"} == record.result


def age(database: Database, days: int) -> int:
    """Make every time in the database, the engine's own among them, that much older; gives how many values changed."""
    changed = 0
    with database.transaction() as connection:
        for schema in inspect(connection).get_schema_names():
            if schema in ("main", "public", "dbos"):
                tables = MetaData()
                tables.reflect(connection, schema=None if schema == "main" else schema)
                changed += sum(_age_table(connection, table, days) for table in tables.sorted_tables)
    return changed


def _age_table(connection: Connection, table: Table, days: int) -> int:
    changed = 0
    for column in table.columns:
        older = _older(column, days)
        if older is not None and column.name.endswith(("at", "_ms")):
            done = connection.execute(update(table).where(column.is_not(None)).values({column.name: older}))
            changed += done.rowcount
    return changed


def _older(column: Column[object], days: int) -> ColumnElement[object] | None:
    """Times are kept as such, as milliseconds, or as microseconds since 1970: told apart by their size."""
    if isinstance(column.type, DateTime):
        return column - timedelta(days=days)
    if isinstance(column.type, Integer | Numeric):
        day = 86_400_000
        return case((column > 10**14, column - days * day * 1000), (column > 10**12, column - days * day), else_=column)
    return None


def test_a_worker_forgets_what_has_long_been_over(database_url: str, tmp_path: Path) -> None:
    """With `keep_days`, a job that was over before is gone with its prompts, and the one that waits stays; what was
    decided stays in the audit."""
    with client(database_url) as runner, working(Orders(database_url, tmp_path / "diary", toys, tmp_path)):
        over, waiting = begin(runner), begin(runner)
        runner.answer(waits(runner, over), Answer("proceed", "done", actor="ada"))
        until(lambda: runner.store.get(over).is_over)
        waits(runner, waiting)
        with closing(open_database(database_url)) as database:
            age(database, DAYS)
    limits = Limits(keep_days=30.0)
    with closing(DurableRunner(open_database(database_url), {}, works="shared", limits=limits)) as runner:
        until(lambda: over not in [record.id for record in runner.store.list(JobQuery())])
        assert [waiting] == [record.id for record in runner.store.list(JobQuery())]
        assert ["asked", "answered"] == [entry.event for entry in runner.store.audit(over)]
        assert {f"{over}.1": "unknown", f"{waiting}.1": "ended"} == runner.run_states([f"{over}.1", f"{waiting}.1"])
