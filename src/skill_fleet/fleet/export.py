"""The fleet as a block for an agent's prompt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from skill_fleet.library.catalog import Entry, get_entry, load_catalog
from skill_fleet.library.export import render_xml
from skill_fleet.library.folder import FleetFolder


@dataclass(frozen=True, slots=True)
class Exported:
    """The readable skills, and the block that offers them to an agent."""

    skills: tuple[Entry, ...]
    xml: str


def export(folder: FleetFolder, names: Sequence[str] = ()) -> Exported:
    """The named skills, or all of them."""
    skills = load_catalog(folder)
    chosen = [get_entry(skills, name) for name in names] if names else skills
    readable = tuple(skill for skill in chosen if not skill.problem)
    return Exported(readable, render_xml(readable))
