"""A fleet in a folder of this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import Plan, Research
from skill_fleet.fleet.doctor import Check, Staff, doctor
from skill_fleet.fleet.export import Exported, export
from skill_fleet.fleet.init import Initialised, init
from skill_fleet.fleet.list_skills import Listing, list_skills
from skill_fleet.fleet.ports import Scales, Workbench
from skill_fleet.fleet.promote import PromoteRequest, promote
from skill_fleet.fleet.search import SearchRequest, search
from skill_fleet.fleet.show import Shown, show
from skill_fleet.jobs.inline import Listener
from skill_fleet.jobs.ports import Works
from skill_fleet.library.folder import FleetFolder
from skill_fleet.library.promotion import Promotion
from skill_fleet.library.search import Found

if TYPE_CHECKING:  # the other verbs start without jobs and metrics
    from skill_fleet.evals.runner import Listener as TrialListener
    from skill_fleet.fleet.desk import Desk
    from skill_fleet.fleet.eval_runs import EvalRun, Listed, RunComparison
    from skill_fleet.fleet.evaluate import EvaluateRequest, Evaluation, Tell
    from skill_fleet.fleet.run_evals import RunRequest
    from skill_fleet.metrics.comparison import Comparison
    from skill_fleet.metrics.history import Mark


@dataclass(frozen=True, slots=True)
class LocalFleet:
    """Every verb, on one folder."""

    folder: FleetFolder
    bench: Workbench
    open_desk: Callable[[Works], Desk]
    scales: Scales
    staff: Staff

    def init(self) -> Initialised:
        return init(self.folder)

    def desk(self, works: Works = "not") -> Desk:
        return self.open_desk(works)

    async def plan(self, brief: Brief, listen: Listener) -> tuple[Plan, Research]:
        from skill_fleet.fleet.create_skill import plan_draft  # noqa: PLC0415  the other verbs start without authors

        return await plan_draft(self.folder, self.bench, brief, listen)

    def promote(self, request: PromoteRequest) -> Promotion:
        return promote(self.folder, request)

    def list_skills(self) -> Listing:
        return list_skills(self.folder)

    def search(self, request: SearchRequest) -> Found:
        return search(self.folder, request)

    def show(self, ref: str) -> Shown:
        return show(self.folder, ref)

    def evaluate(self, request: EvaluateRequest, tell: Tell) -> Evaluation:
        from skill_fleet.fleet.evaluate import evaluate  # noqa: PLC0415  the other verbs start without metrics

        return evaluate(self.folder, request, self.scales, tell)

    def compare(self, request: EvaluateRequest, version: str, tell: Tell) -> Comparison:
        from skill_fleet.fleet.evaluate import compare  # noqa: PLC0415

        return compare(self.folder, request, version, self.scales, tell)

    def score_history(self, targets: Sequence[str]) -> Iterator[tuple[str, Sequence[Mark]]]:
        from skill_fleet.fleet.evaluate import score_history  # noqa: PLC0415

        return score_history(self.folder, self.scales.open_book, targets)

    def run_evals(self, request: RunRequest, listen: TrialListener) -> EvalRun:
        from skill_fleet.fleet.run_evals import run_evals  # noqa: PLC0415  the other verbs start without agents

        return run_evals(self.folder, request, listen)

    def find_evals(self, ref: str) -> EvalRun:
        from skill_fleet.fleet.eval_runs import find_evals  # noqa: PLC0415

        return find_evals(self.folder, ref)

    def list_evals(self) -> list[Listed]:
        from skill_fleet.fleet.eval_runs import list_evals  # noqa: PLC0415

        return list_evals(self.folder)

    def compare_evals(self, before: str, after: str, arm: str) -> RunComparison:
        from skill_fleet.fleet.eval_runs import compare_evals  # noqa: PLC0415

        return compare_evals(self.folder, before, after, arm)

    def export(self, names: Sequence[str] = ()) -> Exported:
        return export(self.folder, names)

    def doctor(self, *, online: bool = False) -> tuple[Check, ...]:
        return doctor(self.folder, self.staff, online=online)
