"""An author that cannot go on: the job asks a person, and goes on where it stood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest
from tests.workshops import MARKDOWN, NO, QUOTES, TASK, Job, script, stored

from skill_fleet.authoring.author import Author
from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import Dependencies, Intent, Plan
from skill_fleet.authoring.draft import Draft
from skill_fleet.authoring.scripted import ScriptedAuthor
from skill_fleet.authoring.session import Stops
from skill_fleet.authoring.workshop import Workshop
from skill_fleet.errors import AuthorAway, BudgetSpent, NeedsPerson, NotWaiting
from skill_fleet.library.catalog import Entry
from skill_fleet.sources.store import EvidenceStore

BRIEF = Brief(TASK, (str(MARKDOWN),))
AWAY = AuthorAway("the provider does not answer.", "Try again later.")
SPENT = BudgetSpent("1,000 of 1,000 tokens are spent.", "Proceed for as many again.")

T = TypeVar("T")


@dataclass(frozen=True)
class Faltering(ScriptedAuthor):
    """Plays its script, but fails at a decision as often as there are errors left for it."""

    errors: dict[str, list[NeedsPerson]] = field(default_factory=dict)
    tries: Counter[str] = field(default_factory=Counter)

    async def intent(self, brief: Brief, store: EvidenceStore) -> Intent:
        self._try("intent")
        return await super().intent(brief, store)

    async def dependencies(self, brief: Brief, store: EvidenceStore, fleet: Sequence[Entry]) -> Dependencies:
        self._try("dependencies")
        return await super().dependencies(brief, store, fleet)

    async def content(self, plan: Plan, store: EvidenceStore, before: Draft | None = None) -> Draft:
        self._try("content")
        return await super().content(plan, store, before)

    def _try(self, name: str) -> None:
        self.tries[name] += 1
        if self.errors.get(name):
            raise self.errors[name].pop(0)


@dataclass
class PausedJob(Job):
    """Remembers what the author was told about pauses."""

    again: list[NeedsPerson] = field(default_factory=list)

    @property
    def workshop(self) -> Workshop:
        made = super().workshop
        return Workshop(made.author, made.look, made.read, made.evidence, made.save, again=self.again.append)


def faltering(**errors: list[NeedsPerson]) -> Faltering:
    return Faltering(script(stored(), QUOTES), errors=errors)


def paused(author: Author, folder: Path, **more: object) -> PausedJob:
    return PausedJob(author, folder, **more)  # type: ignore[arg-type]


def pauses(job: Job) -> list[tuple[str, str]]:
    return [(prompt.title, prompt.body) for prompt in job.prompts if "revise" not in prompt.allowed]


def test_a_step_that_failed_is_tried_again_after_yes(tmp_path: Path) -> None:
    """Only that step, and only after each answer; the author hears of it."""
    author = faltering(content=[AWAY, SPENT])
    job = paused(author, tmp_path)
    job.run(BRIEF)
    assert 3 == author.tries["content"]
    assert 1 == author.tries["intent"]
    assert [AWAY, SPENT] == job.again
    (first, body), (second, _) = pauses(job)
    assert ("The author cannot go on", "The budget is spent") == (first, second)
    assert "content: the provider does not answer. Try again later." in body
    assert [draft.name for draft in job.drafts]


def test_steps_side_by_side_ask_once(tmp_path: Path) -> None:
    """One question names both; what was finished beside them is not done again."""
    author = faltering(intent=[AWAY], dependencies=[SPENT])
    job = paused(author, tmp_path)
    job.run(BRIEF)
    ((title, body),) = pauses(job)
    assert "The budget is spent" == title
    assert "- intent: the provider" in body
    assert "- dependencies: 1,000 of" in body
    assert {"intent": 2, "dependencies": 2, "content": 1} == author.tries


def test_one_yes_grants_one_budget(tmp_path: Path) -> None:
    """However many steps have come to its end."""
    job = paused(faltering(intent=[SPENT], dependencies=[SPENT]), tmp_path)
    job.run(BRIEF)
    assert [SPENT] == job.again


def test_no_policy_spends_more(tmp_path: Path) -> None:
    """Where nobody is to be asked about the skill, a person is asked about the money all the same."""
    job = paused(faltering(content=[SPENT]), tmp_path, stops=Stops("none"))
    job.run(BRIEF)
    assert ["The budget is spent"] == [prompt.title for prompt in job.prompts]


def test_no_is_no(tmp_path: Path) -> None:
    """The job ends there, and nothing is tried or kept."""
    author = faltering(content=[AWAY])
    job = paused(author, tmp_path, said={"clarify": [NO]}, stops=Stops("none"))
    with pytest.raises(NotWaiting):
        job.run(BRIEF)
    assert ([], [], 1) == (job.drafts, job.again, author.tries["content"])
