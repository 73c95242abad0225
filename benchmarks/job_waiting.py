"""What a worker costs on which jobs wait for people: threads, memory and CPU time of its process."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event
from time import perf_counter

from benchmarks.figures import Figure
from benchmarks.job_measures import YES, is_over, open_runner, start, until
from benchmarks.job_programs import Moments, make_programs

from skill_fleet.durable.runner import DurableRunner
from skill_fleet.jobs.ports import Runner
from skill_fleet.store.database import open_database

#: Before the worker is weighed, and while it is.
REST_SECONDS = 3.0
WEIGHED_SECONDS = 10.0
ANSWERED = 10

Weights = tuple[int, float | None, float]
"""Threads, MiB where the system tells, share of a core."""


def weigh_waiting(url: str, many: int) -> Iterator[tuple[int, list[Figure]]]:
    """Figures of one worker, first with one job that waits and then with so many."""
    with closing(open_runner(url)) as runner, _worker(url) as pipe:
        for count in (1, many):
            begun = perf_counter()
            _bring_to_question(runner, count)
            seconds = perf_counter() - begun
            time.sleep(REST_SECONDS)
            asked = Figure("all of them started and asking", (seconds,))
            yield count, [asked, *_weighed(pipe), _answered(runner)]


def _bring_to_question(runner: Runner, count: int) -> None:
    """Start jobs until so many wait."""
    for _ in range(count - len(runner.store.open_prompts())):
        start(runner, "ask")
    until(lambda: len(runner.store.open_prompts()) >= count, f"{count} questions")


def _weighed(pipe: Connection) -> Iterator[Figure]:
    pipe.send("weigh")
    threads, mebibytes, share = pipe.recv()
    yield Figure("threads", (float(threads),), "")
    if mebibytes is not None:
        yield Figure("memory", (mebibytes,), "MiB")
    yield Figure("CPU while nothing happens", (100 * share,), "%")


def _answered(runner: Runner) -> Figure:
    """From the answer to the end of the job. Another takes its place among those that wait."""
    seconds: list[float] = []
    for _ in range(ANSWERED):
        waiting = runner.store.open_prompts()
        begun = perf_counter()
        job = runner.answer(waiting[0].id, YES).id
        until(partial(is_over, runner, job), job, pause=0.002)
        seconds.append(perf_counter() - begun)
        _bring_to_question(runner, len(waiting))
    return Figure("an answer to the job's end", tuple(seconds))


@contextmanager
def _worker(url: str) -> Iterator[Connection]:
    """A worker in a process of its own, which is weighed at every word that it gets."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=work, args=(url, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        ours.recv()  # it is at work
        yield ours
    finally:
        ours.close()
        process.join(REST_SECONDS * 5)
        process.kill()


def work(url: str, pipe: Connection) -> None:
    """Until the other end of the pipe is closed."""
    programs = make_programs(Moments(), Event())
    with closing(DurableRunner(open_database(url), programs, works="shared")), suppress(EOFError):
        pipe.send("at work")
        while pipe.recv():
            pipe.send(_weights())


def _weights() -> Weights:
    begun = time.process_time()
    time.sleep(WEIGHED_SECONDS)
    share = (time.process_time() - begun) / WEIGHED_SECONDS
    return threading.active_count(), _mebibytes(), share


def _mebibytes() -> float | None:
    """What the process has in memory now; Linux alone tells."""
    told = Path("/proc/self/statm")
    return int(told.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20 if told.exists() else None
