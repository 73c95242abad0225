"""Where jobs are started, looked at and answered, on every face in the same way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from types import TracebackType
from typing import Self

from skill_fleet.clock import Clock
from skill_fleet.codec import to_plain
from skill_fleet.errors import NotFound, Unclear
from skill_fleet.fleet.create_skill import CreateRequest
from skill_fleet.jobs.context import Event
from skill_fleet.jobs.inline import new_job_id
from skill_fleet.jobs.job import Job, JobQuery, JobRecord, JobStats
from skill_fleet.jobs.manager import JobManager
from skill_fleet.jobs.ports import Runner
from skill_fleet.jobs.prompts import Action, Answer, AuditEntry, StoredPrompt
from skill_fleet.review.detect import detect_action
from skill_fleet.review.keywords import Keywords

CREATE = "create"
LATEST = "@last"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person says to a prompt. `action` is what they chose; without one it is read from `text`.

    `text` is kept to the letter. `actor` says who, `via` through what, `locale` in which language a single letter
    counts.
    """

    action: Action | None = None
    text: str = ""
    answers: Mapping[str, str] | None = None
    actor: str = ""
    via: str = ""
    locale: str = ""


class Desk:
    """The jobs of a fleet. Close it, or use it in a `with`: what it works on is then left to others."""

    def __init__(self, runner: Runner, manager: JobManager, keywords: Keywords, clock: Clock) -> None:
        self._runner = runner
        self._manager = manager
        self._keywords = keywords
        self._clock = clock

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def create(self, request: CreateRequest, owner: str = "") -> Job:
        """Take on the making of a skill. From here on the job is not lost."""
        record = JobRecord(
            id=new_job_id(),
            kind=CREATE,
            title=request.brief.task,
            request=to_plain(request, CreateRequest),
            created_at=self._clock(),
            owner=owner,
        )
        return self._manager.create_job(record)

    def get(self, ref: str) -> Job:
        """The job with that id, or the only one whose id begins so; `@last` is the latest. Raises `NotFound`."""
        return self._manager.get_job(self.resolve(ref))

    def resolve(self, ref: str) -> str:
        if ref == LATEST:
            found = self._runner.store.list(JobQuery(limit=1))
            if not found:
                raise NotFound("there are no jobs yet.", "`skill-fleet create` starts one.")
            return found[0].id
        ids = [record.id for record in self._runner.store.list(JobQuery(text=ref)) if record.id.startswith(ref)]
        if ref in ids or not ref:
            return ref
        if len(ids) > 1:
            raise NotFound(f"several jobs begin with {ref!r}: {', '.join(sorted(ids)[:5])}.", "Write more of the id.")
        return ids[0] if ids else ref

    def list(self, query: JobQuery) -> Sequence[Job]:
        return self._manager.list_jobs(query)

    def count(self, query: JobQuery) -> int:
        return self._runner.store.count(query)

    def watch(self, ref: str, after: str = "") -> AsyncIterator[Event]:
        """See `Runner.watch`."""
        return self._runner.watch(self.resolve(ref), after)

    def prompts(self) -> Sequence[StoredPrompt]:
        """Every open prompt, the oldest first."""
        return self._runner.store.open_prompts()

    def get_prompt(self, ref: str) -> StoredPrompt:
        """The prompt with that id, or the open one of the job that `ref` names. Raises `NotFound`."""
        if "." in ref:
            return self._runner.store.get_prompt(ref)
        job = self.get(ref)
        if job.prompt is None:
            raise NotFound(
                f"job {job.id} asks nothing: it is {job.state}.", "`skill-fleet review list` shows who does."
            )
        return job.prompt

    def history(self, ref: str) -> Sequence[StoredPrompt]:
        """Every prompt of a job with its answer, in order."""
        return self._runner.store.prompts(self.resolve(ref))

    def audit(self, ref: str) -> Sequence[AuditEntry]:
        """Everything that was decided about a job, also one that is forgotten."""
        return self._runner.store.audit(self.resolve(ref))

    def reply(self, prompt_id: str, reply: Reply) -> Job:
        """Answer a prompt. Raises `Unclear` when no action is chosen and the text does not say one; then nothing is
        changed. Raises `AlreadyAnswered`, `NotWaiting` and `NotFound` as `JobStore.answer` does."""
        record = self._runner.answer(prompt_id, self._read(reply))
        self._manager.forget(record.id)
        return self._manager.get_job(record.id)

    def _read(self, reply: Reply) -> Answer:
        answer = Answer("cancel", reply.text, reply.answers or {}, reply.actor, reply.via)
        if reply.action is not None:
            return replace(answer, action=reply.action)
        found = detect_action(reply.text, self._keywords, reply.locale)
        if found.action is None:
            raise Unclear(
                f"the reply is not clear: {reply.text!r}.",
                "Say proceed, revise or cancel; words that go with it are taken as feedback.",
            )
        return replace(answer, action=found.action, word=found.word)

    def cancel(self, ref: str, actor: str = "", via: str = "") -> Job:
        return self._renewed(self._runner.cancel(self.resolve(ref), actor, via))

    def resume(self, ref: str, actor: str = "", via: str = "") -> Job:
        return self._renewed(self._runner.resume(self.resolve(ref), actor, via))

    def retry(self, ref: str, actor: str = "", via: str = "") -> Job:
        return self._renewed(self._runner.retry(self.resolve(ref), actor, via))

    def _renewed(self, record: JobRecord) -> Job:
        self._manager.forget(record.id)
        return self._manager.get_job(record.id)

    def purge(self, older_than: timedelta, *, dry_run: bool = False) -> Sequence[str]:
        """Forget jobs that have been over for that long; their audit stays. Gives their ids."""
        before = self._clock() - older_than
        gone: list[str] = []
        while batch := [job for job in self._runner.store.finished_before(before) if job not in gone]:
            gone += batch
            if dry_run:
                break
            for job in batch:
                self._runner.delete(job)
                self._manager.forget(job)
        return gone

    def stats(self) -> JobStats:
        return self._runner.store.stats()

    def close(self) -> None:
        self._runner.close()
