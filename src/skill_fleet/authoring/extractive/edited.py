"""What a person's edits leave: of the sources, of their sections, and of the fixed parts of SKILL.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from skill_fleet.authoring.brief import Edits, Target
from skill_fleet.authoring.extractive.nodes import Node
from skill_fleet.authoring.extractive.titles import display_title
from skill_fleet.sources.document import Block, Document, Section, Source
from skill_fleet.sources.store import EvidenceStore


@dataclass(frozen=True, slots=True)
class Dropped:
    """Headings that stay out of SKILL.md, with all that stands under them."""

    titles: frozenset[str]

    @classmethod
    def of(cls, edits: Edits) -> Dropped:
        return cls(frozenset(title.casefold() for title in edits.dropped))

    def __bool__(self) -> bool:
        return bool(self.titles)

    def has(self, *titles: str) -> bool:
        return any(title.casefold() in self.titles for title in titles)

    def has_section(self, node: Node, section: Section) -> bool:
        """The section, its page, its topic or a section around it."""
        return bool(self) and self.has(node.title, node.page.title, *section.heading, display_title(section))

    def has_node(self, node: Node) -> bool:
        """All of the topic."""
        return bool(self) and all(self.has_section(node, section) for section in node.sections)


NOTHING_DROPPED = Dropped(frozenset())


def is_target(target: Target, source: Source, page: Document) -> bool:
    """The target, given by id or origin of its source, means this page or its whole source."""
    return target.source in (source.id, source.origin) and target.path in ("", page.path)


def targeted(store: EvidenceStore, targets: Sequence[Target]) -> frozenset[tuple[str, str]]:
    """Source and path of each page that is meant."""
    return frozenset(
        (source.id, page.path)
        for source, page in store.documents
        if any(is_target(target, source, page) for target in targets)
    )


def narrowed(store: EvidenceStore, edits: Edits) -> EvidenceStore:
    """The store without the pages that are not to be used; itself when all are."""
    if not (edits.only or edits.avoid):
        return store
    wanted, unwanted = targeted(store, edits.only), targeted(store, edits.avoid)
    sources = [_with_pages(source, wanted if edits.only else None, unwanted) for source in store.sources]
    kept = [source for source in sources if source.documents]
    files = {(source.id, path) for source in kept for page in source.documents for path in _files(page)}
    units = tuple(unit for unit in store.evidence if (unit.source, unit.span.path) in files)
    return EvidenceStore(tuple(kept), units, store.texts)


def _with_pages(
    source: Source, wanted: frozenset[tuple[str, str]] | None, unwanted: frozenset[tuple[str, str]]
) -> Source:
    pages = (page for page in source.documents if (source.id, page.path) not in unwanted)
    kept = tuple(page for page in pages if wanted is None or (source.id, page.path) in wanted)
    return replace(source, documents=kept)


def _files(page: Document) -> Iterator[str]:
    """The page's own file, and those it includes."""
    yield page.path
    yield from (block.span.path for section in page.sections for block in _blocks(section.blocks))


def _blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        yield from _blocks(block.children)
