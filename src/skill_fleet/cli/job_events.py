"""The commands `skill-fleet jobs watch` and `jobs logs`."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from datetime import UTC, datetime

from skill_fleet.cli.caller import load_caller
from skill_fleet.cli.detach import log_file
from skill_fleet.cli.interrupts import Interrupts
from skill_fleet.cli.job_text import event_line, plain_event
from skill_fleet.cli.main import INTERRUPTED
from skill_fleet.cli.options import DEFAULTS, Options
from skill_fleet.cli.screen import columns, plural
from skill_fleet.cli.waiting import announce
from skill_fleet.cli.when import shown_second
from skill_fleet.fleet.desk import Desk
from skill_fleet.jobs.context import Event
from skill_fleet.jobs.traces import TraceEntry, load_traces, trace_file

#: Seconds of silence after which no more events of the past are to be expected of a job that is not over.
QUIET = 1.0
#: Seconds that the past of a job is read for while it goes on: one that a model writes is never silent.
LONGEST = 5.0


def watch(ref: str, /, *, after: str = "", options: Options = DEFAULTS) -> int:
    """Print the events of a job, past ones first, then as they come, until it is over. Ctrl-C does nothing to the job.

    Parameters
    ----------
    ref
        A job's id, the beginning of one, or @last for the latest.
    after
        Only events after the one with this id, such as 2:14.
    """
    caller = load_caller(options)
    with Interrupts() as interrupts, caller.looking() as desk:
        job = desk.get(ref)
        printed = _printer(as_json=options.json)
        try:
            with interrupts.allowed():
                asyncio.run(_print_all(desk.watch(job.id, after), printed))
        except KeyboardInterrupt:
            caller.screen.say(f"job {job.id} is not watched any more; nothing else has changed")
            return INTERRUPTED
        caller.screen.say(f"job {job.id} is {desk.refreshed(job.id).state}")
    return 0


async def _print_all(stream: AsyncIterator[Event], printed: Callable[[Event], None]) -> None:
    async for event in stream:
        printed(event)


def _printer(*, as_json: bool) -> Callable[[Event], None]:
    """Each line goes out at once: somebody waits for it."""

    def printed(event: Event) -> None:
        line = json.dumps(plain_event(event)) if as_json else event_line(event)
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    return printed


def logs(ref: str, /, *, options: Options = DEFAULTS) -> int:
    """Print what happened in a job so far, and where its process in the background wrote to, if it had one.

    Parameters
    ----------
    ref
        A job's id, the beginning of one, or @last for the latest.
    """
    caller = load_caller(options)
    screen = caller.screen
    with caller.looking() as desk:
        job = desk.get(ref)
        past = asyncio.run(past_of(desk, job.id, is_over=job.is_final))
        log = log_file(caller.home, job.id)
        if screen.json:
            kept = str(log) if log.exists() else None
            screen.document({"job": job.id, "events": [plain_event(event) for event in past], "log": kept})
            return 0
        for event in past:
            screen.result(event_line(event))
        if log.exists():
            screen.say(f"the process in the background wrote to {log}")
        announce(screen, desk, but=job.id)
    return 0


def traces(ref: str, /, *, options: Options = DEFAULTS) -> int:
    """Print what was asked of models in a job, question by question: when, what for, whom, from where the answer came,
    tokens, time. With --json everything that is kept, which is prompts and answers only where `trace_text` is set.

    Parameters
    ----------
    ref
        A job's id, the beginning of one, or @last for the latest.
    """
    caller = load_caller(options)
    with caller.looking() as desk:
        job = desk.get(ref)
        kept = load_traces(trace_file(caller.home, job.id))
        if caller.screen.json:
            caller.screen.document({"job": job.id, "traces": [asdict(entry) for entry in kept]})
            return 0
        if kept:
            caller.screen.say(
                "time, decision, model, answer from, tokens in + out, questions, requests, time taken, outcome"
            )
        for line in columns([_trace_row(entry) for entry in kept]) if kept else []:
            caller.screen.result(line)
        announce(caller.screen, desk, but=job.id)
    return 0


def _trace_row(entry: TraceEntry) -> list[str]:
    at = shown_second(datetime.fromtimestamp(entry.at, UTC))
    tokens = f"{entry.input_tokens:,} + {entry.output_tokens:,}"
    outcome = "; ".join([entry.outcome, *entry.problems])
    asked = f"{plural(entry.asks, 'question')}, {plural(entry.requests, 'request')}"
    return [at, entry.decision, entry.model, entry.source, tokens, asked, f"{entry.seconds:.2f} s", outcome]


async def past_of(desk: Desk, job_id: str, *, is_over: bool) -> list[Event]:
    """Events so far. A job that goes on has no last one, so that a silence has to do."""
    stream = desk.watch(job_id)
    past: list[Event] = []
    last = time.monotonic() + LONGEST
    try:
        while (event := await asyncio.wait_for(anext(stream, None), None if is_over else QUIET)) is not None:
            past.append(event)
            if not is_over and time.monotonic() > last:
                break
    except TimeoutError:
        pass
    return past
