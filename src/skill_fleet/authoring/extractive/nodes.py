"""The sources cut into topics: a page is one, or several when it is too large to be one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, count

from skill_fleet.authoring.extractive.blocks import section_tokens
from skill_fleet.authoring.extractive.titles import needs_context, slug
from skill_fleet.ranking import terms
from skill_fleet.sources.document import Document, DocumentRole, Section, Span
from skill_fleet.sources.store import EvidenceStore

#: How far each kind of page is likely to hold what a skill needs (authoring notes, section 4; `migration` is dropped
#: unless the task asks for it, because such pages show the other product's code).
ROLE_WEIGHT: dict[DocumentRole, float] = {
    "readme": 1.0,
    "index": 0.85,
    "quickstart": 1.0,
    "guide": 1.0,
    "page": 0.9,
    "concept": 0.85,
    "faq": 0.85,
    "reference": 0.6,
    "migration": 0.35,
    "internals": 0.3,
    "changelog": 0.0,
    "noise": 0.0,
}
#: A page above this many tokens becomes a topic for each of its headings, while there are fewer than `ENOUGH_TOPICS`;
#: above `SPLIT_ALWAYS` it does in any case. Step 2 of the authoring notes, section 4, with smaller topics and more of
#: them: tuned on the httpx and starlette question sets in `benchmarks/`.
SPLIT_TOKENS = 900
SPLIT_ALWAYS = 3500
ENOUGH_TOPICS = 120

Place = tuple[str, Span]
"""A section of a node: the node's id, and where the section stands."""


@dataclass(frozen=True, eq=False)
class Node:
    """A topic's place in the sources. Two nodes are the same only when they are one object: their ids are unique."""

    id: str
    title: str
    source: str
    page: Document
    sections: tuple[Section, ...]

    @cached_property
    def tokens(self) -> int:
        return sum(section_tokens(section) for section in self.sections)

    @cached_property
    def title_terms(self) -> frozenset[str]:
        return frozenset(terms(self.title))

    @cached_property
    def page_span(self) -> Span:
        """From the first to the last heading of the page's own file, without what it includes from others."""
        first = self.page.sections[0].span
        last = [section.span for section in self.page.sections if section.span.path == first.path][-1]
        return Span(first.path, first.line, last.line)

    @property
    def page_key(self) -> tuple[str, str]:
        """The page among all pages: two sources may each have a page of this path."""
        return self.source, self.page.path

    def place(self, section: Section) -> Place:
        return self.id, section.span


def split_nodes(store: EvidenceStore, *, keep_migration: bool = False) -> list[Node]:
    """Pages as topics; a page that is too large for one becomes a topic per child heading, the largest first."""
    parts = [
        _Part(source.id, page, page.sections, 1, whole=source.kind == "command")
        for source, page in store.documents
        if ROLE_WEIGHT[page.role] > 0 and (keep_migration or page.role != "migration") and page.sections
    ]
    while parts:
        at = max(range(len(parts)), key=lambda number: parts[number].splittable_tokens)
        size = parts[at].splittable_tokens
        if size <= SPLIT_TOKENS or (size <= SPLIT_ALWAYS and len(parts) >= ENOUGH_TOPICS):
            break
        parts[at : at + 1] = parts[at].split()
    return list(_with_ids([part for part in parts if part.tokens]))


class _Part:
    """A run of sections of one page below one heading, while topics are being cut. A command's page stays `whole`."""

    def __init__(
        self, source: str, page: Document, sections: Sequence[Section], depth: int, *, whole: bool = False
    ) -> None:
        self.source = source
        self.page = page
        self.sections = tuple(sections)
        self.depth = depth
        self.tokens = sum(section_tokens(section) for section in self.sections)
        self.splittable_tokens = self.tokens if not whole and len(list(self._runs())) > 1 else 0

    def _runs(self) -> Iterator[list[Section]]:
        """The sections in groups that each begin with a heading of the highest level there is after the first."""
        run: list[Section] = []
        highest = min((section.level for section in self.sections[1:]), default=0)
        for section in self.sections:
            if run and section.level <= highest:
                yield run
                run = []
            run.append(section)
        if run:
            yield run

    def split(self) -> list[_Part]:
        return [_Part(self.source, self.page, run, self.depth + 1) for run in self._runs()]

    @property
    def title(self) -> str:
        """The part's own title; with the page's before it when it says too little alone."""
        own = self.sections[0].title
        if self.depth == 1 or not own or own == self.page.title:
            return self.page.title
        return f"{self.page.title}: {own}" if needs_context(own) else own


def _with_ids(parts: Sequence[_Part]) -> Iterator[Node]:
    """Nodes named by their titles; where two would be named alike, the later by page and title, then by number."""
    taken: set[str] = set()
    for part in parts:
        page = slug(part.page.title)
        stem = slug(part.title) or page or "topic"
        names = chain([stem, f"{page}-{stem}"], (f"{stem}-{number}" for number in count(2)))
        free = next(name for name in names if name not in taken)
        taken.add(free)
        yield Node(free, part.title, part.source, part.page, part.sections)
