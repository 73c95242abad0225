"""What one process changes, another sees within the stated bound."""

from __future__ import annotations

import secrets
import time
from contextlib import closing
from pathlib import Path

from tests.programs import toys
from tests.victims import CONTEXT, Orders, until, working

from skill_fleet.clock import now
from skill_fleet.durable.runner import DurableRunner
from skill_fleet.jobs.cache import FRESH, JobManager
from skill_fleet.jobs.job import JobRecord
from skill_fleet.store.database import open_database

#: For the reading itself, and for two clocks that are read one after the other.
SLACK = 0.3


def look(url: str, job: str, notes: Path) -> None:
    """Another server: asks its manager for the job all the time, and writes down when the state changed."""
    with closing(DurableRunner(open_database(url), {})) as runner:
        manager = JobManager(runner)
        last = ""
        while last != "cancelled":
            state = manager.get_job(job).state
            if state != last:
                with notes.open("a", encoding="utf-8") as file:
                    file.write(f"{time.time()}\t{state}\n")
                last = state
            time.sleep(0.01)


def test_another_server_is_never_older_than_the_bound(database_url: str, tmp_path: Path) -> None:
    """A job that is cancelled through one process is seen cancelled by another, which has it in memory, within
    `FRESH` seconds."""
    notes = tmp_path / "notes"
    orders = Orders(database_url, tmp_path / "diary", toys, tmp_path)
    with closing(DurableRunner(open_database(database_url), {})) as runner, working(orders):
        job = f"j-{secrets.token_hex(4)}"
        runner.start(JobRecord(job, "question", "a toy", "life", now()))
        until(lambda: runner.store.open_prompts([job]))
        other = CONTEXT.Process(target=look, args=(database_url, job, notes), daemon=True)
        other.start()
        until(lambda: notes.exists() and "pending_hitl" in notes.read_text("utf-8"))
        time.sleep(FRESH / 2)
        changed = time.time()
        runner.cancel(job, "somebody")
        other.join(20)
    seen = [line.split("\t") for line in notes.read_text("utf-8").splitlines()]
    assert ["pending_hitl", "cancelled"] == [state for _, state in seen]
    print(f"\nseen {float(seen[-1][0]) - changed:.2f} s after the change; the bound is {FRESH} s")
    assert float(seen[-1][0]) - changed <= FRESH + SLACK
