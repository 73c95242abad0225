"""The author at work on evidence that was read before: every method here is what one step does.

The evidence is loaded when a step runs, not when its result is recalled: a job that goes on after an answer may need
none of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import Dependencies, Gap, Intent, Plan, Requirements, Research, TaxonomyChoice
from skill_fleet.authoring.draft import Assessment, Draft, Problem
from skill_fleet.authoring.examine import Examination, examine
from skill_fleet.authoring.feedback import Feedback, Revised
from skill_fleet.authoring.workshop import Outcome, Workshop
from skill_fleet.library.catalog import Entry
from skill_fleet.sources.store import EvidenceStore


@dataclass(frozen=True, slots=True)
class Desk:
    """`key` is the evidence's, `fleet` the skills there were when the job began."""

    workshop: Workshop
    key: str
    fleet: tuple[Entry, ...]

    @property
    def _store(self) -> EvidenceStore:
        return self.workshop.evidence(self.key)

    async def research(self, brief: Brief) -> Research:
        store = self._store
        found = await self.workshop.author.research(brief, store)
        return replace(found, gaps=(*found.gaps, *_left_out(store)))

    async def requirements(self, brief: Brief, research: Research) -> Requirements:
        return await self.workshop.author.requirements(brief, self._store, research)

    async def intent(self, brief: Brief) -> Intent:
        return await self.workshop.author.intent(brief, self._store)

    async def dependencies(self, brief: Brief) -> Dependencies:
        return await self.workshop.author.dependencies(brief, self._store, self.fleet)

    async def taxonomy(self, brief: Brief, requirements: Requirements, intent: Intent) -> TaxonomyChoice:
        return await self.workshop.author.taxonomy(brief, requirements, intent, self.fleet)

    async def plan(
        self,
        brief: Brief,
        requirements: Requirements,
        intent: Intent,
        taxonomy: TaxonomyChoice,
        dependencies: Dependencies,
    ) -> Plan:
        author = self.workshop.author
        return await author.plan(brief, self._store, requirements, intent, taxonomy, dependencies)

    async def content(self, plan: Plan, before: Draft | None = None) -> Draft:
        return await self.workshop.author.content(plan, self._store, before)

    async def revise(self, brief: Brief, plan: Plan, feedback: Feedback) -> Revised:
        return await self.workshop.author.revise(brief, plan, feedback, self._store)

    async def repair(self, plan: Plan, draft: Draft, problems: Sequence[Problem]) -> Draft:
        return await self.workshop.author.repair(plan, draft, problems, self._store)

    async def assess(self, plan: Plan, draft: Draft) -> Assessment | None:
        """The voice's opinion, where there is one."""
        voice = self.workshop.voice
        return await voice.assess(plan, draft, self._store) if voice else None

    def examine(self, draft: Draft) -> Examination:
        return examine(draft, self._store)

    def save(self, outcome: Outcome, draft: Draft) -> str:
        return self.workshop.save(outcome, draft, self._store)


def _left_out(store: EvidenceStore) -> Iterator[Gap]:
    """What was kept out of the evidence because it looks like an instruction to the agent that reads it."""
    for source in store.sources:
        for finding in source.suspicious:
            place = f"{finding.span.path}:{finding.span.line}"
            said = f"{place} of {source.id} is left out: {finding.reason}"
            yield Gap(said, f"look at it: {finding.excerpt}", "left out")
