"""The evidence store: everything that was read for one brief, and the way back to its lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from skill_fleet.sources.document import Document, Source, Span
from skill_fleet.sources.evidence import Evidence

#: What ends a line for every reader; `str.splitlines` would end one at form feeds and Unicode separators too.
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class SourceText:
    """A file as it was read, for checking statements against it after the file has moved on."""

    source: str
    path: str
    text: str


@dataclass(frozen=True)
class EvidenceStore:
    """Sources, the evidence mined from them, and the texts the evidence cites.

    Evidence stands in reading order: source by source, page by page, line by line.
    """

    sources: tuple[Source, ...]
    evidence: tuple[Evidence, ...]
    texts: tuple[SourceText, ...] = field(default=(), repr=False)

    @cached_property
    def by_id(self) -> dict[str, Evidence]:
        return {unit.id: unit for unit in self.evidence}

    @cached_property
    def _by_place(self) -> dict[tuple[str, str, int], list[Evidence]]:
        places: dict[tuple[str, str, int], list[Evidence]] = {}
        for unit in self.evidence:
            places.setdefault((unit.source, unit.span.path, unit.span.line), []).append(unit)
        return places

    def at(self, source: str, span: Span) -> tuple[Evidence, ...]:
        """The units that start on the first line of `span`, in the order they were mined."""
        return tuple(self._by_place.get((source, span.path, span.line), ()))

    @cached_property
    def _by_file(self) -> dict[tuple[str, str], list[Evidence]]:
        files: dict[tuple[str, str], list[Evidence]] = {}
        for unit in self.evidence:
            files.setdefault((unit.source, unit.span.path), []).append(unit)
        return files

    def in_file(self, source: str, path: str) -> tuple[Evidence, ...]:
        """All units of one file, in the order they were mined."""
        return tuple(self._by_file.get((source, path), ()))

    @cached_property
    def lines(self) -> dict[tuple[str, str], list[str]]:
        """Lines of each text, by source id and path."""
        return {(text.source, text.path): _LINE_END.split(text.text) for text in self.texts}

    def cited(self, source: str, path: str, line: int, end: int) -> str:
        """The text of the lines `line` to `end` of one file; empty when the file is not in the store."""
        return "\n".join(self.lines.get((source, path), [])[line - 1 : end])

    @property
    def documents(self) -> list[tuple[Source, Document]]:
        return list(chain.from_iterable(((source, page) for page in source.documents) for source in self.sources))
