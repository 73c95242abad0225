"""What a pipeline works with: the author, the fleet it writes for, and the way in and out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from skill_fleet.authoring.author import Author
from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import Plan, Research
from skill_fleet.authoring.draft import Draft, Report
from skill_fleet.library.catalog import Entry
from skill_fleet.sources.store import EvidenceStore


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job. `path` is the draft's folder, empty when the person cancelled."""

    job_id: str
    author: str
    brief: Brief
    research: Research
    plan: Plan
    report: Report | None = None
    path: str = ""

    @property
    def cancelled(self) -> bool:
        return self.report is None


@dataclass(frozen=True, slots=True)
class Workshop:
    """`read` turns origins into evidence and returns the key under which `evidence` finds it again; `save` keeps a
    draft and returns its folder."""

    author: Author
    fleet: Sequence[Entry]
    read: Callable[[tuple[str, ...]], str]
    evidence: Callable[[str], EvidenceStore]
    save: Callable[[Outcome, Draft, EvidenceStore], str]
