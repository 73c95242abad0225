"""One run of a job: from the first line of its program to its end, or to a question nobody has answered."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from skill_fleet.clock import Clock
from skill_fleet.codec import Plain
from skill_fleet.durable.context import DurableContext, StepFailed, remembered
from skill_fleet.durable.engine import DBOSClient
from skill_fleet.errors import NotFound
from skill_fleet.jobs.context import Event, Program
from skill_fleet.jobs.job import Failure, JobRecord, run_id
from skill_fleet.jobs.ports import Attachments, JobStore
from skill_fleet.jobs.replay import Kept, Recall, Stops, Suspended, failure_of, no_program
from skill_fleet.store.database import is_trouble

logger = logging.getLogger(__name__)


class Abandoned(BaseException):
    """What the run came to cannot be written down here and now: it is left as it stands, for another try. It is no
    `Exception`, so that the engine does not take it for the run's end."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What a run is made with. `slots` bounds the steps this process works on at a time; `active` are the runs that it
    works on, `ending` the jobs whose end is being written down."""

    programs: Mapping[str, Program]
    store: JobStore
    attachments: Attachments
    client: DBOSClient
    slots: AbstractContextManager[object]
    clock: Clock
    active: set[str]
    ending: set[str]


async def run_job(bench: Bench, job_id: str, number: int) -> None:
    """Do one run. What it comes to is written to the store; a run that is not the job's current one does nothing.

    Raises `Abandoned` when the database does not take what there is to write.
    """
    name = run_id(job_id, number)
    bench.active.add(name)
    try:
        await _run(bench, job_id, number)
    except Exception as error:
        if not is_trouble(error):
            raise
        logger.warning("%s is left for another try: %s", name, str(error).partition("\n")[0])
        raise Abandoned from error
    finally:
        bench.active.discard(name)


async def _run(bench: Bench, job_id: str, number: int) -> None:
    record = await asyncio.to_thread(_find_current, bench, job_id, number)
    if record is None:
        return
    recall = Recall(await asyncio.to_thread(lambda: list(_finished_steps(bench.client, job_id, number))))
    stops = Stops(bench.store, job_id, number, bench.clock)
    context = DurableContext(job_id, recall, stops, bench.slots)
    try:
        if number == 1:
            await context.announce(Event("job.started", job_id, record.title))
        result, failure = await _result_of(bench, context, record)
    except Suspended:
        return
    await context.settle()
    bench.ending.add(job_id)
    try:
        if await asyncio.to_thread(_finish, bench, record, result, failure):
            await context.announce(_last_event(job_id, failure))
    finally:
        bench.ending.discard(job_id)


def _find_current(bench: Bench, job_id: str, number: int) -> JobRecord | None:
    try:
        record = bench.store.get(job_id)
    except NotFound:
        return None
    return record if record.run == number and not record.is_over else None


def _finished_steps(client: DBOSClient, job_id: str, number: int) -> Iterator[tuple[str, Kept]]:
    """Name and outcome of every step that earlier runs finished, in order."""
    for earlier in range(1, number):
        for step in client.list_workflow_steps(run_id(job_id, earlier)):
            kept = remembered(step["output"])
            if kept is not None:
                yield step["function_name"], kept


async def _result_of(bench: Bench, context: DurableContext, record: JobRecord) -> tuple[Plain, Failure | None]:
    program = bench.programs.get(record.kind)
    if program is None:
        return None, no_program(record.kind)
    try:
        return _checked(await program(context, record.request)), None
    except StepFailed as error:
        return None, error.failure
    except Exception as error:  # a job may fail in any way; its worker goes on with the others
        if is_trouble(error):
            raise
        logger.debug("job %s failed", record.id, exc_info=error)
        return None, failure_of(error)


def _checked(result: Plain) -> Plain:
    """The result, if it can be kept. Raises `TypeError` or `ValueError` otherwise."""
    json.dumps(result, allow_nan=False)
    return result


def _finish(bench: Bench, record: JobRecord, result: Plain, failure: Failure | None) -> bool:
    ended = bench.store.finish(record.id, record.run, result, failure, bench.clock())
    if ended and failure is None:
        bench.attachments.release(record.id)
    return ended


def _last_event(job_id: str, failure: Failure | None) -> Event:
    return Event("job.finished", job_id) if failure is None else Event("job.failed", job_id, failure.message)
