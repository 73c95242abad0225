"""A fleet in a folder of this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import Plan, Research
from skill_fleet.fleet.doctor import Check, doctor
from skill_fleet.fleet.export import Exported, export
from skill_fleet.fleet.init import Initialised, init
from skill_fleet.fleet.list_skills import Listing, list_skills
from skill_fleet.fleet.ports import Workbench
from skill_fleet.fleet.promote import PromoteRequest, promote
from skill_fleet.fleet.search import SearchRequest, search
from skill_fleet.fleet.show import Shown, show
from skill_fleet.jobs.inline import Listener
from skill_fleet.jobs.ports import Works
from skill_fleet.library.folder import FleetFolder
from skill_fleet.library.promotion import Promotion
from skill_fleet.library.search import Found

if TYPE_CHECKING:  # the other verbs start without jobs
    from skill_fleet.fleet.desk import Desk


@dataclass(frozen=True, slots=True)
class LocalFleet:
    """Every verb, on one folder."""

    folder: FleetFolder
    bench: Workbench
    open_desk: Callable[[Works], Desk]

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

    def export(self, names: Sequence[str] = ()) -> Exported:
        return export(self.folder, names)

    def doctor(self) -> tuple[Check, ...]:
        return doctor(self.folder)
