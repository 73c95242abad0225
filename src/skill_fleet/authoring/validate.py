"""Phase 3: rules, trace check and measures, then rounds of repair for as long as each makes the draft better."""

from __future__ import annotations

from skill_fleet.authoring.decisions import Plan
from skill_fleet.authoring.desk import Desk
from skill_fleet.authoring.draft import Draft, Report, ValidationStatus
from skill_fleet.authoring.examine import Candidate, Examination, choose
from skill_fleet.authoring.session import Session
from skill_fleet.skill.tokens import count_tokens

#: How often a draft is repaired at most; a round that does not make it better is the last, and its draft is dropped.
MAX_ROUNDS = 3


async def validate(session: Session, desk: Desk, plan: Plan, draft: Draft) -> tuple[Draft, Report]:
    first = best = Candidate(draft, await session.context.step("validate", desk.examine, draft))
    for _ in range(MAX_ROUNDS):
        if not _asks_for_repair(best.found):
            break
        mended = await session.step("repair", desk.repair, plan, best.draft, best.found.problems)
        if mended == best.draft:
            break
        tried = Candidate(mended, await session.context.step("validate again", desk.examine, mended))
        if choose((best, tried)) is best:
            break
        best = tried
    return best.draft, _report(first, best)


def _asks_for_repair(found: Examination) -> bool:
    return bool(found.critical) or any(score.band != "ok" for score in found.scores)


def _report(first: Candidate, best: Candidate) -> Report:
    text, found = best.draft.file("SKILL.md").text, best.found
    gone = [problem for problem in first.found.problems if problem not in found.problems]
    repaired = tuple(f"{p.code} {p.file}:{p.line} {p.message}" for p in gone) if best is not first else ()
    status: ValidationStatus = "failed" if found.critical else "warnings" if found.problems else "passed"
    return Report(status, found.problems, found.trace, text.count("\n"), count_tokens(text), repaired, found.scores)
