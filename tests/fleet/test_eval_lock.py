"""Two commands that would make the same trials: the second waits for the first, and finds its work done."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType

import pytest
from tests.announced import announce
from tests.fleets import put_skill

from skill_fleet.errors import AgentError, EvalsError
from skill_fleet.evals.agents.agent import Answer, Assignment
from skill_fleet.evals.agents.find import GROUP, AgentChoice
from skill_fleet.fleet.eval_runs import EvalRun, evals_folder
from skill_fleet.fleet.run_evals import RunRequest, run_evals
from skill_fleet.library.folder import FleetFolder

CASES = 3
TRIALS = 2 * CASES
PATIENCE = 20.0
SOON = 0.1
"""Seconds in which a command that did not wait would be at work."""

REQUEST = RunRequest("alpha", agent=AgentChoice("watched", model="first"), runs=1, at_once=1)


@dataclass
class Watched:
    """An agent that writes down who began which trial; `first_trial` happens within the first one of `first`."""

    begun: list[str] = field(default_factory=list)
    is_made: dict[str, threading.Event] = field(default_factory=dict)
    is_at_work: threading.Event = field(default_factory=threading.Event)
    first_trial: Callable[[], object] = lambda: None

    def make(self, command: str) -> OneOf:
        """A command makes its agent just before it looks whether it is alone."""
        self.is_made.setdefault(command, threading.Event()).set()
        return OneOf(self, command)


@dataclass(frozen=True)
class OneOf:
    """The agent of one command. Its trials are those of every other: the recipe is the same."""

    watched: Watched
    command: str
    name: str = "watched"
    model: str = "none"
    recipe: str = "watched"

    def work(self, assignment: Assignment) -> Answer:
        self.watched.begun.append(self.command)
        if self.command == "first" and self.watched.begun.count("first") == 1:
            self.watched.first_trial()
        if self.command != "first":
            self.watched.is_at_work.set()
        return Answer(assignment.prompt)


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """It is installed under the name `watched`; its model is the command that uses it."""
    found = Watched()
    found.is_made["second"] = threading.Event()
    module = ModuleType("specimen_watched")
    module.__dict__["make"] = found.make
    monkeypatch.setitem(sys.modules, module.__name__, module)
    announce(tmp_path / "site", GROUP, "watched = specimen_watched:make")
    monkeypatch.syspath_prepend(tmp_path / "site")
    return found


@pytest.fixture
def fleet(tmp_path: Path) -> FleetFolder:
    """With one skill and its cases."""
    fleet = FleetFolder(tmp_path / "fleet")
    folder = put_skill(fleet, "tool/alpha") / "evals"
    folder.mkdir()
    cases = [
        {"id": n, "prompt": f"Say {n}.", "verify": [{"check": "output_contains", "text": str(n)}]} for n in range(CASES)
    ]
    (folder / "evals.json").write_text(json.dumps(cases), encoding="utf-8")
    return fleet


def run(fleet: FleetFolder, command: str, out: Path | None = None) -> EvalRun:
    request = replace(REQUEST, agent=AgentChoice("watched", model=command), out=out)
    return run_evals(fleet, request, lambda _: None)


def begin(fleet: FleetFolder, command: str, out: Path | None = None) -> Future[EvalRun]:
    """In a thread that nobody has to wait for, should it wait forever."""
    future: Future[EvalRun] = Future()

    def work() -> None:
        try:
            future.set_result(run(fleet, command, out))
        except Exception as error:  # noqa: BLE001  whoever asks for the result gets it
            future.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    return future


def made(found: EvalRun) -> tuple[str, int, int]:
    assert found.ran is not None
    return found.folder.name, found.ran.made, found.ran.kept


def test_a_second_command_waits_and_pays_for_nothing(fleet: FleetFolder, watched: Watched) -> None:
    """It begins in the middle of the first one's first trial; every trial is made once."""
    second: list[Future[EvalRun]] = []
    seen: list[bool] = []

    def begin_the_second() -> None:
        second.append(begin(fleet, "second"))
        seen.append(watched.is_made["second"].wait(PATIENCE))
        seen.append(watched.is_at_work.wait(SOON))

    watched.first_trial = begin_the_second
    first = run(fleet, "first")
    found = second[0].result(PATIENCE)
    assert [True, False] == seen
    assert ["first"] * TRIALS == watched.begun
    assert [("iteration-1", TRIALS, 0), ("iteration-1", 0, TRIALS)] == [made(first), made(found)]
    assert first.summary == found.summary


def test_another_folder_is_another_lock(fleet: FleetFolder, watched: Watched, tmp_path: Path) -> None:
    """A run that is kept elsewhere goes through while the first one is at work."""
    others: list[EvalRun] = []
    watched.first_trial = lambda: others.append(begin(fleet, "second", tmp_path / "elsewhere").result(PATIENCE))
    first = run(fleet, "first")
    assert [("iteration-1", TRIALS, 0)] * 2 == [made(first), *map(made, others)]
    assert ["first", *["second"] * TRIALS, *["first"] * (TRIALS - 1)] == watched.begun


def test_a_command_that_fails_lets_go(fleet: FleetFolder, watched: Watched) -> None:
    """Whether an agent refuses or the record cannot be read: the next one goes on with the run."""
    record = evals_folder(fleet) / "alpha" / "iteration-1" / "run.json"

    def refuse() -> None:
        raise AgentError("the provider refuses.", "Ask again tomorrow.")

    watched.first_trial = refuse
    first = begin(fleet, "first").result(PATIENCE)
    assert ("iteration-1", 0, 0) == made(first)
    kept = record.read_bytes()
    record.write_text("{", encoding="utf-8")
    with pytest.raises(EvalsError, match=r"run\.json is malformed"):
        begin(fleet, "second").result(PATIENCE)
    record.write_bytes(kept)
    assert ("iteration-1", TRIALS, 0) == made(begin(fleet, "third").result(PATIENCE))
