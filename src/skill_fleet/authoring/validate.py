"""Phase 3: rules, trace check and measures, then rounds of repair for as long as each makes the draft better."""

from __future__ import annotations

from skill_fleet.authoring.decisions import Plan
from skill_fleet.authoring.desk import Desk
from skill_fleet.authoring.draft import Draft, Report, ValidationStatus
from skill_fleet.authoring.examine import Candidate, choose
from skill_fleet.authoring.session import Session
from skill_fleet.skill.tokens import count_tokens

#: How often a draft is repaired at most; a round that does not make it better is the last, and its draft is dropped.
MAX_ROUNDS = 3

#: The opinion from which on a draft is left as it is: the target of the promised thresholds .6, .8 and .9.
TARGET = 0.8


async def validate(session: Session, desk: Desk, plan: Plan, draft: Draft) -> tuple[Draft, Report]:
    first = best = await _candidate(session, desk, plan, draft, "")
    for _ in range(MAX_ROUNDS):
        if not _asks_for_repair(best):
            break
        mended = await session.step("repair", desk.repair, plan, best.draft, best.complaints)
        if mended == best.draft:
            break
        tried = await _candidate(session, desk, plan, mended, " again")
        if choose((best, tried)) is best:
            break
        best = tried
    return best.draft, _report(first, best, await _account(session))


async def _candidate(session: Session, desk: Desk, plan: Plan, draft: Draft, again: str) -> Candidate:
    """The draft, what was found in it, and what the voice thinks of it."""
    found = await session.context.step(f"validate{again}", desk.examine, draft)
    voiced = session.workshop.voice is not None
    return Candidate(draft, found, await session.step(f"assess{again}", desk.assess, plan, draft) if voiced else None)


def _asks_for_repair(tried: Candidate) -> bool:
    if tried.assessment is not None and tried.assessment.score < TARGET:
        return True
    return bool(tried.found.critical) or any(score.band != "ok" for score in tried.found.scores)


async def _account(session: Session) -> tuple[str, ...]:
    if session.workshop.voice is None:
        return ()
    return await session.context.step("account", session.workshop.account)


def _report(first: Candidate, best: Candidate, account: tuple[str, ...]) -> Report:
    text, found = best.draft.file("SKILL.md").text, best.found
    gone = [problem for problem in first.found.problems if problem not in found.problems]
    repaired = tuple(f"{p.code} {p.file}:{p.line} {p.message}" for p in gone) if best is not first else ()
    status: ValidationStatus = "failed" if found.critical else "warnings" if found.problems else "passed"
    return Report(
        status,
        found.problems,
        found.trace,
        text.count("\n"),
        count_tokens(text),
        repaired,
        found.scores,
        best.assessment,
        account,
    )
