"""A disk without room stops a job, and loses nothing of it."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from tests.programs import toys
from tests.victims import Orders, done_again, read_diary, until, working

from skill_fleet.clock import now
from skill_fleet.durable.runner import DurableRunner
from skill_fleet.errors import StorageError
from skill_fleet.jobs.job import JobRecord
from skill_fleet.store.database import open_database
from skill_fleet.store.revision import prepare

SIZE = "4m"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small file system cannot be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_job_goes_on_when_there_is_room_again(small_disk: Path, tmp_path: Path) -> None:
    """With a full disk no job starts, and the one at work is left as it stands; with room again it ends, and no
    remembered step is done again."""
    url = f"sqlite:///{small_disk / 'jobs.sqlite'}"
    with closing(open_database(url)) as database:
        prepare(database)
    orders = Orders(url, tmp_path / "diary", toys, tmp_path)
    filler = small_disk / "filler"
    with closing(DurableRunner(open_database(url), {})) as runner, working(orders):
        job = begin(runner)
        until(lambda: len(read_diary(orders.diary)) > 3)
        _fill(filler)
        with pytest.raises(StorageError, match="disk is full"):
            begin_many(runner)
        done = len(read_diary(orders.diary))
        assert not runner.store.get(job).is_over
        filler.unlink()
        until(lambda: runner.store.get(job).is_over)
        assert {"paused": 10} == runner.store.get(job).result
        assert len(read_diary(orders.diary)) > done
    assert [] == done_again(read_diary(orders.diary), job)


def begin(runner: DurableRunner) -> str:
    job = f"j-{secrets.token_hex(4)}"
    runner.start(JobRecord(job, "slow", "x" * 10_000, {"seconds": 0.3}, now()))
    return job


def begin_many(runner: DurableRunner) -> None:
    for _ in range(1000):
        begin(runner)


def _fill(file: Path) -> None:
    """Until nothing more goes in."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT)
    with suppress(OSError):
        while True:
            os.write(descriptor, bytes(4096))
    os.close(descriptor)
