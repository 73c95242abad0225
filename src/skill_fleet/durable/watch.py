"""A job's events, those that were and those that come: the streams of its runs, one after the other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from skill_fleet.codec import from_json
from skill_fleet.durable.engine import EVENTS, DBOSClient
from skill_fleet.jobs.context import Event
from skill_fleet.jobs.job import JobRecord, run_id
from skill_fleet.jobs.replay import event_id, event_place

GetJob = Callable[[str], JobRecord]

#: Seconds between two looks for news.
POLL = 0.1
#: The same while the job waits for a person.
IDLE_POLL = 0.5


async def watch_job(get: GetJob, client: DBOSClient, job_id: str, after: str) -> AsyncIterator[Event]:
    """See `Runner.watch`. Raises `NotFound` for an unknown job and for what is no event's id."""
    run, number = event_place(after)
    number += 1 if run else 0
    run = max(run, 1)
    record = await asyncio.to_thread(get, job_id)
    while True:
        async for event in _events_of(client, job_id, run, number):
            yield event
        record = await _next(get, record, run)
        if record.run > run:
            run, number = run + 1, 1
        else:
            if record.cancelled_by:
                yield Event("job.cancelled", job_id, record.cancelled_by)
            return


async def _events_of(client: DBOSClient, job_id: str, run: int, number: int) -> AsyncIterator[Event]:
    """Events of one run from the one with that number on, until the run ends. Numbers count from 1."""
    values = client.read_stream_async(run_id(job_id, run), EVENTS, offset=max(number - 1, 0), polling_interval_sec=POLL)
    number = max(number, 1)
    async for value in values:
        yield replace(from_json(json.dumps(value), Event), id=event_id(run, number))
        number += 1


async def _next(get: GetJob, record: JobRecord, run: int) -> JobRecord:
    """The job as soon as it is over or a later run has begun."""
    while True:
        record = await asyncio.to_thread(get, record.id)
        if record.is_over or record.run > run:
            return record
        await asyncio.sleep(IDLE_POLL)
