"""Jobs that wait: announced by every command that starts or lists jobs."""

from __future__ import annotations

from datetime import datetime, timedelta

from skill_fleet.cli.screen import Screen, plural
from skill_fleet.clock import now
from skill_fleet.fleet.desk import Desk
from skill_fleet.jobs.job import WAITING, Job, JobQuery

#: What a worker has not taken after that time, no worker is there to take.
PATIENCE = timedelta(seconds=10)
_ENOUGH = 20


def announce(screen: Screen, desk: Desk, but: str = "") -> None:
    """Say how many jobs wait for a person or for a worker, the job `but` aside."""
    if screen.quiet or screen.json:
        return
    asking = desk.count(JobQuery(states=tuple(sorted(WAITING)))) - (1 if but and desk.get(but).is_waiting else 0)
    if asking:
        verb = "waits" if asking == 1 else "wait"
        screen.say(f"{plural(asking, 'job')} {verb} for you: skill-fleet review")
    left = [job for job in _left_alone(desk, now()) if job.id != but]
    if left:
        verb = "has" if len(left) == 1 else "have"
        more = " or more" if len(left) == _ENOUGH else ""
        screen.say(f"{plural(len(left), 'job')}{more} {verb} no worker: skill-fleet jobs resume {left[0].id}")


def _left_alone(desk: Desk, at: datetime) -> list[Job]:
    """Jobs that could go on, and nobody is there to work on them."""
    query = JobQuery(states=("pending",), until=at - PATIENCE, limit=_ENOUGH)
    return [job for job in desk.list(query) if _handed_over_at(desk, job) < at - PATIENCE]


def _handed_over_at(desk: Desk, job: Job) -> datetime:
    """When the job last was to go on: at its start, or when it got an answer."""
    answered = [prompt.answered_at for prompt in desk.history(job.id) if prompt.answered_at]
    return max([job.record.created_at, *answered])
