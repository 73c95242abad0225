"""Records to rows and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields

from sqlalchemy import RowMapping

from skill_fleet.codec import Plain, from_json, to_json
from skill_fleet.jobs.job import Failure, JobRecord
from skill_fleet.jobs.prompts import Answer, AuditEntry, Prompt, StoredPrompt

Values = Mapping[str, object]


def render_plain(value: Plain) -> str:
    """JSON as people read it; halves of characters, which UTF-8 cannot hold, are escaped like NUL always is."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, allow_nan=False, separators=(",", ":"))
    return text


def parse_plain(text: str | None) -> Plain:
    value: Plain = None if text is None else json.loads(text)
    return value


def render_result(value: Plain) -> str | None:
    return None if value is None else render_plain(value)


def render_failure(failure: Failure | None) -> str | None:
    return None if failure is None else to_json(failure, Failure).decode()


def sought_in(job_id: str, title: str) -> str:
    return f"{job_id}\n{title}".casefold()


def job_values(record: JobRecord) -> Values:
    return {
        "id": record.id,
        "kind": record.kind,
        "title": record.title,
        "owner": record.owner,
        "created_at": record.created_at,
        "run": record.run,
        "version": record.version,
        "finished_at": record.finished_at,
        "cancelled_by": record.cancelled_by,
        "sought": sought_in(record.id, record.title),
        "failure": render_failure(record.failure),
        "request": render_plain(record.request),
        "result": render_result(record.result),
    }


def job_of(row: RowMapping) -> JobRecord:
    return JobRecord(
        id=row["id"],
        kind=row["kind"],
        title=row["title"],
        request=parse_plain(row["request"]),
        created_at=row["created_at"],
        owner=row["owner"],
        run=row["run"],
        result=parse_plain(row["result"]),
        failure=None if row["failure"] is None else from_json(row["failure"], Failure),
        finished_at=row["finished_at"],
        cancelled_by=row["cancelled_by"],
        version=row["version"],
    )


def prompt_values(prompt: StoredPrompt, turn: int) -> Values:
    return {
        "id": prompt.id,
        "job_id": prompt.job_id,
        "seq": prompt.seq,
        "turn": turn,
        "run": prompt.run,
        "kind": prompt.prompt.kind,
        "asked_at": prompt.asked_at,
        "expires_at": prompt.expires_at,
        "closed": prompt.closed,
        "answered_at": prompt.answered_at,
        "prompt": to_json(prompt.prompt, Prompt).decode(),
        **answer_values(prompt.answer),
    }


def answer_values(answer: Answer | None) -> Values:
    """The answer whole, and what is counted and shown of it in columns of its own."""
    if answer is None:
        return {"answer": None, "action": "", "answered_by": "", "via": "", "word": ""}
    return {
        "answer": to_json(answer, Answer).decode(),
        "action": answer.action,
        "answered_by": answer.actor,
        "via": answer.via,
        "word": answer.word,
    }


def prompt_of(row: RowMapping) -> StoredPrompt:
    return StoredPrompt(
        id=row["id"],
        job_id=row["job_id"],
        seq=row["seq"],
        run=row["run"],
        prompt=from_json(row["prompt"], Prompt),
        asked_at=row["asked_at"],
        expires_at=row["expires_at"],
        answer=None if row["answer"] is None else from_json(row["answer"], Answer),
        answered_at=row["answered_at"],
        closed=row["closed"],
    )


ENTRY_FIELDS = tuple(field.name for field in fields(AuditEntry))


def entry_values(entry: AuditEntry) -> Values:
    return {name: getattr(entry, name) for name in ENTRY_FIELDS}


def entry_of(row: RowMapping) -> AuditEntry:
    return AuditEntry(**{name: row[name] for name in ENTRY_FIELDS})
