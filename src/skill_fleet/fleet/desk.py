"""Where jobs are started, looked at and answered, on every face in the same way."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Self

from skill_fleet import errors
from skill_fleet.clock import Clock
from skill_fleet.codec import Plain, to_plain
from skill_fleet.errors import NotFound, SkillFleetError, Unclear
from skill_fleet.fleet.bill import Bill, bill_of
from skill_fleet.jobs.cache import JobManager
from skill_fleet.jobs.calls import Calls
from skill_fleet.jobs.context import Event
from skill_fleet.jobs.inline import new_job_id
from skill_fleet.jobs.job import Failure, Job, JobQuery, JobRecord, JobStats
from skill_fleet.jobs.ports import Runner
from skill_fleet.jobs.prompts import Action, Answer, AuditEntry, StoredPrompt
from skill_fleet.jobs.retention import forget_finished
from skill_fleet.review.detect import Detected, detect_action
from skill_fleet.review.keywords import KeywordConfig, Keywords

if TYPE_CHECKING:  # looking at jobs starts without authors and readers
    from skill_fleet.fleet.create_skill import CreateRequest

CREATE = "create"
LATEST = "@last"
#: Jobs that are looked through for the beginning of an id.
MANY = 1000
#: Characters of a reply and the answers in it: many pages of feedback, and no book.
LONGEST_REPLY = 64_000


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person says to a prompt. `action` is what they chose; without one it is read from `text`.

    `text` is kept to the letter. `actor` says who, `via` through what, `locale` in which language a single letter
    counts, `word` by which keyword an action was read that somebody read before.
    """

    action: Action | None = None
    text: str = ""
    answers: Mapping[str, str] | None = None
    actor: str = ""
    via: str = ""
    locale: str = ""
    word: str = ""


class Desk:
    """The jobs of a fleet. Close it, or use it in a `with`: what it works on is then left to others."""

    def __init__(self, runner: Runner, manager: JobManager, keywords: Keywords, clock: Clock, calls: Calls) -> None:
        self._runner = runner
        self._calls = calls
        self._manager = manager
        self._keywords = keywords
        self._clock = clock

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def create(self, request: CreateRequest, owner: str = "", job_id: str = "") -> Job:
        """Take on the making of a skill. From here on the job is not lost."""
        from skill_fleet.fleet.create_skill import CreateRequest  # noqa: PLC0415  looking at jobs starts without

        return self.begin(CREATE, request.brief.task, to_plain(request, CreateRequest), owner, job_id)

    def begin(self, kind: str, title: str, request: Plain, owner: str = "", job_id: str = "") -> Job:
        """Take on a job of any kind, under an id of its own or the one that is given. `Conflict` when that is taken."""
        at = self._clock()
        record = JobRecord(job_id or new_job_id(), kind, title, request, created_at=at, owner=owner)
        return self._manager.create_job(record)

    def get(self, ref: str) -> Job:
        """The job with that id, or the only one whose id begins so; `@last` is the latest. Raises `NotFound`."""
        return self._manager.get_job(self.resolve(ref))

    def refreshed(self, job_id: str) -> Job:
        """The job as it is now, whatever was read of it a moment ago."""
        self._manager.forget(job_id)
        return self._manager.get_job(job_id)

    def resolve(self, ref: str) -> str:
        if ref == LATEST:
            found = self._runner.store.list(JobQuery(limit=1))
            if not found:
                raise NotFound("there are no jobs yet.", "`skill-fleet create` starts one.")
            return found[0].id
        if not ref or self._is_known(ref):
            return ref
        found = self._runner.store.list(JobQuery(text=ref, limit=MANY))
        ids = [record.id for record in found if record.id.startswith(ref)]
        if len(ids) > 1:
            raise NotFound(f"several jobs begin with {ref!r}: {', '.join(sorted(ids)[:5])}.", "Write more of the id.")
        return ids[0] if ids else ref

    def _is_known(self, job_id: str) -> bool:
        try:
            self._runner.store.get(job_id)
        except NotFound:
            return False
        return True

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

    def bill(self, ref: str) -> Bill:
        """What the job asked of models so far."""
        return bill_of(self._calls.of(self.resolve(ref)))

    def reply(self, prompt_id: str, reply: Reply) -> Job:
        """Answer a prompt. Raises `Unclear` when no action is chosen and the text does not say one; then nothing is
        changed. Raises `AlreadyAnswered`, `NotWaiting` and `NotFound` as `JobStore.answer` does."""
        return self.refreshed(self._runner.answer(prompt_id, self._read(reply)).id)

    def understand(self, text: str, locale: str = "") -> Detected:
        """What a free reply says, by the words that are in force here."""
        return detect_action(text, self._keywords, locale)

    def _read(self, reply: Reply) -> Answer:
        if len(reply.text) + sum(map(len, (reply.answers or {}).values())) > LONGEST_REPLY:
            raise Unclear(
                f"the reply is longer than {LONGEST_REPLY:,} characters.", "Say what to change; pass texts as sources."
            )
        answer = Answer("cancel", reply.text, reply.answers or {}, reply.actor, reply.via, reply.word)
        if reply.action is not None:
            return replace(answer, action=reply.action)
        found = self.understand(reply.text, reply.locale)
        if found.action is None:
            raise Unclear(
                f"the reply is not clear: {reply.text!r}.",
                "Say proceed, revise or cancel; words that go with it are taken as feedback.",
            )
        return replace(answer, action=found.action, word=found.word)

    def cancel(self, ref: str, actor: str = "", via: str = "") -> Job:
        return self.refreshed(self._runner.cancel(self.resolve(ref), actor, via).id)

    def resume(self, ref: str, actor: str = "", via: str = "") -> Job:
        return self.refreshed(self._runner.resume(self.resolve(ref), actor, via).id)

    def retry(self, ref: str, actor: str = "", via: str = "") -> Job:
        return self.refreshed(self._runner.retry(self.resolve(ref), actor, via).id)

    def purge(self, older_than: timedelta, *, dry_run: bool = False) -> Sequence[str]:
        """Forget jobs that have been over for that long; their audit stays. Gives their ids."""
        before = self._clock() - older_than
        if dry_run:
            return self._runner.store.finished_before(before, limit=sys.maxsize)
        return list(forget_finished(self._runner.store, self._manager.delete_job, before))

    def tidy(self) -> int:
        """Drop from memory what nobody has looked at for a while; to be called every few minutes by what runs for
        long. Gives how many jobs; the database keeps them all."""
        return self._manager.cleanup_expired()

    def words(self, locale: str = "") -> KeywordConfig:
        """The words that a reply is read by in this locale."""
        return self._keywords.config(locale)

    def stats(self) -> JobStats:
        return self._runner.store.stats()

    def close(self) -> None:
        self._runner.close()


def error_of(failure: Failure) -> SkillFleetError:
    """The error that a job failed with, as it was raised; a plain `SkillFleetError` where nobody foresaw it."""
    kind = vars(errors).get(failure.code)
    if isinstance(kind, type) and issubclass(kind, SkillFleetError):
        return kind(failure.message, failure.hint)
    return SkillFleetError(failure.message, failure.hint)
