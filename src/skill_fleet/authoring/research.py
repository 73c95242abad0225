"""Phase 0: read the sources and say how ready they are for the task."""

from __future__ import annotations

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import Research
from skill_fleet.authoring.workshop import Workshop
from skill_fleet.jobs.context import Context
from skill_fleet.sources.store import EvidenceStore


async def research(context: Context, brief: Brief, workshop: Workshop) -> tuple[EvidenceStore, Research]:
    key = await context.step("read sources", workshop.read, brief.sources)
    store = workshop.evidence(key)
    found = await context.step("research", workshop.author.research, brief, store)
    return store, found
