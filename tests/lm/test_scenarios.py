"""Scenarios on a model: the skill makes the difference, the judge does not know of it, and words are not proof."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conversation.models import runtime_at
from tests.lmserver import LanguageServer

from skill_fleet.codec import to_json
from skill_fleet.evals.verifiers import Check
from skill_fleet.lm.scenarios import LmScenarios
from skill_fleet.review.tdd import Scenario, ScenarioResult

SKILL = """---
name: kiln-start
description: Start and stop a kiln. Use when a kiln is to be fired or has to cool.
---
# Start a kiln

- Always write down the hour of every hold before the kiln is fired.
- Never open the door above 200 degrees.
"""

FIRE = Scenario("fire", "How is the kiln to be fired today?", ("write down the hour of every hold",))


@pytest.fixture(scope="module")
def running() -> Iterator[LanguageServer]:
    with LanguageServer(seed=0) as server:
        yield server


@pytest.fixture
def server(running: LanguageServer, monkeypatch: pytest.MonkeyPatch) -> LanguageServer:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    running.control.reset()
    return running


def run(server: LanguageServer, folder: Path, scenario: Scenario, skill: str | None) -> ScenarioResult:
    return asyncio.run(LmScenarios(runtime_at(server, folder)).run(scenario, skill))


def test_the_skill_makes_the_difference(server: LanguageServer, tmp_path: Path) -> None:
    """Without it the request fails, with it the request passes; both transcripts say what was answered and why."""
    without, with_it = (run(server, tmp_path, FIRE, skill) for skill in (None, SKILL))
    assert [("without", False), ("with", True)] == [(one.arm, one.passed) for one in (without, with_it)]
    assert without.note.startswith("write down the hour of every hold: ")
    assert "- failed: write down the hour" in without.transcript
    assert "Always write down the hour of every hold" in with_it.transcript
    assert with_it.transcript.startswith("# Scenario fire, with the skill\n\n## Request\n\nHow is the kiln")


def test_the_judge_does_not_know_the_arm(server: LanguageServer, tmp_path: Path) -> None:
    """It is sent the task, the work and the statements, and no word of the skill's text or of there being one."""
    run(server, tmp_path, FIRE, SKILL)
    solve, judge = server.control.calls(text=True).calls
    assert ("Start and stop a kiln" in solve.prompt, "Start and stop a kiln" in judge.prompt) == (True, False)
    assert "skill" not in judge.prompt.lower()


def test_a_yes_without_its_words_is_a_no(server: LanguageServer, tmp_path: Path) -> None:
    """The quote has to stand in the work, and a statement that the judge left out counts as not seen."""
    verdict = {"number": 1, "yes": True, "quote": "it glows in the dark"}
    server.control.plan("values", values={"verdicts": [verdict]}, field="verdicts")
    scenario = Scenario("fire", FIRE.prompt, (*FIRE.expectations, "it is polite"))
    result = run(server, tmp_path, scenario, SKILL)
    assert not result.passed
    assert "the quote does not stand there" in result.note
    assert "the judge says nothing of it" in result.note


def test_checks_need_no_judge(server: LanguageServer, tmp_path: Path) -> None:
    """They look at the answer and at the files that were handed in; a draft's own scripts are not run."""
    said = "Done: 42.\n<<<FILE out/sum.txt\n42\n>>>END"
    server.control.plan("values", values={"response": said}, field="response", times=None)
    checks = (Check("output_contains", text="42"), Check("file_contains", path="out/sum.txt", text="42"))
    held = run(server, tmp_path, Scenario("sum", "Sum.", (), tuple(map(as_text, checks))), None)
    assert (True, 1) == (held.passed, len(server.control.calls().calls))
    script = as_text(Check("script", path="evals/check.py"))
    other = run(server, tmp_path, Scenario("sum", "Sum.", (), (script,), {"evals/check.py": "raise SystemExit"}), None)
    assert (False, True) == (other.passed, "scripts of a draft are not run" in other.note)


def as_text(check: Check) -> str:
    return to_json(check, Check).decode()


def test_nothing_to_look_at_is_no_pass(server: LanguageServer, tmp_path: Path) -> None:
    """A scenario that expects nothing proves nothing."""
    result = run(server, tmp_path, Scenario("empty", "Go.", ()), None)
    assert (False, "nothing could be checked") == (result.passed, result.note)
