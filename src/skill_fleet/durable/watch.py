"""A job's events, those that were and those that come: the streams of its runs, one after the other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from skill_fleet.codec import from_json
from skill_fleet.durable.engine import EVENTS, DBOSClient
from skill_fleet.errors import DatabaseAway
from skill_fleet.jobs.context import Event
from skill_fleet.jobs.job import JobRecord, run_id
from skill_fleet.jobs.replay import event_id, event_place
from skill_fleet.store.database import translated

GetJob = Callable[[str], JobRecord]

#: Seconds between two looks for news.
POLL = 0.1
#: The same while the job waits for a person.
IDLE_POLL = 0.5
#: The same while the database is away.
AWAY_POLL = 1.0


async def watch_job(get: GetJob, client: DBOSClient, place: str, job_id: str, after: str) -> AsyncIterator[Event]:
    """See `Runner.watch`. Raises `NotFound` for an unknown job and for what is no event's id.

    While the database is away the watcher waits; whoever wants to stop waiting can.
    """
    run, number = event_place(after)
    run, number = max(run, 1), number + 1
    record = await asyncio.to_thread(get, job_id)
    last = ""
    while True:
        try:
            async for event in _events_of(client, place, job_id, run, number):
                number += 1
                last = event.kind
                yield event
            record = await _next(get, record, run)
        except DatabaseAway:
            await asyncio.sleep(AWAY_POLL)
            continue
        if record.run == run:
            break
        run, number = run + 1, 1
    if (ending := _ending(record)).kind != (last or await _last_told(client, place, job_id, run)):
        yield ending


async def _last_told(client: DBOSClient, place: str, job_id: str, run: int) -> str:
    """The kind of the last event of a run that has ended."""
    kinds = [event.kind async for event in _events_of(client, place, job_id, run, 1)]
    return kinds[-1] if kinds else ""


def _ending(record: JobRecord) -> Event:
    """How the job ended, by its facts: a worker may have died before it told."""
    if record.cancelled_by:
        return Event("job.cancelled", record.id, record.cancelled_by)
    if record.failure is not None:
        return Event("job.failed", record.id, record.failure.message)
    return Event("job.finished", record.id)


async def _events_of(client: DBOSClient, place: str, job_id: str, run: int, number: int) -> AsyncIterator[Event]:
    """Events of one run from the one with that number on, until the run ends. Numbers count from 1."""
    with translated(place):
        stream = client.read_stream_async(run_id(job_id, run), EVENTS, offset=number - 1, polling_interval_sec=POLL)
        async for value in stream:
            yield replace(from_json(json.dumps(value), Event), id=event_id(run, number))
            number += 1


async def _next(get: GetJob, record: JobRecord, run: int) -> JobRecord:
    """The job as soon as it is over or a later run has begun."""
    while True:
        record = await asyncio.to_thread(get, record.id)
        if record.is_over or record.run > run:
            return record
        await asyncio.sleep(IDLE_POLL)
