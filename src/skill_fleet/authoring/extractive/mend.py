"""The one repair round: what a finding names is taken out, and nothing is made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from skill_fleet.authoring.draft import Draft, DraftFile, Problem, Statement


def mend(draft: Draft, problems: Sequence[Problem]) -> Draft:
    """The draft without the statements that their sources do not bear; other problems it cannot mend."""
    bad = {(problem.file, problem.line) for problem in problems if problem.code == "TRACE"}
    for statement in [s for s in draft.statements if (s.file, s.line) in bad]:
        draft = _without(draft, statement)
    return draft


def _without(draft: Draft, statement: Statement) -> Draft:
    """The statement's lines blanked, so that every other line keeps its number."""
    file = draft.file(statement.file)
    lines = file.text.split("\n")
    lines[statement.line - 1 : statement.end] = [""] * (statement.end - statement.line + 1)
    kept = tuple(other for other in draft.statements if other != statement)
    return replace(draft.with_file(DraftFile(file.path, "\n".join(lines), file.executable)), statements=kept)
