"""Prompts of a job: asked, found, closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Select, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from skill_fleet.errors import Conflict, NotFound, NotWaiting
from skill_fleet.jobs.asking import find_refusal, prompt_id, still_counts
from skill_fleet.jobs.job import JobRecord
from skill_fleet.jobs.prompts import Answer, Closed, Prompt, StoredPrompt
from skill_fleet.store.rows import answer_values, prompt_of, prompt_values
from skill_fleet.store.tables import OPEN, hitl

#: Ids in one statement; SQLite takes 32,766 values, PostgreSQL 65,535.
SLICE = 10_000


def get_prompt(connection: Connection, prompt_id: str) -> StoredPrompt:
    row = connection.execute(select(hitl).where(hitl.c.id == prompt_id)).mappings().first()
    if row is None:
        raise NotFound(f"there is no prompt {prompt_id}.", "`skill-fleet review list` shows the open ones.")
    return prompt_of(row)


def prompts_of(connection: Connection, job_id: str) -> Sequence[StoredPrompt]:
    return _read(connection, select(hitl).where(hitl.c.job_id == job_id).order_by(hitl.c.seq, hitl.c.turn))


def open_prompts(connection: Connection, job_ids: Sequence[str] | None) -> Sequence[StoredPrompt]:
    waiting = select(hitl).where(OPEN).order_by(hitl.c.asked_at, hitl.c.id)
    if job_ids is None:
        return _read(connection, waiting)
    ids = list(dict.fromkeys(job_ids))
    slices = (ids[start : start + SLICE] for start in range(0, len(ids), SLICE))
    found = [prompt for part in slices for prompt in _read(connection, waiting.where(hitl.c.job_id.in_(part)))]
    return sorted(found, key=lambda prompt: (prompt.asked_at, prompt.id))


def find_kept(connection: Connection, record: JobRecord, run: int, seq: int, prompt: Prompt) -> StoredPrompt | None:
    """What is kept at this place and still counts there. `Conflict` when this run may not ask there."""
    latest = select(hitl).where(hitl.c.job_id == record.id, hitl.c.seq == seq).order_by(hitl.c.turn.desc()).limit(1)
    return still_counts(record, next(iter(_read(connection, latest)), None), run, prompt)


def keep_prompt(connection: Connection, prompt: StoredPrompt) -> StoredPrompt:
    """The prompt, kept, with its id."""
    earlier = select(func.max(hitl.c.turn)).where(hitl.c.job_id == prompt.job_id, hitl.c.seq == prompt.seq)
    turn = (connection.scalar(earlier) or 0) + 1
    kept = replace(prompt, id=prompt_id(prompt.job_id, prompt.seq, turn))
    try:
        connection.execute(insert(hitl).values(prompt_values(kept, turn)))
    except IntegrityError as error:
        raise Conflict(f"job {prompt.job_id} has an open prompt already.", "It takes one answer at a time.") from error
    return kept


def find_open(connection: Connection, job_id: str) -> StoredPrompt | None:
    return next(iter(open_prompts(connection, [job_id])), None)


def close_open(connection: Connection, job_id: str, reason: Closed) -> None:
    connection.execute(update(hitl).where(hitl.c.job_id == job_id, OPEN).values(closed=reason))


def set_aside_cancel(connection: Connection, job_id: str) -> None:
    """An answer that ended the job counts no more once the job is opened again: it is asked anew."""
    ended = update(hitl).where(hitl.c.job_id == job_id, hitl.c.action == "cancel")
    connection.execute(ended.values(closed="cancelled"))


def take_answer(connection: Connection, record: JobRecord, prompt: StoredPrompt, answer: Answer, at: datetime) -> None:
    """Keep the answer, if it is the one that counts: the row is changed only while it is open.

    Raises `AlreadyAnswered` or `NotWaiting` otherwise.
    """
    refusal = find_refusal(record, prompt, answer, at)
    in_time = or_(hitl.c.expires_at.is_(None), hitl.c.expires_at > at)
    kept = {"answered_at": at, **answer_values(answer)}
    taken = update(hitl).where(hitl.c.id == prompt.id, OPEN, in_time).values(kept)
    if refusal is None and connection.execute(taken).rowcount != 1:  # somebody was faster than our look
        refusal = find_refusal(record, get_prompt(connection, prompt.id), answer, at)
        refusal = refusal or NotWaiting(f"prompt {prompt.id} takes no answer.", "Look at it again.")
    if refusal is not None:
        raise refusal


def _read(connection: Connection, query: Select[*tuple[object, ...]]) -> Sequence[StoredPrompt]:
    return [prompt_of(row) for row in connection.execute(query).mappings()]
