"""What a language model adds at the stops: questions, a few words ahead of the facts, an opinion of the draft.

Every stop works without it. None of it is a gate, and none of it replaces what was found by rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import Plan, Requirements, Research
from skill_fleet.authoring.draft import Assessment, Draft
from skill_fleet.jobs.prompts import PromptKind, Question
from skill_fleet.sources.store import EvidenceStore


class Voice(Protocol):
    """One decision a method, each one step of the job."""

    async def questions(
        self, brief: Brief, research: Research, requirements: Requirements, points: Sequence[str]
    ) -> tuple[Question, ...]:
        """One question for each open point, in order, with the options that the sources suggest."""
        ...

    async def introduce(self, stop: PromptKind, facts: str) -> str:
        """A short paragraph for the person at `confirm`, `preview` or `validate`; `facts` is what stands below it."""
        ...

    async def assess(self, plan: Plan, draft: Draft, store: EvidenceStore) -> Assessment: ...
