"""What looks like an instruction to the reading agent is kept out of everything an author can use.

The finding stays on the source, so that a person sees what was left out and where.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from skill_fleet.sources.document import Block, Document, Section, Source, Span

Place = tuple[str, int]


def quarantine(source: Source) -> Source:
    """The source without the blocks that hold a suspicious line, and without the sections whose heading is one."""
    bad = suspicious_places(source)
    return replace(source, documents=tuple(_clean_page(page, bad) for page in source.documents)) if bad else source


def suspicious_places(source: Source) -> frozenset[Place]:
    """Path and line of every suspicious line."""
    spans = (finding.span for finding in source.suspicious)
    return frozenset((span.path, line) for span in spans for line in range(span.line, span.end + 1))


def touches(span: Span, bad: Collection[Place]) -> bool:
    """Whether any of the span's lines is among the bad ones."""
    return any((span.path, line) in bad for line in range(span.line, span.end + 1))


def _clean_page(page: Document, bad: Collection[Place]) -> Document:
    return replace(page, sections=tuple(_clean_sections(page, bad)))


def _clean_sections(page: Document, bad: Collection[Place]) -> Iterator[Section]:
    """Sections with a bad heading are gone, and with them those below it."""
    gone: tuple[str, ...] = ()
    for section in page.sections:
        below = bool(gone) and section.heading[: len(gone)] == gone
        if not below and (section.span.path, section.span.line) in bad:
            gone = section.heading
        elif not below:
            gone = ()
            yield replace(section, blocks=tuple(block for block in section.blocks if not _is_bad(block, bad)))


def _is_bad(block: Block, bad: Collection[Place]) -> bool:
    return touches(block.span, bad) or any(touches(item.span, bad) for item in block.items)
