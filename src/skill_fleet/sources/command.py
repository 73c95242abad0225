"""A command as a source: the tree of its `--help` pages (`--from cli:NAME`).

Reading a command runs it (see `invocation`): `NAME --help`, the listing of all sub-commands to which that help points,
then `NAME SUB --help` for the sub-commands listed, and nothing else. Each page becomes one document whose path is the
command line that prints it, so that a line number of the document is a line number of that output; the last section
of a document holds the page as a whole.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
import shlex
import shutil
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from skill_fleet.errors import SourceEmpty, SourceError, SourceMissing, SourceTimeout, SourceTooLarge
from skill_fleet.sources.document import Document, Source
from skill_fleet.sources.helptext import Help, parse_help, parse_listing
from skill_fleet.sources.injection import scan
from skill_fleet.sources.invocation import Answer, run
from skill_fleet.sources.manpage import is_manual
from skill_fleet.sources.shared_options import gather_shared
from skill_fleet.sources.store import SourceText

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skill_fleet.sources.document import Section

_WAYS: tuple[tuple[str, ...], ...] = (("--help",), ("-h",), ("help",))
_VERSION = re.compile(r"(?<![\w.])v?(\d+\.\d+(?:\.\d+)*(?:[-+.]?[a-z0-9]+)*)(?![\w])", re.IGNORECASE)
_FEWEST_LINES = 2
_REFUSAL = re.compile(
    r"\b(error|unknown|unrecogni[sz]ed|invalid|is not an?|no such|not found|no manual entry)\b", re.IGNORECASE
)
# How a help says where all sub-commands are listed: `crane help -a`, "See all commands with --list".
_POINTERS = (
    r"(?<![\w-]){name} (help (?:-a|--all|all|commands)|--list(?:-commands)?|--help[ =-]all|-h all)(?![\w-])",
    r"\b(?:all|available|installed) (?:options|(?:sub-?)?commands)\b.{{0,30}}?[\s`'\"](--list|--help[ =-]all)\b(?!-)",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a crawl goes: seconds for one call and for all, levels of sub-commands, pages."""

    call: float = 15.0
    total: float = 240.0
    depth: int = 3
    pages: int = 150


@dataclass(frozen=True, slots=True)
class _Page:
    """The help page of one command: its words (`uv`, `add`), its place in the tree, and the way that printed it."""

    words: tuple[str, ...]
    place: tuple[int, ...]
    way: tuple[str, ...]
    text: str
    help: Help

    @property
    def path(self) -> str:
        return _page_path(self.words, self.way)


@dataclass
class _Crawl:
    """The state of one crawl: what was found, what was left out and why, and when to stop."""

    program: tuple[str, ...]
    limits: Limits
    deadline: float
    pages: list[_Page] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    unread: dict[str, list[str]] = field(default_factory=dict)
    manual_ways: set[tuple[str, ...]] = field(default_factory=set)


def read_command(name: str, limits: Limits | None = None) -> tuple[Source, list[SourceText]]:
    """The help of `name`, and its pages as texts. `name` is a command on the PATH or the path of one, with leading
    sub-commands if any (`git remote`).

    SourceMissing: there is no such command · SourceTimeout: it did not answer in time · SourceEmpty: neither
    `--help` nor `-h` nor `help` printed a help text · SourceTooLarge: it printed without end. The same
    on a sub-command costs only that page and is told in `skipped`.
    """
    limits = limits or Limits()
    words = _split(name)
    program = (_find_program(words[0]), *words[1:])
    shown = (Path(words[0]).name, *words[1:])
    crawl = _Crawl(program, limits, time.monotonic() + limits.total)
    crawl.pages.append(_read_root(crawl, shown))
    _read_below(crawl)
    pages = sorted(crawl.pages, key=lambda page: page.place)
    source = Source(
        id=f"cli:{name}",
        kind="command",
        origin=f"cli:{name}",
        product=" ".join(shown),
        version=_version(program[0], limits.call),
        summary=pages[0].help.summary,
        documents=gather_shared([_document(page, order, pages) for order, page in enumerate(pages)]),
        digest=_digest(pages),
        suspicious=tuple(finding for page in pages for finding in scan(page.text, page.path)),
        skipped=tuple(crawl.skipped),
    )
    return source, [SourceText(source.id, page.path, page.text) for page in pages]


def _split(name: str) -> tuple[str, ...]:
    try:
        words = tuple(shlex.split(name))
    except ValueError as error:
        raise SourceMissing(
            f"`{name}` is no command line: {error}.", "Write it as `cli:git` or `cli:git remote`."
        ) from error
    if not words:
        raise SourceMissing("`cli:` names no command.", "Write it as `cli:git` or `cli:git remote`.")
    return words


def _find_program(word: str) -> str:
    found = shutil.which(word)
    if found is not None:
        return str(Path(found).absolute())
    if os.sep in word:
        raise SourceMissing(f"`{word}` is no file that can be executed.", "Check the path, or `chmod +x` it.")
    near = difflib.get_close_matches(word, _names_on_path(), n=3, cutoff=0.66)
    guess = f"Did you mean {' or '.join(f'`{name}`' for name in near)}? " if near else ""
    hint = f"{guess}Install it, or pass the path of the program (`cli:./{word}`)."
    raise SourceMissing(f"There is no command `{word}` on the PATH.", hint)


def _names_on_path() -> list[str]:
    folders = [
        folder for folder in os.get_exec_path() if os.access(folder, os.R_OK | os.X_OK) and Path(folder).is_dir()
    ]
    return sorted({entry.name for folder in folders for entry in os.scandir(folder) if os.access(entry, os.X_OK)})


def _read_root(crawl: _Crawl, shown: tuple[str, ...]) -> _Page:
    manual, printed = None, ""
    for way in _WAYS:
        answer = run((*crawl.program, *way), crawl.limits.call)
        page = _usable_page(answer, shown, (), way)
        if page is not None and not is_manual(page.text):
            return _own_page(crawl, page)
        manual = manual or page
        printed = printed or answer.out.strip() or answer.err.strip()
    if manual is not None:
        return _own_page(crawl, manual)
    first = f" It said: {printed.splitlines()[0][:200]}" if printed else ""
    raise SourceEmpty(
        f"`{' '.join(shown)}` prints no help for --help, -h or help.{first}",
        "Save what it can do to a file and pass that with --from.",
    )


def _own_page(crawl: _Crawl, page: _Page) -> _Page:
    """The page, unless it is what the program says without its sub-command: then there is no such sub-command."""
    if len(crawl.program) > 1 and run((crawl.program[0], *page.way), crawl.limits.call).out == page.text:
        message = f"`{page.words[0]}` has no sub-command `{' '.join(page.words[1:])}`."
        raise SourceMissing(message, f"`{page.words[0]} --help` lists those it has.")
    return page


def _read_below(crawl: _Crawl) -> None:
    """Breadth first, so that the limit on pages cuts the deepest ones."""
    level = [_with_listing(crawl, crawl.pages[0])] if crawl.limits.depth else []
    for _ in range(crawl.limits.depth):
        level = [page for parent in level for page in _children(crawl, parent)]
    for what, words in crawl.unread.items():
        crawl.skipped.append(f"Sub-commands {what} ({len(words)}): {', '.join(words)}")


def _with_listing(crawl: _Crawl, root: _Page) -> _Page:
    """The root with the sub-commands of the listing its help points to, behind those it names itself."""
    listing = next((page for words in _pointers(root) if (page := _read_listing(crawl, root, words)) is not None), None)
    if listing is None:
        return root
    crawl.pages.append(listing)
    names = tuple(dict.fromkeys((*root.help.subcommands, *listing.help.subcommands)))
    return replace(root, help=replace(root.help, subcommands=names))


def _pointers(root: _Page) -> Iterator[tuple[str, ...]]:
    name = re.escape(" ".join(root.words))
    for pattern in _POINTERS:
        for found in re.finditer(pattern.format(name=name), root.text):
            yield tuple(found[1].split())


def _read_listing(crawl: _Crawl, root: _Page, arguments: tuple[str, ...]) -> _Page | None:
    try:
        answer = run((*crawl.program, *arguments), crawl.limits.call)
    except (SourceTimeout, SourceTooLarge) as error:
        crawl.skipped.append(f"{' '.join((*root.words, *arguments))}: {error.message}")
        return None
    words = (*root.words, *arguments)
    told = parse_listing(answer.out, " ".join(root.words), " ".join(words))
    page = _Page(words, (-1,), (), answer.out, replace(told, sections=_news(told, root.help, " ".join(words))))
    return page if answer.code == 0 and _entries(page) and page.text != root.text else None


def _news(told: Help, known: Help, title: str) -> tuple[Section, ...]:
    """The sections, below a title of their own, without the entries that are known already."""
    labels = {block.label for section in known.sections for block in section.blocks if block.kind == "definition"}
    cut = (
        replace(
            section,
            heading=(title, *section.heading[1:]),
            blocks=tuple(block for block in section.blocks if block.label not in labels),
        )
        for section in told.sections
    )
    return tuple(section for section in cut if section.blocks)


def _children(crawl: _Crawl, parent: _Page) -> list[_Page]:
    found: list[_Page] = []
    for rank, name in enumerate(parent.help.subcommands):
        words = (*parent.words, *name.split())
        if reason := _reason_to_stop(crawl):
            crawl.unread.setdefault(f"not asked for their help, {reason}", []).append(" ".join(words))
        elif (page := _read_child(crawl, parent, words, rank)) is not None:
            found.append(page)
            crawl.pages.append(page)
    return found


def _reason_to_stop(crawl: _Crawl) -> str:
    if len(crawl.pages) >= crawl.limits.pages:
        return f"beyond the limit of {crawl.limits.pages} pages"
    if time.monotonic() >= crawl.deadline:
        return f"beyond the limit of {crawl.limits.total:g} seconds"
    return ""


def _read_child(crawl: _Crawl, parent: _Page, words: tuple[str, ...], rank: int) -> _Page | None:
    """The page of a sub-command, asked for in its parent's way first; a manual page when nothing else is one; None,
    with a note, when there is none."""
    manual = None
    for way in _ways(crawl, parent):
        try:
            answer = run(_argv(crawl.program, words[len(crawl.pages[0].words) :], way), crawl.limits.call)
        except (SourceTimeout, SourceTooLarge) as error:
            crawl.skipped.append(f"{_page_path(words, way)}: {error.message}")
            return manual
        page = _usable_page(answer, words, (*parent.place, rank), way)
        if page is None or not _is_own(crawl, page):
            continue
        if not is_manual(page.text):
            return page
        crawl.manual_ways.add(way)
        manual = manual or page
    if manual is None:
        crawl.unread.setdefault("without help of their own", []).append(" ".join(words))
    return manual


def _ways(crawl: _Crawl, parent: _Page) -> list[tuple[str, ...]]:
    """The parent's way first, unless it opens manual pages: then that one last."""
    ways = [parent.way, *(way for way in _WAYS[:2] if way != parent.way)]
    return sorted(ways, key=lambda way: way in crawl.manual_ways)


def _is_own(crawl: _Crawl, page: _Page) -> bool:
    """Whether the page is about this command: one seen before is not, unless it is a sibling's and names both."""
    names_itself = re.search(rf"(?<![\w-]){re.escape(' '.join(page.words))}(?![\w-])", page.text) is not None
    same = [other for other in crawl.pages if other.text == page.text]
    return not same or (names_itself and all(other.words != page.words[: len(other.words)] for other in same))


def _argv(program: tuple[str, ...], arguments: tuple[str, ...], way: tuple[str, ...]) -> tuple[str, ...]:
    """`git help remote`, but `git remote --help`."""
    return (*program, *way, *arguments) if way == ("help",) else (*program, *arguments, *way)


def _page_path(words: tuple[str, ...], way: tuple[str, ...]) -> str:
    return " ".join(_argv(words[:1], words[1:], way))


def _usable_page(answer: Answer, words: tuple[str, ...], place: tuple[int, ...], way: tuple[str, ...]) -> _Page | None:
    for text in (answer.out, answer.err):
        page = _Page(words, place, way, text, parse_help(text, " ".join(words), _page_path(words, way)))
        if _is_help(page, answer.code):
            return page
    return None


def _is_help(page: _Page, code: int) -> bool:
    """Some tools print their help with a failing exit code; an error message with the usage above it is no help."""
    entries = _entries(page)
    if code != 0:
        is_told_off = bool(page.place) and _REFUSAL.search(page.text.lstrip().partition("\n")[0]) is not None
        return not is_told_off and (entries > 1 or len(page.help.subcommands) > 1 or _is_own_usage(page))
    if entries > 0 or _is_own_usage(page):
        return True
    return sum(bool(line.strip()) for line in page.text.splitlines()) >= _FEWEST_LINES


def _is_own_usage(page: _Page) -> bool:
    """Whether the page of a sub-command is its usage, with the options if any, and nothing else."""
    blocks = [block for section in page.help.sections[:-1] for block in section.blocks]
    is_usage = bool(blocks) and all(block.label == "usage" or block.kind == "definition" for block in blocks)
    return bool(page.place) and is_usage and " ".join(page.words) in page.text


def _entries(page: _Page) -> int:
    return sum(block.kind == "definition" for section in page.help.sections for block in section.blocks)


def _document(page: _Page, order: int, pages: list[_Page]) -> Document:
    links = tuple(other.path for other in pages if other.place and other.place[:-1] == page.place)
    return Document(page.path, " ".join(page.words), "reference", order, page.help.sections, links)


def _digest(pages: list[_Page]) -> str:
    parts = (f"{page.path}\n{page.text}\n" for page in pages)
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def _version(program: str, seconds: float) -> str:
    """The version `--version` prints, empty when it prints none."""
    try:
        answer = run((program, "--version"), seconds)
    except SourceError:
        return ""
    first = next((line for line in (answer.out or answer.err).splitlines() if line.strip()), "")
    found = _VERSION.search(first)
    return found[1] if found and answer.code == 0 else ""
