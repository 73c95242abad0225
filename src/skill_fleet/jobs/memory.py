"""The facts of jobs, and what jobs work with, kept in memory: gone with the process."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from statistics import median
from threading import RLock
from typing import cast

from skill_fleet.codec import Plain
from skill_fleet.errors import Conflict, NotFound
from skill_fleet.jobs.asking import expiry, find_refusal, prompt_id, said, still_counts
from skill_fleet.jobs.job import Failure, JobQuery, JobRecord, JobState, JobStats, cancelled, state_of
from skill_fleet.jobs.ports import Enqueue
from skill_fleet.jobs.prompts import Answer, AuditEntry, Prompt, StoredPrompt

NO_SUCH_JOB = "`skill-fleet jobs list` shows the jobs there are."


class MemoryJobs:
    """A `JobStore` in memory, under one lock.

    Nothing is changed before `enqueue` has returned, which is the last thing in each change that hands a run to the
    engine; the open transaction it gets is this store.
    """

    def __init__(self, enqueue: Enqueue, prompt_days: float = 0.0) -> None:
        """`prompt_days`: how long a prompt takes an answer; 0: for ever."""
        self._enqueue = enqueue
        self._prompt_days = prompt_days
        self._lock = RLock()
        self._jobs: dict[str, JobRecord] = {}
        self._prompts: dict[str, StoredPrompt] = {}
        self._prompt_ids: dict[str, list[str]] = defaultdict(list)
        self._audit: list[AuditEntry] = []

    def add(self, record: JobRecord) -> None:
        with self._lock:
            if record.id in self._jobs:
                raise Conflict(f"there is a job {record.id} already.", "Take another id.")
            record = _plain(record)
            self._enqueue(self, record.id, record.run)
            self._jobs[record.id] = record

    def get(self, job_id: str) -> JobRecord:
        with self._lock:
            if job_id not in self._jobs:
                raise NotFound(f"there is no job {job_id}.", NO_SUCH_JOB)
            return self._jobs[job_id]

    def list(self, query: JobQuery) -> Sequence[JobRecord]:
        found = sorted(self._found(query), key=lambda record: (record.created_at, record.id), reverse=True)
        offset = max(query.offset, 0)
        return found[offset : offset + max(query.limit, 0)]

    def count(self, query: JobQuery) -> int:
        return len(self._found(query))

    def save(self, record: JobRecord, expected_version: int | None = None) -> None:
        with self._lock:
            if expected_version is not None and (kept := self.get(record.id).version) != expected_version:
                raise Conflict(
                    f"job {record.id} was changed meanwhile: version {kept}, not {expected_version}.",
                    "Read it again and repeat the change.",
                )
            self._jobs[record.id] = _plain(record)

    def delete(self, job_id: str) -> None:
        with self._lock:
            self.get(job_id)
            del self._jobs[job_id]
            for prompt_id in self._prompt_ids.pop(job_id, ()):
                del self._prompts[prompt_id]

    def finish(self, job_id: str, run: int, result: Plain, failure: Failure | None, at: datetime) -> bool:
        with self._lock:
            record = self.get(job_id)
            if record.is_over or record.run != run:
                return False
            version = record.version + 1
            ended = replace(record, version=version, result=result, failure=failure, finished_at=at)
            self._jobs[job_id] = _plain(ended)
            self._close_open(job_id)
            return True

    def cancel(self, job_id: str, actor: str, via: str, at: datetime) -> JobRecord:
        with self._lock:
            record = self.get(job_id)
            if record.is_over:
                raise Conflict(f"job {job_id} is over.", "There is nothing left to cancel.")
            self._jobs[job_id] = record = cancelled(record, actor, via, at)
            prompt = self._close_open(job_id)
            self._audit.append(AuditEntry(at, job_id, prompt.id if prompt else "", "cancelled", actor, via))
            return record

    def retry(self, job_id: str, actor: str, via: str, at: datetime) -> JobRecord:
        with self._lock:
            record = self.get(job_id)
            if not record.is_over or not (record.failure or record.cancelled_by):
                raise Conflict(f"job {job_id} neither failed nor was it cancelled.", "Start a new job instead.")
            opened = self._hand_over(replace(record, result=None, failure=None, finished_at=None, cancelled_by=""))
            self._set_aside_cancel(job_id)
            self._audit.append(AuditEntry(at, job_id, "", "retried", actor, via))
            return opened

    def ask(self, job_id: str, run: int, seq: int, prompt: Prompt, at: datetime) -> StoredPrompt:
        with self._lock:
            kept = self._find_kept(job_id, run, seq, prompt)
            if kept is not None:
                return kept
            asked = self._keep(self._new_prompt(job_id, run, seq, prompt, at))
            self._audit.append(AuditEntry(at, job_id, asked.id, "asked"))
            return asked

    def skip(self, job_id: str, run: int, seq: int, prompt: Prompt, answer: Answer, at: datetime) -> StoredPrompt:
        with self._lock:
            kept = self._find_kept(job_id, run, seq, prompt)
            if kept is not None:
                return kept
            asked = self._new_prompt(job_id, run, seq, prompt, at)
            passed = self._keep(replace(asked, expires_at=None, answer=answer, answered_at=at))
            self._audit.append(said(passed, answer, "answered", at))
            return passed

    def get_prompt(self, prompt_id: str) -> StoredPrompt:
        with self._lock:
            if prompt_id not in self._prompts:
                raise NotFound(f"there is no prompt {prompt_id}.", "`skill-fleet review list` shows the open ones.")
            return self._prompts[prompt_id]

    def prompts(self, job_id: str) -> Sequence[StoredPrompt]:
        with self._lock:
            self.get(job_id)
            found = [self._prompts[prompt_id] for prompt_id in self._prompt_ids.get(job_id, ())]
            return sorted(found, key=lambda prompt: prompt.seq)

    def open_prompts(self, job_ids: Sequence[str] | None = None) -> Sequence[StoredPrompt]:
        with self._lock:
            found = [
                self._prompts[prompt_id]
                for job_id in (self._prompt_ids if job_ids is None else dict.fromkeys(job_ids))
                for prompt_id in self._prompt_ids.get(job_id, ())
            ]
        return sorted((one for one in found if one.is_open), key=lambda one: (one.asked_at, one.id))

    def answer(self, prompt_id: str, answer: Answer, at: datetime) -> JobRecord:
        with self._lock:
            prompt = self.get_prompt(prompt_id)
            record = self.get(prompt.job_id)
            refusal = find_refusal(record, prompt, answer, at)
            if refusal is not None:
                self._audit.append(said(prompt, answer, "refused", at))
                raise refusal
            ends = answer.action == "cancel"
            answered = cancelled(record, answer.actor, answer.via, at) if ends else self._hand_over(record)
            self._jobs[record.id] = answered
            self._prompts[prompt_id] = replace(prompt, answer=answer, answered_at=at)
            self._audit.append(said(prompt, answer, "answered", at))
            return answered

    def ask_again(self, job_id: str, at: datetime) -> StoredPrompt:
        with self._lock:
            self.get(job_id)
            expired = self._find_open(job_id)
            if expired is None or not expired.has_expired(at):
                raise Conflict(f"job {job_id} has no prompt that has expired.", "Its open prompt takes an answer.")
            self._prompts[expired.id] = replace(expired, closed="expired")
            asked = self._keep(self._new_prompt(job_id, expired.run, expired.seq, expired.prompt, at))
            self._audit.append(AuditEntry(at, job_id, expired.id, "expired"))
            self._audit.append(AuditEntry(at, job_id, asked.id, "asked again"))
            return asked

    def note(self, entry: AuditEntry) -> None:
        with self._lock:
            self._audit.append(entry)

    def audit(self, job_id: str) -> Sequence[AuditEntry]:
        with self._lock:
            return [entry for entry in self._audit if entry.job_id == job_id]

    def stats(self) -> JobStats:
        with self._lock:
            records = list(self._jobs.values())
            states = Counter(self._state(record) for record in records)
            words = _words(self._prompts.values())
        return _stats(records, states, words)

    def finished_before(self, at: datetime, limit: int = 1000) -> Sequence[str]:
        with self._lock:
            over = [
                (one.finished_at, one.id) for one in self._jobs.values() if one.finished_at and one.finished_at < at
            ]
        return [job_id for _, job_id in sorted(over)[: max(limit, 0)]]

    def _hand_over(self, record: JobRecord) -> JobRecord:
        """Hand the next run to the engine."""
        record = replace(record, run=record.run + 1, version=record.version + 1)
        self._enqueue(self, record.id, record.run)
        self._jobs[record.id] = record
        return record

    def _state(self, record: JobRecord) -> JobState:
        return state_of(record, self._find_open(record.id), "running")

    def _found(self, query: JobQuery) -> Sequence[JobRecord]:
        states = {"running" if state == "pending" else state for state in query.states}
        with self._lock:
            found = [record for record in self._jobs.values() if _fits(record, query)]
            return [record for record in found if not states or self._state(record) in states]

    def _find_open(self, job_id: str) -> StoredPrompt | None:
        prompts = (self._prompts[prompt_id] for prompt_id in reversed(self._prompt_ids.get(job_id, ())))
        return next((prompt for prompt in prompts if prompt.is_open), None)

    def _close_open(self, job_id: str) -> StoredPrompt | None:
        prompt = self._find_open(job_id)
        if prompt is not None:
            self._prompts[prompt.id] = replace(prompt, closed="cancelled")
        return prompt

    def _set_aside_cancel(self, job_id: str) -> None:
        """An answer that ended the job counts no more once the job is opened again: it is asked anew."""
        for prompt in self.prompts(job_id):
            if prompt.answer is not None and prompt.answer.action == "cancel":
                self._prompts[prompt.id] = replace(prompt, closed="cancelled")

    def _find_kept(self, job_id: str, run: int, seq: int, prompt: Prompt) -> StoredPrompt | None:
        kept = next((one for one in reversed(self.prompts(job_id)) if one.seq == seq), None)
        return still_counts(self.get(job_id), kept, run, prompt)

    def _new_prompt(self, job_id: str, run: int, seq: int, prompt: Prompt, at: datetime) -> StoredPrompt:
        turn = sum(self._prompts[one].seq == seq for one in self._prompt_ids[job_id]) + 1
        return StoredPrompt(prompt_id(job_id, seq, turn), job_id, seq, run, prompt, at, expiry(at, self._prompt_days))

    def _keep(self, prompt: StoredPrompt) -> StoredPrompt:
        self._prompts[prompt.id] = prompt
        self._prompt_ids[prompt.job_id].append(prompt.id)
        return prompt


def _plain(record: JobRecord) -> JobRecord:
    """`record` with copies of its plain data. Raises `ValueError` or `TypeError` for what is no JSON."""
    return replace(record, request=_copy(record.request), result=_copy(record.result))


def _copy(value: Plain) -> Plain:
    return cast("Plain", json.loads(json.dumps(value, allow_nan=False)))


def _fits(record: JobRecord, query: JobQuery) -> bool:
    return (
        (not query.owner or record.owner == query.owner)
        and query.text.casefold() in f"{record.id}\n{record.title}".casefold()
        and (query.since is None or query.since <= record.created_at)
        and (query.until is None or record.created_at < query.until)
    )


def _words(prompts: Iterable[StoredPrompt]) -> Mapping[str, Mapping[str, int]]:
    words: dict[str, Counter[str]] = defaultdict(Counter)
    for answer in (prompt.answer for prompt in prompts):
        if answer is not None and answer.word:
            words[answer.action][answer.word] += 1
    return {action: dict(counted) for action, counted in words.items()}


def _stats(records: Sequence[JobRecord], states: Counter[JobState], words: Mapping[str, Mapping[str, int]]) -> JobStats:
    done = states["completed"] + states["failed"]
    seconds = [_seconds(record) for record in records if state_of(record, None, "ended") == "completed"]
    return JobStats(
        created=len(records),
        states={state: count for state, count in states.items() if count},
        success_rate=states["completed"] / done if done else None,
        seconds_median=median(seconds) if seconds else None,
        seconds_max=max(seconds, default=None),
        words=words,
    )


def _seconds(record: JobRecord) -> float:
    return ((record.finished_at or record.created_at) - record.created_at).total_seconds()


class MemoryAttachments:
    """`Attachments` in memory."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._data: dict[str, bytes] = {}
        self._users: dict[str, set[str]] = defaultdict(set)

    def keep(self, job_id: str, data: bytes) -> str:
        key = hashlib.sha256(data).hexdigest()
        with self._lock:
            self._data[key] = data
            self._users[key].add(job_id)
        return key

    def load(self, key: str) -> bytes:
        with self._lock:
            if key not in self._data:
                raise NotFound(f"there is no attachment {key}.", "Its job is over; start a new one.")
            return self._data[key]

    def release(self, job_id: str) -> None:
        with self._lock:
            for key in [key for key, users in self._users.items() if job_id in users]:
                self._users[key].discard(job_id)
                if not self._users[key]:
                    del self._users[key], self._data[key]
