"""A manual page as a command's help: what some programs print for `SUB --help` where `man` is installed.

Read soberly: a title is a line in capitals at the margin, an option a paragraph that starts with a dash, whatever is
set deeper an example. Names, people and pointers to other pages are left out.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from skill_fleet.sources.document import Block, Item, Section, Span
from skill_fleet.sources.helplines import (
    Entry,
    Line,
    Part,
    dedented,
    flowed,
    is_option,
    next_text,
    part_kind,
    read_lines,
    split_option,
)
from skill_fleet.sources.labels import find_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEADER = re.compile(r"\s*(?P<page>[\w.:@+-]+\(\d\w*\))\s.*(?P=page)\s*(?:\n|$)")
_TITLE = re.compile(r"^(?:NAME|SYNOPSIS|DESCRIPTION)$", re.MULTILINE)
_MARKS = 2
"""How many of its usual titles a page without a header line must have to count as a manual page."""
_LEFT_OUT = frozenset({"NAME", "SEE ALSO", "AUTHOR", "AUTHORS", "COPYRIGHT", "REPORTING BUGS", "COLOPHON"})
_SUITE = re.compile(r"Part of the \S+ suite\.?")
_BULLET = re.compile(r"^(?:[•·*o-]|\d+[.)]) +(?=\S)")
_DASH = re.compile(r"\s+[-–—]+\s+")
_NAME = re.compile(r"[a-z0-9][\w:+-]*$")


@dataclass(frozen=True, slots=True)
class _Manual:
    """The command a manual page is about, the page's path, and the column of its running text."""

    command: str
    path: str
    body: int

    def span(self, first: Line, last: Line) -> Span:
        return Span(self.path, first.number, last.number)


def is_manual(text: str) -> bool:
    """Whether the text opens with a manual page's header line or is divided like one."""
    return _HEADER.match(text) is not None or len(set(_TITLE.findall(text))) >= _MARKS


def parse_manual(text: str, command: str, path: str) -> tuple[tuple[Section, ...], str]:
    """The sections of a manual page, and the summary its NAME gives."""
    lines = read_lines(text)
    parts = tuple(_parts(lines))
    body = next((line.indent for part in parts for line in part.lines if line.text), 0)
    manual = _Manual(command, path, body)
    kept = (part for part in parts if part.title not in _LEFT_OUT and not _SUITE.fullmatch(_flow(part.lines)))
    sections = (_section(manual, part) for part in kept)
    return tuple(section for section in sections if section.blocks), _summary(parts)


def _parts(lines: Sequence[Line]) -> Iterator[Part]:
    starts = [index for index, line in enumerate(lines) if line.indent == 0 and line.text.isupper()]
    for start, end in itertools.pairwise([*starts, len(lines)]):
        below = tuple(lines[start + 1 : end])
        if any(line.text for line in below):
            yield Part(lines[start].text, part_kind(lines[start].text), lines[start].number, below)


def _summary(parts: Sequence[Part]) -> str:
    name = next((part for part in parts if part.title == "NAME"), None)
    told = _DASH.split(_flow(name.lines), maxsplit=1) if name else []
    return told[1] if len(told) > 1 else ""


def _flow(lines: Sequence[Line]) -> str:
    """Running text without the gaps a justified line has."""
    return re.sub(r" {2,}", " ", flowed([line.text for line in lines])).strip()


def _section(manual: _Manual, part: Part) -> Section:
    last = max(line.number for line in part.lines if line.text)
    span = Span(manual.path, part.line, last)
    return Section(2, (manual.command, part.title), span, tuple(_blocks(manual, part)))


def _blocks(manual: _Manual, part: Part) -> Iterator[Block]:
    at = next_text(part.lines, 0)
    while at is not None:
        if part.lines[at].indent < manual.body:  # a sub-heading, or what a wide line left over
            end = at + 1
        else:
            block, end = _block(manual, part, at)
            yield block
        at = next_text(part.lines, end)


def _block(manual: _Manual, part: Part, at: int) -> tuple[Block, int]:
    if part.kind == "usage":
        return _code(manual, part.lines, at, manual.body, "usage")
    if part.lines[at].indent > manual.body:
        return _code(manual, part.lines, at, manual.body + 1, "")
    return _entry(manual, part, at) or _list(manual, part.lines, at) or _paragraph(manual, part.lines, at)


def _code(manual: _Manual, lines: Sequence[Line], at: int, margin: int, label: str) -> tuple[Block, int]:
    """The lines from `at` on that are set at `margin` or deeper, as they stand."""
    end = _end_of(lines, at, margin)
    shown = [line for line in lines[at:end] if line.text]
    text = dedented(lines[at : lines.index(shown[-1]) + 1])
    language = "console" if any(line.text.startswith("$ ") for line in shown) else "text"
    return Block("code", text, manual.span(shown[0], shown[-1]), language=language, label=label), end


def _end_of(lines: Sequence[Line], at: int, margin: int) -> int:
    return next(
        (index for index in range(at, len(lines)) if lines[index].text and lines[index].indent < margin), len(lines)
    )


def _entry(manual: _Manual, part: Part, at: int) -> tuple[Block, int] | None:
    """An option, or another term, with what is set below it; a term that is no label makes a paragraph."""
    lines = part.lines
    if at > 0 and lines[at - 1].text and lines[at - 1].indent == manual.body:
        return None
    below = _end_of_terms(lines, at)
    head = [_term(line) for line in lines[at:below]]
    end = _end_of(lines, below, manual.body + 1)
    is_hanging = below < end and bool(lines[below].text)
    if not is_hanging and not (head[-1].text and head[-1].term.startswith("-")):
        return None
    term = ", ".join(entry.term.rstrip(",") for entry in head)
    block = _definition(manual, lines[at:end], below - at, head)
    label = find_label(term)
    if label is None:
        return replace(block, kind="paragraph", text=f"{term}: {block.text}"), end
    is_command = part.kind == "commands" and _NAME.match(label)
    return replace(block, label=f"{manual.command} {label}" if is_command else label), end


def _term(line: Line) -> Entry:
    return split_option(line, goes_on=True) if is_option(line.text) else Entry(line.text, "", None)


def _end_of_terms(lines: Sequence[Line], at: int) -> int:
    """After the last of the flags that stand one below the other."""
    end = at + 1
    while (
        is_option(lines[at].text)
        and end < len(lines)
        and is_option(lines[end].text)
        and lines[end].indent == lines[at].indent
    ):
        end += 1
    return end


def _definition(manual: _Manual, lines: Sequence[Line], below: int, head: Sequence[Entry]) -> Block:
    """What is set in the explanation's column is its text, anything deeper an example in it."""
    first = next_text(lines, below)
    column = head[-1].column or (lines[first].indent if first is not None else 0)
    texts, examples = [" ".join(entry.text for entry in head if entry.text)], []
    last = lines[below - 1]
    for chunk in _chunks(lines[below:]):
        last = chunk[-1]
        if chunk[0].indent > column:
            examples.append(Block("code", dedented(chunk), manual.span(chunk[0], last), language="text"))
        elif texts == [texts[0]] and chunk[0].number == lines[below - 1].number + 1:
            texts = [_flow([Line(0, 0, texts[0]), *chunk])]
        else:
            texts.append(_flow(chunk))
    text = "\n\n".join(text for text in texts if text)
    return Block("definition", text, manual.span(lines[0], last), children=tuple(examples))


def _chunks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    for has_text, chunk in itertools.groupby(lines, key=lambda line: bool(line.text)):
        if has_text:
            yield list(chunk)


def _list(manual: _Manual, lines: Sequence[Line], at: int) -> tuple[Block, int] | None:
    items: list[Item] = []
    index: int | None = at
    end = at
    while index is not None and lines[index].indent == manual.body and _BULLET.match(lines[index].text):
        end = _end_of(lines, index + 1, manual.body + 1)
        taken = [line for line in lines[index:end] if line.text]
        items.append(Item(_BULLET.sub("", _flow(taken)), manual.span(taken[0], taken[-1])))
        index = next_text(lines, end)
    if not items:
        return None
    span = Span(manual.path, items[0].span.line, items[-1].span.end)
    return Block("bullet_list", "\n".join(f"- {item.text}" for item in items), span, items=tuple(items)), end


def _paragraph(manual: _Manual, lines: Sequence[Line], at: int) -> tuple[Block, int]:
    taken = list(itertools.takewhile(lambda line: line.text and line.indent == manual.body, lines[at:]))
    return Block("paragraph", _flow(taken), manual.span(taken[0], taken[-1])), at + len(taken)
