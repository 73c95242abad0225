"""The facts of jobs in SQL: what `JobStore` promises, each method one transaction.

Whoever changes a job locks its row first, on PostgreSQL with `FOR UPDATE`, on SQLite by being the only one that writes.
So two changes of one job come one after the other, and none waits for the other the wrong way round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from skill_fleet.codec import Plain
from skill_fleet.errors import AlreadyAnswered, Conflict, NotFound, NotWaiting
from skill_fleet.jobs.asking import expiry, said
from skill_fleet.jobs.job import Failure, JobQuery, JobRecord, JobStats, cancelled
from skill_fleet.jobs.ports import Enqueue
from skill_fleet.jobs.prompts import Answer, AuditEntry, Prompt, StoredPrompt
from skill_fleet.store.asking import (
    close_open,
    find_kept,
    find_open,
    get_prompt,
    keep_prompt,
    open_prompts,
    prompts_of,
    set_aside_cancel,
    take_answer,
)
from skill_fleet.store.database import Database
from skill_fleet.store.history import count_jobs, entries_of, note
from skill_fleet.store.listing import count_listed, ids_finished_before, list_jobs
from skill_fleet.store.rows import job_of, job_values
from skill_fleet.store.tables import jobs


class SqlJobs:
    """`JobStore` over a database. `enqueue` is called inside the open transaction, which it gets as a `Connection`."""

    def __init__(self, database: Database, enqueue: Enqueue, prompt_days: float = 0.0) -> None:
        """`prompt_days`: how long a prompt takes an answer; 0: for ever."""
        self._database = database
        self._enqueue = enqueue
        self._prompt_days = prompt_days

    def add(self, record: JobRecord) -> None:
        with self._database.transaction() as connection:
            _insert_job(connection, record)
            self._enqueue(connection, record.id, record.run)

    def get(self, job_id: str) -> JobRecord:
        with self._database.reading() as connection:
            return _get_job(connection, job_id)

    def list(self, query: JobQuery) -> Sequence[JobRecord]:
        with self._database.reading() as connection:
            return list_jobs(connection, query)

    def count(self, query: JobQuery) -> int:
        with self._database.reading() as connection:
            return count_listed(connection, query)

    def save(self, record: JobRecord, expected_version: int | None = None) -> None:
        with self._database.transaction() as connection:
            kept = _find_job(connection, record.id, lock=True)
            if expected_version is not None:
                _check_version(record.id, kept, expected_version)
            if kept is None:
                _insert_job(connection, record)
            else:
                _update_job(connection, record)

    def delete(self, job_id: str) -> None:
        """The prompts go with the job: the database sees to it."""
        with self._database.transaction() as connection:
            if connection.execute(delete(jobs).where(jobs.c.id == job_id)).rowcount == 0:
                raise _no_job(job_id)

    def finish(self, job_id: str, run: int, result: Plain, failure: Failure | None, at: datetime) -> bool:
        with self._database.transaction() as connection:
            record = _lock_job(connection, job_id)
            if record.is_over or record.run != run:
                return False
            over = replace(record, result=result, failure=failure, finished_at=at, version=record.version + 1)
            _update_job(connection, over)
            close_open(connection, job_id, "cancelled")
            return True

    def cancel(self, job_id: str, actor: str, via: str, at: datetime) -> JobRecord:
        with self._database.transaction() as connection:
            record = _lock_job(connection, job_id)
            if record.is_over:
                raise Conflict(f"job {job_id} is over.", "There is nothing left to cancel.")
            prompt = find_open(connection, job_id)
            close_open(connection, job_id, "cancelled")
            note(connection, AuditEntry(at, job_id, prompt.id if prompt else "", "cancelled", actor, via))
            return _update_job(connection, cancelled(record, actor, via, at))

    def retry(self, job_id: str, actor: str, via: str, at: datetime) -> JobRecord:
        with self._database.transaction() as connection:
            record = _lock_job(connection, job_id)
            if not record.is_over or not (record.failure or record.cancelled_by):
                raise Conflict(f"job {job_id} neither failed nor was it cancelled.", "Start a new job instead.")
            set_aside_cancel(connection, job_id)
            note(connection, AuditEntry(at, job_id, "", "retried", actor, via))
            return self._go_on(connection, replace(record, failure=None, finished_at=None, cancelled_by=""))

    def ask(self, job_id: str, run: int, seq: int, prompt: Prompt, at: datetime) -> StoredPrompt:
        with self._database.transaction() as connection:
            kept = find_kept(connection, _lock_job(connection, job_id), run, seq, prompt)
            if kept is not None:
                return kept
            asked = keep_prompt(connection, StoredPrompt("", job_id, seq, run, prompt, at, self._expiry(at)))
            note(connection, AuditEntry(at, job_id, asked.id, "asked"))
            return asked

    def skip(self, job_id: str, run: int, seq: int, prompt: Prompt, answer: Answer, at: datetime) -> StoredPrompt:
        with self._database.transaction() as connection:
            kept = find_kept(connection, _lock_job(connection, job_id), run, seq, prompt)
            if kept is not None:
                return kept
            passed = StoredPrompt("", job_id, seq, run, prompt, at, answer=answer, answered_at=at)
            passed = keep_prompt(connection, passed)
            note(connection, said(passed, answer, "answered", at))
            return passed

    def get_prompt(self, prompt_id: str) -> StoredPrompt:
        with self._database.reading() as connection:
            return get_prompt(connection, prompt_id)

    def prompts(self, job_id: str) -> Sequence[StoredPrompt]:
        with self._database.reading() as connection:
            _get_job(connection, job_id)
            return prompts_of(connection, job_id)

    def open_prompts(self, job_ids: Sequence[str] | None = None) -> Sequence[StoredPrompt]:
        with self._database.reading() as connection:
            return open_prompts(connection, job_ids)

    def answer(self, prompt_id: str, answer: Answer, at: datetime) -> JobRecord:
        try:
            with self._database.transaction() as connection:
                return self._answer(connection, get_prompt(connection, prompt_id), answer, at)
        except (AlreadyAnswered, NotWaiting):
            self.note(said(self.get_prompt(prompt_id), answer, "refused", at))
            raise

    def _answer(self, connection: Connection, prompt: StoredPrompt, answer: Answer, at: datetime) -> JobRecord:
        record = _lock_job(connection, prompt.job_id)
        take_answer(connection, record, prompt, answer, at)
        note(connection, said(prompt, answer, "answered", at))
        if answer.action == "cancel":
            return _update_job(connection, cancelled(record, answer.actor, answer.via, at))
        return self._go_on(connection, record)

    def ask_again(self, job_id: str, at: datetime) -> StoredPrompt:
        with self._database.transaction() as connection:
            _lock_job(connection, job_id)
            old = find_open(connection, job_id)
            if old is None or not old.has_expired(at):
                raise Conflict(f"job {job_id} has no prompt that has expired.", "Its open prompt takes an answer.")
            close_open(connection, job_id, "expired")
            new = keep_prompt(connection, replace(old, asked_at=at, expires_at=self._expiry(at)))
            note(connection, AuditEntry(at, job_id, old.id, "expired"))
            note(connection, AuditEntry(at, job_id, new.id, "asked again"))
            return new

    def note(self, entry: AuditEntry) -> None:
        with self._database.transaction() as connection:
            note(connection, entry)

    def audit(self, job_id: str) -> Sequence[AuditEntry]:
        with self._database.reading() as connection:
            return entries_of(connection, job_id)

    def stats(self) -> JobStats:
        with self._database.reading() as connection:
            return count_jobs(connection)

    def finished_before(self, at: datetime, limit: int = 1000) -> Sequence[str]:
        with self._database.reading() as connection:
            return ids_finished_before(connection, at, limit)

    def _go_on(self, connection: Connection, record: JobRecord) -> JobRecord:
        """The job's next run, known here and to the engine from the same moment on."""
        going_on = replace(record, run=record.run + 1, version=record.version + 1)
        _update_job(connection, going_on)
        self._enqueue(connection, going_on.id, going_on.run)
        return going_on

    def _expiry(self, at: datetime) -> datetime | None:
        return expiry(at, self._prompt_days)


def _find_job(connection: Connection, job_id: str, *, lock: bool = False) -> JobRecord | None:
    query = select(jobs).where(jobs.c.id == job_id)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    return None if row is None else job_of(row)


def _get_job(connection: Connection, job_id: str) -> JobRecord:
    record = _find_job(connection, job_id)
    if record is None:
        raise _no_job(job_id)
    return record


def _lock_job(connection: Connection, job_id: str) -> JobRecord:
    """The job as it is, and as it stays until this transaction ends."""
    record = _find_job(connection, job_id, lock=True)
    if record is None:
        raise _no_job(job_id)
    return record


def _no_job(job_id: str) -> NotFound:
    return NotFound(f"there is no job {job_id}.", "`skill-fleet jobs list` shows the jobs there are.")


def _insert_job(connection: Connection, record: JobRecord) -> None:
    try:
        connection.execute(insert(jobs).values(job_values(record)))
    except IntegrityError as error:
        raise Conflict(f"there is a job {record.id} already.", "Take another id.") from error


def _update_job(connection: Connection, record: JobRecord) -> JobRecord:
    connection.execute(update(jobs).where(jobs.c.id == record.id).values(job_values(record)))
    return record


def _check_version(job_id: str, kept: JobRecord | None, expected: int) -> None:
    if kept is None:
        raise _no_job(job_id)
    if kept.version != expected:
        raise Conflict(
            f"job {job_id} was changed meanwhile: version {kept.version}, not {expected}.",
            "Read it again and repeat the change.",
        )
