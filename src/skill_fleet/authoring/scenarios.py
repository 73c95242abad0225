"""The stops `tdd_red`, `tdd_green` and `tdd_refactor`: scenarios with and without the skill.

Nobody here can run a scenario, so each stop is passed, and that is recorded with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence

from skill_fleet.authoring.draft import Draft
from skill_fleet.authoring.session import Session
from skill_fleet.review.tdd import Scenario, TddState, find_skip, green, red, refactor, skill_digest, tdd_prompt


async def pass_scenarios(session: Session, draft: Draft) -> None:
    """Only for a job that asks for tests."""
    for state in _states(draft, ()) if session.stops.tdd else ():
        skipped = find_skip(state.kind, (), runner=None)
        if skipped:
            await session.context.skip(tdd_prompt(state), skipped.reason)


def _states(draft: Draft, scenarios: Sequence[Scenario]) -> tuple[TddState, TddState, TddState]:
    """The three stops, before anything was run."""
    digest = skill_digest({file.path: file.text for file in draft.files})
    return red(scenarios, ()), green(scenarios, (), digest), refactor(scenarios, (), digest, digest)
