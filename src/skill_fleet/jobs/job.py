"""A job: what is kept of it, and what a person sees of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from skill_fleet.codec import Plain
from skill_fleet.jobs.prompts import StoredPrompt

JobState = Literal["pending", "running", "pending_hitl", "pending_review", "completed", "failed", "cancelled"]
"""pending: waits for a worker · running: a worker has it · pending_hitl: waits for a person's decision on the way ·
pending_review: the finished draft waits for a person's verdict · completed · failed · cancelled."""

FINAL: frozenset[JobState] = frozenset({"completed", "failed", "cancelled"})
WAITING: frozenset[JobState] = frozenset({"pending_hitl", "pending_review"})

RunState = Literal["queued", "running", "ended", "broken", "unknown"]
"""What the engine says of a run. queued: no worker has it yet · running · ended: it ran to its end, which may be a
question · broken: the engine gave it up · unknown: the engine does not know it (any more)."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job failed: the error's class, what it said and what to do next."""

    code: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class JobRecord:
    """The facts of a job. Whether a worker has it right now is not among them: that only the engine knows.

    `run` counts how often the job was handed to the engine: at its start, after each answer, at each retry.
    `version` grows with every change.
    """

    id: str
    kind: str
    title: str
    request: Plain
    created_at: datetime
    owner: str = ""
    run: int = 1
    result: Plain = None
    failure: Failure | None = None
    finished_at: datetime | None = None
    cancelled_by: str = ""
    version: int = 1

    @property
    def run_id(self) -> str:
        return run_id(self.id, self.run)

    @property
    def is_over(self) -> bool:
        return self.finished_at is not None


def cancelled(record: JobRecord, actor: str, via: str, at: datetime) -> JobRecord:
    """The job as a person ended it."""
    by = actor or via or "somebody"
    return replace(record, cancelled_by=by, finished_at=at, version=record.version + 1)


def run_id(job_id: str, run: int) -> str:
    """What the engine calls the n-th run of a job."""
    return f"{job_id}.{run}"


@dataclass(frozen=True, slots=True)
class Job:
    """A job as a person sees it: its facts, the state derived from them and from the engine, and its open prompt.

    `paused`: its prompt has expired; `resume` asks again.
    """

    record: JobRecord
    state: JobState
    prompt: StoredPrompt | None = None
    paused: bool = False

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def is_final(self) -> bool:
        return self.state in FINAL

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING


@dataclass(frozen=True, slots=True)
class JobQuery:
    """Which jobs to list, newest first. Empty fields do not restrict; `text` is looked for in id and title."""

    states: tuple[JobState, ...] = ()
    owner: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class JobStats:
    """Counts over all kept jobs. `success_rate` is completed / (completed + failed), None before there is either;
    seconds are from creation to end, waiting for people included, of completed jobs (None when there are none).
    `words` counts by action and word how free replies were read."""

    created: int
    states: Mapping[JobState, int]
    success_rate: float | None
    seconds_median: float | None
    seconds_max: float | None
    words: Mapping[str, Mapping[str, int]]


def state_of(record: JobRecord, prompt: StoredPrompt | None, run: RunState) -> JobState:
    """Facts first: what is over is over, and what has an open prompt waits. Only for the rest the engine is asked."""
    if record.is_over:
        return "cancelled" if record.cancelled_by else "failed" if record.failure else "completed"
    if prompt is not None:
        return "pending_review" if prompt.prompt.kind == "validate" else "pending_hitl"
    if run == "broken":
        return "failed"
    return "pending" if run == "queued" else "running"
