"""A `Runner` whose jobs survive this process."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import timedelta

from skill_fleet.clock import Clock, now
from skill_fleet.durable.engine import (
    APPLICATION,
    MAX_DEATHS,
    SHARED_QUEUE,
    WORKFLOW,
    Run,
    lay_tables,
    only_listener,
    open_client,
    own_queue,
)
from skill_fleet.durable.lease import Lease, new_executor, open_lease
from skill_fleet.durable.patience import PatientAttachments, PatientJobs
from skill_fleet.durable.watch import watch_job
from skill_fleet.durable.worker import Limits, Serves, Worker, Workplace
from skill_fleet.errors import Conflict
from skill_fleet.jobs.context import Event, Program
from skill_fleet.jobs.job import Failure, JobRecord, RunState, run_id
from skill_fleet.jobs.ports import JobStore, Works
from skill_fleet.jobs.prompts import Answer, AuditEntry
from skill_fleet.jobs.retention import forget_finished
from skill_fleet.store.attachments import SqlAttachments
from skill_fleet.store.database import Database
from skill_fleet.store.jobs import SqlJobs

logger = logging.getLogger(__name__)

_STATES: Mapping[str, RunState] = {
    "ENQUEUED": "queued",
    "DELAYED": "queued",
    "PENDING": "running",
    "SUCCESS": "ended",
    "CANCELLED": "ended",
}

GAVE_UP = Failure(
    "GaveUp",
    f"its worker died or was stopped {MAX_DEATHS} times over it.",
    "See the workers' logs, then `skill-fleet jobs retry`.",
)

ENGINE_FAILED = Failure(
    "EngineFailed", "the engine ended its run with an error.", "See the worker's log, then `skill-fleet jobs retry`."
)


class DurableRunner:
    """Jobs in a database. What it takes on is done by whichever worker comes to it, this process among them if it
    works."""

    def __init__(
        self,
        database: Database,
        programs: Mapping[str, Program],
        *,
        works: Works = "not",
        limits: Limits | None = None,
        prompt_days: float = 0.0,
        clock: Clock = now,
        forgotten: Callable[[str], None] | None = None,
    ) -> None:
        """`forgotten` is told the id of each job that this process forgets, for what is kept elsewhere."""
        self._forgotten = forgotten
        self._database = database
        self._store = SqlJobs(database, self._enqueue, prompt_days)
        self._prompt_days = prompt_days
        self._limits = limits or Limits()
        self._attachments = SqlAttachments(database)
        lay_tables(database)
        self._client = open_client(database)
        self._lease: Lease = open_lease(database)
        self._clock = clock
        self._worker: Worker | None = None
        if works != "not":
            self._begin(programs, works)

    def _begin(self, programs: Mapping[str, Program], serves: Serves) -> None:
        store = PatientJobs(self._database, self._enqueue, self._prompt_days)
        attachments = PatientAttachments(self._database)
        place = Workplace(
            self._database, self._client, store, attachments, programs, self._clock, self._forget_finished
        )
        worker = Worker(new_executor(serves), self._lease, place, serves, self._limits)
        worker.begin()
        self._worker = worker

    @property
    def store(self) -> JobStore:
        return self._store

    @property
    def _queue(self) -> str:
        return self._worker.queue if self._worker else SHARED_QUEUE

    def run_states(self, run_ids: Sequence[str]) -> Mapping[str, RunState]:
        """A run whose worker died waits for the next one: it counts as queued."""
        runs = self._find_runs(run_ids)
        owners = {run.executor_id or "" for run in runs if run.status == "PENDING"}
        alive = {owner for owner in owners if self._lease.is_alive(owner)}
        found = {run.workflow_id: _state(run, alive) for run in runs}
        return {run: found.get(run, "unknown") for run in run_ids}

    def start(self, record: JobRecord) -> JobRecord:
        self._store.add(record)
        return record

    def answer(self, prompt_id: str, answer: Answer) -> JobRecord:
        return self._store.answer(prompt_id, answer, self._clock())

    def cancel(self, job_id: str, actor: str = "", via: str = "") -> JobRecord:
        """A step in progress ends its work first; its result is thrown away."""
        record = self._store.cancel(job_id, actor, via, self._clock())
        if self._find_runs([record.run_id]):
            self._client.cancel_workflow(record.run_id)
        return record

    def resume(self, job_id: str, actor: str = "", via: str = "") -> JobRecord:
        record = self._settled(job_id)
        if record.is_over:
            raise Conflict(f"job {job_id} is over.", "`skill-fleet jobs retry` opens a failed or cancelled job again.")
        at = self._clock()
        waiting = self._store.open_prompts([job_id])
        if waiting:
            if waiting[0].has_expired(at):
                with suppress(Conflict):  # somebody else had it asked again a moment ago
                    self._store.ask_again(job_id, at)
            return self._store.get(job_id)
        if self._take_over(record):
            self._store.note(AuditEntry(at, job_id, "", "resumed", actor, via))
        return record

    def retry(self, job_id: str, actor: str = "", via: str = "") -> JobRecord:
        self._settled(job_id)
        return self._store.retry(job_id, actor, via, self._clock())

    def delete(self, job_id: str) -> None:
        record = self._settled(job_id)
        if not record.is_over:
            raise Conflict(f"job {job_id} is not over.", "Cancel it first: `skill-fleet jobs cancel`.")
        self._attachments.release(job_id)
        self._client.delete_workflows([run_id(job_id, number) for number in range(1, record.run + 1)])
        self._store.delete(job_id)
        if self._forgotten is not None:
            self._forgotten(job_id)

    def watch(self, job_id: str, after: str = "") -> AsyncIterator[Event]:
        return watch_job(self._settled, self._client, self._database.place, job_id, after)

    def adopt(self) -> int:
        """Take over what dead workers left; nothing when this process does not work."""
        return self._worker.adopt() if self._worker else 0

    def close(self) -> None:
        if self._worker is not None:
            self._worker.end()
            self._worker = None
        self._client.destroy()
        self._database.close()

    def _enqueue(self, transaction: object, job_id: str, number: int) -> None:
        self._client.enqueue_in_transaction(
            transaction,  # type: ignore[arg-type]  # the store hands out its own connection, as `Enqueue` cannot say
            {
                "workflow_name": WORKFLOW,
                "queue_name": self._queue,
                "workflow_id": run_id(job_id, number),
                "workflow_id_reuse_policy": "reject",
                "application_name": APPLICATION,
            },
            job_id,
            number,
        )

    def _forget_finished(self) -> None:
        if self._limits.keep_days:
            before = self._clock() - timedelta(days=self._limits.keep_days)
            for job_id in forget_finished(self._store, self.delete, before):
                logger.info("forgot %s", job_id)

    def _settled(self, job_id: str) -> JobRecord:
        """The job; one whose run the engine gave up is over from now on."""
        record = self._store.get(job_id)
        if record.is_over or self.run_states([record.run_id])[record.run_id] != "broken":
            return record
        [run] = self._find_runs([record.run_id])
        why = GAVE_UP if run.status == "MAX_RECOVERY_ATTEMPTS_EXCEEDED" else ENGINE_FAILED
        self._store.finish(job_id, record.run, None, why, self._clock())
        return self._store.get(job_id)

    def _find_runs(self, run_ids: Sequence[str]) -> list[Run]:
        return self._client.list_workflows(workflow_ids=list(run_ids), load_input=False, load_output=False)

    def _take_over(self, record: JobRecord) -> bool:
        """Move the job's run to our queue, unless a living worker has it."""
        runs = self._find_runs([record.run_id])
        if not runs:
            with self._database.transaction() as connection:
                self._enqueue(connection, record.id, record.run)
            return True
        [run] = runs
        owner = _owner(run)
        mine = self._worker is not None and owner == self._worker.executor
        if mine or run.status not in ("PENDING", "ENQUEUED", "CANCELLED"):
            return False
        if not owner:
            return self._move(run)
        with self._lease.take_if_dead(owner) as dead:
            # Somebody may have taken it over since we looked; nobody can while the lease is in our hands.
            [still] = self._find_runs([record.run_id])
            moved = dead and _owner(still) == owner and self._move(still)
        if moved and only_listener(run.queue_name) == owner:
            self._client.delete_queue(own_queue(owner))
        return moved

    def _move(self, run: Run) -> bool:
        self._client.resume_workflow(run.workflow_id, queue_name=self._queue)
        return True


def _state(run: Run, alive: AbstractSet[str]) -> RunState:
    if run.status == "PENDING" and (run.executor_id or "") not in alive:
        return "queued"
    return _STATES.get(run.status, "broken")


def _owner(run: Run) -> str:
    """The executor that has the run, or that alone listens for it; empty when anybody may take it."""
    return (run.executor_id or "") if run.status == "PENDING" else only_listener(run.queue_name)
