"""Which jobs a person wants to see, as a condition that an index can answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, literal_column, or_, select, union_all

from skill_fleet.jobs.job import FINAL, JobQuery, JobRecord, JobState
from skill_fleet.store.rows import job_of
from skill_fleet.store.tables import (
    CANCELLED,
    COMPLETED,
    EMPTY,
    FAILED,
    FINISHED,
    OPEN,
    UNFINISHED,
    hitl,
    jobs,
    storable,
)

_asked = and_(hitl.c.job_id == jobs.c.id, OPEN)
_at_work = and_(UNFINISHED, ~exists().where(_asked))

#: `FINISHED` in words that lead to no index: SQLite would take that of all jobs that are over, instead of that of the
#: few that failed or were cancelled.
_ended = case((UNFINISHED, literal_column("0")), else_=literal_column("1")) == literal_column("1")

#: What the facts say of each state; a queued job and a running one look the same.
STATES: Mapping[JobState, ColumnElement[bool]] = {
    "pending": _at_work,
    "running": _at_work,
    "pending_hitl": and_(UNFINISHED, exists().where(_asked, hitl.c.kind != "validate")),
    "pending_review": and_(UNFINISHED, exists().where(_asked, hitl.c.kind == "validate")),
    "completed": COMPLETED,
    "failed": and_(_ended, jobs.c.cancelled_by == EMPTY, FAILED),
    "cancelled": and_(_ended, CANCELLED),
}


def list_jobs(connection: Connection, query: JobQuery) -> Sequence[JobRecord]:
    page = (
        select(jobs)
        .where(*_conditions(connection, query))
        .order_by(jobs.c.created_at.desc(), jobs.c.id.desc())
        .limit(max(query.limit, 0))
        .offset(max(query.offset, 0))
    )
    return [job_of(row) for row in connection.execute(page).mappings()]


def count_listed(connection: Connection, query: JobQuery) -> int:
    counted = select(func.count()).select_from(jobs).where(*_conditions(connection, query))
    return connection.scalar(counted) or 0


def ids_finished_before(connection: Connection, at: datetime, limit: int) -> Sequence[str]:
    over = select(jobs.c.id).where(FINISHED, jobs.c.finished_at < at).order_by(jobs.c.finished_at, jobs.c.id)
    return connection.scalars(over.limit(max(limit, 0))).all()


def _conditions(connection: Connection, query: JobQuery) -> Iterator[ColumnElement[bool]]:
    if query.states:
        yield _is_in(dict.fromkeys(query.states))
    if query.owner:
        yield jobs.c.owner == query.owner
    if query.text:
        yield _says(connection, query.text)
    if query.since is not None:
        yield jobs.c.created_at >= query.since
    if query.until is not None:
        yield jobs.c.created_at < query.until


def _is_in(states: Collection[JobState]) -> ColumnElement[bool]:
    """The condition in the form in which it leads to indexes. Jobs that are completed are many: one after the other the
    newest are found soon. Of others there may be none, and SQLite would look at every job for them."""
    either = or_(*(STATES[state] for state in states))
    if set(states).isdisjoint(FINAL):
        return and_(UNFINISHED, either)  # each of them says so, but only said of all does it lead to the index
    if "completed" in states or len(states) == 1:
        return either
    return jobs.c.id.in_(union_all(*(select(jobs.c.id).where(STATES[state]) for state in states)))


def _says(connection: Connection, text: str) -> ColumnElement[bool]:
    """The text as it is: to a pattern `%` and `_` would mean something, and its length would be limited."""
    place = func.strpos if connection.dialect.name == "postgresql" else func.instr
    return place(jobs.c.sought, storable(text).casefold()) > 0
