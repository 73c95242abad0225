"""Options that many pages of a command repeat: told once, on the first page, and no more on the others."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from skill_fleet.sources.document import Section, Span
from skill_fleet.sources.helptext import VARIABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from skill_fleet.sources.document import Block, Document

_Key = tuple[str, str]

EVERY = "Options of every command"
MANY = "Options of many commands"

_LEAST_PAGES = 4
_LEAST_SHARE = 0.3
_SHARE_OF_EVERY = 0.9
"""Of the pages; a few, like that of the completion script, go without the options all others take."""


def gather_shared(documents: Sequence[Document]) -> tuple[Document, ...]:
    """The pages, root first, with every option that many of them repeat, label and text, on the root alone. Other
    blocks, the text of a page as a whole among them, stay where they are."""
    pages = Counter(key for document in documents for key in dict.fromkeys(map(_key, _options(document))))
    least = max(_LEAST_PAGES, int(_LEAST_SHARE * len(documents)) + 1)
    shared = {key for key, count in pages.items() if count >= least}
    if not shared:
        return tuple(documents)
    first = {_key(block): block for document in reversed(documents) for block in _options(document)}
    every = {key for key in shared if pages[key] >= _SHARE_OF_EVERY * len(documents)}
    gathered = [first[key] for key in pages if key in shared]
    root, *others = (_without(document, shared) for document in documents)
    return (_with(root, gathered, lambda block: _title(block, every)), *others)


def _options(document: Document) -> Iterator[Block]:
    for section in document.sections:
        for block in section.blocks:
            if block.kind == "definition" and (block.label.startswith("-") or section.title == VARIABLES):
                yield block


def _key(block: Block) -> _Key:
    return block.label, block.text


def _title(block: Block, every: set[_Key]) -> str:
    if not block.label.startswith("-"):
        return VARIABLES
    return EVERY if _key(block) in every else MANY


def _without(document: Document, shared: set[_Key]) -> Document:
    sections = []
    for section in document.sections:
        blocks = tuple(block for block in section.blocks if block.kind != "definition" or _key(block) not in shared)
        if blocks:
            sections.append(replace(section, blocks=blocks))
    return replace(document, sections=tuple(sections))


def _with(document: Document, gathered: Sequence[Block], title: Callable[[Block], str]) -> Document:
    """The page with the options under their titles, before its last section: the page as a whole."""
    *own, whole = document.sections
    kept = [section for section in own if section.title != VARIABLES]
    variables = [block for section in own if section.title == VARIABLES for block in section.blocks]
    for name in (EVERY, MANY, VARIABLES):
        blocks = (*(variables if name == VARIABLES else ()), *(block for block in gathered if title(block) == name))
        if blocks:
            kept.append(_gathered_section(document, name, blocks))
    return replace(document, sections=(*kept, whole))


def _gathered_section(document: Document, title: str, blocks: tuple[Block, ...]) -> Section:
    """A section of options from anywhere; its span is that of those on its own page."""
    lines = [block.span for block in blocks if block.span.path == document.path]
    start = min((span.line for span in lines), default=1)
    end = max((span.end for span in lines), default=start)
    return Section(2, (document.title, title), Span(document.path, start, end), blocks)
