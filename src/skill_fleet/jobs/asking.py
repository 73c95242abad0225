"""The rules of asking and answering, the same wherever prompts are kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from skill_fleet.errors import AlreadyAnswered, Conflict, NotWaiting
from skill_fleet.jobs.job import JobRecord
from skill_fleet.jobs.prompts import Answer, AuditEntry, Prompt, StoredPrompt


def prompt_id(job_id: str, seq: int, turn: int) -> str:
    """What a prompt is called: its job, its place, and from the second time on how often it was asked there."""
    return f"{job_id}.{seq}" if turn == 1 else f"{job_id}.{seq}-{turn}"


def expiry(at: datetime, days: float) -> datetime | None:
    """When a prompt that is asked now takes no answer any more; None for never, which is what 0 days mean."""
    return at + timedelta(days=days) if days > 0 else None


def still_counts(record: JobRecord, kept: StoredPrompt | None, run: int, prompt: Prompt) -> StoredPrompt | None:
    """The latest prompt kept at a place, if a run that comes there goes by it; None when it is to be asked.

    A prompt that was closed counts in the run that asked it and in none after it: a retried job asks it anew. Raises
    `Conflict` when the one that is kept is of another kind, and when the run may not ask.
    """
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


def find_refusal(record: JobRecord, prompt: StoredPrompt, answer: Answer, at: datetime) -> Conflict | None:
    """Why the prompt does not take that answer; None when it does."""
    if prompt.answer is not None:
        winner = _winner(prompt, prompt.answer)
        return AlreadyAnswered(f"prompt {prompt.id} was answered by {winner}.", "The first answer counts.", winner)
    if prompt.closed:
        return NotWaiting(
            f"prompt {prompt.id} is closed: {prompt.closed}.", "`skill-fleet review list` shows the open ones."
        )
    if prompt.has_expired(at):
        return NotWaiting(f"prompt {prompt.id} has expired.", f"`skill-fleet jobs resume {prompt.job_id}` asks again.")
    if record.is_over:
        return NotWaiting(f"job {record.id} is over.", "`skill-fleet jobs retry` opens a failed or cancelled one.")
    if answer.action not in prompt.prompt.allowed:
        allowed = ", ".join(prompt.prompt.allowed)
        return NotWaiting(f"prompt {prompt.id} does not take {answer.action!r}.", f"It takes: {allowed}.")
    return None


def said(prompt: StoredPrompt, answer: Answer, event: Literal["answered", "refused"], at: datetime) -> AuditEntry:
    """The line of the audit for an answer."""
    words = answer.actor, answer.via, answer.action, answer.text, answer.word
    return AuditEntry(at, prompt.job_id, prompt.id, event, *words)


def _winner(prompt: StoredPrompt, answer: Answer) -> str:
    at = f" at {prompt.answered_at:%Y-%m-%d %H:%M:%S} UTC" if prompt.answered_at else ""
    return f"{answer.actor or 'somebody'}{f' through {answer.via}' if answer.via else ''}{at}"
