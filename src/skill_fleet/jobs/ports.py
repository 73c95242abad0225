"""What jobs need from outside: a place for their facts, and something that runs them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

from skill_fleet.codec import Plain
from skill_fleet.jobs.context import Event
from skill_fleet.jobs.job import Failure, JobQuery, JobRecord, JobStats, RunState
from skill_fleet.jobs.prompts import Answer, AuditEntry, Prompt, StoredPrompt

Enqueue = Callable[[object, str, int], None]
"""Hands run number `int` of the job `str` to the engine, within the open transaction `object`."""

RunStates = Callable[[Sequence[str]], Mapping[str, RunState]]
"""What the engine says of the runs with these ids."""

Works = Literal["not", "own", "shared"]
"""not: the process starts, answers and watches, and leaves the work to others · own: it works on what it starts or
resumes itself · shared: it works on whatever waits, and takes over what dead workers left."""


class JobStore(Protocol):
    """The facts of jobs. Every method is one transaction, and safe to call from several threads and processes.

    Raises `NotFound` for an unknown job or prompt, `Conflict` where said, `DatabaseAway` when nothing answers.
    """

    def add(self, record: JobRecord) -> None:
        """Keep a new job and hand its first run to the engine, both or neither. `Conflict` when the id is taken."""
        ...

    def get(self, job_id: str) -> JobRecord: ...

    def list(self, query: JobQuery) -> Sequence[JobRecord]:
        """Newest first. Of `query.states` only what the facts tell is looked at: `pending` and `running` both mean
        neither over nor waiting."""
        ...

    def count(self, query: JobQuery) -> int: ...

    def save(self, record: JobRecord, expected_version: int | None = None) -> None:
        """Keep the record as it is, new or not; the engine is not told.

        With `expected_version` only a record that is there is replaced: `NotFound` when it is not, `Conflict` when the
        one that is kept has another version.
        """
        ...

    def delete(self, job_id: str) -> None:
        """Forget the job and its prompts; its audit stays."""
        ...

    def finish(self, job_id: str, run: int, result: Plain, failure: Failure | None, at: datetime) -> bool:
        """Record how the job ended. False, and nothing is changed, when it is over already or another run has it."""
        ...

    def cancel(self, job_id: str, actor: str, via: str, at: datetime) -> JobRecord:
        """End the job and close its open prompt. `Conflict` when it is over."""
        ...

    def retry(self, job_id: str, actor: str, via: str, at: datetime) -> JobRecord:
        """Open a failed or cancelled job again and hand its next run to the engine. `Conflict` otherwise."""
        ...

    def ask(self, job_id: str, run: int, seq: int, prompt: Prompt, at: datetime) -> StoredPrompt:
        """Keep the prompt, or give the latest that is kept under this `seq`. `Conflict` when that one is of another
        kind: the job was begun by a program that asked in another order.

        The latest of an earlier run that was closed without an answer, when the job was cancelled, is asked anew under
        the next id.
        """
        ...

    def skip(self, job_id: str, run: int, seq: int, prompt: Prompt, answer: Answer, at: datetime) -> StoredPrompt:
        """Keep the prompt together with the answer that a policy gave, or give what is kept, as `ask` does."""
        ...

    def get_prompt(self, prompt_id: str) -> StoredPrompt: ...

    def prompts(self, job_id: str) -> Sequence[StoredPrompt]:
        """All prompts of a job, in the order they were asked."""
        ...

    def open_prompts(self, job_ids: Sequence[str] | None = None) -> Sequence[StoredPrompt]:
        """Open prompts of these jobs, or of all; the oldest first."""
        ...

    def answer(self, prompt_id: str, answer: Answer, at: datetime) -> JobRecord:
        """Keep the answer and hand the job's next run to the engine, both or neither; a `cancel` ends the job.

        Raises `AlreadyAnswered`, which names who was first, and `NotWaiting` for a prompt that was closed or has
        expired, an action that the prompt does not allow, and a job that is over. A refusal is audited.
        """
        ...

    def ask_again(self, job_id: str, at: datetime) -> StoredPrompt:
        """Close the expired prompt of a job and ask the same anew. `Conflict` when its prompt has not expired."""
        ...

    def note(self, entry: AuditEntry) -> None: ...

    def audit(self, job_id: str) -> Sequence[AuditEntry]: ...

    def stats(self) -> JobStats:
        """As far as the facts go: `running` counts all that is neither over nor waiting."""
        ...

    def finished_before(self, at: datetime, limit: int = 1000) -> Sequence[str]:
        """Ids of jobs that were over before that time, the oldest first."""
        ...


class Attachments(Protocol):
    """Large things that jobs work with, such as the evidence that was read, kept where every worker finds them."""

    def keep(self, job_id: str, data: bytes) -> str:
        """Keep `data` for the job and give its key, the SHA-256 of what is kept; the same data is kept once."""
        ...

    def load(self, key: str) -> bytes:
        """What was kept under that key. `NotFound` when it is not there any more."""
        ...

    def release(self, job_id: str) -> None:
        """The job needs its attachments no more: what no other job needs is dropped."""
        ...


class Runner(Protocol):
    """Runs jobs. One may be used from several threads."""

    @property
    def store(self) -> JobStore: ...

    def run_states(self, run_ids: Sequence[str]) -> Mapping[str, RunState]: ...

    def start(self, record: JobRecord) -> JobRecord:
        """Take a job on: from here on it is not lost."""
        ...

    def answer(self, prompt_id: str, answer: Answer) -> JobRecord: ...

    def cancel(self, job_id: str, actor: str = "", via: str = "") -> JobRecord: ...

    def resume(self, job_id: str, actor: str = "", via: str = "") -> JobRecord:
        """See to it that the job goes on: take it over when its worker died, ask again when its prompt expired.

        Nothing is changed when somebody works on it or it waits for a person. `Conflict` when it is over.
        """
        ...

    def retry(self, job_id: str, actor: str = "", via: str = "") -> JobRecord: ...

    def delete(self, job_id: str) -> None:
        """Forget a job that is over, with its history. `Conflict` when it is not."""
        ...

    def watch(self, job_id: str, after: str = "") -> AsyncIterator[Event]:
        """The job's events after the one with that id, past ones first, then as they come; ends when the job is over.

        An event is told at least once: after a crash a step is started anew, and told anew.
        """
        ...

    def close(self) -> None:
        """Stop working here. Jobs that are not over stay, and any other runner may go on with them."""
        ...
