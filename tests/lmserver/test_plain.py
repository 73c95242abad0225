"""Plain chat: our own agent and judge, without and with a skill."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.lmserver import LanguageServer

from skill_fleet.evals.agents.agent import Answer, Assignment, Offered
from skill_fleet.evals.agents.chat import ChatAgent
from skill_fleet.evals.endpoint import Endpoint
from skill_fleet.evals.judge import ChatJudge, Piece, compare_pair

TASK = "Write the log entry of a ship that leaves the harbour at spring tide."
SKILL = """---
name: tide-log
description: Writes log entries for ships in a harbour. Use when a ship leaves or enters.
---
# Tide log

The harbour has a log since 1820.

- Record the height of the tide in metres.
- **Never** round times to full hours.

```sh
Ask nobody inside of a fence.
```

1. Add 0.4 m of margin at spring tides.
"""
ORDERED = [
    "Record the height of the tide in metres.",
    "Never round times to full hours.",
    "Add 0.4 m of margin at spring tides.",
]


@pytest.fixture
def endpoint(server: LanguageServer) -> Endpoint:
    return Endpoint(server.base_url, "test-model", "sk-test", 20.0, attempts=1, pause=0.0)


def test_a_skill_makes_the_difference(endpoint: Endpoint, tmp_path: Path) -> None:
    """Without the skill an agent says what the task says; with it, it also does what the skill orders, and no more."""
    without = work(endpoint, tmp_path)
    forced = work(endpoint, tmp_path, forced=SKILL)
    assert f"On your task: {TASK}" == without.text
    assert [*without.text.splitlines(), *(f"- {line}" for line in ORDERED)] == forced.text.splitlines()


def test_an_agent_reads_the_skill_that_fits(endpoint: Endpoint, tmp_path: Path) -> None:
    """Of the skills on offer the one whose description fits is read once, and followed; one that does not fit is
    not."""
    fits = Offered("tide-log", "Writes log entries for ships in a harbour.", tmp_path / "tide-log")
    other = Offered("bake", "Bakes bread.", tmp_path / "bake")
    fits.folder.mkdir()
    (fits.folder / "SKILL.md").write_text(SKILL, encoding="utf-8")
    read = work(endpoint, tmp_path, fits, other)
    assert ("tide-log",) == read.read
    assert ORDERED[0] in read.text
    assert () == work(endpoint, tmp_path, other).read


def test_a_skill_for_other_work_changes_little(endpoint: Endpoint, tmp_path: Path) -> None:
    """Of a skill that does not fit the task, only lines that share its words are followed."""
    other = SKILL.replace(
        "Writes log entries for ships in a harbour. Use when a ship leaves or enters.", "Bakes bread."
    )
    assert ["- Record the height of the tide in metres.", "- Add 0.4 m of margin at spring tides."] == (
        work(endpoint, tmp_path, forced=other).text.splitlines()[1:]
    )


def test_judges_quote_what_they_saw(endpoint: Endpoint) -> None:
    """A yes has a quote that stands in the work; of two results the one with more of the task's words is better."""
    judge = ChatJudge(endpoint)
    work = "The ship left the harbour at 4:12.\nThe tide was 3.1 m high."
    found = judge.grade(Piece(TASK, "", work), ["The tide was high", "A pilot is named by name"])
    assert [True, False] == [one.passed for one in found]
    assert "first" == compare_pair(judge, Piece(TASK, "", ""), work, "Nothing to say.")
    assert "tie" == compare_pair(judge, Piece(TASK, "", ""), work, work)


def work(endpoint: Endpoint, folder: Path, *skills: Offered, forced: str = "") -> Answer:
    place = folder / "work"
    place.mkdir(exist_ok=True)
    return ChatAgent(endpoint).work(Assignment(TASK, place, skills, forced, seed=1))
