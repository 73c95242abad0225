"""What a pipeline works with: the author, the fleet it writes for, and the way in and out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from skill_fleet.authoring.author import Author
from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import Plan, Research
from skill_fleet.authoring.draft import Draft, Report
from skill_fleet.authoring.feedback import Revision
from skill_fleet.authoring.scenarios import ScenarioRunner
from skill_fleet.authoring.voice import Voice
from skill_fleet.errors import NeedsPerson, SourceError
from skill_fleet.library.catalog import Entry
from skill_fleet.review.tdd import ScenarioResult
from skill_fleet.sources.store import EvidenceStore


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job.

    `brief` is the one that was worked by in the end: with what was said, read and changed on the way. `path` is the
    draft's folder, empty as long as it is not kept. `trials` are the runs of scenarios; their transcripts are kept
    beside the draft.
    """

    job_id: str
    author: str
    brief: Brief
    research: Research
    plan: Plan
    report: Report
    path: str = ""
    revisions: tuple[Revision, ...] = ()
    trials: tuple[ScenarioResult, ...] = ()

    def kept(self, path: str) -> Outcome:
        """The outcome of a draft that lies in a folder: what lies there too is not carried on."""
        return replace(self, path=path, trials=tuple(replace(trial, transcript="") for trial in self.trials))


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading sources: the key of the evidence, or the problem."""

    key: str = ""
    problem: str = ""


def _nothing_changes(need: NeedsPerson) -> None:
    """For an author that spends nothing and asks nobody."""


def _nothing_asked() -> tuple[str, ...]:
    """For an author that asks no model."""
    return ()


@dataclass(frozen=True, slots=True)
class Workshop:
    """`look` gives the skills of the fleet. `read` turns origins into evidence and returns the key under which
    `evidence` finds it again, in any process; `save` keeps a draft and returns its folder. All of them look at the
    world, so they are called inside of steps only.

    `voice` is a model that speaks at the stops. `again` tells the author, between steps, that a person lets it try once
    more; `account` says in plain words what the author asked of models and what that cost so far. `scenarios` runs
    requests with and without a skill.
    """

    author: Author
    look: Callable[[], tuple[Entry, ...]]
    read: Callable[[tuple[str, ...]], str]
    evidence: Callable[[str], EvidenceStore]
    save: Callable[[Outcome, Draft, EvidenceStore], str]
    voice: Voice | None = None
    again: Callable[[NeedsPerson], None] = _nothing_changes
    account: Callable[[], tuple[str, ...]] = _nothing_asked
    scenarios: ScenarioRunner | None = None

    def try_read(self, origins: tuple[str, ...]) -> Reading:
        """As `read`; a source that cannot be read is a result, because the person who named it is told."""
        try:
            return Reading(self.read(origins))
        except SourceError as error:
            return Reading(problem=str(error))
