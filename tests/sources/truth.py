"""Whether blocks stand where they say: their words, in the lines they cite."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import unescape

from skill_fleet.sources.document import Block, Document, Span
from skill_fleet.sources.product import all_blocks

_WORD = re.compile(r"[^\W_]+")


def untrue(documents: Iterable[Document], files: Mapping[str, str]) -> list[tuple[str, Span]]:
    """The texts of blocks and items with a word that their lines do not hold."""
    stated = [(block.text, block.span) for document in documents for block in all_blocks(document)]
    stated += [
        (item.text, item.span) for document in documents for block in all_blocks(document) for item in block.items
    ]
    return [(text, span) for text, span in stated if not _words(_plain(text)) <= _words(cited(files, span))]


def cited(files: Mapping[str, str], span: Span) -> str:
    lines = files[span.path].splitlines()
    assert 1 <= span.line <= span.end <= len(lines)
    text = "\n".join(lines[span.line - 1 : span.end])
    return unescape(re.sub(r"<[^>]*>", "", text) + "\n" + text)


def _plain(text: str) -> str:
    """Text without the numbers an automatically numbered list got and the rule of a table."""
    return re.sub(r"^\s*\d+\. ", "", text, flags=re.MULTILINE)


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)}


def blocks_of(document: Document) -> list[Block]:
    """The blocks of all sections, without their children."""
    return [block for section in document.sections for block in section.blocks]


def texts_of(document: Document) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in blocks_of(document)]
