"""Phase 3: rules and the trace check, then one repair round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from skill_fleet.authoring.decisions import Plan
from skill_fleet.authoring.draft import Draft, Problem, Report, Trace, ValidationStatus
from skill_fleet.authoring.trace import check_trace
from skill_fleet.authoring.workshop import Workshop
from skill_fleet.jobs.context import Context
from skill_fleet.rules.check import check_folder
from skill_fleet.skill.tokens import count_tokens
from skill_fleet.sources.store import EvidenceStore


@dataclass(frozen=True, slots=True)
class Examination:
    """All problems of a draft and how its statements stand against their sources."""

    problems: tuple[Problem, ...]
    trace: Trace


async def validate(
    context: Context, plan: Plan, draft: Draft, workshop: Workshop, store: EvidenceStore
) -> tuple[Draft, Report]:
    def examine(candidate: Draft) -> Examination:
        trace, untraced = check_trace(candidate, store)
        return Examination((*broken_rules(candidate), *untraced), trace)

    before = await context.step("validate", examine, draft)
    if not _serious(before.problems):
        return draft, _report(draft, before, ())
    mended = await context.step("repair", workshop.author.repair, plan, draft, before.problems, store)
    after = await context.step("validate again", examine, mended)
    gone = [problem for problem in before.problems if problem not in after.problems]
    return mended, _report(mended, after, tuple(f"{p.code} {p.file}:{p.line} {p.message}" for p in gone))


def broken_rules(draft: Draft) -> list[Problem]:
    """What the rules find in the draft's files, written out to a folder as a user would have them."""
    with TemporaryDirectory() as folder:
        root = Path(folder) / draft.name
        write_files(root, draft)
        findings = check_folder(root)
    return [
        Problem(found.code, found.severity, found.message, "SKILL.md", found.line, found.column) for found in findings
    ]


def write_files(root: Path, draft: Draft) -> None:
    for file in draft.files:
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8", newline="\n")


def _serious(problems: Sequence[Problem]) -> bool:
    return any(problem.severity == "critical" for problem in problems)


def _report(draft: Draft, found: Examination, repaired: tuple[str, ...]) -> Report:
    text = draft.file("SKILL.md").text
    status: ValidationStatus = "failed" if _serious(found.problems) else "warnings" if found.problems else "passed"
    return Report(status, found.problems, found.trace, text.count("\n"), count_tokens(text), repaired)
