"""The protocol that every face talks to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

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

    def export(self, names: Sequence[str] = ()) -> Exported: ...

    def doctor(self) -> tuple[Check, ...]: ...
