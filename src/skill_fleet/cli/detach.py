"""A process in the background that works on one job."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from skill_fleet.cli.caller import Caller
from skill_fleet.errors import SettingsError, StorageError
from skill_fleet.jobs.traces import make_private

LOGS = Path(".skill-fleet", "logs")


@dataclass(frozen=True, slots=True)
class Handover:
    """Who works on a job now, and where that process writes what it has to say."""

    job_id: str
    pid: int
    log: Path


def log_file(home: Path, job_id: str) -> Path:
    """Where a background process for the job writes, whether there is one or not."""
    return home / LOGS / f"{job_id}.log"


def check_detachable(caller: Caller) -> None:
    if not caller.keeps_jobs:
        raise SettingsError(
            "a job in memory ends with its process, so nobody else can go on with it.",
            "Leave --detach out, or set database_url to a file or a server.",
        )


def hand_over(caller: Caller, job_id: str) -> Handover:
    """Start a process that resumes the job and ends when the job does, or when it has a question."""
    log = log_file(caller.home, job_id)
    try:
        make_private(log.parent)
        with log.open("ab") as kept:
            process = subprocess.Popen(
                [*_command(), "jobs", "resume", job_id, "--no-input", "--quiet", "--home", str(caller.home)],
                stdin=subprocess.DEVNULL,
                stdout=kept,
                stderr=kept,
                start_new_session=True,
            )
    except OSError as error:
        message = f"no process could be started for job {job_id}: {error.strerror}."
        raise StorageError(message, f"`skill-fleet jobs resume {job_id}` goes on with it.") from error
    process.returncode = 0  # it goes its own way; without this Python warns of a child nobody waited for
    return Handover(job_id, process.pid, log)


def _command() -> list[str]:
    return [sys.executable, "-m", "skill_fleet.cli.main"]
