"""What a model may look at: the verbs of the fleet that change nothing, as texts of bounded length."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from skill_fleet.conversation.talk import Tool
from skill_fleet.errors import SkillFleetError
from skill_fleet.fleet.desk import Desk
from skill_fleet.fleet.evaluate import EvaluateRequest
from skill_fleet.fleet.fleet import Fleet
from skill_fleet.fleet.search import SearchRequest
from skill_fleet.fleet.validate import validate
from skill_fleet.jobs.job import JobQuery

#: Characters of what one look gives.
MOST = 6_000
#: Skills, drafts, hits, jobs and findings that are listed.
MANY = 30


def look(fleet: Fleet, desk: Desk, tool: Tool, argument: str) -> str:
    """What the tool finds, or why it finds nothing."""
    looks: Mapping[Tool, Callable[[], Iterator[str]]] = {
        "list": lambda: _list(fleet),
        "search": lambda: _search(fleet, argument),
        "show": lambda: _show(fleet, argument),
        "validate": lambda: _validate(fleet, argument),
        "evaluate": lambda: _evaluate(fleet, argument),
        "jobs": lambda: _jobs(desk),
    }
    try:
        text = "\n".join(looks[tool]())
    except SkillFleetError as error:
        text = str(error)
    return text if len(text) <= MOST else f"{text[:MOST]}\n[…]"


def _list(fleet: Fleet) -> Iterator[str]:
    found = fleet.list_skills()
    yield f"{len(found.skills)} skills, {len(found.drafts)} drafts that wait for promotion"
    yield from (f"- {entry.ref}: {entry.description or entry.problem}" for entry in found.skills[:MANY])
    yield from (f"- draft {draft.name} of job {draft.job} ({draft.status})" for draft in found.drafts[:MANY])


def _search(fleet: Fleet, query: str) -> Iterator[str]:
    found = fleet.search(SearchRequest(query, limit=MANY))
    yield f"{found.total} skills hold words of {query!r}"
    yield from (f"- {hit.entry.ref}: {hit.entry.description}" for hit in found.hits)


def _show(fleet: Fleet, ref: str) -> Iterator[str]:
    shown = fleet.show(ref)
    yield f"{shown.name} in {shown.folder}, files: {', '.join(shown.files)}"
    yield ""
    yield shown.read(shown.main)


def _validate(fleet: Fleet, ref: str) -> Iterator[str]:
    checked = validate([fleet.show(ref).folder])
    yield f"{len(checked.findings)} findings"
    yield from (f"- {one.severity}: {one.code} {one.message} (line {one.line})" for one in checked.findings[:MANY])


def _evaluate(fleet: Fleet, ref: str) -> Iterator[str]:
    notes: list[str] = []
    for measured in fleet.evaluate(EvaluateRequest((ref,)), notes.append).measurements:
        reading = measured.reading
        yield f"{reading.place}: {reading.problem or 'measured'}"
        yield from (
            f"- {score.layer}: {score.band if score.value is not None else score.note}"
            for score in reading.vector.scores
        )
    yield from notes


def _jobs(desk: Desk) -> Iterator[str]:
    jobs = desk.list(JobQuery(limit=MANY))
    yield f"{len(jobs)} jobs, the latest first"
    yield from (
        f"- {job.id}: {job.record.kind}, {job.state}: {' '.join(job.record.title.split())[:80]}" for job in jobs
    )
