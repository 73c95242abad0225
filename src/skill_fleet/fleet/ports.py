"""What the verbs need from outside."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from skill_fleet.authoring.author import Author
from skill_fleet.authoring.scenarios import ScenarioRunner
from skill_fleet.authoring.voice import Voice
from skill_fleet.clock import Clock
from skill_fleet.errors import NeedsPerson, SettingsError
from skill_fleet.jobs.context import Context
from skill_fleet.metrics.history import ScoreBook
from skill_fleet.sources.store import EvidenceStore


@dataclass(frozen=True, slots=True)
class Workbench:
    """What creating takes beside the brief: who writes, and how sources are read."""

    author: Callable[[], Author]
    read_sources: Callable[[tuple[str, ...]], EvidenceStore]


@dataclass(frozen=True, slots=True)
class Seat:
    """A language model at work in one run of a job: the author, and what the pipeline's `Workshop` takes beside it."""

    author: Author
    voice: Voice
    again: Callable[[NeedsPerson], None]
    account: Callable[[], tuple[str, ...]]
    scenarios: ScenarioRunner | None = None


Seats = Callable[[Context], Seat]


def no_model(context: Context) -> Seat:
    """For a process that has no model. Raises `SettingsError`."""
    raise SettingsError(
        f"job {context.job_id} is written by a language model, and none is configured here.",
        "Set FLEET_MODEL_DEFAULT, such as openai/gpt-5-mini, and run `skill-fleet doctor`.",
    )


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
