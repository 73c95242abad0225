"""The one repair round."""

import asyncio

from tests.shelves import PAGES, drafted, store_of

from skill_fleet.authoring.draft import Draft, Problem, Statement
from skill_fleet.authoring.extractive.mend import mend


def said(draft: Draft, statement: Statement) -> str:
    lines = draft.file(statement.file).text.split("\n")
    return "\n".join(lines[statement.line - 1 : statement.end])


def draft_of(pages: dict[str, str]) -> Draft:
    return asyncio.run(drafted(store_of(pages)))[1]


def test_what_is_not_borne_out_is_gone() -> None:
    """In every file; all other statements still point at their words."""
    draft = draft_of(PAGES)
    bad = [next(one for one in draft.statements if one.file == path) for path in ("SKILL.md", "references/cooling.md")]
    problems = [Problem("TRACE", "critical", "not borne out", one.file, one.line) for one in bad]
    mended = mend(draft, problems)
    kept = [one for one in draft.statements if one not in bad]
    assert [said(draft, one) for one in kept] == [said(mended, one) for one in mended.statements]
    assert len(draft.statements) - 2 == len(mended.statements)


def test_other_problems_are_left_alone() -> None:
    """A rule's finding is nothing that leaving out would cure."""
    draft = draft_of(PAGES)
    assert draft == mend(draft, [Problem("SF101", "critical", "too long", "SKILL.md", 12)])
    assert draft == mend(draft, [])
