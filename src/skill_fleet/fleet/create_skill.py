"""A task and its sources become a draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from skill_fleet.authoring.author import Author
from skill_fleet.authoring.brief import Brief, check_brief
from skill_fleet.authoring.decisions import Plan, Topic
from skill_fleet.authoring.draft import Draft, Report
from skill_fleet.jobs.inline import Asker, InlineContext, Listener, new_job_id
from skill_fleet.library.catalog import load_catalog
from skill_fleet.library.drafts import DraftText, save_draft
from skill_fleet.library.folder import FleetFolder


@dataclass(frozen=True, slots=True)
class Workbench:
    """What creating takes beside the request: who writes, and how much it may take in and give out."""

    author: Callable[[], Author]
    max_lines: int
    max_tokens: int


@dataclass(frozen=True, slots=True)
class Created:
    """How a job ended. Without a `folder` the person declined the plan, and nothing was written."""

    job: str
    plan: Plan
    folder: Path | None
    report: Report | None


async def create_skill(
    folder: FleetFolder, bench: Workbench, brief: Brief, ask: Asker, listen: Listener
) -> Created:
    """Read, understand, ask, write, check, keep. Raises `BriefError`, a `SourceError` or `StorageError`."""
    from skill_fleet.authoring.pipeline import create  # noqa: PLC0415  heavy, and only needed here

    check_brief(brief)
    job = new_job_id()
    context = InlineContext(job, ask, listen)
    outcome = await create(context, brief, _workshop(folder, bench, job))
    kept = Path(outcome.folder) if outcome.folder else None
    return Created(job, outcome.plan, kept, outcome.report)


async def find_topics(folder: FleetFolder, bench: Workbench, brief: Brief, listen: Listener) -> tuple[Topic, ...]:
    """The topics the sources offer for the task, the best first; nothing is written."""
    from skill_fleet.authoring.pipeline import list_topics  # noqa: PLC0415  heavy, and only needed here

    check_brief(brief)
    context = InlineContext(new_job_id(), _never_asked, listen)
    return await list_topics(context, brief, _workshop(folder, bench, context.job_id))


def _workshop(folder: FleetFolder, bench: Workbench, job: str) -> Workshop:
    from skill_fleet.authoring.pipeline import Workshop  # noqa: PLC0415  heavy, and only needed here

    def save(draft: Draft, records: Mapping[str, bytes]) -> str:
        files = [DraftText(file.path, file.text, file.executable) for file in draft.files]
        return str(save_draft(folder, job, draft.name, files, records))

    return Workshop(bench.author(), load_catalog(folder), save)


def _never_asked(prompt: Prompt) -> Answer:
    raise AssertionError(prompt.title)
