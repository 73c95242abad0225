"""A process that works on runs: it holds its lease, takes from its queue, and looks after what dead workers left."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from skill_fleet.clock import Clock
from skill_fleet.durable.engine import (
    DBOS,
    MAX_DEATHS,
    OWN_POLL,
    SHARED_POLL,
    SHARED_QUEUE,
    WORKFLOW,
    DBOSClient,
    Run,
    config,
    only_listener,
    own_queue,
    stop_waiting,
)
from skill_fleet.durable.lease import Lease
from skill_fleet.durable.run import Bench, run_job
from skill_fleet.errors import DatabaseAway
from skill_fleet.jobs.context import Program
from skill_fleet.jobs.ports import Attachments, JobStore
from skill_fleet.store.database import Database

logger = logging.getLogger(__name__)

#: Seconds between two looks at the lease and at what others left.
ROUND = 2.0
#: Seconds between two times at which jobs are forgotten that have long been over.
CHORES = 3600.0
#: Seconds a worker that ends gives to runs that have ended and not told so yet.
LAST_WORDS = 2.0
#: How a process ends that finds its lease in other hands: it may have been frozen, and others do its work by now.
LEASE_LOST = 70

Serves = Literal["own", "shared"]
"""own: runs that this process started or took over itself · shared: whatever waits, and what dead workers left."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`worker_jobs`: runs a worker has at a time. `fleet_jobs`: runs all workers together have from the shared queue,
    0 for no limit. `worker_steps`: steps of authors a worker does at a time. `keep_days`: how long a job is kept that
    is over, 0 for ever."""

    worker_jobs: int = 4
    fleet_jobs: int = 0
    worker_steps: int = 4
    keep_days: float = 0.0


@dataclass(frozen=True, slots=True)
class Workplace:
    """What a worker works with."""

    database: Database
    client: DBOSClient
    store: JobStore
    attachments: Attachments
    programs: Mapping[str, Program]
    clock: Clock
    chores: Callable[[], object]


class Worker:
    """The engine at work in this process; there is one at a time."""

    def __init__(self, executor: str, lease: Lease, place: Workplace, serves: Serves, limits: Limits) -> None:
        """`place.chores` is called now and then by a worker that serves everybody."""
        self.executor = executor
        self._lease = lease
        self._place = place
        self._serves = serves
        self._limits = limits
        self._stop = threading.Event()
        self._active: set[str] = set()
        self._ending: set[str] = set()
        self._left: set[str] = set()
        self._is_troubled = False
        self._keeper = threading.Thread(target=self._keep_house, name="skill-fleet keeper", daemon=True)

    @property
    def queue(self) -> str:
        """Where this worker's process puts what it starts."""
        return SHARED_QUEUE if self._serves == "shared" else own_queue(self.executor)

    def begin(self) -> None:
        if not self._lease.hold(self.executor):
            raise DatabaseAway(f"the lease {self.executor} is taken.", "Try again.")
        self._register_queue()
        DBOS(config=config(self._place.database, self.executor, is_quiet=self._serves == "own"))
        _register_workflow(self._bench())
        DBOS.listen_queues([self.queue])
        DBOS.launch()
        self._keeper.start()

    def end(self) -> None:
        """Runs in progress are left as they stand; the next worker goes on with them."""
        self._stop.set()
        self._wait_for_endings()
        stop_waiting()
        DBOS.destroy(destroy_registry=True)
        if self._serves == "own":
            with suppress(Exception):  # a queue without listeners harms nobody; the database may just be away
                self._place.client.delete_queue(self.queue)
        self._lease.release()

    def _wait_for_endings(self) -> None:
        """Let runs that are over tell so."""
        deadline = time.monotonic() + LAST_WORDS
        while self._ending and time.monotonic() < deadline:
            time.sleep(0.01)

    def adopt(self) -> int:
        """Take over the runs of workers that died; the number of runs that wait for a worker again."""
        return sum(self._adopt_from(executor, runs) for executor, runs in self._by_owner().items())

    def _bench(self) -> Bench:
        place = self._place
        slots = threading.BoundedSemaphore(self._limits.worker_steps)
        return Bench(
            place.programs,
            place.store,
            place.attachments,
            place.client,
            slots,
            place.clock,
            self._active,
            self._ending,
        )

    def _register_queue(self) -> None:
        if self._serves == "own":
            self._place.client.register_queue(self.queue, polling_interval_sec=OWN_POLL)
            return
        self._place.client.register_queue(
            SHARED_QUEUE,
            worker_concurrency=self._limits.worker_jobs,
            global_concurrency=self._limits.fleet_jobs or None,
            polling_interval_sec=SHARED_POLL,
        )

    def _by_owner(self) -> dict[str, list[Run]]:
        """Runs by the executor that has them, or that alone listens for them."""
        owned: dict[str, list[Run]] = {}
        for run in self._place.client.list_workflows(
            status=["PENDING", "ENQUEUED"], load_input=False, load_output=False
        ):
            owner = run.executor_id if run.status == "PENDING" else only_listener(run.queue_name)
            if owner and owner != self.executor:
                owned.setdefault(owner, []).append(run)
        return owned

    def _adopt_from(self, executor: str, runs: list[Run]) -> int:
        with self._lease.take_if_dead(executor) as dead:
            if not dead:
                return 0
            DBOS._recover_pending_workflows([executor])  # noqa: SLF001  what the engine's own control plane calls
            for run in self._left_in(own_queue(executor)):
                self._place.client.resume_workflow(run.workflow_id, queue_name=SHARED_QUEUE)
            self._place.client.delete_queue(own_queue(executor))
        logger.info("took over %d runs of %s", len(runs), executor)
        return len(runs)

    def _left_in(self, queue: str) -> list[Run]:
        """Runs that wait where nobody listens any more; looked up while their owner's lease is in our hands."""
        return self._place.client.list_workflows(
            status="ENQUEUED", queue_name=queue, load_input=False, load_output=False
        )

    def _keep_house(self) -> None:
        chores_due = time.monotonic()
        while not self._stop.is_set():
            if not self._lease.is_held():
                _leave(self.executor)
            self._try(self._take_up_again)
            if self._serves == "shared":
                self._try(self.adopt)
                if time.monotonic() >= chores_due:
                    chores_due += CHORES
                    self._try(self._place.chores)
                    self._try(self._drop_dead_queues)
            self._stop.wait(ROUND)

    def _try(self, work: Callable[[], object]) -> None:
        """Do it, or let the next round do it: the database may be away for a while. That is said once a while."""
        try:
            work()
        except Exception as error:  # noqa: BLE001  whatever it is, the keeper must go on holding the lease
            if not self._is_troubled:
                logger.warning("this worker tries again until it works: %s", str(error).partition("\n")[0])
            self._is_troubled = True
        else:
            self._is_troubled = False

    def _take_up_again(self) -> None:
        """Runs that were abandoned here, for want of room on the disk or of a database: seen in two rounds as ours
        while nothing of them is at work, they are queued once more."""
        mine = self._place.client.list_workflows(
            status="PENDING", executor_id=self.executor, load_input=False, load_output=False
        )
        idle = {run.workflow_id for run in mine} - self._active
        for name in sorted(idle & self._left):
            self._place.client.resume_workflow(name, queue_name=self.queue)
        self._left = idle - self._left

    def _drop_dead_queues(self) -> None:
        """The queues of processes that are gone; their runs were taken over before."""
        for queue in self._place.client.list_queues():
            owner = only_listener(queue.name)
            if owner and not self._place.client.list_queued_workflows(queue_name=queue.name, limit=1):
                with self._lease.take_if_dead(owner) as dead:
                    if dead:
                        self._place.client.delete_queue(queue.name)


def _leave(executor: str) -> None:
    sys.stderr.write(f"error: the lease {executor} is in other hands; this process stops.\n")
    sys.stderr.flush()
    os._exit(LEASE_LOST)


def _register_workflow(bench: Bench) -> None:
    async def run(job_id: str, number: int) -> None:
        await run_job(bench, job_id, number)

    DBOS.workflow(name=WORKFLOW, max_recovery_attempts=MAX_DEATHS)(run)
