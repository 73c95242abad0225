"""Jobs from memory while that is fresh, and from the database otherwise."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Event as Flag
from threading import Lock

import pytest
from tests.runners import DEADLINE, Hands, until

from skill_fleet.clock import now
from skill_fleet.codec import Plain
from skill_fleet.errors import Conflict, NotFound
from skill_fleet.jobs.cache import BATCH, TRIES, JobManager, JobMemoryStore
from skill_fleet.jobs.context import Context
from skill_fleet.jobs.inline import InlineRunner
from skill_fleet.jobs.job import Failure, Job, JobQuery, JobRecord, JobState, RunState
from skill_fleet.jobs.memory import MemoryJobs
from skill_fleet.jobs.ports import Enqueue
from skill_fleet.jobs.prompts import Answer, Prompt, StoredPrompt
from skill_fleet.jobs.views import views

AT = datetime(2026, 3, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


class CountedJobs(MemoryJobs):
    """Counts what is read, and does something of the test's choosing between a read and its use."""

    def __init__(self, enqueue: Enqueue) -> None:
        super().__init__(enqueue)
        self.reads: Counter[str] = Counter()
        self.after_read: list[Callable[[], object]] = []
        self._counting = Lock()

    def get(self, job_id: str) -> JobRecord:
        try:
            return super().get(job_id)
        finally:
            self._count("get")
            if self.after_read:
                self.after_read.pop(0)()

    def open_prompts(self, job_ids: Sequence[str] | None = None) -> Sequence[StoredPrompt]:
        self._count("open_prompts")
        return super().open_prompts(job_ids)

    def _count(self, name: str) -> None:
        with self._counting:
            self.reads[name] += 1


@dataclass
class House:
    """A store, a runner over it, and a clock that stands still. Its only kind of job asks and waits."""

    clock: Hands = field(default_factory=Hands)

    def __post_init__(self) -> None:
        opened: list[CountedJobs] = []

        def open_store(enqueue: Enqueue) -> CountedJobs:
            opened.append(CountedJobs(enqueue))
            return opened[0]

        self.runner = InlineRunner({"ask": ask}, open_store, self.clock)
        [self.store] = opened

    def manager(self, fresh: float = 1.0, memory: JobMemoryStore | None = None) -> JobManager:
        return JobManager(self.runner, memory, self.clock, fresh)

    def waiting(self, job_id: str = "j-1") -> StoredPrompt:
        """A job that waits for a person, and nothing is going on with it; reads are counted from here on."""
        self.runner.start(JobRecord(job_id, "ask", "A job", None, self.clock()))
        name = f"{job_id}.1"
        until(lambda: self.runner.run_states([name])[name] == "ended")
        [prompt] = self.store.prompts(job_id)
        self.store.reads.clear()
        return prompt

    def reads(self) -> int:
        """How often the record was read since the last time."""
        return self.store.reads.pop("get", 0)


async def ask(context: Context, request: Plain) -> Plain:
    del request
    return (await context.ask(Prompt("confirm", "Go on?", ""))).text


@pytest.fixture
def house() -> Iterator[House]:
    one = House()
    yield one
    one.runner.close()


@dataclass
class Hold:
    """Holds up whoever reads the record next, after they have read it."""

    store: CountedJobs
    begun: Flag = field(default_factory=Flag)
    let_go: Flag = field(default_factory=Flag)

    def __post_init__(self) -> None:
        self.store.after_read.append(self._wait)

    def _wait(self) -> None:
        self.begun.set()
        assert self.let_go.wait(DEADLINE)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as one:
        yield one


def held_reader(house: House, manager: JobManager, pool: ThreadPoolExecutor) -> tuple[Hold, Future[Job]]:
    """Somebody who has read the record of `j-1` as it is now, and comes no further until let go."""
    hold = Hold(house.store)
    reading = pool.submit(manager.get_job, "j-1")
    assert hold.begun.wait(DEADLINE)
    return hold, reading


def test_memory_comes_first(house: House) -> None:
    """The database is read once, as long as the view is fresh."""
    prompt = house.waiting()
    manager = house.manager()
    job = manager.get_job("j-1")
    assert ("pending_hitl", prompt, 1) == (job.state, job.prompt, house.reads())
    house.clock.move(0.999 * SECOND)
    assert job is manager.get_job("j-1")
    assert 0 == house.reads()


def test_what_another_changed_is_seen_within_the_bound(house: House) -> None:
    """A view is served for a second after it was read, and no longer."""
    house.waiting()
    here, there = house.manager(), house.manager()
    assert "A job" == here.get_job("j-1").record.title
    assert "Another" == there.update_job("j-1", title="Another").record.title
    assert "A job" == here.get_job("j-1").record.title
    house.clock.move(SECOND)
    assert "Another" == here.get_job("j-1").record.title


def test_the_bound_holds_while_everybody_is_busy(pool: ThreadPoolExecutor) -> None:
    """One instance writes as fast as it can, another is read by many: no read is older than its bound."""
    house = House()
    house.waiting()
    fresh = 0.02
    writing, reading = JobManager(house.runner), JobManager(house.runner, fresh=fresh)
    written = [(now(), 0)]
    writing.update_job("j-1", title="0")
    done = Flag()

    def read() -> int:
        reads = 0
        while not done.is_set():
            since = now() - timedelta(seconds=fresh)
            oldest = next(number for at, number in reversed(list(written)) if at <= since or number == 0)
            assert int(reading.get_job("j-1").record.title) >= oldest
            reads += 1
        return reads

    readers = [pool.submit(read) for _ in range(4)]
    try:
        for number in range(1, 300):
            writing.update_job("j-1", title=str(number))
            written.append((now(), number))
    finally:
        done.set()
    assert all(reader.result(DEADLINE) > 0 for reader in readers)
    house.runner.close()


def test_what_is_changed_here_is_seen_at_once(house: House) -> None:
    """By `update_job`, `save_job` and `delete_job`; the clock does not move."""
    house.waiting()
    manager = house.manager()
    assert "A job" == manager.get_job("j-1").record.title
    changed = manager.update_job("j-1", title="Another", owner="ada")
    assert ("Another", "ada", 2) == (changed.record.title, changed.record.owner, changed.record.version)
    assert changed is manager.get_job("j-1")
    assert changed.record == house.store.get("j-1")
    saved = manager.save_job(replace(changed.record, title="A third", version=3))
    assert "A third" == manager.get_job("j-1").record.title == saved.record.title
    house.runner.cancel("j-1")
    manager.delete_job("j-1")
    with pytest.raises(NotFound, match="j-1"):
        manager.get_job("j-1")


def test_changes_that_fail_change_no_view(house: House) -> None:
    """What the database refused, memory does not show."""
    house.waiting()
    manager = house.manager()
    job = manager.get_job("j-1")
    with pytest.raises(Conflict, match="not over"):
        manager.delete_job("j-1")
    with pytest.raises(Conflict, match="j-1"):
        manager.create_job(job.record)
    with pytest.raises(NotFound, match="j-2"):
        manager.update_job("j-2", title="Another")
    assert job is manager.get_job("j-1")


def test_a_created_job_is_taken_on_and_shown(house: House) -> None:
    """It is in the database, and comes from memory after that."""
    manager = house.manager()
    record = JobRecord("j-1", "ask", "A job", None, house.clock())
    assert record == manager.create_job(record).record == house.store.get("j-1")
    until(lambda: bool(house.store.open_prompts()))
    house.reads()
    manager.get_job("j-1")
    assert 0 == house.reads()


def test_many_at_once_share_one_read(house: House, pool: ThreadPoolExecutor) -> None:
    """Who comes while the database is being read waits for that and gets the same."""
    house.waiting()
    manager = house.manager()
    hold, first = held_reader(house, manager, pool)
    others = [pool.submit(manager.get_job, "j-1") for _ in range(15)]
    until(lambda: all(one.running() for one in others), "the start of all readers")
    hold.let_go.set()
    job = first.result(DEADLINE)
    assert all(job is one.result(DEADLINE) for one in others)
    assert 1 == house.reads()


def test_many_at_once_share_one_error(house: House, pool: ThreadPoolExecutor) -> None:
    """It is not remembered: who asks later has the database asked again."""
    manager = house.manager()
    house.reads()
    hold, first = held_reader(house, manager, pool)
    others = [pool.submit(manager.get_job, "j-1") for _ in range(7)]
    hold.let_go.set()
    for one in (first, *others):
        with pytest.raises(NotFound, match="j-1"):
            one.result(DEADLINE)
    house.waiting()
    assert "j-1" == manager.get_job("j-1").id
    assert 1 == house.reads()


def test_reads_of_different_jobs_do_not_wait_for_each_other(house: House, pool: ThreadPoolExecutor) -> None:
    """A slow answer for one job holds up nobody who asks for another."""
    house.waiting()
    house.waiting("j-2")
    manager = house.manager()
    hold, first = held_reader(house, manager, pool)
    assert "j-2" == manager.get_job("j-2").id
    hold.let_go.set()
    assert "j-1" == first.result(DEADLINE).id


def test_a_slow_read_does_not_overwrite_what_is_newer(house: House, pool: ThreadPoolExecutor) -> None:
    """It began before the change; its reader gets the old view, memory keeps the new one."""
    house.waiting()
    manager = house.manager()
    hold, slow = held_reader(house, manager, pool)
    manager.update_job("j-1", title="Another")
    hold.let_go.set()
    assert "A job" == slow.result(DEADLINE).record.title
    house.reads()
    assert "Another" == manager.get_job("j-1").record.title
    assert 0 == house.reads()


def test_a_read_before_a_change_serves_nobody_after_it(house: House, pool: ThreadPoolExecutor) -> None:
    """Who changed a job past the manager says so, and does not get the read that is still under way."""
    prompt = house.waiting()
    manager = house.manager()
    hold, slow = held_reader(house, manager, pool)
    house.runner.answer(prompt.id, Answer("proceed"))
    manager.forget("j-1")
    assert 2 == manager.get_job("j-1").record.run
    hold.let_go.set()
    assert 1 == slow.result(DEADLINE).record.run
    assert 2 == manager.get_job("j-1").record.run


def test_a_read_before_a_change_is_not_kept_after_it(house: House, pool: ThreadPoolExecutor) -> None:
    """Even when nobody has asked since the change."""
    prompt = house.waiting()
    manager = house.manager()
    hold, slow = held_reader(house, manager, pool)
    house.runner.answer(prompt.id, Answer("proceed"))
    manager.forget("j-1")
    hold.let_go.set()
    assert 1 == slow.result(DEADLINE).record.run
    assert 2 == manager.get_job("j-1").record.run


def test_managers_that_share_a_memory_overwrite_nothing_newer(house: House, pool: ThreadPoolExecutor) -> None:
    """A record's version says which view is the newer one."""
    house.waiting()
    memory = JobMemoryStore(clock=house.clock)
    here, there = house.manager(memory=memory), house.manager(memory=memory)
    hold, slow = held_reader(house, here, pool)
    there.update_job("j-1", title="Another")
    hold.let_go.set()
    assert "A job" == slow.result(DEADLINE).record.title
    assert "Another" == here.get_job("j-1").record.title


def test_the_age_of_a_view_counts_from_the_beginning_of_its_read(house: House, pool: ThreadPoolExecutor) -> None:
    """However long the database took to answer."""
    house.waiting()
    manager = house.manager()
    hold, slow = held_reader(house, manager, pool)
    house.clock.move(0.9 * SECOND)
    hold.let_go.set()
    slow.result(DEADLINE)
    house.clock.move(0.1 * SECOND)
    house.reads()
    manager.get_job("j-1")
    assert 1 == house.reads()


def test_a_read_that_began_too_long_ago_is_not_waited_for(house: House, pool: ThreadPoolExecutor) -> None:
    """What it gives would be older than the bound."""
    house.waiting()
    manager = house.manager()
    hold, slow = held_reader(house, manager, pool)
    house.store.save(replace(house.store.get("j-1"), title="Another", version=2))
    house.clock.move(SECOND)
    assert "Another" == manager.get_job("j-1").record.title
    hold.let_go.set()
    assert "A job" == slow.result(DEADLINE).record.title
    assert "Another" == manager.get_job("j-1").record.title


def test_a_change_keeps_what_happened_meanwhile(house: House) -> None:
    """An answer between reading and writing is not lost, and neither is the change."""
    prompt = house.waiting()
    house.store.after_read.append(lambda: house.runner.answer(prompt.id, Answer("proceed", "yes")))
    house.manager().update_job("j-1", title="Another")
    until(lambda: house.store.get("j-1").is_over)
    record = house.store.get("j-1")
    assert ("Another", 2, "yes") == (record.title, record.run, record.result)


def test_a_change_that_never_comes_through_is_given_up(house: House) -> None:
    """Somebody else is faster each time."""
    house.waiting()

    def change() -> None:
        record = MemoryJobs.get(house.store, "j-1")
        MemoryJobs.save(house.store, replace(record, version=record.version + 1))

    house.store.after_read = [step for _ in range(TRIES) for step in (change, lambda: None)]
    with pytest.raises(Conflict, match="changed meanwhile"):
        house.manager().update_job("j-1", title="Another")
    house.store.after_read.clear()
    assert "A job" == house.store.get("j-1").title


def test_cleaning_up_touches_memory_only(house: House) -> None:
    """Views that were kept for their time go; the database keeps everything."""
    house.waiting()
    house.waiting("j-2")
    memory = JobMemoryStore(60 * MINUTE, house.clock)
    manager = house.manager(memory=memory)
    manager.get_job("j-1")
    house.clock.move(30 * MINUTE)
    manager.get_job("j-2")
    assert 0 == manager.cleanup_expired()
    house.clock.move(30 * MINUTE)
    assert 1 == manager.cleanup_expired()
    assert (None, "j-2") == (memory.get("j-1"), getattr(memory.get("j-2"), "id", None))
    assert 2 == house.store.count(JobQuery())
    assert "j-1" == manager.get_job("j-1").id


def test_a_clock_set_back_makes_nothing_fresh(house: House) -> None:
    """A view from the future is read again."""
    house.waiting()
    manager = house.manager()
    manager.get_job("j-1")
    house.clock.move(-MINUTE)
    house.reads()
    manager.get_job("j-1")
    assert 1 == house.reads()


def test_memory_keeps_views_for_a_while() -> None:
    """Set, get, delete and clear; what is older than its time is not there."""
    clock = Hands()
    memory = JobMemoryStore(MINUTE, clock)
    one, other = (Job(JobRecord(name, "ask", "A job", None, AT), "pending") for name in ("j-1", "j-2"))
    memory.set(one)
    memory.set(other)
    assert [one, other, None] == [memory.get(name) for name in ("j-1", "j-2", "j-3")]
    memory.delete("j-1")
    memory.delete("j-1")
    assert [None, other] == [memory.get(name) for name in ("j-1", "j-2")]
    memory.clear()
    assert memory.get("j-2") is None
    memory.set(one, clock() - MINUTE)
    assert memory.get("j-1") is None
    memory.set(one, clock() - SECOND)
    assert (one, None) == (memory.get("j-1"), memory.get("j-1", within=SECOND))


class StagedRunner(InlineRunner):
    """An engine that says of each run what the test says, and counts how often it is asked."""

    def __init__(self, states: Mapping[str, RunState]) -> None:
        super().__init__({}, CountedJobs)
        self.states = states
        self.asked: list[list[str]] = []

    def run_states(self, run_ids: Sequence[str]) -> Mapping[str, RunState]:
        self.asked.append(list(run_ids))
        return {one: self.states[one] for one in run_ids}


def staged(count: int, states: Mapping[int, RunState]) -> StagedRunner:
    """Jobs 0, 1, … of which each is newer than the one before; those not named in `states` run."""
    runner = StagedRunner({f"j-{number}.1": states.get(number, "running") for number in range(count)})
    for number in range(count):
        runner.store.save(JobRecord(f"j-{number}", "ask", f"Job {number}", None, AT + number * SECOND))
    return runner


def listed(runner: StagedRunner, *states: JobState, limit: int = 1000, offset: int = 0) -> list[str]:
    query = JobQuery(states, limit=limit, offset=offset)
    return [job.id for job in JobManager(runner).list_jobs(query)]


def test_lists_tell_apart_what_only_the_engine_knows() -> None:
    """Waiting for a worker, being worked on, given up by the engine: the facts are the same."""
    runner = staged(6, {1: "queued", 3: "queued", 4: "broken"})
    runner.store.finish("j-0", 1, None, Failure("internal", "broken"), AT)
    assert ["j-3", "j-1"] == listed(runner, "pending")
    assert ["j-5", "j-2"] == listed(runner, "running")
    assert ["j-4", "j-0"] == listed(runner, "failed")
    assert ["j-5", "j-3", "j-2", "j-1"] == listed(runner, "running", "pending")
    assert [] == listed(runner, "completed", "pending_hitl")
    assert ["j-5", "j-4", "j-3", "j-2", "j-1", "j-0"] == listed(runner)
    runner.close()


def test_pages_of_a_list_that_only_the_engine_can_make() -> None:
    """Limit and offset count the jobs that are in the state, however many others lie between them."""
    total = 2 * BATCH + 50
    runner = staged(total, dict.fromkeys(range(0, total, 150), "queued"))
    assert ["j-300", "j-150", "j-0"] == listed(runner, "pending")
    assert ["j-300"] == listed(runner, "pending", limit=1)
    assert ["j-150", "j-0"] == listed(runner, "pending", limit=5, offset=1)
    assert [] == listed(runner, "pending", offset=3)
    runner.close()


def test_a_page_takes_one_query_for_prompts_and_one_for_runs() -> None:
    """However many jobs it shows; what is over or waits is not asked of the engine."""
    runner = staged(5, {2: "queued"})
    assert isinstance(runner.store, CountedJobs)
    runner.store.ask("j-3", 1, 1, Prompt("validate", "Take it?", ""), AT)
    runner.store.cancel("j-4", "ada", "test", AT)
    assert ["cancelled", "pending_review", "pending", "running", "running"] == [
        job.state for job in JobManager(runner).list_jobs(JobQuery())
    ]
    assert 1 == runner.store.reads["open_prompts"]
    assert [["j-2.1", "j-1.1", "j-0.1"]] == runner.asked
    runner.close()


def test_jobs_that_are_over_take_no_query(house: House) -> None:
    """Their record says everything."""
    house.waiting()
    record = house.runner.cancel("j-1")
    house.store.reads.clear()
    assert [Job(record, "cancelled")] == views([record], house.store, house.runner.run_states, AT)
    assert {} == house.store.reads


def test_views_from_an_event_loop(house: House) -> None:
    """Requests of a server ask in threads; many of them at once make one read."""
    house.waiting()
    manager = house.manager()

    async def ask_all() -> list[Job]:
        return await asyncio.gather(*(asyncio.to_thread(manager.get_job, "j-1") for _ in range(20)))

    assert 1 == len({id(job) for job in asyncio.run(ask_all())})
    assert 1 == house.reads()
