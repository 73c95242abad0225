"""Phase 1: what the skill is about, where it belongs, how it stands to the fleet, and the plan."""

from __future__ import annotations

import asyncio

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import Plan, Research
from skill_fleet.authoring.workshop import Workshop
from skill_fleet.jobs.context import Context
from skill_fleet.sources.store import EvidenceStore


async def understand(
    context: Context, brief: Brief, workshop: Workshop, store: EvidenceStore, research: Research
) -> Plan:
    author = workshop.author
    needs, intent, dependencies = await asyncio.gather(
        context.step("requirements", author.requirements, brief, store, research),
        context.step("intent", author.intent, brief, store),
        context.step("dependencies", author.dependencies, brief, store, workshop.fleet),
    )
    taxonomy = await context.step("taxonomy", author.taxonomy, brief, needs, intent, workshop.fleet)
    return await context.step("plan", author.plan, brief, store, needs, intent, taxonomy, dependencies)
