"""The verbs on a folder of this machine, as every face calls them."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest
from tests.fleets import TASK, tree, write_docs

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.workshop import Outcome
from skill_fleet.codec import from_json
from skill_fleet.errors import BadName, NotFound, SkillFleetError, SourceMissing, Unclear
from skill_fleet.fleet.create_skill import Making, request_for
from skill_fleet.fleet.desk import Desk, Reply, error_of
from skill_fleet.fleet.fleet import Fleet
from skill_fleet.fleet.promote import PromoteRequest
from skill_fleet.fleet.search import SearchRequest
from skill_fleet.jobs.context import Event, EventKind
from skill_fleet.jobs.job import Failure, Job
from skill_fleet.jobs.prompts import Action, Answer
from skill_fleet.settings import MEMORY, Settings
from skill_fleet.wiring import build_fleet


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    """A fleet whose jobs end with this process."""
    return build_fleet(Settings(home=tmp_path / "fleet", database_url=MEMORY))


@pytest.fixture
def brief(tmp_path: Path) -> Brief:
    return Brief(TASK, (str(write_docs(tmp_path / "docs")),))


def told_by(desk: Desk, job: Job, until: EventKind | None = None) -> list[Event]:
    """The job's events, until the first of that kind or to the end."""

    async def listen() -> list[Event]:
        events: list[Event] = []
        async for event in desk.watch(job.id):
            events.append(event)
            if event.kind == until:
                break
        return events

    return asyncio.run(listen())


def make(fleet: Fleet, brief: Brief, reply: Action | None = None) -> tuple[Job, list[Event]]:
    """A job as it ends, with what it told. With a reply, which must end it, it is asked; otherwise nobody is."""
    with fleet.desk("own") as desk:
        job = desk.create(request_for(brief, "all" if reply else "none"), "ana")
        if reply:
            asked = told_by(desk, job, "review.requested")[-1]
            desk.reply(asked.text, Reply(reply, actor="ana"))
        events = told_by(desk, job)
        return desk.refreshed(job.id), events


def outcome_of(job: Job) -> Outcome:
    return from_json(json.dumps(job.record.result), Outcome)


def ignore(event: Event) -> None:
    assert event.kind


def test_from_nothing_to_a_skill_that_is_found(fleet: Fleet, brief: Brief) -> None:
    """Every verb once, on what the one before left."""
    assert 3 == len(fleet.init().made)
    job, _ = make(fleet, brief)
    outcome = outcome_of(job)
    assert ("completed", "ana", job.id) == (job.state, job.record.owner, outcome.job_id)
    assert [outcome.path] == [str(draft.folder) for draft in fleet.list_skills().drafts]
    promotion = fleet.promote(PromoteRequest("@last"))
    assert promotion.job == outcome.job_id
    listing = fleet.list_skills()
    assert ((), [promotion.name]) == (listing.drafts, [skill.name for skill in listing.skills])
    assert promotion.path == listing.branches[-1].path
    assert [promotion.name] == [hit.entry.name for hit in fleet.search(SearchRequest("depot")).hits]
    assert 0 < len(fleet.show(promotion.name).statements)
    assert f"\n{promotion.name}\n" in fleet.export().xml
    assert "fail" not in {check.verdict for check in fleet.doctor()}


def test_the_records_of_a_draft(fleet: Fleet, brief: Brief) -> None:
    """`draft.json` holds brief, plan and report; no record names the job, so the same brief gives the same bytes."""
    fleet.init()
    first, second = (outcome_of(make(fleet, brief)[0]) for _ in range(2))
    one, other = (tree(Path(outcome.path).parent) for outcome in (first, second))
    assert one == other
    record = json.loads(one["draft.json"])
    assert [field.name for field in fields(Making)] == list(record)
    assert TASK == record["brief"]["task"]
    assert 1 == json.loads(one["provenance.json"])["version"]
    assert first.job_id.encode() not in b"".join(one.values())


def test_a_declined_plan_writes_nothing(fleet: Fleet, brief: Brief) -> None:
    """The job has no result, and says who ended it."""
    before = fleet.init()
    job, _ = make(fleet, brief, "cancel")
    assert ("cancelled", "ana", None) == (job.state, job.record.cancelled_by, job.record.result)
    assert ["skill-fleet.toml"] == list(tree(before.root))


def test_planning_asks_and_writes_nothing(fleet: Fleet, brief: Brief) -> None:
    """Topics come with the plan; the fleet is as it was."""
    before = fleet.init()
    plan, research = asyncio.run(fleet.plan(brief, ignore))
    assert {"Sending packages"} <= {topic.title for topic in plan.requirements.topics}
    assert 0 <= research.readiness <= 1
    assert ["skill-fleet.toml"] == list(tree(before.root))


def test_progress_is_told(fleet: Fleet, brief: Brief) -> None:
    """Every step that starts also ends, in between start and end of the job."""
    fleet.init()
    _, events = make(fleet, brief)
    assert ("job.started", "job.finished") == (events[0].kind, events[-1].kind)
    steps = {
        kind: sorted(event.name for event in events if event.kind == kind) for kind in ("step.started", "step.finished")
    }
    assert steps["step.started"] == steps["step.finished"]
    assert {"read sources", "research", "content", "validate", "save"} <= set(steps["step.started"])


def test_a_name_is_checked_before_there_is_a_job(fleet: Fleet, brief: Brief) -> None:
    """A name the specification forbids is no request; a source that is missing fails the job, by the error's name."""
    fleet.init()
    with pytest.raises(BadName, match="'Not A Name'"):
        request_for(replace(brief, name="Not A Name"), "none")
    job, _ = make(fleet, replace(brief, sources=("nowhere",)))
    assert job.record.failure is not None
    assert ("failed", "SourceMissing") == (job.state, job.record.failure.code)
    error = error_of(job.record.failure)
    assert (SourceMissing, True) == (type(error), "nowhere" in error.message)


def test_an_error_nobody_foresaw_stays_one() -> None:
    """What is no class of ours comes back as the plain one, with its words."""
    for code in ("internal", "Exception", "annotations", ""):
        error = error_of(Failure(code, "it broke", "look"))
        assert (SkillFleetError, "it broke", "look") == (type(error), error.message, error.hint)


def test_an_unclear_reply_answers_nothing(fleet: Fleet, brief: Brief) -> None:
    """It raises, and the prompt takes a clear one, whose word is kept."""
    fleet.init()
    with fleet.desk("own") as desk:
        job = desk.create(request_for(brief, "all"))
        prompt = told_by(desk, job, "review.requested")[-1].text
        with pytest.raises(Unclear, match="not clear"):
            desk.reply(prompt, Reply(text="no changes, looks good"))
        assert desk.get_prompt(prompt).is_open
        desk.reply(prompt, Reply(text="Looks good!", actor="ana", via="test"))
        answer = desk.get_prompt(prompt).answer
    assert Answer("proceed", "Looks good!", {}, "ana", "test", "looks good") == answer


def test_what_is_not_there_is_an_error(fleet: Fleet) -> None:
    """Showing, exporting and promoting raise `NotFound` with the name."""
    fleet.init()
    for ask in (
        lambda: fleet.show("gone"),
        lambda: fleet.export(["gone"]),
        lambda: fleet.promote(PromoteRequest("gone")),
    ):
        with pytest.raises(NotFound, match="'gone'"):
            ask()


def test_reading_a_fleet_loads_no_reader_of_sources(fleet: Fleet, tmp_path: Path) -> None:
    """Listing and searching start without the libraries that only `create` needs."""
    fleet.init()
    script = (
        "import sys; from skill_fleet.cli.main import main; main(['search', 'x', '--home', sys.argv[1]]);"
        "print(*sorted(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "fleet")], capture_output=True, text=True, check=True
    )
    heavy = {"docutils", "griffe", "selectolax", "skill_fleet.sources.read", "skill_fleet.authoring.extractive.author"}
    assert set() == heavy & set(done.stdout.split())
