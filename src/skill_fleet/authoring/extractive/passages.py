"""Text that knows what it rests on: passages, and the writer that lays them into a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from skill_fleet.authoring.draft import DraftFile, Reference, Statement, Transform
from skill_fleet.skill.tokens import count_tokens
from skill_fleet.sources.evidence import Evidence

_LIST_LINE = re.compile(r"\s*(?:[-*] |\d+\. )|\s{2,}\S")


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of Markdown lines with one origin. `tight` joins it to a list right before it without a blank line."""

    text: str
    transform: Transform
    evidence: tuple[Evidence, ...]
    tight: bool = False

    @property
    def tokens(self) -> int:
        return count_tokens(self.text) + 1


def references(evidence: Iterable[Evidence]) -> tuple[Reference, ...]:
    """The places a passage rests on, each once, in order."""
    return tuple(
        dict.fromkeys(
            Reference(unit.id, unit.source, unit.span.path, unit.span.line, unit.span.end) for unit in evidence
        )
    )


def moved(statements: Iterable[Statement], lines: int) -> tuple[Statement, ...]:
    """The statements after so many lines were put before them."""
    return tuple(replace(one, line=one.line + lines, end=one.end + lines) for one in statements)


class Writer:
    """Lays headings and passages into one file and keeps count of the lines."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._lines: list[str] = []
        self._statements: list[Statement] = []

    def line(self, text: str) -> None:
        """A line of our own: a heading, a fence, a pointer. It states nothing about the subject."""
        self._lines.extend(text.split("\n"))

    def blank(self) -> None:
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def heading(self, level: int, text: str) -> None:
        self.blank()
        self.line(f"{'#' * level} {text}")
        self.blank()

    def passage(self, passage: Passage) -> None:
        if not (passage.tight and self._in_list()):
            self.blank()
        start = len(self._lines) + 1
        self.line(passage.text)
        if passage.evidence:
            self._statements.append(
                Statement(self._path, start, len(self._lines), passage.transform, references(passage.evidence))
            )

    def passages(self, passages: Sequence[Passage]) -> None:
        for passage in passages:
            self.passage(passage)

    def _in_list(self) -> bool:
        return bool(self._lines) and bool(_LIST_LINE.match(self._lines[-1]))

    def piece(self, passages: Sequence[Passage]) -> None:
        """Passages that belong together; prose of the block that was written last goes on in its paragraph."""
        first = passages[0]
        last = self._statements[-1] if self._statements else None
        goes_on = last and last.end == len(self._lines) and last.references == references(first.evidence)
        if last and goes_on and len(passages) == 1 and "\n" not in first.text + self._lines[-1]:
            self._lines[-1] += f" {first.text}"
            self._statements[-1] = replace(last, transform="elided")
            return
        self.passages(passages)

    @property
    def text(self) -> str:
        return "\n".join(self._lines).strip("\n") + "\n"

    @property
    def statements(self) -> tuple[Statement, ...]:
        return tuple(self._statements)

    def file(self) -> DraftFile:
        return DraftFile(self._path, self.text)
