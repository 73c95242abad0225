"""Agents that other packages announce are found by name, and work in a run like those that are built in."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.announced import announce
from tests.fleets import put_skill

from skill_fleet.errors import AgentError
from skill_fleet.evals.agents.agent import Assignment
from skill_fleet.evals.agents.find import GROUP, AgentChoice, find_agent
from skill_fleet.fleet.run_evals import RunRequest, run_evals
from skill_fleet.library.folder import FleetFolder

#: It does what it is asked to when a skill is on offer, and nothing without.
MODULE = """
from dataclasses import dataclass
from skill_fleet.evals.agents.agent import Answer

@dataclass(frozen=True)
class Gardener:
    name: str
    model: str
    recipe: str

    def work(self, assignment):
        offered = tuple(skill.name for skill in assignment.skills)
        return Answer(assignment.prompt if offered else "", offered, tokens=7)

def make_gardener(model): return Gardener("gardener", model or "of no model", f"gardener {model}")
def make_other(model): return Gardener("other", model, "other")
def make_nothing(model): return object()
def make_trouble(model): raise OSError("no soil")
"""


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package with three agents, two of which go by names that are taken or written in Chinese."""
    site = tmp_path / "site"
    agents = ("gardener = specimen_agents:make_gardener", "园丁 = specimen_agents:make_other")
    announce(site, GROUP, *agents, "claude = specimen_agents:make_other")
    (site / "specimen_agents.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(site)
    yield
    sys.modules.pop("specimen_agents", None)


def test_an_announced_agent_is_found_by_its_name(tmp_path: Path) -> None:
    """The function gets the model that was named, and an empty text when none was."""
    found = find_agent(AgentChoice("gardener", model="oak-2"))
    assert ("gardener", "oak-2", "gardener oak-2") == (found.name, found.model, found.recipe)
    assert "of no model" == find_agent(AgentChoice("gardener")).model
    assert "other" == find_agent(AgentChoice("园丁")).name
    assert ("", 7) == ((answer := found.work(Assignment("Prune.", tmp_path))).text, answer.tokens)


def test_a_name_that_is_taken_stays_with_its_owner() -> None:
    """An installed package cannot slip itself under a program that people know."""
    assert "claude" == find_agent(AgentChoice("claude")).name


@pytest.mark.parametrize("name", ["gardner", "", "Gardener", "gardener:oak-2"])
def test_an_unknown_name_is_told_which_there_are(name: str) -> None:
    """Those that packages announce are among them."""
    with pytest.raises(AgentError) as caught:
        find_agent(AgentChoice(name))
    assert f"there is no agent {name!r}." == caught.value.message
    assert "chat, inspect:MODEL, fake:0.3,0.6, claude, gardener, 园丁; or use" in caught.value.hint


def test_an_announced_agent_works_in_a_run(tmp_path: Path) -> None:
    """Its name, model, tokens and what it read stand in the result."""
    fleet = FleetFolder(tmp_path / "fleet")
    folder = put_skill(fleet, "tool/alpha")
    cases = [
        {"id": n, "prompt": f"Say {n}.", "verify": [{"check": "output_contains", "text": f"Say {n}"}]} for n in range(6)
    ]
    (folder / "evals").mkdir()
    (folder / "evals" / "evals.json").write_text(json.dumps(cases), encoding="utf-8")
    request = RunRequest("alpha", agent=AgentChoice("gardener", model="oak-2"), runs=1)
    found = run_evals(fleet, request, lambda _: None)
    assert found.record is not None
    assert ("gardener", "oak-2") == (found.record.agent, found.record.model)
    lift = found.summary.lifts[0]
    assert ("helps", 1.0, 1.0) == (lift.verdict, lift.mean, lift.tokens)
    assert lift.triggers is not None
    assert 1.0 == lift.triggers.share


@pytest.mark.parametrize(
    ("name", "said"),
    [("hollow", "has no name, model, recipe, work"), ("dry", "OSError: no soil"), ("gone", "ModuleNotFoundError")],
)
def test_a_broken_package_is_named(name: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What keeps an announced agent from being made, and where it was announced."""
    broken = ("hollow = specimen_agents:make_nothing", "dry = specimen_agents:make_trouble", "gone = no_such:make")
    announce(tmp_path / "broken", GROUP, *broken)
    monkeypatch.syspath_prepend(tmp_path / "broken")
    with pytest.raises(AgentError, match=f"the agent '{name}' .*{said}"):
        find_agent(AgentChoice(name))
