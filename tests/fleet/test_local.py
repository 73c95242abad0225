"""The verbs on a folder of this machine, as every face calls them."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.fleets import TASK, tree, write_docs

from skill_fleet.authoring.brief import Brief
from skill_fleet.errors import BadName, NotFound, SourceMissing
from skill_fleet.fleet.fleet import Fleet
from skill_fleet.fleet.promote import PromoteRequest
from skill_fleet.fleet.search import SearchRequest
from skill_fleet.jobs.context import Answer, Event, Prompt
from skill_fleet.settings import Settings
from skill_fleet.wiring import build_fleet


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return build_fleet(Settings(home=tmp_path / "fleet"))


@pytest.fixture
def brief(tmp_path: Path) -> Brief:
    return Brief(TASK, (str(write_docs(tmp_path / "docs")),))


def agree(prompt: Prompt) -> Answer:
    assert prompt.kind == "confirm"
    return Answer("proceed")


def decline(prompt: Prompt) -> Answer:
    return Answer("cancel", prompt.title)


def ignore(event: Event) -> None:
    assert event.kind


def test_from_nothing_to_a_skill_that_is_found(fleet: Fleet, brief: Brief) -> None:
    """Every verb once, on what the one before left."""
    assert 3 == len(fleet.init().made)
    outcome = asyncio.run(fleet.create(brief, agree, ignore))
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
    first, second = (asyncio.run(fleet.create(brief, agree, ignore)) for _ in range(2))
    one, other = (tree(Path(outcome.path).parent) for outcome in (first, second))
    assert one == other
    record = json.loads(one["draft.json"])
    assert ["author", "brief", "research", "plan", "report", "version"] == list(record)
    assert TASK == record["brief"]["task"]
    assert 1 == json.loads(one["provenance.json"])["version"]
    assert first.job_id.encode() not in b"".join(one.values())


def test_a_declined_plan_writes_nothing(fleet: Fleet, brief: Brief) -> None:
    """The outcome holds the plan and no path."""
    before = fleet.init()
    outcome = asyncio.run(fleet.create(brief, decline, ignore))
    assert ("", None) == (outcome.path, outcome.report)
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
    events: list[Event] = []
    asyncio.run(fleet.create(brief, agree, events.append))
    assert ("job.started", "job.finished") == (events[0].kind, events[-1].kind)
    steps = {
        kind: sorted(event.name for event in events if event.kind == kind) for kind in ("step.started", "step.finished")
    }
    assert steps["step.started"] == steps["step.finished"]
    assert {"read sources", "research", "content", "validate", "save"} <= set(steps["step.started"])


def test_a_name_is_checked_before_anything_is_read(fleet: Fleet) -> None:
    """A name the specification forbids ends the job at once."""
    fleet.init()
    with pytest.raises(BadName, match="'Not A Name'"):
        asyncio.run(fleet.create(Brief(TASK, ("nowhere",), name="Not A Name"), agree, ignore))
    with pytest.raises(SourceMissing, match="nowhere"):
        asyncio.run(fleet.create(Brief(TASK, ("nowhere",)), agree, ignore))


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
