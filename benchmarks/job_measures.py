"""The rows of the table: what is done to a database full of jobs, and how long it takes."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from functools import partial
from threading import Event
from time import perf_counter
from typing import cast

from benchmarks.figures import Figure, Unit, timed
from benchmarks.job_programs import BEAT, PATIENCE, REQUEST, Moments, make_programs
from benchmarks.stored_jobs import Stored

from skill_fleet.clock import now
from skill_fleet.durable.engine import OWN_POLL, SHARED_POLL
from skill_fleet.durable.runner import DurableRunner
from skill_fleet.durable.worker import Limits
from skill_fleet.fleet.desk import Desk
from skill_fleet.jobs.cache import JobManager, JobMemoryStore
from skill_fleet.jobs.calls import MemoryCalls
from skill_fleet.jobs.inline import InlineRunner, new_job_id
from skill_fleet.jobs.job import JobQuery, JobRecord
from skill_fleet.jobs.ports import Runner, Works
from skill_fleet.jobs.prompts import Answer
from skill_fleet.review.keywords import load_keywords
from skill_fleet.store.database import open_database
from skill_fleet.store.revision import prepare

FROM_MEMORY = 1000
LOOKS = 200
LISTS = 30
STARTS = 100
#: Jobs that are followed from their start, or from an answer, to what a worker makes of it.
FOLLOWED = 20
#: Jobs that a worker has at a time.
RUNNING = 20

PAGE = JobQuery(limit=50)
YES = Answer("proceed", "yes", actor="somebody", via="cli")


def measure(url: str, stored: Stored) -> Iterator[Figure]:
    """Every row, for one database that was filled."""
    yield from _looking(url, stored)
    yield from _starting(url)
    yield from _at_work(url, "shared", SHARED_POLL, _watched)
    yield from _at_work(url, "own", OWN_POLL, _from_inside)
    yield _figure("a step that does nothing, in memory", _inline_steps())
    yield Figure("the database filled", (stored.seconds,))
    yield Figure("the database's size", (stored.mebibytes,), "MiB")


def _looking(url: str, stored: Stored) -> Iterator[Figure]:
    """What is read, while nobody works on anything."""
    with closing(open_runner(url)) as runner:
        memory = JobMemoryStore()
        manager = JobManager(runner, memory)
        desk = Desk(runner, manager, load_keywords(), now, MemoryCalls())
        jobs = runner.store
        one_of_many = JobQuery(text=stored.done[-1])
        manager.get_job(stored.done[0])
        yield _figure("get_job, from memory", timed(manager.get_job, [stored.done[0]] * FROM_MEMORY))
        yield _figure("get_job, a job that is over", timed(manager.get_job, _some(stored.done), memory.clear))
        yield _figure("get_job, a waiting job", timed(manager.get_job, _some(stored.waiting), memory.clear))
        yield _figure("the job with an id, on a face", timed(desk.get, _some(stored.done, LISTS), memory.clear))
        yield _figure("the 50 newest jobs", timed(manager.list_jobs, [PAGE] * LISTS))
        waiting = JobQuery(states=("pending_hitl",))
        yield _figure("50 jobs that wait", timed(manager.list_jobs, [waiting] * LISTS))
        yield _figure("jobs that failed: none", timed(manager.list_jobs, [JobQuery(states=("failed",))] * LISTS))
        yield _figure("jobs counted", timed(jobs.count, [JobQuery()] * LISTS))
        yield _figure("jobs that wait counted", timed(jobs.count, [waiting] * LISTS))
        yield _figure("a text looked for that one job has", timed(jobs.list, [one_of_many] * LISTS))
        yield _figure("all open prompts", timed(jobs.open_prompts, [None] * LISTS))
        yield _figure("statistics", timed(lambda _: jobs.stats(), range(LISTS)))
    yield _figure("a database opened and closed", timed(lambda _: open_runner(url).close(), range(LISTS)))


def _starting(url: str) -> Iterator[Figure]:
    with closing(open_runner(url)) as runner:
        yield _figure("a job started", timed(lambda _: start(runner, "first"), range(STARTS)))


def _at_work(
    url: str, works: Works, poll: float, more: Callable[[str, DurableRunner, Moments, Event], Iterator[Figure]]
) -> Iterator[Figure]:
    """With a worker in this process. `poll`: the seconds between two looks into its queue."""
    moments, gate = Moments(), Event()
    limits = Limits(worker_jobs=RUNNING)
    with closing(DurableRunner(open_database(url), make_programs(moments, gate), works=works, limits=limits)) as runner:
        if works == "shared":
            until(lambda: not runner.store.count(JobQuery(states=("running",))), "the jobs that were started")
        pauses = _pauses(poll)
        yield _figure(f"start to first step, {works} queue", _to_first_step(runner, moments, pauses))
        answering, begun = _to_next_run(runner, moments, pauses)
        if works == "shared":
            yield _figure("an answer given", answering)
        yield _figure(f"answer to next run, {works} queue", begun)
        yield from more(url, runner, moments, gate)


def _to_first_step(runner: Runner, moments: Moments, pauses: Sequence[float]) -> list[float]:
    seconds: list[float] = []
    for pause in pauses:
        time.sleep(pause)
        begun = perf_counter()
        seconds.append(moments.wait(start(runner, "first")) - begun)
    return seconds


def _to_next_run(runner: Runner, moments: Moments, pauses: Sequence[float]) -> tuple[list[float], list[float]]:
    """How long the call takes, and how long it takes until the job goes on."""
    jobs = [start(runner, "ask") for _ in pauses]
    until(lambda: len(runner.store.open_prompts(jobs)) == len(jobs), "the questions")
    calls: list[float] = []
    seconds: list[float] = []
    for job, pause in zip(jobs, pauses, strict=True):
        time.sleep(pause)
        begun = perf_counter()
        runner.answer(f"{job}.1", YES)
        calls.append(perf_counter() - begun)
        seconds.append(moments.wait(job, 2) - begun)
    return calls, seconds


def _watched(url: str, runner: DurableRunner, moments: Moments, gate: Event) -> Iterator[Figure]:
    memory = JobMemoryStore()
    manager = JobManager(runner, memory)
    jobs = [start(runner, "hold") for _ in range(RUNNING)]
    for job in jobs:
        moments.wait(job)
    running = JobQuery(states=("running",))
    yield _figure("get_job, a running job", timed(manager.get_job, [jobs[0]] * LISTS, memory.clear))
    yield _figure(f"the {RUNNING} jobs that run", timed(manager.list_jobs, [running] * LISTS))
    gate.set()
    until(lambda: not runner.store.count(running), "the jobs that were held")
    yield _figure("a look for what dead workers left", timed(lambda _: runner.adopt(), range(LISTS)))
    job = start(runner, "beat")
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as other:
        yield _figure("told to seen in another process", other.submit(watch_beats, url, job).result(PATIENCE))
    until(partial(is_over, runner, job), job)


def _from_inside(_: str, runner: DurableRunner, __: Moments, ___: Event) -> Iterator[Figure]:
    yield _figure("a step that does nothing", finish(runner, start(runner, "steps")))
    yield _figure("events told", finish(runner, start(runner, "tell")), "/s")


def watch_beats(url: str, job: str) -> list[float]:
    """Seconds from an event's telling to its coming here, for each beat. The job begins with a question, which is
    answered here, when somebody watches."""

    async def watch() -> list[float]:
        seconds: list[float] = []
        async for event in runner.watch(job):
            if event.name == BEAT:
                seconds.append(time.time() - float(event.text))
            elif event.kind == "review.requested":
                await asyncio.to_thread(runner.answer, event.text, YES)
        return seconds

    with closing(open_runner(url)) as runner:
        return asyncio.run(asyncio.wait_for(watch(), PATIENCE))


def _inline_steps() -> list[float]:
    with closing(InlineRunner(make_programs(Moments(), Event()))) as runner:
        return finish(runner, start(runner, "steps"))


def open_runner(url: str) -> DurableRunner:
    """As a command opens it that works on nothing itself."""
    database = open_database(url)
    prepare(database)
    return DurableRunner(database, {})


def start(runner: Runner, kind: str) -> str:
    return runner.start(JobRecord(new_job_id(), kind, "A job to measure with", REQUEST, now())).id


def finish(runner: Runner, job: str) -> list[float]:
    """What a program measured itself, once it is through."""
    until(partial(is_over, runner, job), job)
    return cast("list[float]", runner.store.get(job).result)


def is_over(runner: Runner, job: str) -> bool:
    return runner.store.get(job).is_over


def until(condition: Callable[[], bool], what: str, pause: float = 0.02) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not through within {PATIENCE:.0f} s")
        time.sleep(pause)


def _pauses(poll: float) -> list[float]:
    """Of every length up to that, in no order: what follows the pause meets every moment between two looks."""
    return [poll * (number * 7 % FOLLOWED) / FOLLOWED for number in range(FOLLOWED)]


def _some(ids: Sequence[str], count: int = LOOKS) -> list[str]:
    """So many of them, again from the first when there are fewer."""
    return [ids[number % len(ids)] for number in range(count)]


def _figure(name: str, values: Sequence[float], unit: Unit = "s") -> Figure:
    return Figure(name, tuple(values), unit)
