"""The sources as reference files: cleaned, cut or merged to a useful size, each with a table of contents."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from skill_fleet.authoring.draft import DraftFile, Statement
from skill_fleet.authoring.extractive.blocks import section_text, section_tokens
from skill_fleet.authoring.extractive.contents import header
from skill_fleet.authoring.extractive.markup import Renderer
from skill_fleet.authoring.extractive.nodes import ROLE_WEIGHT
from skill_fleet.authoring.extractive.passages import Writer, moved
from skill_fleet.authoring.extractive.shelf import Shelf
from skill_fleet.authoring.extractive.titles import is_generic_title, slug
from skill_fleet.ranking import terms
from skill_fleet.skill.tokens import count_tokens
from skill_fleet.sources.document import Document, Section

#: Limits of the authoring notes, section 4, step 11.
MAX_TOTAL_TOKENS = 160_000
MAX_FILE_TOKENS = 7_000
MAX_FILES = 26
#: Names that follow the topics of a file.
NAMES_SHOWN = 6
#: A pointer's topics are cut to no fewer characters than this, and by so many at a time.
SHORTEST, STEP = 40, 10
#: Headings below these levels are too many and too small to lead anybody.
_TOPIC_LEVELS = range(2, 5)
_LOWEST_LEVEL = 6

_NAME_IN_CODE = re.compile(r"`([A-Za-z_][\w.]{2,40})(?:\(\))?`")


@dataclass(frozen=True, eq=False)
class Page:
    """A page on its way into a reference file; `part` counts from 1 when it is too long for one."""

    source: str
    document: Document
    sections: tuple[Section, ...]
    part: int = 0

    @cached_property
    def tokens(self) -> int:
        return sum(section_tokens(section) for section in self.sections)

    @property
    def folder(self) -> tuple[str, str]:
        return self.source, self.document.path.rpartition("/")[0]

    @property
    def title(self) -> str:
        return f"{self.document.title} ({self.part})" if self.part else self.document.title

    @property
    def stem(self) -> str:
        """What a file that holds this page is called."""
        name = slug(self.document.path.rpartition("/")[2].rpartition(".")[0]) or slug(self.document.title) or "page"
        return f"{name}-{self.part}" if self.part else name


@dataclass(frozen=True, slots=True)
class ReferenceFile:
    """A written reference: the file, what it holds, and where each block comes from."""

    file: DraftFile
    topics: tuple[str, ...]
    statements: tuple[Statement, ...]


def write_references(shelf: Shelf) -> list[ReferenceFile]:
    """The pages worth keeping, the most relevant within the total, in the order of the navigation."""
    groups = _group([part for page in _kept_pages(shelf) for part in _parts(page)])
    taken: set[str] = set()
    return [_write(shelf, group, taken) for group in groups]


def _kept_pages(shelf: Shelf) -> list[Page]:
    relevance = _page_relevance(shelf)
    pages = [
        Page(source.id, page, page.sections)
        for source, page in shelf.store.documents
        if ROLE_WEIGHT[page.role] > 0 and any(section.blocks for section in page.sections)
    ]
    room = MAX_TOTAL_TOKENS
    kept: set[Page] = set()
    for page in sorted(pages, key=lambda page: -relevance.get((page.source, page.document.path), 0.0)):
        if page.tokens <= room:
            kept.add(page)
            room -= page.tokens
    return [page for page in pages if page in kept]


def _page_relevance(shelf: Shelf) -> dict[tuple[str, str], float]:
    """How much each page has to do with the task and the product: as much as the best of its topics."""
    relevance: dict[tuple[str, str], float] = {}
    for node in shelf.nodes:
        best = max(shelf.relevance[node.id], default=0.0) + shelf.worth(node)
        relevance[node.page_key] = max(relevance.get(node.page_key, 0.0), best)
    return relevance


def _parts(page: Page) -> Iterator[Page]:
    """The page cut at headings into parts of at most `MAX_FILE_TOKENS`, as even as the headings allow."""
    if page.tokens <= MAX_FILE_TOKENS:
        yield page
        return
    target = page.tokens / -(-page.tokens // MAX_FILE_TOKENS)
    run: list[Section] = []
    size, part = 0, 1
    for section in page.sections:
        tokens = section_tokens(section)
        if run and size + tokens / 2 > target:
            yield Page(page.source, page.document, tuple(run), part)
            run, size, part = [], 0, part + 1
        run.append(section)
        size += tokens
    yield Page(page.source, page.document, tuple(run), part)


@dataclass(frozen=True, eq=False)
class _Group:
    """Pages that share a file."""

    pages: tuple[Page, ...]
    tokens: int

    @property
    def folder(self) -> tuple[str, str]:
        return self.pages[0].folder

    def __add__(self, other: _Group) -> _Group:
        return _Group(self.pages + other.pages, self.tokens + other.tokens)


def _group(pages: Sequence[Page]) -> list[_Group]:
    """Pages as they are while there are few; neighbours of one folder together, the smallest first, when there are
    more than `MAX_FILES`."""
    groups = [_Group((page,), page.tokens) for page in pages]
    while len(groups) > MAX_FILES:
        at = min(range(len(groups) - 1), key=lambda n: _distance(groups[n], groups[n + 1]))
        groups[at : at + 2] = [groups[at] + groups[at + 1]]
    return groups


def _distance(left: _Group, right: _Group) -> tuple[bool, int]:
    return left.folder != right.folder, left.tokens + right.tokens


def _write(shelf: Shelf, group: _Group, taken: set[str]) -> ReferenceFile:
    path = _free_path(group, taken)
    titles = [page.title for page in group.pages]
    body = Writer(path)
    for page in group.pages:
        _write_page(body, Renderer(shelf.store, page.source), page)
    head = header(titles, body.text)
    topics = [topic for topic in dict.fromkeys(_topics(group, titles)) if not is_generic_title(topic)]
    topics += [name for name in _names(shelf, group) if name not in topics]
    statements = moved(body.statements, head.count("\n"))
    return ReferenceFile(DraftFile(path, head + body.text), tuple(topics), statements)


def _free_path(group: _Group, taken: set[str]) -> str:
    """A path no file has yet: by the page, or by the folder when several pages share the file."""
    folder = slug(group.folder[1])
    stem = (folder or "pages") if len(group.pages) > 1 and group.folder[1] else group.pages[0].stem
    path = f"references/{stem}.md"
    number = 2
    while path in taken:
        path = f"references/{stem}-{number}.md"
        number += 1
    taken.add(path)
    return path


def _write_page(writer: Writer, render: Renderer, page: Page) -> None:
    writer.heading(1, page.title)
    for section in page.sections:
        if section.level > 1 or section.title not in ("", page.document.title):
            writer.heading(min(max(section.level, 2), _LOWEST_LEVEL), section.title)
        for block in section.blocks:
            writer.passages(render.block(block))


def _topics(group: _Group, titles: Sequence[str]) -> Iterator[str]:
    """Page titles when several pages share a file, else the page's own headings."""
    if len(group.pages) > 1:
        yield from titles
        return
    sections = group.pages[0].sections
    yield from (section.title for section in sections if section.title and section.level in _TOPIC_LEVELS)


def _names(shelf: Shelf, group: _Group) -> list[str]:
    """The code spans that stand in these pages more than elsewhere, the most used first."""
    counts: Counter[str] = Counter()
    for page in group.pages:
        for section in page.sections:
            counts.update(_NAME_IN_CODE.findall(section_text(section)))
    first_terms = {name: words[0] for name in counts if (words := terms(name))}
    telling = {name: counts[name] * (1 - shelf.index.frequency(term)) for name, term in first_terms.items()}
    return [f"`{name}`" for name, _ in sorted(telling.items(), key=lambda row: (-row[1], row[0]))[:NAMES_SHOWN]]


def pointers(files: Sequence[ReferenceFile], tokens: int) -> list[str]:
    """The lines of SKILL.md that say what each reference file holds, within `tokens`: long lists of topics give way
    first."""
    cap = max((len(", ".join(file.topics)) for file in files), default=0)
    while cap > SHORTEST and sum(count_tokens(_pointer(file, cap)) for file in files) > tokens:
        cap -= STEP
    return [_pointer(file, cap) for file in files]


def _pointer(reference: ReferenceFile, cap: int) -> str:
    shown: list[str] = []
    for topic in reference.topics:
        if shown and len(", ".join([*shown, topic])) > cap:
            break
        shown.append(topic)
    more = len(reference.topics) - len(shown)
    tail = f" and {more} more" if more and shown else ""
    name = reference.file.path.removeprefix("references/").removesuffix(".md")
    return f"- [{name}]({reference.file.path}): {', '.join(shown)}{tail}".rstrip(": ")
