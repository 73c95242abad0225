"""The sources as reference files: cleaned, merged to a useful size, each with a table of contents."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from skill_fleet.authoring.draft import DraftFile, Statement
from skill_fleet.authoring.extractive.markup import Renderer
from skill_fleet.authoring.extractive.passages import Writer
from skill_fleet.authoring.extractive.shelf import (
    ROLE_WEIGHT,
    Shelf,
    is_generic_title,
    section_text,
    section_tokens,
    slug,
    trusted_sections,
)
from skill_fleet.authoring.tokens import count_tokens
from skill_fleet.ranking import terms
from skill_fleet.sources.document import Document, Section

#: Limits of the authoring notes, section 4, step 11.
MAX_TOTAL_TOKENS = 160_000
MAX_FILE_TOKENS = 7_000
MAX_FILES = 26
NAMES_SHOWN = 6
SHORTEST = 40

_CODE_SPAN = re.compile(r"`([A-Za-z_][\w.]{2,40})(?:\(\))?`")


@dataclass(frozen=True, slots=True)
class Page:
    """A page on its way into a reference file; `part` counts from 1 when it is too long for one."""

    source: str
    document: Document
    sections: tuple[Section, ...]
    part: int = 0

    @property
    def tokens(self) -> int:
        return sum(section_tokens(section) for section in self.sections)


@dataclass(frozen=True, slots=True)
class ReferenceFile:
    """A written reference: the file, what it holds, and where each block comes from."""

    file: DraftFile
    topics: tuple[str, ...]
    tokens: int
    pages: tuple[str, ...]
    statements: tuple[Statement, ...]


def write_references(shelf: Shelf) -> list[ReferenceFile]:
    """The pages worth keeping, the most relevant within the total, in the order of the navigation."""
    groups = _group(_kept_pages(shelf))
    taken: set[str] = set()
    return [_write(shelf, group, taken) for group in groups]


def _kept_pages(shelf: Shelf) -> list[Page]:
    relevance: dict[str, float] = {}
    for node in shelf.nodes:
        best = max(shelf.relevance[node.id], default=0.0) + shelf.worth(node)
        relevance[node.page.path] = max(relevance.get(node.page.path, 0.0), best)
    pages = [
        Page(source.id, page, trusted_sections(source, page))
        for source, page in shelf.store.documents
        if ROLE_WEIGHT[page.role] > 0 and any(section.blocks for section in page.sections)
    ]
    budget = MAX_TOTAL_TOKENS
    kept: set[int] = set()
    for number in sorted(range(len(pages)), key=lambda n: (-relevance.get(pages[n].document.path, 0.0), n)):
        if pages[number].tokens <= budget:
            kept.add(number)
            budget -= pages[number].tokens
    return [part for number, page in enumerate(pages) if number in kept for part in _parts(page)]


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


def _group(pages: Sequence[Page]) -> list[list[Page]]:
    """Pages as they are while there are few; neighbours of one folder together, the smallest first, when there are
    more than `MAX_FILES`."""
    groups = [[page] for page in pages]
    while len(groups) > MAX_FILES:
        pairs = range(len(groups) - 1)
        at = min(
            pairs,
            key=lambda n: (_folder(groups[n]) != _folder(groups[n + 1]), _size(groups[n]) + _size(groups[n + 1]), n),
        )
        groups[at : at + 2] = [groups[at] + groups[at + 1]]
    return groups


def _folder(group: Sequence[Page]) -> tuple[str, str]:
    return group[0].source, group[0].document.path.rpartition("/")[0]


def _size(group: Sequence[Page]) -> int:
    return sum(page.tokens for page in group)


def _write(shelf: Shelf, group: Sequence[Page], taken: set[str]) -> ReferenceFile:
    path = _free_path(group, taken)
    titles = [_page_title(page) for page in group]
    body = Writer(path)
    for page, title in zip(group, titles, strict=True):
        _write_page(body, Renderer(shelf.store, page.source), page, title)
    header = _header(titles, group, body)
    shift = header.count("\n")
    statements = tuple(
        Statement(s.file, s.line + shift, s.end + shift, s.transform, s.references) for s in body.statements
    )
    text = header + body.file().text
    topics = [topic for topic in dict.fromkeys(_topics(group, titles)) if not is_generic_title(topic)]
    topics += [name for name in _names(shelf, group) if name not in topics]
    return ReferenceFile(
        DraftFile(path, text), tuple(topics), _size(group), tuple(page.document.path for page in group), statements
    )


def _free_path(group: Sequence[Page], taken: set[str]) -> str:
    stem = _stem(group)
    path = f"references/{stem}.md"
    number = 2
    while path in taken:
        path = f"references/{stem}-{number}.md"
        number += 1
    taken.add(path)
    return path


def _stem(group: Sequence[Page]) -> str:
    first = group[0]
    if len(group) > 1 and _folder(group)[1]:
        return slug(_folder(group)[1]) or "pages"
    part = f"-{first.part}" if first.part else ""
    return f"{slug(first.document.path.rpartition('/')[2].rpartition('.')[0]) or slug(first.document.title) or 'page'}{part}"


def _page_title(page: Page) -> str:
    return f"{page.document.title} ({page.part})" if page.part else page.document.title


def _header(titles: Sequence[str], group: Sequence[Page], body: Writer) -> str:
    """Title and contents with line numbers, which count the header itself."""
    entries = _contents(body.file().text)
    title = titles[0] if len(group) == 1 else f"{titles[0]} and {len(group) - 1} more"
    if len(entries) < 3:
        return f"<!-- {title} -->\n\n"
    height = len(entries) + 4
    lines = [f"<!-- {title} -->", "", "Contents:", *(f"- {text}: line {line + height}" for text, line in entries), ""]
    return "\n".join(lines) + "\n"


def _contents(text: str) -> list[tuple[str, int]]:
    entries: list[tuple[str, int]] = []
    fenced = ""
    for number, line in enumerate(text.splitlines(), start=1):
        ticks = line[: len(line) - len(line.lstrip("`"))]
        if len(ticks) >= 3:
            fenced = "" if fenced and len(ticks) >= len(fenced) else fenced or ticks
        elif not fenced and line.startswith(("# ", "## ")):
            entries.append((line.lstrip("# "), number))
    return entries


def _write_page(writer: Writer, render: Renderer, page: Page, title: str) -> None:
    writer.heading(1, title)
    for section in page.sections:
        level = min(max(section.level, 2), 6)
        if section.level > 1 or section.title not in ("", page.document.title):
            writer.heading(level, section.title)
        for block in section.blocks:
            writer.passages(render.block(block))


def _topics(group: Sequence[Page], titles: Sequence[str]) -> Iterator[str]:
    """Page titles when several pages share a file, else the page's own headings."""
    if len(group) > 1:
        yield from titles
        return
    yield from (section.title for section in group[0].sections if section.title and 2 <= section.level <= 4)


def _names(shelf: Shelf, group: Sequence[Page]) -> list[str]:
    """The code spans that stand in these pages more than elsewhere, the most used first."""
    counts: Counter[str] = Counter()
    for page in group:
        for section in page.sections:
            counts.update(_CODE_SPAN.findall(section_text(section)))
    telling = {
        name: count * (1 - shelf.index.frequency(terms(name)[0])) for name, count in counts.items() if terms(name)
    }
    return [f"`{name}`" for name, _ in sorted(telling.items(), key=lambda row: (-row[1], row[0]))[:NAMES_SHOWN]]


def pointers(files: Sequence[ReferenceFile], tokens: int) -> list[str]:
    """The lines of SKILL.md that say what each reference file holds, within `tokens`: long lists of topics give way
    first."""
    cap = max((len(", ".join(file.topics)) for file in files), default=0)
    while cap > SHORTEST and sum(count_tokens(_pointer(file, cap)) for file in files) > tokens:
        cap -= 10
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
