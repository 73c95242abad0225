"""An author that plays decisions made beforehand: for a fixed draft, and for trying a pipeline without an author."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import Dependencies, Intent, Plan, Requirements, Research, TaxonomyChoice
from skill_fleet.authoring.draft import Draft, Problem
from skill_fleet.authoring.feedback import Feedback, Revised
from skill_fleet.library.catalog import Entry
from skill_fleet.sources.store import EvidenceStore


@dataclass(frozen=True, slots=True)
class Retake:
    """The draft that a revision leads to, and what is said of it."""

    draft: Draft
    changes: tuple[str, ...] = ("the next draft of the script",)
    not_addressed: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Script:
    """Every decision on the way to one draft; the plan holds those that led to it. `mended` is what the repair round
    gives back, and without it the draft stays as it was. `retakes` are played in order, one a revision."""

    research: Research
    plan: Plan
    draft: Draft
    mended: Draft | None = None
    retakes: tuple[Retake, ...] = ()


@dataclass(frozen=True, slots=True)
class ScriptedAuthor:
    """An `Author` that gives the same answers whatever it is asked. Its drafts bear its own name, whoever wrote them
    first. How many revisions there were it reads from the plan, so that it remembers nothing itself."""

    script: Script
    name: str = "scripted"

    async def research(self, brief: Brief, store: EvidenceStore) -> Research:
        return self.script.research

    async def requirements(self, brief: Brief, store: EvidenceStore, research: Research) -> Requirements:
        return self.script.plan.requirements

    async def intent(self, brief: Brief, store: EvidenceStore) -> Intent:
        return self.script.plan.intent

    async def taxonomy(
        self, brief: Brief, requirements: Requirements, intent: Intent, fleet: Sequence[Entry]
    ) -> TaxonomyChoice:
        return self.script.plan.taxonomy

    async def dependencies(self, brief: Brief, store: EvidenceStore, fleet: Sequence[Entry]) -> Dependencies:
        return self.script.plan.dependencies

    async def plan(
        self,
        brief: Brief,
        store: EvidenceStore,
        requirements: Requirements,
        intent: Intent,
        taxonomy: TaxonomyChoice,
        dependencies: Dependencies,
    ) -> Plan:
        return self.script.plan

    async def content(self, plan: Plan, store: EvidenceStore, before: Draft | None = None) -> Draft:
        played = [self.script.draft, *(retake.draft for retake in self.script.retakes)]
        draft = played[min(len(plan.edits.feedback), len(played) - 1)]
        return _renamed(replace(draft, author=self.name), plan.name)

    async def revise(self, brief: Brief, plan: Plan, feedback: Feedback, store: EvidenceStore) -> Revised:
        """The next retake, whatever the feedback says; without one nothing changes."""
        number = len(plan.edits.feedback)
        if number >= len(self.script.retakes):
            return Revised(plan, (), (f"{feedback.text}: the script has no further draft",))
        retake = self.script.retakes[number]
        edits = replace(plan.edits, feedback=(*plan.edits.feedback, feedback.text))
        return Revised(replace(plan, edits=edits), retake.changes, retake.not_addressed, retake.sources)

    async def repair(self, plan: Plan, draft: Draft, problems: Sequence[Problem], store: EvidenceStore) -> Draft:
        return replace(self.script.mended or draft, author=self.name)


def _renamed(draft: Draft, name: str) -> Draft:
    """The draft as the skill of that name, its frontmatter too."""
    skill = draft.file("SKILL.md")
    text = skill.text.replace(f"name: {draft.name}\n", f"name: {name}\n", 1)
    return replace(draft.with_file(replace(skill, text=text)), name=name)
