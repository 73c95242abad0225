"""A command as a worker of its own for one job: it watches, asks where the job asks, and leaves when it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

from skill_fleet.cli.caller import VIA, Caller
from skill_fleet.cli.detach import hand_over
from skill_fleet.cli.ending import tell_end, tell_handover, tell_waiting
from skill_fleet.cli.interrupts import Interrupts
from skill_fleet.cli.main import INTERRUPTED
from skill_fleet.cli.progress import Progress
from skill_fleet.cli.questions import ask, tell
from skill_fleet.cli.waiting import announce
from skill_fleet.errors import AlreadyAnswered, Conflict, NotWaiting
from skill_fleet.fleet.desk import Desk
from skill_fleet.jobs.context import Event
from skill_fleet.jobs.job import Job

#: Seconds in which a second Ctrl-C cancels the job.
GRACE = 2.0

Begin = Callable[[Desk], Job]
"""Starts, answers or takes over a job at a desk, and gives it."""


def carry_out(caller: Caller, begin: Begin, *, detach: bool = False) -> int:
    """Begin, then work on the job in this process until it is over or waits; with `detach`, in another one."""
    if detach:
        return _carry_out_elsewhere(caller, begin)
    with Interrupts() as interrupts, caller.open_fleet().desk("own") as desk:
        work = Work(caller, desk, interrupts)
        return work.finish(begin(desk))


def _carry_out_elsewhere(caller: Caller, begin: Begin) -> int:
    with caller.open_fleet().desk() as desk:
        job = begin(desk)
        if job.is_final:  # the answer was its end
            return tell_end(caller.screen, job)
        code = tell_handover(caller.screen, hand_over(caller, job.id))
        announce(caller.screen, desk, but=job.id)
    return code


class Work:
    """This process at work at its desk."""

    def __init__(self, caller: Caller, desk: Desk, interrupts: Interrupts) -> None:
        self._caller = caller
        self._screen = caller.screen
        self._desk = desk
        self._interrupts = interrupts
        self._progress = Progress(caller.screen)
        self._was_shown = ""

    def finish(self, job: Job) -> int:
        """Work on the job until it is over or waits for somebody else; print what came of it, and give the exit code.

        Raises the error that it failed with.
        """
        try:
            job = self._until_it_rests(job)
        except KeyboardInterrupt:
            return self._leave(job.id)
        return self._tell(job)

    def _until_it_rests(self, job: Job) -> Job:
        if job.is_final:  # a cancel ends it at once: there is nothing to work on
            return job
        with self._progress:
            return until_it_rests(self._desk, self._interrupts, job, self._progress.listen, self._settle)

    def _settle(self, prompt_id: str, *, is_new: bool) -> bool:
        """See to it that the prompt gets an answer. False when the job is to be left waiting."""
        prompt = self._desk.get_prompt(prompt_id)
        if prompt.is_open:
            return self._caller.may_be_asked and self._ask(prompt_id)
        if is_new:
            self._take_over(prompt.job_id)
        return True

    def _ask(self, prompt_id: str) -> bool:
        self._progress.pause()
        stored = self._desk.get_prompt(prompt_id)
        self._was_shown = prompt_id
        with self._interrupts.allowed():
            reply = ask(stored, lambda text: self._desk.understand(text, self._caller.locale))
        if reply is None:
            return False
        try:
            self._desk.reply(prompt_id, replace(reply, actor=self._caller.name, via=VIA))
        except AlreadyAnswered as error:
            tell(f"{error.message} {error.hint}")
            self._take_over(stored.job_id)
        except NotWaiting as error:
            tell(error.message)
            return self._desk.refreshed(stored.job_id).is_final
        return True

    def _take_over(self, job_id: str) -> None:
        """Somebody else answered, and perhaps left the work to whoever comes."""
        with suppress(Conflict):  # the job is over by now
            self._desk.resume(job_id, self._caller.name, VIA)

    def _leave(self, job_id: str) -> int:
        self._progress.pause()
        tell(f"detaching; press Ctrl-C again within {GRACE:g} s to cancel the job")
        if self._interrupts.come_again(GRACE):
            with suppress(Conflict):  # it was over before
                self._desk.cancel(job_id, self._caller.name, VIA)
            tell(f"job {job_id} is cancelled")
        elif self._caller.keeps_jobs:
            tell(f"job {job_id} stays; skill-fleet jobs resume {job_id} goes on with it")
        else:
            tell(f"job {job_id} is gone: it was kept in memory")
        return INTERRUPTED

    def _tell(self, job: Job) -> int:
        code = self._tell_state(job)
        announce(self._screen, self._desk, but=job.id)
        return code

    def _tell_state(self, job: Job) -> int:
        if job.is_final:
            return tell_end(self._screen, job)
        shown = job.prompt is not None and job.prompt.id == self._was_shown
        return tell_waiting(self._screen, job, was_shown=shown)


class Settle(Protocol):
    """See to it that a prompt gets an answer. False when the job is to be left waiting."""

    def __call__(self, prompt_id: str, *, is_new: bool) -> bool: ...


def until_it_rests(
    desk: Desk, interrupts: Interrupts, job: Job, listen: Callable[[Event], None], settle: Settle
) -> Job:
    """Follow a job to its end, or to a question that is left open; `listen` hears what is new since then."""
    first = job.record.run + (1 if job.is_waiting else 0)
    if job.prompt is not None and not settle(job.prompt.id, is_new=True):
        return desk.refreshed(job.id)
    for event in events_of(desk, interrupts, job.id):
        is_new = run_of(event) >= first
        if is_new:
            listen(event)
        if event.kind == "review.requested" and not settle(event.text, is_new=is_new):
            break
    return desk.refreshed(job.id)


def events_of(desk: Desk, interrupts: Interrupts, job_id: str) -> Iterator[Event]:
    """The events of a job, past ones first, until it is over; Ctrl-C acts while there is none."""
    with asyncio.Runner() as runner:
        stream = desk.watch(job_id)
        while True:
            with interrupts.allowed():
                event = runner.run(_next_of(stream))
            if event is None:
                return
            yield event


async def _next_of(stream: AsyncIterator[Event]) -> Event | None:
    return await anext(stream, None)


def run_of(event: Event) -> int:
    """The run that an event is of; 0 for one that is not of a run, such as a cancellation."""
    run = event.id.partition(":")[0]
    return int(run) if run.isdecimal() else 0
