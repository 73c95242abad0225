"""What happened to jobs: the audit, which is only ever added to, and what can be counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Float,
    and_,
    case,
    cast,
    extract,
    func,
    insert,
    select,
    type_coerce,
)

from skill_fleet.jobs.job import JobState, JobStats
from skill_fleet.jobs.prompts import AuditEntry
from skill_fleet.store.rows import entry_of, entry_values
from skill_fleet.store.tables import CANCELLED, COMPLETED, FAILED, OPEN, UNFINISHED, WORDED, audit, hitl, jobs

#: The state of each job as far as the facts go; what is neither over nor waiting counts as running.
STATE = case(
    (and_(UNFINISHED, hitl.c.id.is_(None)), "running"),
    (and_(UNFINISHED, hitl.c.kind == "validate"), "pending_review"),
    (UNFINISHED, "pending_hitl"),
    (CANCELLED, "cancelled"),
    (FAILED, "failed"),
    else_="completed",
)


def note(connection: Connection, entry: AuditEntry) -> None:
    connection.execute(insert(audit).values(entry_values(entry)))


def entries_of(connection: Connection, job_id: str) -> Sequence[AuditEntry]:
    rows = connection.execute(select(audit).where(audit.c.job_id == job_id).order_by(audit.c.id)).mappings()
    return [entry_of(row) for row in rows]


def count_jobs(connection: Connection) -> JobStats:
    states = _states(connection)
    completed, failed = states.get("completed", 0), states.get("failed", 0)
    return JobStats(
        created=sum(states.values()),
        states=states,
        success_rate=completed / (completed + failed) if completed + failed else None,
        seconds_median=_median_seconds(connection, completed),
        seconds_max=connection.scalar(select(func.max(_seconds(connection))).where(COMPLETED)),
        words=_words(connection),
    )


def _states(connection: Connection) -> Mapping[JobState, int]:
    """One statement, so that the sum is right while jobs move on."""
    waiting = jobs.outerjoin(hitl, and_(hitl.c.job_id == jobs.c.id, OPEN))
    rows = connection.execute(select(STATE, func.count()).select_from(waiting).group_by(STATE))
    return {row[0]: row[1] for row in rows}


def _median_seconds(connection: Connection, completed: int) -> float | None:
    """The mean of the two in the middle, or the one. `completed` may have grown meanwhile; it hardly matters here."""
    seconds = _seconds(connection)
    middle = select(seconds).where(COMPLETED).order_by(seconds)
    middle = middle.offset(max(completed - 1, 0) // 2).limit(2 - completed % 2)
    found = connection.scalars(middle).all()
    return float(sum(found)) / len(found) if found else None


def _seconds(connection: Connection) -> ColumnElement[float] | ColumnElement[float | Decimal]:
    """From a job's creation to its end, in the words of the database."""
    if connection.dialect.name == "postgresql":
        return cast(extract("epoch", jobs.c.finished_at - jobs.c.created_at), Float)
    begun, ended = (type_coerce(column, BigInteger) for column in (jobs.c.created_at, jobs.c.finished_at))
    return cast(ended - begun, Float) / 1_000_000


def _words(connection: Connection) -> Mapping[str, Mapping[str, int]]:
    counted = select(hitl.c.action, hitl.c.word, func.count()).where(WORDED).group_by(hitl.c.action, hitl.c.word)
    words: dict[str, dict[str, int]] = {}
    for action, word, count in connection.execute(counted):
        words.setdefault(action, {})[word] = count
    return words
