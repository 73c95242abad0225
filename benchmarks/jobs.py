"""What jobs cost, with few and with many of them in the database, on SQLite and on PostgreSQL.

    python benchmarks/jobs.py                                      # 10, 1,000 and 100,000 stored jobs, both databases
    python benchmarks/jobs.py --stored 10,1000 --databases sqlite
    python benchmarks/jobs.py --waiting 1000                       # what a worker costs on which so many jobs wait

A cell shows the median and, behind the stroke, what one repetition in twenty took or more (of a rate: or less). All
databases are new and removed afterwards; the PostgreSQL server is one of our own, made from installed programs.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psycopg
from benchmarks.figures import Figure
from benchmarks.job_measures import measure
from benchmarks.job_waiting import weigh_waiting
from benchmarks.stored_jobs import fill
from benchmarks.tables import render_table
from tests.clusters import Cluster, find_programs, running_cluster

DATABASES = ("sqlite", "postgresql")
STORED = (10, 1_000, 100_000)
#: Two jobs are really made; the others are copies of them.
FEWEST = 2

NewDatabase = Callable[[], AbstractContextManager[str]]
"""The URL of a database that is empty at first, and gone in the end."""


@dataclass(frozen=True, slots=True)
class Column:
    """Everything that was measured on one database with so many jobs."""

    database: str
    jobs: int
    figures: Sequence[Figure]


def main() -> int:
    arguments = _parse_arguments()
    with ExitStack() as stack:
        databases = _open_databases(arguments.databases, stack)
        if not databases:
            return 1
        columns = list(
            _weigh(databases, arguments.waiting) if arguments.waiting else _fill(databases, arguments.stored)
        )
    print(json.dumps(as_records(columns), indent=2) if arguments.json else render(columns))
    return 0


def _open_databases(names: Sequence[str], stack: ExitStack) -> dict[str, NewDatabase]:
    found: dict[str, NewDatabase] = {}
    for name in names:
        programs = find_programs()
        if name == "sqlite":
            found[name] = sqlite_database
        elif programs is None:
            _say(name, "its programs are not installed, nothing is measured on it")
        else:
            cluster = stack.enter_context(running_cluster(programs, fsync="on"))
            found[name] = partial(postgresql_database, cluster)
    return found


@contextmanager
def sqlite_database() -> Iterator[str]:
    with TemporaryDirectory(prefix="skill-fleet-jobs-") as folder:
        yield f"sqlite:///{Path(folder) / 'jobs.sqlite'}"


@contextmanager
def postgresql_database(cluster: Cluster) -> Iterator[str]:
    url = cluster.create_database()
    try:
        yield url
    finally:
        with psycopg.connect(cluster.url(), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{url.rpartition("/")[2]}" WITH (FORCE)'.encode())


def _fill(databases: Mapping[str, NewDatabase], sizes: Sequence[int]) -> Iterator[Column]:
    for name, new_database in databases.items():
        for size in sizes:
            with new_database() as url:
                stored = fill(url, size, partial(_say, name))
                figures = list(_shown(f"{name}, {size:,} jobs", measure(url, stored)))
            yield Column(name, size, figures)


def _weigh(databases: Mapping[str, NewDatabase], many: int) -> Iterator[Column]:
    for name, new_database in databases.items():
        with new_database() as url:
            for count, figures in weigh_waiting(url, many):
                yield Column(name, count, list(_shown(f"{name}, {count:,} waiting", figures)))


def _shown(where: str, figures: Iterable[Figure]) -> Iterator[Figure]:
    for figure in figures:
        _say(where, f"{figure.name}: {figure}")
        yield figure


def render(columns: Sequence[Column]) -> str:
    header = ["", *(f"{column.database} {column.jobs:,}" for column in columns)]
    cells = [{figure.name: str(figure) for figure in column.figures} for column in columns]
    names = dict.fromkeys(name for column in cells for name in column)
    return render_table(header, [[name, *(column.get(name, "–") for column in cells)] for name in names])


def as_records(columns: Sequence[Column]) -> list[dict[str, str | int | float]]:
    return [
        {
            "database": column.database,
            "jobs": column.jobs,
            "measure": figure.name,
            "unit": figure.unit,
            "median": figure.median,
            "bad": figure.bad,
            "repetitions": len(figure.values),
        }
        for column in columns
        for figure in column.figures
    ]


def parse_sizes(text: str) -> tuple[int, ...]:
    """Whole numbers between commas. Raises `ValueError` for others, and for fewer jobs than are made."""
    sizes = tuple(int(part) for part in text.split(","))
    if min(sizes) < FEWEST:
        raise ValueError(f"at least {FEWEST} jobs are stored")
    return sizes


def parse_databases(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if not set(names) <= set(DATABASES):
        raise ValueError(f"the databases are {' and '.join(DATABASES)}")
    return names


def _say(where: str, what: str) -> None:
    print(f"{where}: {what}", file=sys.stderr, flush=True)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--stored", type=parse_sizes, default=STORED, metavar="N,…", help="how many jobs are stored")
    add("--databases", type=parse_databases, default=DATABASES, metavar="NAME,…", help="sqlite, postgresql or both")
    add("--waiting", type=int, default=0, metavar="N", help="weigh a worker on which 1 and N jobs wait, nothing else")
    add("--json", action="store_true", help="the figures as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
