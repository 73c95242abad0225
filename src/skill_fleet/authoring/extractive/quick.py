"""A line for each section that is not in the core: its best sentence and its most telling line of code."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from skill_fleet.authoring.draft import Transform
from skill_fleet.authoring.extractive.blocks import code_blocks
from skill_fleet.authoring.extractive.choose import greedy
from skill_fleet.authoring.extractive.code import clean_snippet, is_bare_call, is_output
from skill_fleet.authoring.extractive.keylines import MAX_LINE, definition_for, rank_lines
from skill_fleet.authoring.extractive.markup import Renderer, code_span
from skill_fleet.authoring.extractive.nodes import Node, Place
from skill_fleet.authoring.extractive.notes import Note, SectionNotes
from skill_fleet.authoring.extractive.passages import Passage
from skill_fleet.authoring.extractive.shelf import Shelf
from skill_fleet.authoring.extractive.titles import display_title
from skill_fleet.sources.document import Block, Section
from skill_fleet.sources.evidence import Evidence

#: What a line is worth, tuned on the httpx and starlette question sets in `benchmarks/`: nearness to the task counts
#: beside the worth of the topic, a line with code more than one without, each further line of a page for less, and
#: long lines for less.
UNASKED, RELEVANCE = 0.6, 0.8
WITH_CODE = 1.3
SAME_PAGE = 0.3
SIZE_MATTERS = 0.35
#: A section of a reference page is looked up, not read, unless it is at least this near to the task.
LEAST_RELEVANCE = 0.1


@dataclass(frozen=True, slots=True)
class QuickLine:
    """The line of one section. `base` is its value before its neighbours are known."""

    node: Node
    section: Section
    passage: Passage
    base: float


@dataclass(frozen=True, slots=True)
class _KeyLine:
    """A line of code with what it is worth and the block it stands in."""

    value: float
    text: str
    block: Block

    def texts(self) -> list[str]:
        """The line, after the one that gives what it uses."""
        definition = definition_for(self.text, clean_snippet(self.block.text, self.block.language))
        return [definition, self.text] if definition else [self.text]


@dataclass(frozen=True, eq=False)
class QuickSource:
    """All that a section's line may be made of, the best first."""

    shelf: Shelf
    node: Node
    section: Section
    notes: Sequence[Note]

    @property
    def place(self) -> Place:
        return self.node.place(self.section)

    @cached_property
    def _ranked_notes(self) -> list[Note]:
        return sorted(self.notes, key=lambda note: -note.value)

    @cached_property
    def _ranked_lines(self) -> list[_KeyLine]:
        """The lines that show most of what the section's title promises."""
        wanted = self.shelf.line_terms(self.section.title)
        lines = [
            _KeyLine(value, line, block)
            for block in code_blocks(self.section.blocks)
            if not is_output(block.text, block.language)
            for value, line in rank_lines(clean_snippet(block.text, block.language), wanted, self.shelf.product)
        ]
        return sorted(lines, key=lambda line: -line.value)

    @cached_property
    def _weight(self) -> float:
        near = UNASKED + RELEVANCE * self.shelf.section_relevance(self.node, self.section)
        return near * self.shelf.worth(self.node)

    def line(self, said: str) -> QuickLine | None:
        """The best that is not said yet; `None` when nothing is left."""
        note = next((note for note in self._ranked_notes if note.sentence not in said), None)
        code, block = self._code(said)
        if not note and not block:
            return None
        parts = [*([note.sentence] if note else []), *map(code_span, code)]
        evidence = (*(note.evidence if note else ()), *(self._evidence(block) if block else ()))
        # A declaration is put together from the source's fields, so that its words stand in other lines as well.
        transform: Transform = "template" if block and block.kind == "signature" else "elided"
        passage = Passage(f"- {self._title}{' '.join(parts)}", transform, evidence, tight=True)
        base = self._weight * (WITH_CODE if "`" in passage.text else 1.0)
        return QuickLine(self.node, self.section, passage, base)

    def _code(self, said: str) -> tuple[list[str], Block | None]:
        line = next((line for line in self._ranked_lines if line.text not in said), None)
        return (line.texts(), line.block) if line else self._signature

    @cached_property
    def _signature(self) -> tuple[list[str], Block | None]:
        """The first declaration of an API section that fits on a line."""
        declared = (block for block in self.section.blocks if block.kind == "signature" and "(" in block.text)
        telling = (block for block in declared if len(block.text) <= MAX_LINE and not is_bare_call(block.text))
        block = next(telling, None)
        return ([block.text], block) if block else ([], None)

    def _evidence(self, block: Block) -> Sequence[Evidence]:
        return Renderer(self.shelf.store, self.node.source).evidence(block.span, block.text)

    @property
    def _title(self) -> str:
        shown = display_title(self.section)
        return f"**{shown}:** " if shown and self.section.title != self.node.page.title else ""


def quick_sources(shelf: Shelf, nodes: Sequence[Node], notes: SectionNotes) -> list[QuickSource]:
    return [
        QuickSource(shelf, node, section, notes[node.place(section)])
        for node in nodes
        for section in node.sections
        if node.page.role != "reference" or shelf.section_relevance(node, section) >= LEAST_RELEVANCE
    ]


def choose_quick(sources: Sequence[QuickSource], budget: int, said: str, shown: Collection[Place]) -> list[QuickLine]:
    """The lines worth most for their size within `budget` tokens, of sections that are not `shown`; each further line
    of a page counts for less. Pages in their order."""
    taken: Counter[tuple[str, str]] = Counter()

    def value(line: QuickLine) -> float:
        return line.base / (1 + SAME_PAGE * taken[line.node.page_key]) / math.pow(line.passage.tokens, SIZE_MATTERS)

    chosen: list[QuickLine] = []
    for line in greedy(_lines(sources, said, shown) if budget else (), value):
        if line.passage.tokens <= budget:
            budget -= line.passage.tokens
            taken[line.node.page_key] += 1
            chosen.append(line)
    return sorted(chosen, key=lambda line: (line.node.page.order, *line.node.page_key[::-1], line.section.span.line))


def _lines(sources: Sequence[QuickSource], said: str, shown: Collection[Place]) -> Iterator[QuickLine]:
    """Lines in the order in which equals are taken: by the name of the topic from the end, then as they stand."""
    fresh = (source.line(said) for source in sources if source.place not in shown)
    found = [line for line in fresh if line]
    return iter(sorted(found, key=lambda line: line.node.id, reverse=True))
