"""Jobs, prompts and events as lines to read and as JSON data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from skill_fleet.cli.questions import choices_of, option_lines
from skill_fleet.cli.screen import Style, clean, columns, shorten
from skill_fleet.cli.when import shown_second, shown_time
from skill_fleet.jobs.context import Event
from skill_fleet.jobs.job import Job, JobState
from skill_fleet.jobs.prompts import Answer, AuditEntry, StoredPrompt

STATE_STYLES: Mapping[JobState, Style] = {
    "pending": "dim",
    "running": "cyan",
    "pending_hitl": "yellow",
    "pending_review": "yellow",
    "completed": "green",
    "failed": "red",
    "cancelled": "dim",
}
_TITLE = 60
_WORDS = 70


def plain_job(job: Job) -> dict[str, object]:
    record = job.record
    return {
        "job": record.id,
        "kind": record.kind,
        "title": record.title,
        "state": job.state,
        "paused": job.paused,
        "owner": record.owner,
        "created_at": record.created_at.isoformat(),
        "finished_at": record.finished_at.isoformat() if record.finished_at else None,
        "cancelled_by": record.cancelled_by,
        "runs": record.run,
        "prompt": job.prompt.id if job.prompt else None,
        "failure": asdict(record.failure) if record.failure else None,
    }


def plain_prompt(stored: StoredPrompt) -> dict[str, object]:
    prompt = stored.prompt
    return {
        "id": stored.id,
        "job": stored.job_id,
        "kind": prompt.kind,
        "round": prompt.round,
        "title": prompt.title,
        "body": prompt.body,
        "questions": [asdict(question) for question in prompt.questions],
        "allowed": list(prompt.allowed),
        "asked_at": stored.asked_at.isoformat(),
        "expires_at": stored.expires_at.isoformat() if stored.expires_at else None,
        "closed": stored.closed,
        "answered_at": stored.answered_at.isoformat() if stored.answered_at else None,
        "answer": asdict(stored.answer) if stored.answer else None,
    }


def plain_entry(entry: AuditEntry) -> dict[str, object]:
    return {**asdict(entry), "at": entry.at.isoformat()}


def plain_event(event: Event) -> dict[str, object]:
    return asdict(event)


def job_row(job: Job) -> list[str]:
    state = f"{job.state} (paused)" if job.paused else job.state
    return [
        job.id,
        state,
        shown_time(job.record.created_at),
        job.record.owner or "-",
        shorten(job.record.title, _TITLE),
    ]


def prompt_row(stored: StoredPrompt) -> list[str]:
    return [stored.id, stored.prompt.kind, shown_time(stored.asked_at), shorten(stored.prompt.title, _WORDS)]


def prompt_lines(stored: StoredPrompt) -> Iterator[str]:
    """The whole of a prompt, and what was answered."""
    prompt = stored.prompt
    yield from (prompt.title, "", prompt.body.rstrip())
    for question in prompt.questions:
        default = f" [{question.default}]" if question.default else ""
        yield from ("", f"{question.id}: {question.text}{default}", *option_lines(question))
    if stored.answer is not None:
        yield from ("", _answer_line(stored, stored.answer))
    elif stored.closed:
        yield from ("", f"closed: {stored.closed}")
    else:
        yield from ("", choices_of(prompt))


def _answer_line(stored: StoredPrompt, answer: Answer) -> str:
    if answer.via == "policy":
        return f"passed: {answer.text}"
    at = f" at {shown_second(stored.answered_at)}" if stored.answered_at else ""
    via = f" through {answer.via}" if answer.via else ""
    said = f": {answer.text}" if answer.text else ""
    given = "".join(f"; {name}={value}" for name, value in answer.answers.items())
    return f"{answer.action} by {answer.actor or 'nobody'}{via}{at}{said}{given}"


def how_to_answer(stored: StoredPrompt) -> str:
    actions = "|".join(stored.prompt.allowed)
    return f'skill-fleet review answer {stored.id} {actions} [--text "…"]'


def event_line(event: Event) -> str:
    took = f"{event.seconds:.1f} s" if event.seconds else ""
    words = " ".join(word for word in (event.name, took, shorten(event.text, _WORDS)) if word)
    return clean(f"{event.id:<8} {event.kind:<16} {words}").rstrip()


def history_lines(prompts: Sequence[StoredPrompt]) -> list[str]:
    """One line for each prompt of a job: what was asked, and what came of it."""
    return columns([[stored.id, stored.prompt.kind, shorten(_fate(stored), _WORDS)] for stored in prompts])


def _fate(stored: StoredPrompt) -> str:
    if stored.answer is not None:
        return _answer_line(stored, stored.answer)
    return f"closed: {stored.closed}" if stored.closed else "open"


def audit_lines(entries: Sequence[AuditEntry]) -> list[str]:
    return columns([_audit_row(entry) for entry in entries])


def _audit_row(entry: AuditEntry) -> list[str]:
    who = " through ".join(word for word in (entry.actor, entry.via) if word)
    said = " ".join(word for word in (entry.action, shorten(entry.text, _WORDS)) if word)
    return [shown_second(entry.at), entry.event, entry.prompt_id or "-", who or "-", said]
