"""Every `Runner` there is, opened in the same way, for the suite that holds them to one contract."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

from tests.databases import KINDS, empty_database

from skill_fleet.clock import Clock, now
from skill_fleet.durable.runner import DurableRunner
from skill_fleet.jobs.context import Event, Program
from skill_fleet.jobs.inline import InlineRunner
from skill_fleet.jobs.memory import MemoryJobs
from skill_fleet.jobs.ports import Runner
from skill_fleet.store.database import open_database
from skill_fleet.store.revision import prepare

#: Seconds after which something that should have happened will not; generous, for a machine that does other things too.
DEADLINE = 30.0


class OpenRunner(Protocol):
    """Opens a runner that works on jobs itself; its database, if it has one, lies in `folder`."""

    def __call__(
        self, programs: Mapping[str, Program], folder: Path, clock: Clock = now, prompt_days: float = 0.0
    ) -> AbstractContextManager[Runner]: ...


@contextmanager
def open_inline(
    programs: Mapping[str, Program], folder: Path, clock: Clock = now, prompt_days: float = 0.0
) -> Iterator[Runner]:
    assert folder.is_dir()
    runner = InlineRunner(programs, partial(MemoryJobs, prompt_days=prompt_days), clock)
    try:
        yield runner
    finally:
        runner.close()


@contextmanager
def open_durable(
    kind: str, programs: Mapping[str, Program], folder: Path, clock: Clock = now, prompt_days: float = 0.0
) -> Iterator[Runner]:
    with empty_database(kind, folder) as url:
        database = open_database(url)
        prepare(database)
        with closing(DurableRunner(database, programs, works="own", clock=clock, prompt_days=prompt_days)) as runner:
            yield runner


RUNNERS: dict[str, OpenRunner] = {
    "inline": open_inline,
    **{kind: partial(open_durable, kind) for kind in KINDS},
}


class Hands:
    """A clock that stands still until somebody moves it."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, time: timedelta) -> None:
        self.at += time


def until(condition: Callable[[], bool], what: str = "it") -> None:
    """Wait for something that happens in another thread."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, f"{what} has not happened"
        time.sleep(0.002)


def watched(runner: Runner, job_id: str, after: str = "") -> list[Event]:
    """All events of a job up to its end."""

    async def collect() -> list[Event]:
        return [event async for event in runner.watch(job_id, after)]

    return asyncio.run(asyncio.wait_for(collect(), DEADLINE))
