"""A lock that says that a process is alive, and nothing else."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from tests.clusters import find_programs, running_cluster
from tests.victims import CONTEXT, until

from skill_fleet.durable.lease import Lease, new_executor, open_lease
from skill_fleet.store.database import open_database


def lease_of(url: str) -> Lease:
    with closing(open_database(url)) as database:
        return open_lease(database)


def hold(url: str, name: str, ready: Path) -> None:
    """Another process: holds the lock until it is killed."""
    lease = lease_of(url)
    assert lease.hold(name)
    ready.touch()
    while True:
        CONTEXT.Event().wait(60)


def test_a_lock_ends_with_its_process(database_url: str, tmp_path: Path) -> None:
    """While it lives nobody gets the lock; the moment it is killed anybody does, for as long as they want it."""
    name = new_executor("test")
    other = CONTEXT.Process(target=hold, args=(database_url, name, tmp_path / "ready"), daemon=True)
    other.start()
    until((tmp_path / "ready").exists)
    mine = lease_of(database_url)
    assert mine.is_alive(name)
    with mine.take_if_dead(name) as dead:
        assert not dead
    other.kill()
    other.join()
    until(lambda: not mine.is_alive(name))
    with mine.take_if_dead(name) as dead:
        assert dead
    assert not mine.is_alive(name)


def test_names_are_used_once() -> None:
    """Two processes, or one at two times, never share a lock."""
    assert 100 == len({new_executor("test") for _ in range(100)})


def test_a_lock_outlives_a_server_that_is_away() -> None:
    """While PostgreSQL is down nobody can take the lock, so it is still held; when the server is back, the lock is
    taken anew, and lost only if somebody was faster."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL's programs are not installed")
    with running_cluster(programs) as cluster:
        url = cluster.create_database()
        mine, other = lease_of(url), lease_of(url)
        assert mine.hold("a")
        cluster.stop()
        assert [True, True, True] == [mine.is_held() for _ in range(3)]
        cluster.start()
        assert mine.is_held()
        assert other.is_alive("a")
        cluster.stop()
        assert mine.is_held()
        cluster.start()
        assert other.hold("a")
        assert not mine.is_held()
        mine.release()
        other.release()
