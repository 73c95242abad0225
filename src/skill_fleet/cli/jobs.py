"""The commands `skill-fleet jobs …`: looking at jobs. What changes them stands in `job_changes`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from skill_fleet.cli.bill_text import TOLD, bill_lines
from skill_fleet.cli.caller import load_caller
from skill_fleet.cli.job_events import past_of
from skill_fleet.cli.job_text import (
    STATE_STYLES,
    audit_lines,
    history_lines,
    job_row,
    plain_entry,
    plain_event,
    plain_job,
    plain_prompt,
)
from skill_fleet.cli.options import DEFAULTS, PLAIN_SWITCHES, Limit, Options
from skill_fleet.cli.screen import Screen, columns, plural
from skill_fleet.cli.waiting import announce
from skill_fleet.cli.when import parse_time, shown_second
from skill_fleet.clock import now
from skill_fleet.fleet.desk import Desk
from skill_fleet.jobs.context import Event
from skill_fleet.jobs.job import Job, JobQuery, JobState, JobStats

#: The states that facts alone tell apart; of others the number of all jobs in them is not known at once.
_COUNTED = {"pending_hitl", "pending_review", "completed", "cancelled"}

app = App(name="jobs", default_parameter=PLAIN_SWITCHES)


@app.default
@app.command(name="list")
def list_jobs(
    *,
    state: list[JobState] | None = None,
    owner: str = "",
    text: str = "",
    since: str = "",
    until: str = "",
    limit: Limit = 50,
    offset: Annotated[int, Parameter(validator=Number(gte=0))] = 0,
    options: Options = DEFAULTS,
) -> int:
    """List jobs, the newest first: id, state, start, owner, task.

    Parameters
    ----------
    state
        Only jobs in this state; may be repeated.
    owner
        Only jobs that this user started.
    text
        Only jobs with this text in their id or task.
    since
        Only jobs started since: a date such as 2026-11-22, or how long ago, such as 7d or 12h.
    until
        Only jobs started before.
    limit
        Print at most so many; 50 when left out.
    offset
        Leave out the first so many.
    """
    caller = load_caller(options)
    screen, at = caller.screen, now()
    query = JobQuery(
        states=tuple(state or ()),
        owner=owner,
        text=text,
        since=parse_time(since, at) if since else None,
        until=parse_time(until, at) if until else None,
        limit=limit,
        offset=offset,
    )
    with caller.looking() as desk:
        found = desk.list(query)
        total = _count(desk, query, len(found))
        if screen.json:
            screen.document({"jobs": [plain_job(job) for job in found], "total": total})
            return 0
        _print_jobs(screen, found)
        _talk_of_more(screen, query, len(found), total)
        announce(screen, desk)
    return 0


def _count(desk: Desk, query: JobQuery, found: int) -> int | None:
    """How many jobs fit; None where that would take the engine's word on each of them."""
    if not query.offset and found < query.limit:
        return found
    return desk.count(query) if set(query.states) <= _COUNTED else None


def _print_jobs(screen: Screen, found: Sequence[Job]) -> None:
    lines = columns([job_row(job) for job in found]) if found else []
    for job, line in zip(found, lines, strict=True):
        head, rest = line[: len(job.id)], line[len(job.id) :]
        screen.result(
            screen.paint(head, "bold") + rest.replace(job.state, screen.paint(job.state, STATE_STYLES[job.state]), 1)
        )


def _talk_of_more(screen: Screen, query: JobQuery, found: int, total: int | None) -> None:
    if total is None:
        screen.say(f"{found} shown; there may be more: --offset {query.offset + found}")
    elif found < total:
        screen.say(f"{found} of {plural(total, 'job')} shown; --limit and --offset show others")
    else:
        screen.say(plural(total, "job"))


@app.command
def show(ref: str, /, *, options: Options = DEFAULTS) -> int:
    """Print what is known of a job: its facts, its questions with their answers, every decision, and its end.

    Parameters
    ----------
    ref
        A job's id, the beginning of one, or @last for the latest.
    """
    caller = load_caller(options)
    with caller.looking() as desk:
        job = desk.get(ref)
        prompts, audit, bill = desk.history(job.id), desk.audit(job.id), desk.bill(job.id)
        told = _told_by_models(desk, job) if bill.models else []
        if caller.screen.json:
            caller.screen.document(
                {
                    **plain_job(job),
                    "result": job.record.result,
                    "prompts": [plain_prompt(stored) for stored in prompts],
                    "audit": [plain_entry(entry) for entry in audit],
                    "models": asdict(bill),
                    "told": [plain_event(event) for event in told],
                }
            )
            return 0
        for line in (*_fact_lines(job), *bill_lines(bill, told), *history_lines(prompts), *audit_lines(audit)):
            caller.screen.result(line)
        caller.screen.next_step(_next_step(job))
        announce(caller.screen, desk, but=job.id)
    return 0


def _told_by_models(desk: Desk, job: Job) -> list[Event]:
    past = asyncio.run(past_of(desk, job.id, is_over=job.is_final))
    return [event for event in past if event.kind in TOLD]


def _fact_lines(job: Job) -> list[str]:
    record = job.record
    facts = {
        "job": record.id,
        "state": f"{job.state} (paused: its question has expired)" if job.paused else job.state,
        "task": record.title,
        "owner": record.owner,
        "started": shown_second(record.created_at),
        "ended": shown_second(record.finished_at) if record.finished_at else "",
        "cancelled by": record.cancelled_by,
        "runs": str(record.run),
        "failure": f"{record.failure.code}: {record.failure.message} {record.failure.hint}" if record.failure else "",
        "draft": _draft_of(job),
    }
    return columns([[name, value] for name, value in facts.items() if value])


def _draft_of(job: Job) -> str:
    result = job.record.result
    path = result.get("path") if isinstance(result, dict) else None
    return path if isinstance(path, str) else ""


def _next_step(job: Job) -> str:
    if job.paused:
        return f"skill-fleet jobs resume {job.id}"
    if job.prompt is not None:
        return f"skill-fleet review show {job.prompt.id}"
    if job.state in ("failed", "cancelled"):
        return f"skill-fleet jobs retry {job.id}"
    if job.state == "completed":
        return f"skill-fleet show {job.id}" if _draft_of(job) else f"skill-fleet jobs logs {job.id}"
    return f"skill-fleet jobs watch {job.id}"


@app.command
def stats(*, options: Options = DEFAULTS) -> int:
    """Count the jobs that are kept: by state, how many succeeded, how long they took, how replies were read."""
    caller = load_caller(options)
    with caller.looking() as desk:
        found = desk.stats()
        if caller.screen.json:
            caller.screen.document(_plain_stats(found))
            return 0
        for line in columns(_stats_rows(found)):
            caller.screen.result(line)
        announce(caller.screen, desk)
    return 0


def _stats_rows(found: JobStats) -> list[list[str]]:
    rows = [["jobs", f"{found.created:,}"], *([state, f"{count:,}"] for state, count in sorted(found.states.items()))]
    if found.success_rate is not None:
        rows.append(["success", f"{found.success_rate:.1%} of those that ran to an end"])
    if found.seconds_median is not None and found.seconds_max is not None:
        rows.append(["seconds", f"{found.seconds_median:,.1f} in the median, {found.seconds_max:,.1f} at most"])
    for action, words in sorted(found.words.items()):
        said = sorted(words.items(), key=lambda pair: (-pair[1], pair[0]))
        rows.append([action, ", ".join(f"{word} ({count})" for word, count in said)])
    return rows


def _plain_stats(found: JobStats) -> dict[str, object]:
    return {
        "created": found.created,
        "states": dict(found.states),
        "success_rate": found.success_rate,
        "seconds_median": found.seconds_median,
        "seconds_max": found.seconds_max,
        "words": {action: dict(words) for action, words in found.words.items()},
    }


for _name, _target in {
    "watch": "job_events:watch",
    "logs": "job_events:logs",
    "traces": "job_events:traces",
    "cancel": "job_changes:cancel",
    "resume": "job_changes:resume",
    "retry": "job_changes:retry",
    "purge": "job_changes:purge",
    "work": "job_changes:work",
}.items():
    app.command(f"skill_fleet.cli.{_target}", name=_name)
