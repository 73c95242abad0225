"""What a whole source shows that one page cannot: titles that all pages share, lists that only repeat headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from skill_fleet.sources.document import Block, Document

#: So many pages under one title, and so large a share of all, make it the name of the site rather than of a page.
_SHARED_PAGES = 3
_SHARED_SHARE = 0.3
#: A list is a table of contents when so many of its lines are headings of its own page.
_CONTENTS_SHARE = 0.6
_CONTENTS_ITEMS = 3

_WORD = re.compile(r"\w+")


def tidy(documents: Sequence[Document]) -> tuple[Document, ...]:
    """The documents with titles of their own and without tables of their own contents."""
    shared = _shared_titles(documents)
    renamed = (replace(page, title=_own_title(page)) if page.title.lower() in shared else page for page in documents)
    return tuple(_without_contents(page) for page in renamed)


def _shared_titles(documents: Sequence[Document]) -> frozenset[str]:
    counts = Counter(page.title.lower() for page in documents)
    return frozenset(
        title for title, count in counts.items() if count >= _SHARED_PAGES and count > _SHARED_SHARE * len(documents)
    )


def _own_title(page: Document) -> str:
    """The page's only second-level heading, else the words of its file name."""
    second = [section.title for section in page.sections if section.level == 2]  # noqa: PLR2004 - below the title
    if len(second) == 1 and second[0]:
        return second[0]
    words = re.sub(r"[-_.]+", " ", PurePosixPath(page.path).stem).strip()
    return words[:1].upper() + words[1:] if words else page.title


def _without_contents(page: Document) -> Document:
    titles = frozenset(_words(section.title) for section in page.sections)
    sections = tuple(
        replace(section, blocks=tuple(block for block in section.blocks if not _is_contents(block, titles)))
        for section in page.sections
    )
    return replace(page, sections=sections)


def _is_contents(block: Block, titles: frozenset[str]) -> bool:
    if block.kind not in ("bullet_list", "ordered_list") or block.children:
        return False
    lines = [words for item in block.items for line in item.text.splitlines() if (words := _words(line))]
    known = sum(words in titles for words in lines)
    return len(lines) >= _CONTENTS_ITEMS and known >= _CONTENTS_SHARE * len(lines)


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))
