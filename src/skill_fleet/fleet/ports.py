"""What the verbs need from outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from skill_fleet.authoring.author import Author
from skill_fleet.sources.store import EvidenceStore


@dataclass(frozen=True, slots=True)
class Workbench:
    """What creating takes beside the brief: who writes, and how sources are read."""

    author: Callable[[], Author]
    read_sources: Callable[[tuple[str, ...]], EvidenceStore]
