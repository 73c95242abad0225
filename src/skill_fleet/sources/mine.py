"""From documents to typed evidence: a unit for every block, and one for every sentence that rules, warns or advises."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import pairwise

from skill_fleet.sources.document import Block, Document, Item, Section, Source, Span
from skill_fleet.sources.evidence import Evidence, EvidenceKind
from skill_fleet.sources.sentences import ERROR_NAME, sentence_kind, split_sentences

#: Languages whose blocks show what was typed and what came back.
SESSIONS = frozenset({"console", "shell-session"})
SHELLS = SESSIONS | {"sh", "bash", "shell", "zsh", "powershell", "ps1", "terminal", "cmd", "bat", "fish"}
WARNING_LABELS = frozenset({"warning", "danger", "caution", "attention", "important", "error", "deprecated"})
#: A block with more lines than this shows more than how to install.
MAX_SETUP_LINES = 8

_INSTALL = re.compile(
    r"^\s*(?:\$ |> )?(?:sudo )?(?:(?:python3? -m )?pip3? install|uv (?:pip install|add|tool install)|poetry add"
    r"|pipx install|conda install|npm (?:install|i)\b|pnpm add|yarn add|bun add|cargo (?:add|install)"
    r"|go (?:get|install)|gem install|brew install|apt(?:-get)? install|dnf install|winget install"
    r"|composer require|dotnet add)",
    re.MULTILINE,
)
_PROMPT = re.compile(r"^\s*(?:\$|>|%|\w+@[\w.-]+[:~\w/]*[$#])\s+")
_ENVIRONMENT = re.compile(r"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$")


def is_install(text: str) -> bool:
    """The text holds a command line that installs something."""
    return bool(_INSTALL.search(text))


def evidence_id(source: str, kind: EvidenceKind, span: Span, text: str) -> str:
    """Ten hexadecimal digits that stay the same while kind, place and text do."""
    key = f"{source}\0{kind}\0{span.path}\0{span.line}\0{text}"
    return hashlib.sha1(key.encode(), usedforsecurity=False).hexdigest()[:10]


def mine_source(source: Source) -> list[Evidence]:
    """All evidence of one source in reading order, each unit once."""
    units = (unit for page in source.documents for unit in _mine_page(source.id, page))
    return list({unit.id: unit for unit in units}.values())


def _mine_page(source: str, page: Document) -> Iterator[Evidence]:
    for section in page.sections:
        miner = _SectionMiner(source, page, section)
        for previous, block in pairwise((None, *section.blocks)):
            if block is not None:
                yield from miner.mine(block, previous)


class _SectionMiner:
    """Mines the blocks of one section: they share source, page and heading."""

    def __init__(self, source: str, page: Document, section: Section) -> None:
        self._source = source
        self._changelog = page.role == "changelog"
        self._heading = section.heading
        self._title = section.title

    def mine(self, block: Block, previous: Block | None) -> Iterator[Evidence]:
        yield from self._own(block, _intro(previous))
        in_list = block.kind in ("ordered_list", "bullet_list")
        for before, child in pairwise((None, *block.children)):
            if child is not None:
                yield from self.mine(child, None if in_list else before)

    def _own(self, block: Block, intro: str) -> Iterator[Evidence]:
        """The block's units without those of the blocks inside it."""
        match block.kind:
            case "paragraph" | "quote":
                yield from self._prose(block.text, block.span)
            case "code":
                yield from self._code(block, intro)
            case "ordered_list" | "bullet_list":
                yield from self._list(block, intro)
            case "table":
                yield self._unit("table", block.text, block.span, intro=intro)
            case "admonition" | "definition":
                yield self._unit(_boxed_kind(block), block.text, block.span, title=block.label)
            case "signature":
                yield self._unit("symbol", block.text, block.span, title=block.label, intro=_summary(block))

    def _prose(self, text: str, span: Span) -> Iterator[Evidence]:
        if not text:
            return
        yield self._unit("concept", text, span)
        yield from self._sentences(text, span)

    def _sentences(self, text: str, span: Span) -> Iterator[Evidence]:
        for sentence in split_sentences(text):
            kind = sentence_kind(sentence)
            if kind:
                name = ERROR_NAME.search(sentence)
                yield self._unit(kind, sentence, span, title=name.group() if kind == "error" and name else "")

    def _code(self, block: Block, intro: str) -> Iterator[Evidence]:
        if is_install(block.text) and len(block.text.splitlines()) <= MAX_SETUP_LINES:
            yield self._unit("setup", block.text, block.span, language=block.language, intro=intro)
        yield self._unit("example", block.text, block.span, language=block.language, intro=intro, title=block.label)
        if block.language in SHELLS:
            for offset, command in _commands(block):
                yield self._command(command, block, offset, intro)

    def _command(self, command: str, block: Block, offset: int, intro: str) -> Evidence:
        line = min(block.span.line + offset + 1, block.span.end)
        return self._unit("command", command, Span(block.span.path, line, line), language="sh", intro=intro)

    def _list(self, block: Block, intro: str) -> Iterator[Evidence]:
        ordered = block.kind == "ordered_list" and len(block.items) > 1
        yield self._unit("steps" if ordered else "concept", block.text, block.span, intro=intro)
        for item in block.items:
            yield from self._item(item)

    def _item(self, item: Item) -> Iterator[Evidence]:
        if self._changelog:
            yield self._unit("change", item.text, item.span)
        yield from self._sentences(item.text, item.span)

    def _unit(
        self, kind: EvidenceKind, text: str, span: Span, *, title: str = "", language: str = "", intro: str = ""
    ) -> Evidence:
        return Evidence(
            id=evidence_id(self._source, kind, span, text),
            kind=kind,
            text=text,
            source=self._source,
            span=span,
            heading=self._heading,
            title=title or self._title,
            language=language,
            intro=intro,
        )


def _intro(previous: Block | None) -> str:
    """The sentence right before a code block or list, when the block before it is prose."""
    if previous is None or previous.kind != "paragraph":
        return ""
    sentences = split_sentences(previous.text)
    return sentences[-1] if sentences else ""


def _commands(block: Block) -> Iterator[tuple[int, str]]:
    """The command lines of a shell block with their offsets: what follows a prompt; where nothing does, each line of a
    script that is no comment."""
    lines = list(enumerate(block.text.splitlines()))
    typed = [(offset, _PROMPT.sub("", line).strip()) for offset, line in lines if _PROMPT.match(line)]
    if typed or block.language in SESSIONS:
        yield from typed
        return
    for offset, line in lines:
        if line.strip() and not line.lstrip().startswith("#"):
            yield offset, line.strip()


def _summary(block: Block) -> str:
    """The first sentence of a symbol's own description."""
    prose = next((child.text for child in block.children if child.kind == "paragraph"), "")
    return next(iter(split_sentences(prose)), "")


def _boxed_kind(block: Block) -> EvidenceKind:
    """What an admonition or a definition is, by its label."""
    label = block.label.strip("` ")
    if block.kind == "admonition":
        return "warning" if label.lower() in WARNING_LABELS else "concept"
    if label.startswith("-"):
        return "option"
    if _ENVIRONMENT.match(label):
        return "environment"
    if label.lower() == "raises" or ERROR_NAME.fullmatch(label):
        return "error"
    return "definition"
