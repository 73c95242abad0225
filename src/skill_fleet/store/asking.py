"""Prompts of a job: asked, found, closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from skill_fleet.errors import AlreadyAnswered, Conflict, NotFound, NotWaiting
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
    """What is kept at this place and still counts there. `Conflict` when this run may not ask there.

    A prompt that was closed counts in the run that asked it and in none after it: a retried job asks it anew.
    """
    latest = select(hitl).where(hitl.c.job_id == record.id, hitl.c.seq == seq).order_by(hitl.c.turn.desc()).limit(1)
    kept = next(iter(_read(connection, latest)), None)
    if kept is not None and kept.prompt.kind != prompt.kind:
        raise Conflict(
            f"job {record.id} asks {prompt.kind!r} where it asked {kept.prompt.kind!r} before.",
            "It was begun by another version of the program; cancel it and start it anew.",
        )
    if kept is not None and not (kept.closed and kept.run < run):
        return kept
    if record.is_over or record.run != run:
        raise Conflict(f"run {run} of job {record.id} is not the one that goes on.", "It may ask nothing any more.")
    return None


def keep_prompt(connection: Connection, prompt: StoredPrompt) -> StoredPrompt:
    """The prompt with its id, which says the job, the place and, from the second time on, how often it was asked."""
    earlier = select(func.max(hitl.c.turn)).where(hitl.c.job_id == prompt.job_id, hitl.c.seq == prompt.seq)
    turn = (connection.scalar(earlier) or 0) + 1
    name = f"{prompt.job_id}.{prompt.seq}" if turn == 1 else f"{prompt.job_id}.{prompt.seq}-{turn}"
    kept = replace(prompt, id=name)
    try:
        connection.execute(insert(hitl).values(prompt_values(kept, turn)))
    except IntegrityError as error:
        raise Conflict(f"job {prompt.job_id} has an open prompt already.", "It takes one answer at a time.") from error
    return kept


def expiry(at: datetime, days: float) -> datetime | None:
    return at + timedelta(days=days) if days > 0 else None


def find_open(connection: Connection, job_id: str) -> StoredPrompt | None:
    return next(iter(open_prompts(connection, [job_id])), None)


def close_open(connection: Connection, job_id: str, reason: Closed) -> None:
    connection.execute(update(hitl).where(hitl.c.job_id == job_id, OPEN).values(closed=reason))


def set_aside_cancel(connection: Connection, job_id: str) -> None:
    """An answer that ended the job counts no more once the job is opened again: it is asked anew."""
    ended = update(hitl).where(hitl.c.job_id == job_id, hitl.c.action == "cancel")
    connection.execute(ended.values(closed="cancelled"))


def take_answer(connection: Connection, prompt: StoredPrompt, answer: Answer, at: datetime) -> None:
    """Keep the answer, if it is the one that counts: the row is changed only while it is open."""
    in_time = or_(hitl.c.expires_at.is_(None), hitl.c.expires_at > at)
    kept = {"answered_at": at, **answer_values(answer)}
    taken = update(hitl).where(hitl.c.id == prompt.id, OPEN, in_time).values(kept)
    if answer.action not in prompt.prompt.allowed or connection.execute(taken).rowcount != 1:
        raise _refusal(get_prompt(connection, prompt.id), answer, at)


def _refusal(prompt: StoredPrompt, answer: Answer, at: datetime) -> Conflict:
    if prompt.answer is not None:
        winner = _winner(prompt.answer, prompt.answered_at or at)
        return AlreadyAnswered(f"prompt {prompt.id} was answered by {winner}.", "The first answer counts.", winner)
    if prompt.closed:
        return NotWaiting(
            f"prompt {prompt.id} is closed: {prompt.closed}.", "`skill-fleet review list` shows the open ones."
        )
    if prompt.has_expired(at):
        return NotWaiting(f"prompt {prompt.id} has expired.", f"`skill-fleet jobs resume {prompt.job_id}` asks again.")
    allowed = ", ".join(prompt.prompt.allowed)
    return NotWaiting(f"prompt {prompt.id} does not take {answer.action!r}.", f"It takes: {allowed}.")


def _winner(answer: Answer, at: datetime) -> str:
    through = f" through {answer.via}" if answer.via else ""
    return f"{answer.actor or 'somebody'}{through} at {at:%Y-%m-%d %H:%M:%S} UTC"


def _read(connection: Connection, query: Select[*tuple[object, ...]]) -> Sequence[StoredPrompt]:
    return [prompt_of(row) for row in connection.execute(query).mappings()]
