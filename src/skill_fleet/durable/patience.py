"""The database as a run in progress sees it: while it is away, the run waits instead of failing.

Faces use the store itself, and tell the person at once that nothing answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from skill_fleet.codec import Plain
from skill_fleet.jobs.calls import Call
from skill_fleet.jobs.job import Failure, JobRecord
from skill_fleet.jobs.prompts import Answer, Prompt, StoredPrompt
from skill_fleet.store.attachments import SqlAttachments
from skill_fleet.store.calls import SqlCalls
from skill_fleet.store.database import patient
from skill_fleet.store.jobs import SqlJobs


class PatientJobs(SqlJobs):
    """What a run asks of the store. Each call is safe to repeat: it looks first whether it was done before."""

    def get(self, job_id: str) -> JobRecord:
        once = super().get
        return patient(lambda: once(job_id))

    def ask(self, job_id: str, run: int, seq: int, prompt: Prompt, at: datetime) -> StoredPrompt:
        once = super().ask
        return patient(lambda: once(job_id, run, seq, prompt, at))

    def skip(self, job_id: str, run: int, seq: int, prompt: Prompt, answer: Answer, at: datetime) -> StoredPrompt:
        once = super().skip
        return patient(lambda: once(job_id, run, seq, prompt, answer, at))

    def finish(self, job_id: str, run: int, result: Plain, failure: Failure | None, at: datetime) -> bool:
        once = super().finish
        return patient(lambda: once(job_id, run, result, failure, at))


class PatientAttachments(SqlAttachments):
    """What steps keep and load."""

    def keep(self, job_id: str, data: bytes) -> str:
        once = super().keep
        return patient(lambda: once(job_id, data))

    def load(self, key: str) -> bytes:
        once = super().load
        return patient(lambda: once(key))

    def release(self, job_id: str) -> None:
        once = super().release
        patient(lambda: once(job_id))


class PatientCalls(SqlCalls):
    """What a run asks of language models: an answer is paid for, and worth the wait."""

    def find(self, job_id: str, key: str) -> Call | None:
        once = super().find
        return patient(lambda: once(job_id, key))

    def keep(self, job_id: str, call: Call) -> None:
        once = super().keep
        patient(lambda: once(job_id, call))

    def of(self, job_id: str) -> Sequence[Call]:
        once = super().of
        return patient(lambda: once(job_id))
