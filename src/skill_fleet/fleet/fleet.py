"""The protocol that every face talks to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import Plan, Research
from skill_fleet.fleet.desk import Desk
from skill_fleet.fleet.doctor import Check
from skill_fleet.fleet.export import Exported
from skill_fleet.fleet.init import Initialised
from skill_fleet.fleet.list_skills import Listing
from skill_fleet.fleet.promote import PromoteRequest
from skill_fleet.fleet.search import SearchRequest
from skill_fleet.fleet.show import Shown
from skill_fleet.jobs.inline import Listener
from skill_fleet.jobs.ports import Works
from skill_fleet.library.promotion import Promotion
from skill_fleet.library.search import Found

if TYPE_CHECKING:  # the other verbs start without metrics
    from skill_fleet.evals.runner import Listener as TrialListener
    from skill_fleet.fleet.eval_runs import EvalRun, Listed, RunComparison
    from skill_fleet.fleet.evaluate import EvaluateRequest, Evaluation, Tell
    from skill_fleet.fleet.run_evals import RunRequest
    from skill_fleet.metrics.comparison import Comparison
    from skill_fleet.metrics.history import Mark


class Fleet(Protocol):
    """A fleet of skills, here or elsewhere: typed records in and out. Every method may raise a `SkillFleetError`."""

    def init(self) -> Initialised: ...

    def desk(self, works: Works = "not") -> Desk:
        """The fleet's jobs; `works` says whether this process takes part in the work."""
        ...

    async def plan(self, brief: Brief, listen: Listener) -> tuple[Plan, Research]: ...

    def promote(self, request: PromoteRequest) -> Promotion: ...

    def list_skills(self) -> Listing: ...

    def search(self, request: SearchRequest) -> Found: ...

    def show(self, ref: str) -> Shown: ...

    def evaluate(self, request: EvaluateRequest, tell: Tell) -> Evaluation: ...

    def compare(self, request: EvaluateRequest, version: str, tell: Tell) -> Comparison: ...

    def score_history(self, targets: Sequence[str]) -> Iterator[tuple[str, Sequence[Mark]]]: ...

    def run_evals(self, request: RunRequest, listen: TrialListener) -> EvalRun: ...

    def find_evals(self, ref: str) -> EvalRun: ...

    def list_evals(self) -> list[Listed]: ...

    def compare_evals(self, before: str, after: str, arm: str) -> RunComparison: ...

    def export(self, names: Sequence[str] = ()) -> Exported: ...

    def doctor(self, *, online: bool = False) -> tuple[Check, ...]: ...
