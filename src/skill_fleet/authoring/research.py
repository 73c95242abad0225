"""Phase 0: read the sources and say how ready they are for the task."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import Gap, Research
from skill_fleet.authoring.workshop import Workshop
from skill_fleet.jobs.context import Context
from skill_fleet.sources.store import EvidenceStore


async def research(context: Context, brief: Brief, workshop: Workshop) -> tuple[EvidenceStore, Research]:
    key = await context.step("read sources", workshop.read, brief.sources)
    store = workshop.evidence(key)
    found = await context.step("research", workshop.author.research, brief, store)
    return store, replace(found, gaps=(*found.gaps, *_left_out(store)))


def _left_out(store: EvidenceStore) -> Iterator[Gap]:
    """What was kept out of the evidence because it looks like an instruction to the agent that reads it."""
    for source in store.sources:
        for finding in source.suspicious:
            place = f"{finding.span.path}:{finding.span.line}"
            said = f"{place} of {source.id} is left out: {finding.reason}"
            yield Gap(said, f"look at it: {finding.excerpt}", "left out")
