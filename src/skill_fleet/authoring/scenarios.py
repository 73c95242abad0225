"""Scenarios: requests as people make them, from the draft's own cases or in a person's words, and what runs them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from skill_fleet.authoring.draft import Draft
from skill_fleet.codec import to_json
from skill_fleet.errors import EvalsError
from skill_fleet.evals.cases import EVALS_FILE, Case, parse_cases
from skill_fleet.evals.verifiers import Check
from skill_fleet.review.tdd import Scenario, ScenarioResult

#: Characters of a skill's files, SKILL.md first, that a run with the skill is shown.
MOST_SHOWN = 60_000

_ARROW = re.compile(r"\s*(?:->|=>|→)\s*")
_TEXTS = (".md", ".txt", ".json", ".toml", ".yaml", ".yml", ".csv")


class ScenarioRunner(Protocol):
    """A model that does what a scenario asks, and a judgement of what it did."""

    async def run(self, scenario: Scenario, skill: str | None) -> ScenarioResult:
        """One run, as one step of the job: with the text of a skill, or without any. Raises a `NeedsPerson`."""
        ...


def draft_scenarios(draft: Draft) -> tuple[Scenario, ...]:
    """The cases of the draft that say what a good answer does; empty where it has no file of cases.

    Raises `EvalsError` for a file that cannot be read.
    """
    texts = {file.path: file.text for file in draft.files}
    found = texts.get(EVALS_FILE.as_posix())
    if found is None:
        return ()
    cases = parse_cases(found.encode(), EVALS_FILE).cases
    return tuple(scenario for case in cases if (scenario := _scenario(case, texts)).expectations or scenario.checks)


def said_scenarios(text: str, known: Sequence[Scenario]) -> tuple[Scenario, ...]:
    """What a person wrote, one a line: `REQUEST -> EXPECTATION; EXPECTATION`. Other lines say nothing here. Ids go on
    from the scenarios that are `known`."""
    taken = {scenario.id for scenario in known}
    ids = (name for number in range(1, len(taken) + text.count("\n") + 2) if (name := f"said-{number}") not in taken)
    return tuple(Scenario(name, request, expected) for (request, expected), name in zip(_said(text), ids, strict=False))


def skill_text(draft: Draft) -> str:
    """What an agent reads of a skill: SKILL.md, and behind it the texts that it may lead to, not the cases and their
    answers."""
    others = [file for file in draft.files if file.path != "SKILL.md" and _is_reading(file.path)]
    parts = [draft.file("SKILL.md").text, *(f"The file {file.path}:\n\n{file.text}" for file in others)]
    return "\n\n".join(parts)[:MOST_SHOWN]


def transcript_name(result: ScenarioResult) -> str:
    """`tdd-eval-1-without.md`; a run with a skill also names which."""
    return f"{'-'.join(part for part in ('tdd', result.scenario, result.arm, result.skill) if part)}.md"


def _scenario(case: Case, texts: Mapping[str, str]) -> Scenario:
    for path in case.files:
        if path not in texts:
            raise EvalsError(f"{EVALS_FILE}: case {case.key}: the draft has no file {path}.", "Leave it out.")
    expectations = case.expectations or ((case.expected,) if case.expected and not case.checks else ())
    checks = tuple(to_json(check, Check).decode() for check in case.checks)
    files = {path: texts[path] for path in case.files}
    return Scenario(case.folder_name, case.prompt, expectations, checks, files, case.expected)


def _said(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for line in text.splitlines():
        request, *rest = _ARROW.split(line.strip().lstrip("-* "), maxsplit=1)
        expected = tuple(part.strip() for part in "".join(rest).split(";") if part.strip())
        if request and expected:
            yield request, expected


def _is_reading(path: str) -> bool:
    return path.endswith(_TEXTS) and Path(path).parts[0] != EVALS_FILE.parts[0]
