"""A source as a reader sees it: a document of sections of blocks, each with its true lines.

Every reader (Markdown, reStructuredText, HTML, package, command) yields this one shape, so that mining,
ranking and rendering know no dialect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BlockKind = Literal[
    "paragraph",
    "code",
    "ordered_list",
    "bullet_list",
    "table",
    "admonition",
    "definition",
    "quote",
    "signature",
]
"""paragraph: prose · code: a fenced, indented or included code block · ordered_list, bullet_list: one list with
its items · table: a whole table as a Markdown pipe table · admonition: a note, tip, warning, danger … box ·
definition: a term with its explanation (definition list, glossary entry, option entry) · quote: a block quote ·
signature: the declaration of an API symbol (`autofunction`-like directives, package reader)."""

DocumentRole = Literal[
    "readme",
    "index",
    "quickstart",
    "guide",
    "page",
    "concept",
    "faq",
    "reference",
    "migration",
    "internals",
    "changelog",
    "noise",
]
"""What a page is for. readme, index: the front pages · quickstart: a tutorial or first steps · guide: how-to ·
page: anything else · concept: explanation · faq: questions, troubleshooting · reference: API, settings, CLI ·
migration: coming from elsewhere · internals: for those who work on the product · changelog: what changed ·
noise: contributing, code of conduct, licence, sponsors, people, translations."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where text stands: file path relative to the source's root, first and last line (from 1, inclusive)."""

    path: str
    line: int
    end: int


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list, or one row of a definition: its own Markdown text and its own lines."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a section.

    `text` is clean CommonMark: roles and cross references are code spans or plain words, links are their words,
    attribute lists, badges and emoji shortcodes are gone; code is verbatim. `language` is the fence's first word,
    lower case, for code. `label` is the admonition's kind (note, warning …), the tab's label, the code block's
    title, or the term of a definition. `items` are filled for lists. `children` are the blocks inside an
    admonition, quote, list or definition that are blocks of their own (mostly code), in order.
    """

    kind: BlockKind
    text: str
    span: Span
    language: str = ""
    label: str = ""
    items: tuple[Item, ...] = ()
    children: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the blocks up to the next heading of any level.

    `heading` is the path of titles, outermost first.
    """

    level: int
    heading: tuple[str, ...]
    span: Span
    blocks: tuple[Block, ...] = ()
    anchor: str = ""

    @property
    def title(self) -> str:
        return self.heading[-1] if self.heading else ""


@dataclass(frozen=True, slots=True)
class Document:
    """One page. `order` is its place in the source's navigation (toctree, nav, else path order); `links` are the
    paths, within the same source, of the pages it links to; `contents` those that its own table of contents
    (toctree) lists, in order."""

    path: str
    title: str
    role: DocumentRole
    order: int
    sections: tuple[Section, ...] = ()
    links: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Licence:
    """The licence under which a source's text may be copied.

    `name` is the SPDX id where the text is recognised, else the file's first line.
    """

    name: str
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """All that was read from one `--from`.

    `id` is unique within a brief (`docs`, `package:httpx`, `cli:uv`); `origin` is what the person wrote. `product`
    and `summary` are what the source says of itself (README, project metadata, `--help`), empty when it says
    nothing. `suspicious` are the places whose text looks like an instruction to the reading agent. `skipped`
    names the files that were left out, with the reason.
    """

    id: str
    kind: Literal["folder", "file", "package", "command"]
    origin: str
    product: str
    version: str
    summary: str
    documents: tuple[Document, ...]
    digest: str
    licence: Licence | None = None
    suspicious: tuple[Finding, ...] = ()
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A place in a source that a person should look at, and why."""

    span: Span
    reason: str
    excerpt: str
