"""Documentation of a product that nobody has heard of becomes a skill, in three styles and from two dialects."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import pytest
import skills_ref
from tests.workshops import AUTHORS, MARKDOWN, RST, TASK, Job, planned, stored

from skill_fleet.authoring.brief import Brief, SkillStyle
from skill_fleet.authoring.draft import Draft, Report
from skill_fleet.authoring.workshop import Outcome
from skill_fleet.rules.check import check_folder
from skill_fleet.skill.parse import parse_skill
from skill_fleet.skill.tokens import count_tokens

STYLES: tuple[SkillStyle, ...] = get_args(SkillStyle)
MOST_LINES = {"comprehensive": 500, "navigation_hub": 300, "minimal": 150}
FENCE = re.compile(
    r"^(?P<pad> *)(?P<ticks>`{3,})(?P<language>[\w+-]*)\n(?P<code>.*?)\n(?P=pad)(?P=ticks)$", re.MULTILINE | re.DOTALL
)
LINK = re.compile(r"\]\(([^)\s:]+)\)")


@dataclass(frozen=True)
class Made:
    """A skill on disk, and what is known of it."""

    folder: Path
    outcome: Outcome
    report: Report
    draft: Draft

    @property
    def text(self) -> str:
        return (self.folder / "SKILL.md").read_text(encoding="utf-8")

    @property
    def pages(self) -> dict[str, str]:
        """Every Markdown file, by path."""
        files = sorted(self.folder.rglob("*.md"))
        return {file.relative_to(self.folder).as_posix(): file.read_text(encoding="utf-8") for file in files}


def make(folder: Path, brief: Brief) -> Made:
    job = Job(AUTHORS["extractive"](stored(brief.sources[0])), folder)
    outcome = job.run(brief)
    assert outcome.report is not None
    return Made(Path(outcome.path), outcome, outcome.report, job.drafts[0])


MARKDOWN_BRIEF = Brief(TASK, (str(MARKDOWN),))
RST_BRIEF = Brief(TASK, (str(RST),))


@pytest.fixture(
    scope="module",
    params=[*((style, MARKDOWN_BRIEF) for style in STYLES), ("comprehensive", RST_BRIEF)],
    ids=[*STYLES, "rst"],
)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    style, brief = request.param
    return make(tmp_path_factory.mktemp("made"), replace(brief, style=style))


def code_blocks(made: Made, language: str) -> Iterator[str]:
    for text in made.pages.values():
        for block in FENCE.finditer(text):
            if block["language"] == language:
                yield "\n".join(line.removeprefix(block["pad"]) for line in block["code"].split("\n"))


def test_it_is_valid(made: Made) -> None:
    """The reference validator has nothing to say, our own rules nothing critical."""
    assert [] == skills_ref.validate(made.folder)
    assert [] == [found for found in check_folder(made.folder) if found.severity == "critical"]
    assert "failed" != made.report.status


def test_it_keeps_its_limits(made: Made) -> None:
    """Lines by style, 5,000 tokens, as the report says."""
    assert made.text.count("\n") <= MOST_LINES[planned(made.outcome).style]
    assert count_tokens(made.text) <= 5000
    assert (made.text.count("\n"), count_tokens(made.text)) == (made.report.lines, made.report.tokens)


def test_every_quote_is_traced(made: Made) -> None:
    """All of them are borne out by the lines they cite, and there are many."""
    assert 1.0 == made.report.trace.share
    assert made.report.trace.borne_out > 20


def test_its_code_parses(made: Made) -> None:
    """Python, TOML and JSON, in SKILL.md and in the references; there is Python in every one."""
    python = list(code_blocks(made, "python"))
    assert python
    for block in python:
        ast.parse(block)
    for block in code_blocks(made, "toml"):
        tomllib.loads(block)
    for block in code_blocks(made, "json"):
        json.loads(block)


def test_its_links_lead_somewhere(made: Made) -> None:
    """Every relative link names a file of the skill, and every reference is named in SKILL.md."""
    for path, text in made.pages.items():
        for target in LINK.findall(FENCE.sub("", text)):
            assert (made.folder / path).parent.joinpath(target.partition("#")[0]).is_file(), (path, target)
    assert {path for path in made.pages if path != "SKILL.md"} == set(LINK.findall(made.text))


def test_it_says_when_to_use_it(made: Made) -> None:
    """What and when in the description, triggers in the text, and the licence of the source in the head."""
    skill = parse_skill(made.text.encode())
    assert skill.description.startswith("Limit the rate of calls")
    assert "Use when" in skill.description
    assert "## When to use" in made.text
    expected = "MIT" if made.outcome.brief.sources == MARKDOWN_BRIEF.sources else "BSD-3-Clause"
    assert expected == skill.text_of("license")


def test_it_holds_what_the_task_asks_for(made: Made) -> None:
    """An example for gates and one for retries, what goes wrong, and the warnings about it."""
    for part in ("tidegate.Gate(", "tidegate.RetryPlan(", "block=False", "max_wait"):
        assert part in made.text
    assert "pip install tidegate" in made.text
    assert "idempotency key" in "".join(made.pages.values())


def test_the_search_script_finds(made: Made) -> None:
    """It runs without our package and prints the section that answers."""
    script = made.folder / "scripts" / "search_refs.py"
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", script, "retry", "pause"], capture_output=True, text=True, check=True
    )
    assert "retries.md" in done.stdout
    nothing = subprocess.run([sys.executable, "-I", script, "zeppelin"], capture_output=True, text=True, check=False)
    assert (1, "") == (nothing.returncode, nothing.stdout)


def test_the_same_brief_gives_the_same_bytes(made: Made, tmp_path: Path) -> None:
    """Another run of another author writes the same files."""
    again = make(tmp_path, made.outcome.brief)
    assert (made.draft, made.pages) == (again.draft, again.pages)


def headings(made: Made) -> list[str]:
    return re.findall(r"^## (.*)$", FENCE.sub("", made.text), re.MULTILINE)


def test_pinned_topics_come_first(tmp_path: Path) -> None:
    """In the order given, whatever they are worth; they are in the core."""
    made = make(tmp_path / "one", replace(MARKDOWN_BRIEF, pin=("configuration", "stores")))
    topics = planned(made.outcome).requirements.topics
    assert ["configuration", "stores"] == [topic.id for topic in topics[:2]]
    assert all(topic.pinned and topic.core for topic in topics[:2])
    other = make(tmp_path / "two", replace(MARKDOWN_BRIEF, pin=("stores", "configuration")))
    assert ["stores", "configuration"] == [topic.id for topic in planned(other.outcome).requirements.topics[:2]]
    places = [(headings(one).index("Configuration"), headings(one).index("Stores")) for one in (made, other)]
    assert places[0][0] < places[0][1]
    assert places[1][0] > places[1][1]


def test_banned_topics_are_gone(tmp_path: Path) -> None:
    """From the plan and from SKILL.md's chapters."""
    plain = make(tmp_path / "plain", MARKDOWN_BRIEF)
    made = make(tmp_path / "banned", replace(MARKDOWN_BRIEF, ban=("Retries",)))
    assert "Retries" in headings(plain)
    assert "Retries" not in headings(made)
    assert "retries" not in {topic.id for topic in planned(made.outcome).requirements.topics}


def test_a_name_may_be_given(tmp_path: Path) -> None:
    """It is the name of the folder and of the skill."""
    made = make(tmp_path, replace(MARKDOWN_BRIEF, name="gatekeeping"))
    assert ("gatekeeping", "gatekeeping") == (made.folder.name, parse_skill(made.text.encode()).name)
