"""The prose of a skill: its paragraphs and list items, without code, headings, tables and what links lead to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from skill_fleet.metrics.integrity.sections import Block
from skill_fleet.metrics.integrity.view import View
from skill_fleet.metrics.page import Page

#: What stands for something that is read as a name, whatever its length: one word of one syllable.
_NAME = " code "
#: Repetitions have bounds: without them a text of nothing but opening brackets takes minutes.
_INLINE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"<!--.*?(?:-->|\Z)"), " "),
    (re.compile(r"(?<!`)(`+)(?!`).{1,500}?(?<!`)\1(?!`)"), _NAME),
    (re.compile(r"!\[[^\[\]]{0,500}\](?:\([^()]*\)|\[[^\]]*\])"), " "),
    (re.compile(r"\[([^\[\]]{0,500})\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\]]*\])"), r"\1"),
    (re.compile(r"<?\b[a-z][a-z0-9+.-]*://[^\s<>)\]]*[^\s<>)\].,;:!?]>?", re.IGNORECASE), " "),
    (re.compile(r"</?[A-Za-z][^<>]*>"), " "),
    (re.compile(r"(?<!\S)[\w.~-]*[/\\][\w.~/\\-]*\w"), _NAME),
    (re.compile(r"[*~]|(?<!\w)_+|_+(?!\w)"), ""),
)
_MARK = re.compile(r"\A(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)(?:\[[ xX]\][ \t]+)?")
_NOT_READ = re.compile(r"\||\[[^\]]+\]:[ \t]")


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph or a list item, on one line: `depth` is 1 for an item of an outer list, 0 for no item."""

    text: str
    line: int
    depth: int = 0


def passages(page: Page) -> tuple[Passage, ...]:
    """The prose in its order; `line` is a line of the file."""
    return tuple(_read(View(page).blocks))


def plain(text: str) -> str:
    """Markdown as words: labels of links stay, code and paths become one short word."""
    for pattern, by in _INLINE:
        text = pattern.sub(by, text)
    return " ".join(text.split())


def _read(blocks: tuple[Block, ...]) -> Iterator[Passage]:
    indents: list[int] = []
    for block in blocks:
        if block.kind == "item":
            _go_to(indents, block.depth)
        elif block.kind == "text":
            indents.clear()
        text = _MARK.sub("", block.text) if block.kind == "item" else block.text
        if block.kind != "row" and not _NOT_READ.match(text) and (text := plain(text)):
            yield Passage(text, block.line, len(indents))


def _go_to(indents: list[int], indent: int) -> None:
    """Bring the indents of the items that an item stands in up to date; its own is the last of them."""
    while indents and indent <= indents[-1]:
        indents.pop()
    indents.append(indent)
