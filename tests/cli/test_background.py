"""Work that goes on without the command that began it."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.fleets import TASK, command, run

from skill_fleet.cli.main import main
from skill_fleet.library.drafts import load_drafts
from skill_fleet.library.folder import FleetFolder

Out = pytest.CaptureFixture[str]


def show(job: str, out: Out) -> dict[str, object]:
    out.readouterr()
    main(["jobs", "show", job, "--json"])
    found = json.loads(out.readouterr().out)
    assert isinstance(found, dict)
    return found


def wait_until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.1)


def is_gone(pid: int) -> bool:
    """Whether the process has ended; one that nobody has waited for yet counts as ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text("utf-8").rpartition(")")[2].split()[0] == "Z"


def test_a_detached_job_finishes_alone(docs: str, fleet: FleetFolder, capsys: Out) -> None:
    """Its id is printed at once; a process of its own works on it, writes to its log and ends."""
    done = run("create", TASK, "--from", docs, "--yes", "--detach", "--json", "--home", str(fleet.root))
    assert (0, "") == (done.returncode, done.stderr)
    launched = json.loads(done.stdout)
    assert ["job", "pid", "log"] == list(launched)
    wait_until(lambda: is_gone(launched["pid"]))
    assert "completed" == show(launched["job"], capsys)["state"]
    [draft] = load_drafts(fleet)
    assert f"{draft.folder}\n" == Path(launched["log"]).read_text("utf-8")


def test_a_detached_job_waits_with_its_question(docs: str, fleet: FleetFolder, capsys: Out) -> None:
    """Its process ends there; the answer may be handed over to another one just so."""
    done = run("create", TASK, "--from", docs, "--review", "final", "--detach", "--home", str(fleet.root))
    job = done.stdout.strip()
    assert (0, True) == (done.returncode, f"skill-fleet jobs watch {job}" in done.stderr)
    wait_until(lambda: show(job, capsys)["prompt"] is not None)
    assert 0 == main(["review", "answer", job, "proceed", "--detach"])
    assert f"{job}\n" == capsys.readouterr().out
    wait_until(lambda: show(job, capsys)["state"] == "completed")
    assert [job] == [draft.job for draft in load_drafts(fleet)]


def test_watching_ends_at_ctrl_c(docs: str, fleet: FleetFolder, capsys: Out) -> None:
    """Events come out as they happen; the command ends with 130, and nothing happens to the job."""
    assert 5 == main(["create", TASK, "--from", docs, "--review", "final"])
    job = capsys.readouterr().out.strip()
    line = command("jobs", "watch", job, "--json", "--home", str(fleet.root))
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        events = (json.loads(line)["kind"] for line in process.stdout)
        assert "job.started" == next(events)
        assert "review.requested" in events
        process.send_signal(signal.SIGINT)
        assert ("", "") == process.communicate(timeout=30)
    assert 130 == process.returncode
    assert "pending_review" == show(job, capsys)["state"]


@contextmanager
def worker(home: Path, *flags: str) -> Iterator[subprocess.Popen[str]]:
    """`jobs work`, ready to work."""
    line = command("jobs", "work", "--home", str(home), *flags)
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        assert "waiting for jobs\n" == process.stderr.readline()
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_worker_takes_what_waits(kept: str, fleet: FleetFolder, number: int, code: int, capsys: Out) -> None:
    """It works on jobs that nobody has, and ends in order when it is told to."""
    assert "pending" == show(kept, capsys)["state"]
    with worker(fleet.root) as process:
        wait_until(lambda: show(kept, capsys)["state"] == "completed")
        process.send_signal(number)
        assert code == process.wait(30)
        assert process.stderr is not None
        assert "" == process.stderr.read()
    assert [kept] == [draft.job for draft in load_drafts(fleet)]
    assert [] == list((fleet.state / "leases").iterdir())


def test_a_job_without_a_worker_is_announced(kept: str, fleet: FleetFolder, capsys: Out) -> None:
    """After ten seconds, with the way to go on with it; `resume` does."""
    main(["jobs"])
    assert "no worker" not in capsys.readouterr().err
    set_back(fleet.state / "jobs.sqlite", seconds=11)
    main(["jobs"])
    assert f"1 job has no worker: skill-fleet jobs resume {kept}\n" in capsys.readouterr().err
    assert 0 == main(["jobs", "resume", kept])
    assert [kept] == [draft.job for draft in load_drafts(fleet)]


def set_back(database: Path, seconds: int) -> None:
    """As if every job had been started that much earlier."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE jobs SET created_at = created_at - ?", (seconds * 1_000_000,))
