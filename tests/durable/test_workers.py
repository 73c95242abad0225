"""Several workers over one database: nobody's death, and no pause of the database, loses a job."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from contextlib import closing
from itertools import accumulate
from pathlib import Path

import pytest
from tests.clusters import Cluster, find_programs, running_cluster
from tests.programs import toys
from tests.victims import Entry, Orders, done_again, read_diary, repeated, start, until, working

from skill_fleet.clock import now
from skill_fleet.durable.runner import DurableRunner
from skill_fleet.durable.worker import Limits
from skill_fleet.jobs.job import JobRecord
from skill_fleet.store.database import open_database
from skill_fleet.store.revision import prepare

JOBS = 20
LIMITS = Limits(worker_jobs=4, fleet_jobs=6, worker_steps=3)


def begin_all(runner: DurableRunner, seconds: float, count: int = JOBS) -> list[str]:
    ids = [f"j-{secrets.token_hex(4)}" for _ in range(count)]
    for job in ids:
        runner.start(JobRecord(job, "slow", "a pause", {"seconds": seconds}, now()))
    return ids


def finish_all(runner: DurableRunner, ids: Sequence[str], seconds: float = 90.0) -> None:
    until(lambda: all(runner.store.get(job).is_over for job in ids), seconds, pause=0.2)
    assert [{"paused": 10}] * len(ids) == [runner.store.get(job).result for job in ids]


def most_at_once(diary: Sequence[Entry]) -> int:
    """The most steps that were in progress at one time."""
    return _highest([(entry.at, {"begin": 1, "end": -1}.get(entry.what, 0)) for entry in diary])


def most_jobs_at_once(diary: Sequence[Entry]) -> int:
    """The most jobs that were worked on at one time, from the first to the last line a process wrote about each."""
    times: dict[tuple[str, int], list[float]] = {}
    for entry in diary:
        times.setdefault((entry.job, entry.pid), []).append(entry.at)
    changes = [change for span in times.values() for change in ((min(span), 1), (max(span), -1))]
    return _highest(changes)


def _highest(changes: Sequence[tuple[float, int]]) -> int:
    """The highest sum on the way; what ends at the very moment at which something begins ends first."""
    return max(accumulate(change for _, change in sorted(changes)), default=0)


def test_the_other_worker_finishes_everything(database_url: str, tmp_path: Path) -> None:
    """One of two workers is killed over twenty jobs: all of them end, no remembered step is done again, and no limit
    is passed."""
    orders = Orders(database_url, tmp_path / "diary", toys, tmp_path, limits=LIMITS)
    with closing(DurableRunner(open_database(database_url), {})) as runner, working(orders) as survivor:
        victim = start(orders)
        ids = begin_all(runner, 0.02)
        until(lambda: {victim.pid, survivor.pid} <= {entry.pid for entry in read_diary(orders.diary)})
        victim.kill()
        victim.join()
        finish_all(runner, ids)
    diary = read_diary(orders.diary)
    assert [] == [step for job in ids for step in done_again(diary, job)]
    assert sum(repeated(diary, job) for job in ids) <= LIMITS.worker_jobs
    assert most_at_once([entry for entry in diary if entry.pid == survivor.pid]) <= LIMITS.worker_steps
    assert most_at_once([entry for entry in diary if entry.pid == victim.pid]) <= LIMITS.worker_steps
    assert 1 < most_jobs_at_once(diary) <= LIMITS.fleet_jobs


def test_a_database_may_stop_for_ten_seconds(tmp_path: Path) -> None:
    """PostgreSQL is stopped at once in the middle of ten jobs and comes back ten seconds later: all of them end, and
    no remembered step is done again."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL's programs are not installed")
    with running_cluster(programs) as cluster:
        url = cluster.create_database()
        with closing(open_database(url)) as database:
            prepare(database)
        orders = Orders(url, tmp_path / "diary", toys, tmp_path)
        with closing(DurableRunner(open_database(url), {})) as runner, working(orders):
            ids = begin_all(runner, 0.1, count=10)
            until(lambda: len(read_diary(orders.diary)) > 20)
            stop_for(cluster, 10.0)
            finish_all(runner, ids, seconds=120.0)
        diary = read_diary(orders.diary)
    assert [] == [step for job in ids for step in done_again(diary, job)]


def stop_for(cluster: Cluster, seconds: float) -> None:
    cluster.stop()
    time.sleep(seconds)
    cluster.start()
