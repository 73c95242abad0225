"""What the fleet holds."""

from __future__ import annotations

from dataclasses import dataclass

from skill_fleet.library.catalog import Entry, load_catalog
from skill_fleet.library.drafts import KeptDraft, open_drafts
from skill_fleet.library.folder import FleetFolder
from skill_fleet.library.taxonomy import Branch, taxonomy


@dataclass(frozen=True, slots=True)
class Listing:
    """Promoted skills by path and name, the taxonomy they make up, and the drafts that wait, the latest first."""

    skills: tuple[Entry, ...]
    branches: tuple[Branch, ...]
    drafts: tuple[KeptDraft, ...]


def list_skills(folder: FleetFolder) -> Listing:
    skills = load_catalog(folder)
    return Listing(tuple(skills), tuple(taxonomy(skills)), tuple(open_drafts(folder)))
