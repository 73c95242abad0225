"""The stops `tdd_red`, `tdd_green` and `tdd_refactor`: scenarios with and without the skill.

Nobody here can run a scenario, so each stop is passed, and that is recorded with the reason.
"""

from __future__ import annotations

from skill_fleet.authoring.draft import Draft
from skill_fleet.authoring.session import Session
from skill_fleet.review.tdd import TddState, green, red, refactor, skill_digest, tdd_prompt

NO_MODEL = "there is no model to run the scenarios with"


async def pass_scenarios(session: Session, draft: Draft) -> None:
    """Only for a job that asks for tests."""
    for state in _states(draft) if session.stops.tdd else ():
        await session.context.skip(tdd_prompt(state), NO_MODEL)


def _states(draft: Draft) -> tuple[TddState, TddState, TddState]:
    """The three stops, of no scenarios and no results."""
    digest = skill_digest({file.path: file.text for file in draft.files})
    return red((), ()), green((), (), digest), refactor((), (), digest, digest)
