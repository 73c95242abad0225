"""What the latest run with an agent says stands beside the other layers, as long as it is about these files."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fleets import put_skill, skill_text

from skill_fleet.evals.arms import digest_folder, offer
from skill_fleet.evals.run_record import CaseName, RunRecord, save_run
from skill_fleet.fleet.lifts import Lifts
from skill_fleet.library.folder import FleetFolder
from skill_fleet.metrics.reading import Reading

TASKS = 8


@pytest.fixture
def fleet(tmp_path: Path) -> FleetFolder:
    return FleetFolder(tmp_path)


def reading(folder: Path) -> Reading:
    return Reading(str(folder / "SKILL.md"), f"tool/{folder.name}", folder.name)


def put_run(fleet: FleetFolder, name: str, *, helps: bool = True, arms: tuple[str, ...] = ("skill", "none")) -> Path:
    """A run in which every task passes in one arm and fails in the other."""
    iteration = fleet.state / "evals" / name / "iteration-1"
    for task in range(TASKS):
        for arm, folder in (("skill", "with_skill"), ("none", "without_skill")):
            if arm in arms:
                place = iteration / f"eval-{task}" / folder / "run-1"
                place.mkdir(parents=True)
                check = {"text": "it is done", "passed": (arm == "skill") == helps}
                (place / "grading.json").write_text(json.dumps({"expectations": [check]}), encoding="utf-8")
    return iteration


def record_of(skill: Path, place: Path) -> RunRecord:
    """What our own runs say of themselves."""
    digest = digest_folder(offer(skill, place).folder)
    cases = tuple(CaseName(number, "") for number in range(TASKS))
    arms = {"skill": digest, "none": ""}
    return RunRecord("i", skill.name, str(skill), "clerk", "", "", "2026-03-01", 1, 1, arms, cases)


@pytest.mark.parametrize(("helps", "value", "band"), [(True, 1.0, "ok"), (False, 0.0, "block")])
def test_a_run_makes_the_layer(fleet: FleetFolder, *, helps: bool, value: float, band: str) -> None:
    """A skill that helps is ok, one that hurts is blocked."""
    folder = put_skill(fleet, "tool/alpha")
    put_run(fleet, "alpha", helps=helps)
    score = Lifts(fleet).score(reading(folder))
    assert (value, band) == (score.value, score.band)


def test_a_run_with_other_files_says_nothing(fleet: FleetFolder, tmp_path: Path) -> None:
    """Once the skill is changed, its run is about an earlier version; cases may change."""
    folder = put_skill(fleet, "tool/alpha")
    save_run(put_run(fleet, "alpha"), record_of(folder, tmp_path / "offered"))
    assert 1.0 == Lifts(fleet).score(reading(folder)).value
    (folder / "evals").mkdir()
    (folder / "evals" / "evals.json").write_text("{}", encoding="utf-8")
    assert 1.0 == Lifts(fleet).score(reading(folder)).value
    (folder / "SKILL.md").write_text(skill_text("alpha") + "\nMore.\n", encoding="utf-8")
    score = Lifts(fleet).score(reading(folder))
    assert (None, "untested: iteration-1 was made with other files than these") == (score.value, score.note)


@pytest.mark.parametrize("change", [{"agent": "fake"}, {"judge": "words"}])
def test_a_rehearsal_does_not_count(fleet: FleetFolder, tmp_path: Path, change: dict[str, str]) -> None:
    """Neither a scripted agent nor a judge that compares words says anything about a skill."""
    folder = put_skill(fleet, "tool/alpha")
    save_run(put_run(fleet, "alpha"), replace(record_of(folder, tmp_path / "offered"), **change))  # type: ignore[arg-type]
    score = Lifts(fleet).score(reading(folder))
    said = "untested: iteration-1 was a rehearsal, with a scripted agent or judge"
    assert (None, said) == (score.value, score.note)


def test_what_cannot_be_said_has_a_reason(fleet: FleetFolder) -> None:
    """No run, one arm alone, a malformed file."""
    skills = {name: put_skill(fleet, f"tool/{name}") for name in ("none", "half", "broken")}
    put_run(fleet, "half", arms=("skill",))
    broken = put_run(fleet, "broken")
    (broken / "run.json").write_text("{", encoding="utf-8")
    lifts = Lifts(fleet)
    scores = {name: lifts.score(reading(folder)) for name, folder in skills.items()}
    assert {None} == {score.value for score in scores.values()}
    assert "untested: no run with an agent" == scores["none"].note
    assert "untested: iteration-1 has not both arms, with the skill and without" == scores["half"].note
    assert "run.json is malformed" in scores["broken"].note


def test_a_fleet_without_runs_loads_nothing(fleet: FleetFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """What reads runs is not even imported."""
    folder = put_skill(fleet, "tool/alpha")
    monkeypatch.setitem(sys.modules, "skill_fleet.fleet.eval_runs", None)
    assert Lifts(fleet).score(reading(folder)).value is None
