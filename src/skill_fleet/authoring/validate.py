"""Phase 3: rules and the trace check, then one repair round."""

from __future__ import annotations

from collections.abc import Sequence

from skill_fleet.authoring.decisions import Plan
from skill_fleet.authoring.desk import Desk
from skill_fleet.authoring.draft import Draft, Problem, Report, ValidationStatus
from skill_fleet.authoring.examine import Examination
from skill_fleet.jobs.context import Context
from skill_fleet.skill.tokens import count_tokens


async def validate(context: Context, desk: Desk, plan: Plan, draft: Draft) -> tuple[Draft, Report]:
    before = await context.step("validate", desk.examine, draft)
    if not _serious(before.problems):
        return draft, _report(draft, before, ())
    mended = await context.step("repair", desk.repair, plan, draft, before.problems)
    after = await context.step("validate again", desk.examine, mended)
    gone = [problem for problem in before.problems if problem not in after.problems]
    return mended, _report(mended, after, tuple(f"{p.code} {p.file}:{p.line} {p.message}" for p in gone))


def _serious(problems: Sequence[Problem]) -> bool:
    return any(problem.severity == "critical" for problem in problems)


def _report(draft: Draft, found: Examination, repaired: tuple[str, ...]) -> Report:
    text = draft.file("SKILL.md").text
    status: ValidationStatus = "failed" if _serious(found.problems) else "warnings" if found.problems else "passed"
    return Report(status, found.problems, found.trace, text.count("\n"), count_tokens(text), repaired)
