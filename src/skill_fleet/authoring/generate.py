"""Phase 2: the draft."""

from __future__ import annotations

from skill_fleet.authoring.decisions import Plan
from skill_fleet.authoring.draft import Draft
from skill_fleet.authoring.workshop import Workshop
from skill_fleet.jobs.context import Context
from skill_fleet.sources.store import EvidenceStore


async def generate(context: Context, plan: Plan, workshop: Workshop, store: EvidenceStore) -> Draft:
    return await context.step("content", workshop.author.content, plan, store)
