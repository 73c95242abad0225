"""Every implementation of `ScoreBook`, to be held to the same tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

from tests.databases import KINDS, make_empty, prepared_database

from skill_fleet.metrics.history import MemoryScores, ScoreBook
from skill_fleet.store.scores import SqlScores

MakeBook = Callable[[], ScoreBook]
"""An empty book. Ends what was made before."""

OpenBooks = Callable[[Path], AbstractContextManager[MakeBook]]
"""Books, made one after the other, and a folder for their files."""


@contextmanager
def memory_books(folder: Path) -> Iterator[MakeBook]:
    del folder
    yield MemoryScores


@contextmanager
def sql_books(kind: str, folder: Path) -> Iterator[MakeBook]:
    with prepared_database(kind, folder) as database:

        def make() -> ScoreBook:
            make_empty(database)
            return SqlScores(database)

        yield make


BOOKS: Mapping[str, OpenBooks] = {"memory": memory_books, **{kind: partial(sql_books, kind) for kind in KINDS}}
