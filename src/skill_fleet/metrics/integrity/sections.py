"""A body cut into sections, blocks of prose and code, each with its line and its terms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from skill_fleet.metrics.integrity.words import FUNCTION_WORDS, terms_of, words_of
from skill_fleet.skill.body import Body, CodeBlock, Heading

Kind = Literal["text", "item", "row"]
"""text: a paragraph · item: one item of a list · row: one row of a table."""

_ITEM = re.compile(r"[ \t>]*(?:[*+-]|\d{1,4}[.)])(?:[ \t]+|$)")
_QUOTE = re.compile(r"^[ \t]*(?:>[ \t]?)+")
_UNDERLINE = re.compile(r"[ \t]{0,3}(?:=+|-+)[ \t]*$")
_RULER = re.compile(r"[ \t]{0,3}(?:[-*_][ \t]*){3,}$")
_ROW = re.compile(r"[ \t>]*\||[^|`]+\|[^|]*\|")
_ROW_RULER = re.compile(r"[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_SPAN = re.compile(r"`{1,4}[^`\n]+`{1,4}")
_TARGET = re.compile(r"\]\([^()\s\]]{0,300}(?:[ \t]+\"[^\"]{0,200}\")?\)|<?https?://\S+")
_COMMA = re.compile(r"[,;|·、\uff0c،]")

FEW_WORDS = 8
MOST_BETWEEN = 3
LEAST_HELD = 0.2


@dataclass(frozen=True, slots=True)
class Block:
    """Prose that belongs together, its lines joined by blanks, so that hard wrapping changes nothing."""

    kind: Kind
    text: str
    line: int
    mark: str = ""
    depth: int = 0


@dataclass(frozen=True)
class Section:
    """A heading with what stands below it before the next one; the first section may have none."""

    heading: Heading | None
    line: int
    blocks: tuple[Block, ...]
    code: tuple[CodeBlock, ...]

    @property
    def title(self) -> str:
        return self.heading.text if self.heading else ""

    @property
    def level(self) -> int:
        return self.heading.level if self.heading else 0

    @cached_property
    def prose(self) -> str:
        """The text of the blocks, one a line."""
        return "\n".join(block.text for block in self.blocks)

    @cached_property
    def words(self) -> list[str]:
        """The words of the prose, those in code spans too, the addresses of links not."""
        return words_of(_TARGET.sub(" ", self.prose))

    @cached_property
    def terms(self) -> list[str]:
        """The terms of heading, prose and code; bare lists of keywords say nothing."""
        said = "\n".join(_TARGET.sub(" ", block.text) for block in self.blocks if not is_keywords(block))
        code = " ".join(block.text for block in self.code)
        return terms_of([*words_of(self.title), *words_of(said), *words_of(code)])

    @cached_property
    def distinct(self) -> tuple[str, ...]:
        """The terms, each once, in the order in which they come."""
        return tuple(dict.fromkeys(self.terms))


def code_span(block: CodeBlock) -> tuple[int, int]:
    """The first line of a block of code and the one behind it, the fences included."""
    length = block.text.count("\n")
    return block.line, block.line + length + (2 if block.fenced else 0)


def plain(text: str) -> str:
    """Prose without code spans, addresses and comments."""
    return _TARGET.sub("] ", _SPAN.sub(" ` ", text))


def is_keywords(block: Block) -> bool:
    """Whether a paragraph is a bare list of keywords: eight words or more, a comma after every third, and hardly one of
    the function words that a sentence has."""
    words = words_of(block.text)
    if block.kind != "text" or len(words) < FEW_WORDS or "`" in block.text:
        return False
    commas = len(_COMMA.findall(block.text))
    held = sum(word in FUNCTION_WORDS for word in words)
    return commas * MOST_BETWEEN >= len(words) and held < LEAST_HELD * len(words)


def cut(text: str, body: Body, first_line: int) -> tuple[Section, ...]:
    """The sections, in order; text before the first heading makes one of its own when there is any."""
    return tuple(_Cutter(text.split("\n"), body, first_line).sections())


class _Cutter:
    """Cuts a text, whose lines are counted from `first_line`."""

    def __init__(self, lines: list[str], body: Body, first_line: int) -> None:
        self.lines, self.first_line = lines, first_line
        self.headings = {heading.line: heading for heading in body.headings}
        self.code = sorted(body.code, key=lambda block: block.line)
        spans = (code_span(block) for block in self.code)
        self.code_lines = {line for first, last in spans for line in range(first, last)}

    def sections(self) -> Iterator[Section]:
        starts = [self.first_line, *sorted(self.headings)]
        ends = [*starts[1:], self.first_line + len(self.lines)]
        at = 0
        for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
            heading = self.headings[start] if number else None
            first = at
            while at < len(self.code) and self.code[at].line < end:
                at += 1
            blocks = tuple(self._blocks(start + self._height(heading), end))
            if heading or blocks or at > first:
                yield Section(heading, start, blocks, tuple(self.code[first:at]))

    def _height(self, heading: Heading | None) -> int:
        """The lines a heading takes: two or more when it is underlined."""
        if heading is None:
            return 0
        at = heading.line - self.first_line
        if self.lines[at].lstrip(" >").startswith("#"):
            return 1
        below = heading.text.count("\n") + 1
        return below + (at + below < len(self.lines) and bool(_UNDERLINE.match(self.lines[at + below])))

    def _blocks(self, start: int, end: int) -> Iterator[Block]:
        """The blocks of prose. A block ends with a blank line, with code, and where another one begins."""
        kept: list[str] = []
        opened = _Opening("text", "", 0, start)
        for number in range(start, end):
            line = self.lines[number - self.first_line]
            # Without the blanks in front: the pattern would try each of them as the end of the first of its two gaps.
            bare = line.lstrip()
            is_gap = number in self.code_lines or not bare or bool(_RULER.match(line) or _ROW_RULER.match(bare))
            begun = None if is_gap else _begin(line, opened.kind if kept else "", number)
            if kept and (is_gap or begun):
                yield opened.close(kept)
                kept = []
            if not is_gap:
                opened = opened if kept else begun or _Opening("text", "", 0, number)
                kept.append(_QUOTE.sub("", line).strip())
        if kept:
            yield opened.close(kept)


@dataclass(frozen=True, slots=True)
class _Opening:
    kind: Kind
    mark: str
    depth: int
    line: int

    def close(self, lines: list[str]) -> Block:
        text = " ".join(lines)
        return Block(self.kind, text[len(self.mark) :].strip(), self.line, self.mark, self.depth)


def _begin(line: str, before: Kind | Literal[""], number: int) -> _Opening | None:
    """What a line begins, when it begins something of its own."""
    if item := _ITEM.match(line):
        mark = item.group().strip(" \t>")
        return _Opening("item", mark, len(item.group()) - len(item.group().lstrip()), number)
    if before != "item" and line.count("|") > 1 and _ROW.match(line):
        return _Opening("row", "", 0, number)
    return None
