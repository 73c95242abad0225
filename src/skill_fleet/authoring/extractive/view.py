"""What the person looks at when they want something otherwise, and what an instruction does to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from skill_fleet.authoring.brief import Edits
from skill_fleet.authoring.decisions import Plan
from skill_fleet.authoring.draft import Draft
from skill_fleet.authoring.extractive.budgets import FIXED
from skill_fleet.authoring.extractive.matching import find_titles, is_named
from skill_fleet.authoring.extractive.shelf import Shelf
from skill_fleet.authoring.extractive.wishes import names_in, parts_of
from skill_fleet.skill.body import parse_body
from skill_fleet.sources.store import EvidenceStore

SKILL = "SKILL.md"
CHAPTER = 2
#: Titles that are named when none fits.
MOST_TITLES = 12

Check = Callable[[Draft, Draft], tuple[str, str]]
"""The draft before and the one after → what changed, or why nothing did; the other is empty."""


@dataclass(frozen=True)
class View:
    """What the person looks at: the plan, its draft, and the sources behind them."""

    plan: Plan
    shelf: Shelf
    store: EvidenceStore
    draft: Draft

    @cached_property
    def text(self) -> str:
        return self.draft.file(SKILL).text

    @cached_property
    def sections(self) -> list[str]:
        """What can be dropped: the headings below the title, and the topics of the core."""
        topics = (topic.title for topic in self.plan.requirements.topics if topic.core)
        return [*(title for level, title in headings(self.draft) if level > 1), *topics]

    @cached_property
    def chapters(self) -> list[str]:
        """The headings that stand over pages of the sources, in their order."""
        pages = {node.page.title for node in self.shelf.nodes}
        found = (title for level, title in headings(self.draft) if level == CHAPTER)
        return [title for title in found if title in pages and title not in FIXED]


@dataclass(frozen=True)
class Effect:
    """What one instruction does: to the edits, to the next draft as far as it can be checked, and what it cannot do."""

    edits: Edits
    checks: tuple[Check, ...] = ()
    problems: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def headings(draft: Draft) -> list[tuple[int, str]]:
    """Level and title of each heading of SKILL.md, from the top."""
    _, _, body = draft.file(SKILL).text.removeprefix("---\n").partition("\n---\n")
    return [(heading.level, heading.text) for heading in parse_body(body).headings]


def failed(edits: Edits, problem: str) -> Effect:
    return Effect(edits, problems=(problem,))


def named(phrase: str, known: Sequence[str], what: str) -> tuple[list[str], list[str]]:
    """The titles that a phrase names, one or several, and what cannot be told.

    A title to the word comes first, then what an "and" joins, then what the phrase as a whole may mean.
    """
    readings = names_in(phrase)
    for reading in readings:
        if exact := [title for title in known if is_named(reading, title)]:
            return _one_of(reading, exact)
    parts = [named(part, known, what) for part in parts_of(phrase)] if len(parts_of(phrase)) > 1 else []
    if titles := [title for found, _ in parts for title in found]:
        return titles, [problem for _, problems in parts for problem in problems]
    for reading in readings:
        if found := find_titles(reading, known):
            return _one_of(reading, found)
    there = list(dict.fromkeys(known))[:MOST_TITLES]
    return [], [f"no {what} is called {readings[-1]!r}; there are {', '.join(there) or 'none'}"]


def _one_of(reading: str, found: list[str]) -> tuple[list[str], list[str]]:
    if len({title.casefold() for title in found}) == 1:
        return found[:1], []
    return [], [f"{reading!r} may mean {' or '.join(found)}: say which"]
