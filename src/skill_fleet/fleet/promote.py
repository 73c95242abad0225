"""A draft becomes a skill of the fleet."""

from __future__ import annotations

from dataclasses import dataclass

from skill_fleet.library import promotion
from skill_fleet.library.drafts import get_draft
from skill_fleet.library.folder import FleetFolder


@dataclass(frozen=True, slots=True)
class PromoteRequest:
    """`draft` is a job id, the beginning of one, a skill name or `@last`; without `path` the author's choice holds."""

    draft: str
    path: str = ""
    force: bool = False
    dry_run: bool = False


def promote(folder: FleetFolder, request: PromoteRequest) -> promotion.Promotion:
    draft = get_draft(folder, request.draft)
    return promotion.promote(folder, draft, request.path, force=request.force, dry_run=request.dry_run)
