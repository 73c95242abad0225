"""A task and its sources become a draft."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import Plan, Research
from skill_fleet.authoring.draft import Draft, Report
from skill_fleet.authoring.pipeline import create_skill as run_pipeline
from skill_fleet.authoring.pipeline import plan_skill
from skill_fleet.authoring.provenance import Provenance, provenance_of
from skill_fleet.authoring.workshop import Outcome, Workshop
from skill_fleet.codec import to_plain
from skill_fleet.errors import BadName
from skill_fleet.fleet.ports import Workbench
from skill_fleet.jobs.context import Answer, Prompt
from skill_fleet.jobs.inline import Asker, InlineContext, Listener, new_job_id
from skill_fleet.library.catalog import load_catalog
from skill_fleet.library.drafts import DRAFT_RECORD, PROVENANCE, DraftText, render_record, save_draft
from skill_fleet.library.folder import FleetFolder
from skill_fleet.skill.name import is_valid_name
from skill_fleet.sources.store import EvidenceStore


@dataclass(frozen=True, slots=True)
class Making:
    """`draft.json`: how a draft came to be. It names no job and no time: same brief and sources, same bytes."""

    author: str
    brief: Brief
    research: Research
    plan: Plan
    report: Report | None
    version: int = 1


async def create_skill(folder: FleetFolder, bench: Workbench, brief: Brief, ask: Asker, listen: Listener) -> Outcome:
    """Read, understand, ask, write, check, keep. Raises `BadName`, `BriefError`, a `SourceError` or `StorageError`."""
    _check_name(brief.name)
    context = InlineContext(new_job_id(), ask, listen)
    return await run_pipeline(context, brief, make_workshop(folder, bench))


async def plan_draft(folder: FleetFolder, bench: Workbench, brief: Brief, listen: Listener) -> tuple[Plan, Research]:
    """The plan, with every topic and its score; nothing is asked and nothing written."""
    _check_name(brief.name)
    context = InlineContext(new_job_id(), _nobody, listen)
    return await plan_skill(context, brief, make_workshop(folder, bench))


def make_workshop(folder: FleetFolder, bench: Workbench) -> Workshop:
    """The pipeline's way in and out, on this fleet."""
    stores: dict[str, EvidenceStore] = {}

    def read(origins: tuple[str, ...]) -> str:
        store = bench.read_sources(origins)
        key = hashlib.sha256("\n".join(source.digest for source in store.sources).encode()).hexdigest()
        stores[key] = store
        return key

    def save(outcome: Outcome, draft: Draft, store: EvidenceStore) -> str:
        files = [DraftText(file.path, file.text, file.executable) for file in draft.files]
        return str(save_draft(folder, outcome.job_id, draft.name, files, _records(outcome, draft, store)))

    return Workshop(bench.author(), load_catalog(folder), read, stores.__getitem__, save)


def _records(outcome: Outcome, draft: Draft, store: EvidenceStore) -> dict[str, bytes]:
    made = Making(outcome.author, outcome.brief, outcome.research, outcome.plan, outcome.report)
    provenance = provenance_of(draft, store)
    return {
        DRAFT_RECORD: render_record(to_plain(made, Making)),
        PROVENANCE: render_record(to_plain(provenance, Provenance)),
    }


def _check_name(name: str) -> None:
    if name and not is_valid_name(name):
        raise BadName(
            f"not a skill name: {name!r}.", "Use up to 64 lower-case letters and digits, with single hyphens between."
        )


def _nobody(prompt: Prompt) -> Answer:
    raise AssertionError(f"planning asks nothing, and was asked: {prompt.title}")
