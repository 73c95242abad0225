"""The commands of `skill-fleet jobs` that change something, or work."""

from __future__ import annotations

import os
import signal
import sys
from typing import Annotated

from cyclopts import CycloptsError, Parameter

from skill_fleet.cli.caller import VIA, Caller, load_caller
from skill_fleet.cli.config import without_password
from skill_fleet.cli.interrupts import Stop
from skill_fleet.cli.job_text import plain_job
from skill_fleet.cli.main import INTERRUPTED, OK, REFUSED
from skill_fleet.cli.options import DEFAULTS, Options
from skill_fleet.cli.questions import agrees
from skill_fleet.cli.screen import plural
from skill_fleet.cli.waiting import announce
from skill_fleet.cli.when import parse_age
from skill_fleet.cli.working import carry_out
from skill_fleet.errors import SettingsError
from skill_fleet.fleet.desk import Desk
from skill_fleet.settings import database_url

#: Seconds between two times at which a worker drops what it keeps in memory.
_TIDY = 300.0


def cancel(ref: str, /, *, options: Options = DEFAULTS) -> int:
    """End a job. Its question is closed; what it was doing is thrown away.

    Parameters
    ----------
    ref
        A job's id, the beginning of one, or @last for the latest.
    """
    caller = load_caller(options)
    with caller.looking() as desk:
        job = desk.cancel(ref, caller.name, VIA)
        if caller.screen.json:
            caller.screen.document(plain_job(job))
            return OK
        caller.screen.result(job.id)
        caller.screen.say(f"job {job.id} is {job.state}")
        caller.screen.next_step(f"skill-fleet jobs retry {job.id} opens it again")
        announce(caller.screen, desk)
    return OK


def resume(ref: str, /, *, detach: bool = False, options: Options = DEFAULTS) -> int:
    """Work on a job until it is over or waits: after a crash, after Ctrl-C, or after its question has expired.

    Where it asks and a person is there, they are asked; otherwise the command ends with 5. A job that another process
    works on is only watched.

    Parameters
    ----------
    ref
        A job's id, the beginning of one, or @last for the latest.
    detach
        Leave the work to a process in the background, and print the job's id at once.
    """
    caller = load_caller(options).where_jobs_are()
    return carry_out(caller, lambda desk: desk.resume(ref, caller.name, VIA), detach=detach)


def retry(ref: str, /, *, detach: bool = False, options: Options = DEFAULTS) -> int:
    """Open a failed or cancelled job again and work on it. Steps that were finished are not done twice.

    Parameters
    ----------
    ref
        A job's id, the beginning of one, or @last for the latest.
    detach
        Leave the work to a process in the background, and print the job's id at once.
    """
    caller = load_caller(options).where_jobs_are()
    return carry_out(caller, lambda desk: desk.retry(ref, caller.name, VIA), detach=detach)


def purge(
    *,
    older_than: str,
    dry_run: bool = False,
    yes: Annotated[bool, Parameter(alias="-y")] = False,
    options: Options = DEFAULTS,
) -> int:
    """Forget jobs that have been over for a while, with their questions and events. Drafts, and what was decided, stay.

    Parameters
    ----------
    older_than
        For how long they have been over at least, such as 30d or 12h.
    dry_run
        Print the jobs that would be forgotten, and forget none.
    yes
        Do not ask.
    """
    caller = load_caller(options)
    age = parse_age(older_than)
    with caller.looking() as desk:
        found = desk.purge(age, dry_run=True)
        if found and not (dry_run or yes) and not _is_agreed(caller, desk, len(found)):
            caller.screen.say("nothing was forgotten")
            return REFUSED
        gone = found if dry_run or not found else desk.purge(age)
    if caller.screen.json:
        caller.screen.document({"jobs": list(gone), "dry_run": dry_run})
        return OK
    for job_id in gone:
        caller.screen.result(job_id)
    caller.screen.say(f"{plural(len(gone), 'job')} {'would be ' if dry_run else ''}forgotten")
    return OK


def _is_agreed(caller: Caller, desk: Desk, count: int) -> bool:
    if not caller.may_be_asked:
        raise CycloptsError(msg=f"{plural(count, 'job')} would be forgotten, and nobody can be asked: add --yes.")
    question = f"Forget {plural(count, 'job')} for good? yes / no: "
    return agrees(question, lambda text: desk.understand(text, caller.locale))


def work(*, options: Options = DEFAULTS) -> int:
    """Work on all jobs that wait for a worker, and on what dead workers left, until SIGTERM or Ctrl-C."""
    caller = load_caller(options)
    if not caller.keeps_jobs:
        raise SettingsError(
            "jobs in memory have no other worker than the process that started them.",
            "Set database_url to a file or a server.",
        )
    with Stop() as stop, caller.open_fleet().desk("shared") as desk:
        if caller.screen.json:
            caller.screen.document({"pid": os.getpid(), "database": without_password(database_url(caller.settings))})
            sys.stdout.flush()
        caller.screen.say("waiting for jobs")
        while not stop.by:
            stop.wait(_TIDY)
            desk.tidy()
    return INTERRUPTED if stop.by == signal.SIGINT else OK
