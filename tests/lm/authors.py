"""The author with a model at a test server, and a job that it works on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.lm.runtimes import Office
from tests.workshops import MARKDOWN, TASK, stored

from skill_fleet.authoring.author import Author
from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import Plan
from skill_fleet.authoring.draft import Draft, Statement
from skill_fleet.authoring.feedback import Feedback, Revised
from skill_fleet.jobs.prompts import PromptKind
from skill_fleet.library.catalog import Entry
from skill_fleet.lm.author import LmAuthor
from skill_fleet.sources.store import EvidenceStore

BRIEF = Brief(TASK, (str(MARKDOWN),))
SKILL = "SKILL.md"


@dataclass
class Bench:
    """An author at work on one brief, decision by decision."""

    office: Office
    fleet: Sequence[Entry] = ()
    brief: Brief = BRIEF
    store: EvidenceStore = field(default_factory=stored)

    @property
    def author(self) -> Author:
        return LmAuthor(self.office.runtime(deaf=True), lambda: self.fleet)

    def plan(self, **changes: object) -> Plan:
        return asyncio.run(self._plan(replace(self.brief, **changes)))  # type: ignore[arg-type]  # fields of a brief

    async def _plan(self, brief: Brief) -> Plan:
        author, store = self.author, self.store
        found = await author.research(brief, store)
        needs = await author.requirements(brief, store, found)
        intent = await author.intent(brief, store)
        near = await author.dependencies(brief, store, self.fleet)
        place = await author.taxonomy(brief, needs, intent, self.fleet)
        return await author.plan(brief, store, needs, intent, place, near)

    def draft(self, plan: Plan, before: Draft | None = None) -> Draft:
        return asyncio.run(self.author.content(plan, self.store, before))

    def revise(self, plan: Plan, words: str, draft: Draft | None = None) -> Revised:
        stop: PromptKind = "preview" if draft else "confirm"
        return asyncio.run(self.author.revise(self.brief, plan, Feedback(stop, words, draft), self.store))

    def again(self, plan: Plan, draft: Draft, words: str) -> tuple[Revised, Draft]:
        """What becomes of a draft after feedback."""
        revised = self.revise(plan, words, draft)
        return revised, self.draft(revised.plan, draft)

    def prompts(self, field: str) -> list[str]:
        """The prompts that asked for an output field."""
        return [call.prompt for call in self.office.server.control.calls(text=True).asking(field)]


def entry(name: str, path: str, description: str) -> Entry:
    folder = Path("/fleet", path, name)
    return Entry(name, path, folder, folder / SKILL, description)


def lines_of(draft: Draft, statement: Statement) -> str:
    return "\n".join(draft.file(statement.file).text.split("\n")[statement.line - 1 : statement.end])


def headings(draft: Draft) -> list[str]:
    return [line[3:] for line in draft.file(SKILL).text.split("\n") if line.startswith("## ")]
