"""An author that plays decisions made beforehand: for a fixed draft, and for trying a pipeline without an author."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import Dependencies, Intent, Plan, Requirements, Research, TaxonomyChoice
from skill_fleet.authoring.draft import Draft, Problem
from skill_fleet.library.catalog import Entry
from skill_fleet.sources.store import EvidenceStore


@dataclass(frozen=True, slots=True)
class Script:
    """Every decision on the way to one draft; the plan holds those that led to it. `mended` is what the repair round
    gives back, and without it the draft stays as it was."""

    research: Research
    plan: Plan
    draft: Draft
    mended: Draft | None = None


@dataclass(frozen=True, slots=True)
class ScriptedAuthor:
    """An `Author` that gives the same answers whatever it is asked. Its drafts bear its own name, whoever wrote them
    first."""

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

    async def content(self, plan: Plan, store: EvidenceStore) -> Draft:
        return replace(self.script.draft, author=self.name)

    async def repair(self, plan: Plan, draft: Draft, problems: Sequence[Problem], store: EvidenceStore) -> Draft:
        return replace(self.script.mended or draft, author=self.name)
