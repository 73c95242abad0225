"""Jobs as a person sees them, from memory while that is fresh and from the database otherwise.

What another process changed is seen here after `fresh` seconds at the latest: no view is served that was read longer
ago. So there is nothing to be notified of, and nothing to miss. What is changed through a manager is seen through it at
once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count, islice
from threading import Lock

from skill_fleet.clock import Clock, now
from skill_fleet.errors import Conflict
from skill_fleet.jobs.job import Job, JobQuery, JobRecord, JobState
from skill_fleet.jobs.ports import Runner
from skill_fleet.jobs.views import views

TTL = timedelta(minutes=60)
FRESH = 1.0
TRIES = 10
"""How often a change is repeated because somebody else was faster."""

BATCH = 200
"""Records looked at in one go when the engine has to be asked which of them to list."""

TOLD_BY_ENGINE: frozenset[JobState] = frozenset({"pending", "running", "failed"})
"""States that the facts alone do not tell: who works, and what was given up."""


class JobMemoryStore:
    """Views of jobs, each kept for a while. Safe to use from several threads."""

    def __init__(self, ttl: timedelta = TTL, clock: Clock = now) -> None:
        self._ttl = ttl
        self._clock = clock
        self._lock = Lock()
        self._kept: dict[str, tuple[Job, datetime]] = {}

    def set(self, job: Job, read_at: datetime | None = None) -> None:
        """Keep the view. `read_at`: the time for which it holds, now unless told."""
        with self._lock:
            self._kept[job.id] = job, read_at or self._clock()

    def get(self, job_id: str, within: timedelta | None = None) -> Job | None:
        """The view, if there is one that was read `within` that time, or within the time that views are kept."""
        with self._lock:
            kept = self._kept.get(job_id)
        return kept[0] if kept and self._is_within(kept[1], self._ttl if within is None else within) else None

    def delete(self, job_id: str) -> None:
        with self._lock:
            self._kept.pop(job_id, None)

    def cleanup_expired(self) -> int:
        """Drop the views that were kept long enough, and say how many."""
        with self._lock:
            gone = [job_id for job_id, (_, read_at) in self._kept.items() if not self._is_within(read_at, self._ttl)]
            for job_id in gone:
                del self._kept[job_id]
        return len(gone)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()

    def _is_within(self, read_at: datetime, time: timedelta) -> bool:
        """A clock that was set back makes no view fresh."""
        return timedelta(0) <= self._clock() - read_at < min(time, self._ttl)


@dataclass(frozen=True, slots=True, eq=False)
class _Flight:
    """A read of the database under way."""

    begun: datetime
    job: Future[Job] = field(default_factory=Future)


class JobManager:
    """The one way to jobs for whatever faces there are. Safe to use from several threads."""

    def __init__(
        self, runner: Runner, memory: JobMemoryStore | None = None, clock: Clock = now, fresh: float = FRESH
    ) -> None:
        """`fresh`: the bound, in seconds, on how old a view from memory may be."""
        self._runner = runner
        self._memory = memory or JobMemoryStore(clock=clock)
        self._clock = clock
        self._fresh = timedelta(seconds=fresh)
        self._lock = Lock()
        self._flights: dict[str, _Flight] = {}

    def create_job(self, record: JobRecord) -> Job:
        """Take a job on, and show it. `Conflict` when its id is taken."""
        return self._renewed(self._runner.start(record).id)

    def get_job(self, job_id: str) -> Job:
        """The job as it was at most `fresh` seconds ago. Raises `NotFound`.

        Callers that ask at the same time share one read of the database, and its error.
        """
        kept = self._memory.get(job_id, self._fresh)
        if kept is not None:
            return kept
        flight, is_mine = self._board(job_id)
        if is_mine:
            self._fly(job_id, flight)
        return flight.job.result()

    def list_jobs(self, query: JobQuery) -> Sequence[Job]:
        """Newest first, always from the database."""
        if not TOLD_BY_ENGINE.intersection(query.states):
            return self._page(query)
        found = (job for job in self._candidates(query) if job.state in query.states)
        offset = max(query.offset, 0)
        return list(islice(found, offset, offset + max(query.limit, 0)))

    def update_job(self, job_id: str, *, title: str | None = None, owner: str | None = None) -> Job:
        """Change what a person may change. What happens to the job at the same time is kept."""
        for tries in count(1):
            record = self._runner.store.get(job_id)
            changed = replace(
                record,
                title=record.title if title is None else title,
                owner=record.owner if owner is None else owner,
                version=record.version + 1,
            )
            try:
                self._runner.store.save(changed, expected_version=record.version)
                break
            except Conflict:
                if tries == TRIES:
                    raise
        return self._renewed(job_id)

    def save_job(self, record: JobRecord) -> Job:
        """Keep the record as it is."""
        self._runner.store.save(record)
        return self._renewed(record.id)

    def delete_job(self, job_id: str) -> None:
        """Forget a job that is over. `Conflict` when it is not."""
        self._runner.delete(job_id)
        self.forget(job_id)

    def cleanup_expired(self) -> int:
        """Drop views that were kept long enough; the database keeps everything. Gives how many."""
        return self._memory.cleanup_expired()

    def forget(self, job_id: str) -> None:
        """The job was changed past this manager: whoever asks from now on gets what the database says from now on."""
        with self._lock:
            self._flights.pop(job_id, None)
            self._memory.delete(job_id)

    def _renewed(self, job_id: str) -> Job:
        self.forget(job_id)
        return self.get_job(job_id)

    def _board(self, job_id: str) -> tuple[_Flight, bool]:
        """The read to wait for, and whether it is the caller's to make. One that began too long ago is no help."""
        at = self._clock()
        with self._lock:
            flight = self._flights.get(job_id)
            if flight is not None and timedelta(0) <= at - flight.begun < self._fresh:
                return flight, False
            self._flights[job_id] = flight = _Flight(at)
            return flight, True

    def _fly(self, job_id: str, flight: _Flight) -> None:
        try:
            job = self._load(job_id)
        except BaseException as error:  # noqa: BLE001  whatever it is, those who wait must hear of it
            self._land(job_id, flight, None)
            flight.job.set_exception(error)
        else:
            self._land(job_id, flight, job)
            flight.job.set_result(job)

    def _land(self, job_id: str, flight: _Flight, job: Job | None) -> None:
        """Keep what was read, unless the job was changed here meanwhile or something newer is kept."""
        with self._lock:
            if self._flights.get(job_id) is not flight:
                return
            del self._flights[job_id]
            kept = self._memory.get(job_id)
            if job is not None and (kept is None or kept.record.version <= job.record.version):
                self._memory.set(job, flight.begun)

    def _load(self, job_id: str) -> Job:
        [job] = self._views([self._runner.store.get(job_id)])
        return job

    def _page(self, query: JobQuery) -> Sequence[Job]:
        return self._views(self._runner.store.list(query))

    def _candidates(self, query: JobQuery) -> Iterator[Job]:
        """Every job that may be in one of the states. What the engine gave up has failed, and the facts say that it
        runs."""
        states: tuple[JobState, ...] = (*query.states, "running")
        for offset in count(step=BATCH):
            page = self._page(replace(query, states=states, limit=BATCH, offset=offset))
            yield from page
            if len(page) < BATCH:
                return

    def _views(self, records: Sequence[JobRecord]) -> Sequence[Job]:
        return views(records, self._runner.store, self._runner.run_states, self._clock())
