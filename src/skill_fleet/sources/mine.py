"""From documents to typed evidence: every block becomes a unit, and so does every sentence that rules, warns or advises."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import pairwise

from skill_fleet.sources.document import Block, Document, Item, Section, Source, Span
from skill_fleet.sources.evidence import Evidence, EvidenceKind
from skill_fleet.sources.sentences import ERROR_NAME, sentence_kind, split_sentences

SHELLS = frozenset({"sh", "bash", "shell", "console", "shell-session", "zsh", "powershell", "ps1", "terminal", "cmd", "bat", "fish"})
WARNING_LABELS = frozenset({"warning", "danger", "caution", "attention", "important", "error", "deprecated"})

_INSTALL = re.compile(
    r"^\s*(?:\$ |> )?(?:sudo )?(?:(?:python3? -m )?pip3? install|uv (?:pip install|add|tool install)|poetry add|pipx install"
    r"|conda install|npm (?:install|i)\b|pnpm add|yarn add|bun add|cargo (?:add|install)|go (?:get|install)|gem install"
    r"|brew install|apt(?:-get)? install|dnf install|winget install|composer require|dotnet add)",
    re.MULTILINE,
)
_PROMPT = re.compile(r"^\s*(?:\$|>|%|#|\w+@[\w.-]+[:~\w/]*[$#])\s+")
_ENVIRONMENT = re.compile(r"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$")


def evidence_id(kind: EvidenceKind, span: Span, text: str) -> str:
    """Ten hexadecimal digits that stay the same while kind, place and text do."""
    key = f"{kind}\0{span.path}\0{span.line}\0{text}"
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
        match block.kind:
            case "paragraph" | "quote":
                yield from self._prose(block.text, block.span)
            case "code":
                yield from self._code(block, _intro(previous))
            case "ordered_list" | "bullet_list":
                yield from self._list(block, _intro(previous))
            case "table":
                yield self._unit("table", block.text, block.span, intro=_intro(previous))
            case "admonition":
                kind: EvidenceKind = "warning" if block.label.lower() in WARNING_LABELS else "concept"
                yield self._unit(kind, block.text, block.span, title=block.label)
            case "definition":
                yield self._unit(_definition_kind(block), block.text, block.span, title=block.label)
            case "signature":
                yield self._unit("symbol", block.text, block.span, title=block.label, intro=_summary(block))
        if block.kind not in ("ordered_list", "bullet_list"):
            for before, child in pairwise((None, *block.children)):
                if child is not None:
                    yield from self.mine(child, before)

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
        if _INSTALL.search(block.text) and len(block.text.splitlines()) <= 8:
            yield self._unit("setup", block.text, block.span, language=block.language, intro=intro)
        yield self._unit("example", block.text, block.span, language=block.language, intro=intro, title=block.label)
        if block.language in SHELLS:
            for offset, line in enumerate(block.text.splitlines()):
                command = _PROMPT.sub("", line)
                if command != line or block.language not in ("console", "shell-session"):
                    yield self._command(command.strip(), block, offset, intro)

    def _command(self, command: str, block: Block, offset: int, intro: str) -> Evidence:
        line = min(block.span.line + offset + 1, block.span.end)
        return self._unit("command", command, Span(block.span.path, line, line), language="sh", intro=intro)

    def _list(self, block: Block, intro: str) -> Iterator[Evidence]:
        ordered = block.kind == "ordered_list" and len(block.items) > 1
        yield self._unit("steps" if ordered else "concept", block.text, block.span, intro=intro)
        for item in block.items:
            yield from self._item(item)
        for child in block.children:
            yield from self.mine(child, None)

    def _item(self, item: Item) -> Iterator[Evidence]:
        if self._changelog:
            yield self._unit("change", item.text, item.span)
        yield from self._sentences(item.text, item.span)

    def _unit(
        self, kind: EvidenceKind, text: str, span: Span, *, title: str = "", language: str = "", intro: str = ""
    ) -> Evidence:
        return Evidence(
            id=evidence_id(kind, span, text),
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


def _summary(block: Block) -> str:
    """The first sentence of a symbol's own description."""
    prose = next((child.text for child in block.children if child.kind == "paragraph"), "")
    return next(iter(split_sentences(prose)), "")


def _definition_kind(block: Block) -> EvidenceKind:
    label = block.label.strip("` ")
    if label.startswith("-"):
        return "option"
    if _ENVIRONMENT.match(label):
        return "environment"
    if label.lower() == "raises" or ERROR_NAME.fullmatch(label):
        return "error"
    return "definition"
