"""Lines that remember where they stand, so that text may be moved, dedented and included and still be cited."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from skill_fleet.sources.document import Span

_NEWLINE = re.compile(r"\r\n?|\n")
_FENCE = re.compile(r"^(?P<lead>[\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)?)(?P<ticks>`{3,}|~{3,})(?P<info>[^\n]*)$")
TAB = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """A place between lines where a box (admonition, tab, details …) opens or closes."""

    kind: str
    title: str = ""


CLOSE = Mark("close")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text with the file and the number (from 1) it has there. A line with a `mark` is no text."""

    text: str
    path: str
    number: int
    mark: Mark | None = None

    @property
    def indent(self) -> int:
        """Columns of white space before the text; a tab reaches to the next multiple of four."""
        lead = self.text[: len(self.text) - len(self.text.lstrip())]
        return len(lead.expandtabs(TAB))

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()

    def with_text(self, text: str) -> Line:
        return replace(self, text=text)


@dataclass(frozen=True, slots=True)
class Fence:
    """The opening of a fenced code block."""

    lead: str
    ticks: str
    info: str

    def is_closed_by(self, text: str) -> bool:
        bare = text.lstrip(" \t>").rstrip()
        return len(bare) >= len(self.ticks) and set(bare) == {self.ticks[0]}


def number_lines(text: str, path: str) -> list[Line]:
    """The lines of a file; any newline convention, a byte order mark is dropped."""
    return [Line(line, path, number) for number, line in enumerate(_NEWLINE.split(text.removeprefix("\ufeff")), 1)]


def shift(line: Line, columns: int) -> Line:
    """The line moved right (or left, never past its text) by some columns."""
    body = line.text.lstrip()
    return line.with_text(" " * max(0, line.indent + columns) + body) if body or line.mark else line.with_text("")


def find_fence(text: str) -> Fence | None:
    match = _FENCE.match(text) if "```" in text or "~~~" in text else None
    if match is None or (match["ticks"][0] == "`" and "`" in match["info"]):
        return None
    return Fence(match["lead"], match["ticks"], match["info"].strip())


def fence_end(lines: Sequence[Line], start: int, fence: Fence) -> int:
    """The index after the fence's closing line; a fence nobody closes runs to the end, or to the end of its quote."""
    quoted = ">" in fence.lead
    for at in range(start + 1, len(lines)):
        if fence.is_closed_by(lines[at].text):
            return at + 1
        if quoted and ">" not in lines[at].text[:8]:
            return at
    return len(lines)


def prose_indices(lines: Sequence[Line]) -> Iterator[int]:
    """The indices of the lines that stand outside fenced code."""
    at = 0
    while at < len(lines):
        if fence := find_fence(lines[at].text):
            at = fence_end(lines, at, fence)
        else:
            yield at
            at += 1


def span_of(lines: Sequence[Line]) -> Span:
    """Where these lines stand. When they come from several files, the file most of them come from."""
    written = [line for line in lines if not line.is_blank and line.mark is None] or list(lines)
    path = Counter(line.path for line in written).most_common(1)[0][0]
    numbers = [line.number for line in written if line.path == path]
    return Span(path, min(numbers), max(numbers))


def from_line(span: Span, opening: Line) -> Span:
    """The span together with the line that opens it, when both stand in one file."""
    return Span(span.path, min(span.line, opening.number), span.end) if opening.path == span.path else span
