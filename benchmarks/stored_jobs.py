"""Databases full of jobs: two jobs are really made, and their rows copied under other ids and with other times."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from threading import Event

from benchmarks.job_programs import PATIENCE, REQUEST, Moments, make_programs
from sqlalchemy import (
    CTE,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Float,
    MetaData,
    Table,
    case,
    cast,
    func,
    insert,
    literal,
    select,
    true,
)

from skill_fleet.clock import now
from skill_fleet.durable.runner import DurableRunner
from skill_fleet.jobs.inline import new_job_id
from skill_fleet.jobs.job import JobRecord, run_id
from skill_fleet.jobs.prompts import Answer, StoredPrompt
from skill_fleet.store.database import Database, open_database
from skill_fleet.store.revision import prepare, status

#: One job in so many waits for a person, at this stop; no other has so long a prompt.
WAITING_EACH = 100
WAIT_AT = "preview"
#: The time over which the copies were made, in seconds.
YEAR = 365 * 24 * 3600
#: Jobs a transaction: the log of the database stays smaller than the database.
AT_A_TIME = 10_000
#: How many ids of either kind are picked to be looked at.
PICKED = 500
MOST_RUNS = 9

#: Odd, so that no two numbers below 2^32 get the same id; the ids are in no order, as those of real jobs.
SCATTER = 2_654_435_761
IDS = 2**32


@dataclass(frozen=True, slots=True)
class Samples:
    """The ids of the two jobs that were really made: one is over, one waits."""

    done: str
    waiting: str


@dataclass(frozen=True, slots=True)
class Stored:
    """What was put into a database. `done` and `waiting` are ids of some of its jobs."""

    jobs: int
    done: Sequence[str]
    waiting: Sequence[str]
    seconds: float
    mebibytes: float


@dataclass(frozen=True, slots=True)
class _Part:
    """A table to copy rows of: the column that says whose they are, columns that begin with the id of a job, columns
    left to the database, and in how many units it counts a second."""

    name: str
    whose: str
    ids: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    second: int = 1_000_000


#: In the order in which they refer to each other.
OURS = (
    _Part("jobs", "id", ("id", "sought")),
    _Part("hitl", "job_id", ("id", "job_id")),
    _Part("audit", "job_id", ("job_id", "prompt_id"), left_out=("id",)),
)
RUN = "workflow_uuid"
ENGINES = tuple(
    _Part(name, RUN, (RUN,), second=1000)
    for name in ("workflow_status", "workflow_input", "workflow_output", "operation_outputs", "streams")
)
ENGINES_SCHEMA = "dbos"


def stored_id(number: int) -> str:
    """The id of the n-th copy."""
    return f"j-{number * SCATTER % IDS:08x}"


def fill(url: str, count: int, say: Callable[[str], None]) -> Stored:
    """Lay out the empty database at `url` and keep `count` jobs in it, two at least: made over the last year, one in a
    hundred of them waiting."""
    begun = time.perf_counter()
    with closing(open_database(url)) as database:
        prepare(database)
        samples = make_samples(url)
        for first, last in batches(count - 2, AT_A_TIME):
            _copy_jobs(database, samples, first, last, YEAR / count)
            say(f"{last + 2:,} of {count:,} jobs, {time.perf_counter() - begun:.0f} s")
        settle(database)
        seconds = time.perf_counter() - begun
        done, waiting = picked_ids(count - 2)
        size = status(database).size_bytes / 2**20
    return Stored(count, [samples.done, *done], [samples.waiting, *waiting], seconds, size)


def batches(count: int, size: int) -> Iterator[tuple[int, int]]:
    """The first and the last number of every batch, from 1 to `count`."""
    for first in range(1, count + 1, size):
        yield first, min(first + size - 1, count)


def picked_ids(copies: int) -> tuple[list[str], list[str]]:
    """Some copies that are over, and some that wait, from the newest to the oldest."""
    done = [number for number in range(1, copies + 1) if number % WAITING_EACH]
    waiting = range(WAITING_EACH, copies + 1, WAITING_EACH)
    return _spread(done), _spread(waiting)


def _spread(numbers: Sequence[int]) -> list[str]:
    return [stored_id(number) for number in numbers[:: max(1, len(numbers) // PICKED)]]


def settle(database: Database) -> None:
    """What a database does by itself some time after so much was written: SQLite never counts what it holds, and nobody
    has it do so."""
    if database.is_sqlite:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


def make_samples(url: str) -> Samples:
    """Two jobs, worked on by the engine and answered as by a person."""
    samples = Samples(new_job_id(), new_job_id())
    with closing(DurableRunner(open_database(url), make_programs(Moments(), Event()), works="own")) as runner:
        for job in (samples.done, samples.waiting):
            runner.start(JobRecord(job, "make", "Limit the rate of calls with gates and retries", REQUEST, now()))
        answer_up_to(runner, samples.waiting, WAIT_AT)
        answer_up_to(runner, samples.done, "the end")
    return samples


def answer_up_to(runner: DurableRunner, job: str, stop: str) -> None:
    """Say yes to everything, up to the stop of that kind or to the job's end."""
    while (prompt := _next_prompt(runner, job)) and prompt.prompt.kind != stop:
        runner.answer(prompt.id, Answer("proceed", "yes", actor="somebody", via="cli"))


def _next_prompt(runner: DurableRunner, job: str) -> StoredPrompt | None:
    """What the job asks next; None when it is over."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for prompt in runner.store.open_prompts([job]):
            return prompt
        if runner.store.get(job).is_over:
            return None
        time.sleep(0.02)
    raise TimeoutError(f"job {job} got nowhere within {PATIENCE:.0f} s")


def _copy_jobs(database: Database, samples: Samples, first: int, last: int, apart: float) -> None:
    """`apart`: the seconds between the beginnings of two jobs."""
    with database.transaction() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("PRAGMA cache_size = -1000000")  # in KiB; most of the indexes
        for part, table in _tables(connection):
            for sample in (samples.done, samples.waiting):
                copies = _copies(connection, first, last, waiting=sample == samples.waiting)
                _copy_rows(connection, part, table, sample, copies, apart)


def _tables(connection: Connection) -> Iterator[tuple[_Part, Table]]:
    schema = None if connection.dialect.name == "sqlite" else ENGINES_SCHEMA
    for parts, place in ((OURS, None), (ENGINES, schema)):
        metadata = MetaData(schema=place)
        for part in parts:
            yield part, Table(part.name, metadata, autoload_with=connection)


def _copies(connection: Connection, first: int, last: int, *, waiting: bool) -> CTE:
    """Number and id of the copies that wait, or of the others."""
    begin = select(cast(literal(first), BigInteger).label("n")).cte("counted", recursive=True)
    counted = begin.union_all(select(begin.c.n + 1).where(begin.c.n < last))
    waits = counted.c.n % WAITING_EACH == 0
    new_id = _new_id(counted.c.n, connection.dialect.name)
    return select(counted.c.n, new_id.label("id")).where(waits if waiting else ~waits).cte("copies")


def _copy_rows(connection: Connection, part: _Part, table: Table, sample: str, copies: CTE, apart: float) -> None:
    columns = [column for column in table.columns if column.name not in part.left_out]
    values = [_copied(column, part, sample, copies, apart) for column in columns]
    owners = [sample, *(run_id(sample, number) for number in range(1, MOST_RUNS + 1))]
    rows = select(*values).select_from(table.join(copies, true())).where(table.c[part.whose].in_(owners))
    connection.execute(insert(table).from_select([column.name for column in columns], rows))


def _copied(column: Column[object], part: _Part, sample: str, copies: CTE, apart: float) -> ColumnElement[object]:
    """What stands in that column of a copy."""
    if column.name in part.ids:
        begins, rest = func.substr(column, 1, len(sample)), func.substr(column, len(sample) + 1)
        return case((begins == sample, copies.c.id.concat(rest)), else_=column)
    if not is_time(column.name):
        return column
    seconds = cast(copies.c.n, Float) * apart
    if isinstance(column.type, DateTime):
        return column - func.make_interval(0, 0, 0, 0, 0, 0, seconds)
    return column - cast(seconds * part.second, BigInteger)


def is_time(name: str) -> bool:
    return name in ("at", "retention_timestamp") or name.endswith(("_at", "_ms"))


def _new_id(number: ColumnElement[int], dialect: str) -> ColumnElement[str]:
    """`stored_id` in the words of either database."""
    scattered = number * literal(SCATTER, BigInteger) % literal(IDS, BigInteger)
    if dialect == "sqlite":
        return func.printf("j-%08x", scattered)
    return literal("j-").concat(func.lpad(func.to_hex(scattered), 8, "0"))
