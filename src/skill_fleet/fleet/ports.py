"""What the verbs need from outside."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from skill_fleet.authoring.author import Author
from skill_fleet.clock import Clock
from skill_fleet.metrics.history import ScoreBook
from skill_fleet.sources.store import EvidenceStore


@dataclass(frozen=True, slots=True)
class Workbench:
    """What creating takes beside the brief: who writes, and how sources are read."""

    author: Callable[[], Author]
    read_sources: Callable[[tuple[str, ...]], EvidenceStore]


Use = Literal["look", "keep"]
"""look: where nothing was kept yet, nothing is made · keep: a place for it is made."""

OpenBook = Callable[[Use], AbstractContextManager[ScoreBook]]
"""Opens the history of scores."""


@dataclass(frozen=True, slots=True)
class Scales:
    """What measuring takes beside the skills: their history, the time, a folder for what can be made again, and how
    sources are read."""

    open_book: OpenBook
    clock: Clock
    cache: Callable[[], Path]
    read_sources: Callable[[tuple[str, ...]], EvidenceStore]
