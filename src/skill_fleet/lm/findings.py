"""What was found in a draft, for the one who mends it: each with the piece it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from skill_fleet.authoring.draft import Draft, Problem
from skill_fleet.lm.manuscript.changing import piece_at
from skill_fleet.lm.manuscript.pages import SKILL
from skill_fleet.lm.manuscript.pieces import Manuscript
from skill_fleet.skill.parse import parse_skill

#: Findings that are mended in one round, the worst first.
MOST = 40
_ORDER = ("critical", "warning", "info")


def findings_text(problems: Sequence[Problem], draft: Draft, manuscript: Manuscript) -> str:
    """One a line; empty when nothing was found that a writer could mend. That no source says a thing is no finding:
    it may be needed, and a person decides."""
    mendable = [problem for problem in problems if problem.code != "UNSOURCED"]
    ordered = sorted(mendable, key=lambda problem: _ORDER.index(problem.severity))
    return "\n".join(_lines(ordered[:MOST], draft, manuscript))


def _lines(problems: Sequence[Problem], draft: Draft, manuscript: Manuscript) -> Iterator[str]:
    above = parse_skill(draft.file(SKILL).text).body_line - 1
    for problem in problems:
        line = problem.line - above if problem.file == SKILL else problem.line
        piece = piece_at(manuscript, problem.file, line) or "-"
        yield f"{problem.code} {problem.severity} {piece} {problem.file}:{problem.line}: {problem.message}"
