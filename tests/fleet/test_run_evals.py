"""Runs as the fleet keeps them: which one a command goes on with, what is listed, what is compared."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fleets import put_skill, skill_text

from skill_fleet.errors import Conflict, EvalsError, NotFound
from skill_fleet.evals.agents.find import AgentChoice
from skill_fleet.fleet.eval_runs import EvalRun, compare_evals, evals_folder, find_evals, list_evals, load_run
from skill_fleet.fleet.run_evals import RunRequest, run_evals
from skill_fleet.library.folder import FleetFolder

TASKS = 6


@pytest.fixture
def fleet(tmp_path: Path) -> FleetFolder:
    """With one skill and its cases."""
    fleet = FleetFolder(tmp_path)
    folder = put_skill(fleet, "tool/alpha")
    cases = [
        {"id": f"c{n}", "prompt": f"Say {n}.", "verify": [{"check": "output_contains", "text": f"said {n}"}]}
        for n in range(TASKS)
    ]
    (folder / "evals").mkdir()
    (folder / "evals" / "evals.json").write_text(json.dumps(cases), encoding="utf-8")
    return fleet


REQUEST = RunRequest("alpha", agent=AgentChoice("fake:0,1"), runs=1)


def run(fleet: FleetFolder, request: RunRequest = REQUEST) -> EvalRun:
    return run_evals(fleet, request, lambda _: None)


def made(found: EvalRun) -> tuple[str, int, int]:
    assert found.ran is not None
    return found.folder.name, found.ran.made, found.ran.kept


def test_the_same_command_goes_on_with_its_run(fleet: FleetFolder) -> None:
    """More runs and arms join it; another skill text, agent or seed begins a new one; so does --fresh."""
    assert ("iteration-1", 12, 0) == made(run(fleet))
    assert ("iteration-1", 0, 12) == made(run(fleet))
    assert ("iteration-1", 12, 12) == made(run(fleet, replace(REQUEST, runs=2)))
    assert ("iteration-1", 6, 12) == made(run(fleet, replace(REQUEST, arms=("none", "skill", "forced"))))
    assert ("iteration-2", 12, 0) == made(run(fleet, replace(REQUEST, agent=AgentChoice("fake:0,0.9"))))
    assert ("iteration-3", 12, 0) == made(run(fleet, replace(REQUEST, fresh=True)))
    file = fleet.skills / "tool" / "alpha" / "SKILL.md"
    file.write_text(skill_text("alpha", body="Do it in another way."), encoding="utf-8")
    assert ("iteration-4", 6, 6) == made(run(fleet))


def test_a_run_is_found_as_it_was(fleet: FleetFolder) -> None:
    """By the skill's name and by its folder, with everything it said."""
    found = run(fleet)
    assert evals_folder(fleet) / "alpha" / "iteration-1" == found.folder
    for ref in ("alpha", str(found.folder), str(found.folder.parent)):
        assert (found.summary, found.notes) == ((again := find_evals(fleet, ref)).summary, again.notes)
    for wrong in ("beta", str(fleet.skills / "gone")):
        with pytest.raises(NotFound):
            find_evals(fleet, wrong)
    with pytest.raises(EvalsError, match="holds no graded trial"):
        load_run(fleet.skills)


def test_skills_are_listed_with_adjusted_p(fleet: FleetFolder) -> None:
    """One skill's p is its own; of two the larger one counts for both where it has to."""
    run(fleet)
    [alone] = list_evals(fleet)
    assert 2 / 2**TASKS == alone.adjusted
    shutil.copytree(fleet.skills / "tool" / "alpha", fleet.skills / "tool" / "beta")
    (fleet.skills / "tool" / "beta" / "SKILL.md").write_text(skill_text("beta"), encoding="utf-8")
    run(fleet, replace(REQUEST, skill="beta", agent=AgentChoice("fake:0,0")))
    assert [("alpha", 4 / 2**TASKS), ("beta", 1.0)] == [(one.run.skill, one.adjusted) for one in list_evals(fleet)]
    assert [] == list_evals(FleetFolder(fleet.root / "other"))


def test_runs_are_compared_with_a_control(fleet: FleetFolder) -> None:
    """The skill's arm, and beside it the one without; an arm that one of them lacks is named."""
    before = run(fleet, replace(REQUEST, agent=AgentChoice("fake:0,0"))).folder
    after = run(fleet).folder
    found = compare_evals(fleet, str(before), str(after), "skill")
    assert ("helps", 1.0) == (found.lift.verdict, found.lift.mean)
    assert found.control is not None
    assert ("no evidence", 0.0) == (found.control.verdict, found.control.mean)
    assert compare_evals(fleet, str(before), str(after), "none").control is None
    with pytest.raises(EvalsError, match="the arm placebo"):
        compare_evals(fleet, str(before), str(after), "placebo")


def test_one_skill_is_run(fleet: FleetFolder) -> None:
    """A folder of several is refused; cases that are missing are named."""
    put_skill(fleet, "tool/gamma")
    with pytest.raises(Conflict, match="holds 2 skills"):
        run(fleet, replace(REQUEST, skill=str(fleet.skills)))
    with pytest.raises(NotFound, match="there are no cases"):
        run(fleet, replace(REQUEST, skill="gamma"))


def test_a_malformed_record_is_named(fleet: FleetFolder) -> None:
    """Rather than a run made anew over it."""
    folder = run(fleet).folder
    (folder / "run.json").write_text("{", encoding="utf-8")
    with pytest.raises(EvalsError, match=r"run\.json is malformed"):
        run(fleet)
    (folder / "run.json").unlink()
    assert TASKS == (load_run(folder).summary.lifts[0]).tasks
