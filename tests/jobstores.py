"""Every implementation of `JobStore`, to be held to the same tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

from tests.databases import KINDS, make_empty, prepared_database

from skill_fleet.jobs.memory import MemoryJobs
from skill_fleet.jobs.ports import Enqueue, JobStore
from skill_fleet.store.jobs import SqlJobs

MakeStore = Callable[[Enqueue, float], JobStore]
"""An empty store for an engine, whose prompts take an answer for that many days. Ends what was made before."""

OpenStores = Callable[[Path], AbstractContextManager[MakeStore]]
"""Stores, made one after the other, and a folder for their files."""


class Engine:
    """What was handed to the engine, in order. While it has an `error` it takes nothing."""

    def __init__(self) -> None:
        self.runs: list[tuple[str, int]] = []
        self.error: Exception | None = None

    def __call__(self, transaction: object, job_id: str, run: int) -> None:
        assert transaction is not None
        if self.error is not None:
            raise self.error
        self.runs.append((job_id, run))


@contextmanager
def memory_stores(folder: Path) -> Iterator[MakeStore]:
    del folder
    yield MemoryJobs


@contextmanager
def sql_stores(kind: str, folder: Path) -> Iterator[MakeStore]:
    with prepared_database(kind, folder) as database:

        def make(enqueue: Enqueue, prompt_days: float) -> JobStore:
            make_empty(database)
            return SqlJobs(database, enqueue, prompt_days)

        yield make


STORES: Mapping[str, OpenStores] = {"memory": memory_stores, **{kind: partial(sql_stores, kind) for kind in KINDS}}
