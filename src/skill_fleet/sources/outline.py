"""From a flat run of headings and blocks to the sections of a document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from skill_fleet.sources.document import Block, Section, Span

_NUMBERING = re.compile(r"^\d{1,2}(?:\.\d{1,2})*[.)]\s+(?=\D)")
_PREFIX = re.compile(r"^\d{1,4}[-_. ]+(?=\D)")
_NOT_SLUG = re.compile(r"[^\w\s-]")


@dataclass(frozen=True, slots=True)
class Heading:
    """A title in the flow of a page, before it is known which titles stand above it."""

    level: int
    text: str
    span: Span
    anchor: str = ""


Piece = Heading | Block


def clean_title(text: str) -> str:
    """A title without numbering, pilcrow and trailing marks."""
    return _NUMBERING.sub("", text.strip().rstrip("#¶ ").strip()).removesuffix(":").strip()


def slug(text: str) -> str:
    """The anchor that most renderers give a title."""
    return re.sub(r"[\s-]+", "-", _NOT_SLUG.sub("", text.lower()).strip())


def title_from_path(path: str) -> str:
    """`guide/02-getting_started.md` → Getting started; an index page takes its folder's name."""
    pure = PurePosixPath(path)
    stem = pure.stem if pure.stem.lower() not in {"index", "readme"} or not pure.parent.name else pure.parent.name
    words = _PREFIX.sub("", stem).replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def page_title(pieces: Iterable[Piece], stated: str, path: str) -> str:
    """The stated title (front matter), else the first heading of level 1 or the only one of the highest level, else
    one made of the file name."""
    if stated:
        return stated
    headings = [piece for piece in pieces if isinstance(piece, Heading) and piece.text]
    top = min((heading.level for heading in headings), default=0)
    highest = [heading for heading in headings if heading.level == top]
    is_title = bool(highest) and (top == 1 or (len(highest) == 1 and highest[0] is headings[0]))
    return highest[0].text if is_title else title_from_path(path)


def outline(pieces: Sequence[Piece], title: str, path: str) -> tuple[Section, ...]:
    """Sections in reading order. Every heading path begins with the page's title."""
    head = Heading(1, title, Span(path, 1, 1), slug(title))
    sections: list[Section] = []
    above: list[Heading] = [head]
    blocks: list[Block] = []
    for piece in pieces:
        if isinstance(piece, Block):
            blocks.append(piece)
            continue
        _close(sections, above, blocks, path)
        above, blocks = _path_to(piece, above, head), []
    _close(sections, above, blocks, path)
    return tuple(sections)


def _path_to(heading: Heading, above: Sequence[Heading], head: Heading) -> list[Heading]:
    if heading.text == head.text and len(above) == 1:
        return [heading]
    kept = [one for one in above[1:] if one.level < heading.level]
    return [above[0], *kept, heading]


def _close(sections: list[Section], above: Sequence[Heading], blocks: Sequence[Block], path: str) -> None:
    heading = above[-1]
    if not blocks and heading.level == 1 and len(above) == 1 and heading.span == Span(path, 1, 1) and not sections:
        return
    here = [block.span for block in blocks if block.span.path == heading.span.path]
    last = max((span.end for span in here), default=heading.span.end)
    first = min((span.line for span in here), default=heading.span.line) if len(above) == 1 else heading.span.line
    span = Span(heading.span.path, min(first, heading.span.line), max(last, heading.span.end))
    titles = tuple(one.text for one in above)
    sections.append(Section(heading.level, titles, span, tuple(blocks), heading.anchor or slug(heading.text)))
