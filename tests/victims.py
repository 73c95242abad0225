"""Worker processes that are killed for real, and what they did until then.

They are forked from a process that has everything imported already, so that one starts in a fraction of a second.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Literal, ParamSpec, TypeVar

from skill_fleet.codec import Plain
from skill_fleet.durable.runner import DurableRunner
from skill_fleet.durable.worker import Limits
from skill_fleet.jobs.context import Context, Event, Program
from skill_fleet.jobs.prompts import Answer, Prompt
from skill_fleet.store.database import open_database

P = ParamSpec("P")
T = TypeVar("T")

Where = Literal["inside", "after"]
"""inside: when the step has done its work and before that is remembered · after: when it is remembered."""


@dataclass(frozen=True)
class Kill:
    """The moment at which a worker kills itself: the n-th step that this process does, from 1."""

    number: int
    where: Where


@dataclass(frozen=True)
class Orders:
    """What a worker process is to do. `programs` makes the programs in the process itself; `diary` is a file to which
    it adds a line for each step it begins and ends."""

    url: str
    diary: Path
    programs: Callable[[str, Path], Mapping[str, Program]]
    home: Path
    kill: Kill | None = None
    limits: Limits = field(default_factory=Limits)
    prompt_days: float = 0.0


CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.victims", "tests.programs", "tests.modelled"])


class Watched:
    """A `Context` that writes down which steps are really done, and kills its process when it is time."""

    def __init__(self, inner: Context, orders: Orders, done: list[str]) -> None:
        self._inner = inner
        self._orders = orders
        self._done = done

    @property
    def job_id(self) -> str:
        return self._inner.job_id

    async def step(
        self, name: str, function: Callable[P, T] | Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        mine: list[int] = []

        @functools.wraps(function)
        def watched(*args: P.args, **kwargs: P.kwargs) -> T | Awaitable[T]:
            self._done.append(name)
            mine.append(len(self._done))
            self._note("begin", name)
            result = function(*args, **kwargs)
            if not isinstance(result, Awaitable):
                self._end(name, mine[0])
                return result

            async def awaited() -> T:
                value = await result
                self._end(name, mine[0])
                return value

            return awaited()

        value: T = await self._inner.step(name, watched, *args, **kwargs)  # type: ignore[arg-type]  # either kind
        if mine:
            self._note("kept", name)
            self._maybe_die(Kill(mine[0], "after"))
        return value

    async def ask(self, prompt: Prompt) -> Answer:
        return await self._inner.ask(prompt)

    async def skip(self, prompt: Prompt, reason: str) -> Answer:
        return await self._inner.skip(prompt, reason)

    async def tell(self, event: Event) -> None:
        await self._inner.tell(event)

    def tell_within(self, event: Event) -> None:
        self._inner.tell_within(event)

    def _end(self, name: str, number: int) -> None:
        self._note("end", name)
        self._maybe_die(Kill(number, "inside"))

    def _maybe_die(self, moment: Kill) -> None:
        if moment == self._orders.kill:
            os.kill(os.getpid(), signal.SIGKILL)

    def _note(self, what: str, name: str) -> None:
        line = f"{time.time():.4f}\t{self.job_id}\t{os.getpid()}\t{what}\t{name}\n".encode()
        descriptor = os.open(self._orders.diary, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(descriptor, line)  # one write: lines of several processes do not mix
        os.close(descriptor)


def work(orders: Orders) -> None:
    """A worker, until it is killed."""
    done: list[str] = []

    def watched(program: Program) -> Program:
        async def run(context: Context, request: Plain) -> Plain:
            return await program(Watched(context, orders, done), request)

        return run

    programs = {kind: watched(program) for kind, program in orders.programs(orders.url, orders.home).items()}
    database = open_database(orders.url)
    runner = DurableRunner(database, programs, works="shared", limits=orders.limits, prompt_days=orders.prompt_days)
    with closing(runner):
        signal.pause()


def start(orders: Orders) -> ForkServerProcess:
    process = CONTEXT.Process(target=work, args=(orders,), daemon=True)
    process.start()
    return process


@contextmanager
def working(orders: Orders) -> Iterator[ForkServerProcess]:
    """A worker for the time of a `with`; killed at its end."""
    process = start(orders)
    try:
        yield process
    finally:
        process.kill()
        process.join()


@dataclass(frozen=True)
class Entry:
    at: float
    job: str
    pid: int
    what: str
    step: str


def read_diary(file: Path) -> list[Entry]:
    if not file.exists():
        return []
    rows = [line.split("\t") for line in file.read_text("utf-8").splitlines()]
    return [Entry(float(at), job, int(pid), what, step) for at, job, pid, what, step in rows]


def steps_ended(diary: list[Entry], job: str) -> Counter[str]:
    return Counter(entry.step for entry in diary if entry.job == job and entry.what == "end")


def done_again(diary: list[Entry], job: str) -> list[str]:
    """Steps that were begun after they had been remembered: there must be none."""
    kept: set[str] = set()
    again: list[str] = []
    for entry in diary:
        if entry.job == job and entry.what == "begin" and entry.step in kept:
            again.append(entry.step)
        if entry.job == job and entry.what == "kept":
            kept.add(entry.step)
    return again


def repeated(diary: list[Entry], job: str) -> int:
    """How many steps were begun more than once: those in progress when a worker died."""
    return sum(count - 1 for count in Counter(e.step for e in diary if e.job == job and e.what == "begin").values())


def until(condition: Callable[[], T | None], seconds: float = 60.0, pause: float = 0.02) -> T:
    """What `condition` gives as soon as it gives something; fails when that takes too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(pause)
    raise AssertionError(f"did not come true within {seconds} s")
