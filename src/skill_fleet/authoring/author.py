"""The port that makes the decisions: one method a decision, typed records in and out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import Dependencies, Intent, Plan, Requirements, Research, TaxonomyChoice
from skill_fleet.authoring.draft import Draft, Problem
from skill_fleet.authoring.feedback import Feedback, Revised
from skill_fleet.library.catalog import Entry
from skill_fleet.sources.store import EvidenceStore


class Author(Protocol):
    """Whoever writes: an extractive composer, a language model, a script."""

    @property
    def name(self) -> str: ...

    async def research(self, brief: Brief, store: EvidenceStore) -> Research: ...

    async def requirements(self, brief: Brief, store: EvidenceStore, research: Research) -> Requirements: ...

    async def intent(self, brief: Brief, store: EvidenceStore) -> Intent: ...

    async def taxonomy(
        self, brief: Brief, requirements: Requirements, intent: Intent, fleet: Sequence[Entry]
    ) -> TaxonomyChoice: ...

    async def dependencies(self, brief: Brief, store: EvidenceStore, fleet: Sequence[Entry]) -> Dependencies: ...

    async def plan(
        self,
        brief: Brief,
        store: EvidenceStore,
        requirements: Requirements,
        intent: Intent,
        taxonomy: TaxonomyChoice,
        dependencies: Dependencies,
    ) -> Plan: ...

    async def content(self, plan: Plan, store: EvidenceStore, before: Draft | None = None) -> Draft:
        """The draft of a plan. `before` is the one that the last feedback in the plan's edits was about."""
        ...

    async def repair(self, plan: Plan, draft: Draft, problems: Sequence[Problem], store: EvidenceStore) -> Draft:
        """A draft with what can be mended mended; the rest as it was."""
        ...

    async def revise(self, brief: Brief, plan: Plan, feedback: Feedback, store: EvidenceStore) -> Revised:
        """The plan with the feedback worked in. What cannot be acted on is said, sentence by sentence."""
        ...
