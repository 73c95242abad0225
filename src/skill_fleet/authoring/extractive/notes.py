"""What a reader must know beyond the core: advice on choosing, gotchas, errors, and one line for each other topic."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from skill_fleet.authoring.extractive import prose
from skill_fleet.authoring.extractive.cards import VERSION_LABELS
from skill_fleet.authoring.extractive.code import MAX_LINE, best_line, clean_snippet, definition_for, is_output
from skill_fleet.authoring.extractive.markup import Renderer, code_span
from skill_fleet.authoring.extractive.passages import Passage
from skill_fleet.authoring.extractive.shelf import Node, Shelf, display_title
from skill_fleet.ranking import terms
from skill_fleet.sources.document import Block, Section, Span
from skill_fleet.sources.evidence import Evidence
from skill_fleet.sources.sentences import ERROR_NAME, SentenceKind, sentence_kind, split_sentences

MAX_NOTES_PER_SECTION = 2
_SAYS_WHEN = re.compile(
    r"\b(?:raise[sd]?|raising|thrown?|occurs?|happens?|means|indicates?|fails?|if|when|because)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence with its place and what it is worth here."""

    node: Node
    section: Section
    sentence: str
    span: Span
    kind: SentenceKind | None
    value: float
    evidence: tuple[Evidence, ...]

    def passage(self) -> Passage:
        title = display_title(self.section)
        said = bool(set(terms(title)) <= set(terms(self.sentence)))
        text = f"- {self.sentence}" if said or not title else f"- **{title}:** {self.sentence}"
        return Passage(text, "verbatim", self.evidence, tight=True)


SectionNotes = dict[tuple[str, int], list[Note]]


def all_notes(shelf: Shelf, nodes: Iterable[Node]) -> SectionNotes:
    """Every sentence of `nodes` that can stand alone, in reading order, by node and first line of its section."""
    return {
        (node.id, section.span.line): list(_section_notes(shelf, node, section))
        for node in nodes
        for section in node.sections
    }


def _section_notes(shelf: Shelf, node: Node, section: Section) -> Iterator[Note]:
    render = Renderer(shelf.store, node.source)
    weight = (0.25 + shelf.section_relevance(node, section)) * (0.2 + shelf.worth(node))
    for text, span, bonus in _statements(section.blocks):
        for sentence in split_sentences(text):
            if prose.stands_alone(sentence):
                value = (prose.worth(sentence, shelf.task_terms) + bonus) * weight
                evidence = render.evidence(span, sentence)
                yield Note(node, section, sentence, span, sentence_kind(sentence), value, evidence)


def _statements(blocks: Sequence[Block]) -> Iterator[tuple[str, Span, float]]:
    for block in blocks:
        if block.kind == "paragraph":
            yield block.text, block.span, 0.0
        elif block.kind == "admonition" and block.label.lower() not in VERSION_LABELS:
            yield block.text, block.span, 0.8
        for item in block.items:
            yield item.text, item.span, 0.0
        if block.kind in ("admonition", "signature"):
            yield from _statements(block.children)


def pick(notes: Iterable[Note], limit: int, said: str, *, least: float = 0.0) -> list[Note]:
    """The `limit` most valuable notes above `least` that are not in `said` yet, at most two of a section, in order of
    value."""
    chosen: list[Note] = []
    sections: Counter[int] = Counter()
    for note in sorted(notes, key=lambda note: (-note.value, note.span.path, note.span.line, note.sentence)):
        fresh = note.sentence not in said and all(not _same(note.sentence, other.sentence) for other in chosen)
        if fresh and note.value > least and sections[id(note.section)] < MAX_NOTES_PER_SECTION:
            chosen.append(note)
            sections[id(note.section)] += 1
        if len(chosen) == limit:
            break
    return chosen


def _same(left: str, right: str) -> bool:
    mine, theirs = set(terms(left)), set(terms(right))
    return len(mine & theirs) > 0.7 * min(len(mine), len(theirs))


def error_notes(shelf: Shelf, limit: int, said: str) -> list[Passage]:
    """`Name: when it comes`, one line an error, those nearest to the task first."""
    found: dict[str, tuple[float, Passage]] = {}
    for order, unit in enumerate(shelf.store.evidence):
        if unit.kind != "error" or (unit.source, unit.span.path) not in shelf.kept_pages:
            continue
        name = ERROR_NAME.search(unit.title)
        sentence = next((s for s in split_sentences(unit.text) if name is None or name.group() in s), unit.text)
        title = name.group().rsplit(".", 1)[-1] if name else ""
        if not title or sentence in said or not prose.stands_alone(sentence) or title.lower() in ("error", "exception"):
            continue
        if not _SAYS_WHEN.search(sentence):
            continue
        value = prose.worth(sentence, shelf.task_terms) - 0.001 * order / max(len(shelf.store.evidence), 1)
        text = f"- {sentence}" if sentence.startswith("`") else f"- `{title}`: {sentence}"
        passage = Passage(text, "verbatim", (unit,), tight=True)
        if title not in found or value > found[title][0]:
            found[title] = (value, passage)
    ranked = sorted(found.items(), key=lambda entry: (-entry[1][0], entry[0]))
    return [passage for _, (_, passage) in ranked[:limit]]


def quick_lines(shelf: Shelf, node: Node, notes: SectionNotes, said: str) -> list[tuple[int, Passage]]:
    """One line for each section of a node, with the section's first line number: its title, its best sentence and its
    most telling line of code."""
    render = Renderer(shelf.store, node.source)
    lines: list[tuple[int, Passage]] = []
    for section in node.sections:
        fresh = [note for note in notes[node.id, section.span.line] if note.sentence not in said]
        line = _quick_line(shelf, render, node, section, fresh, said)
        if line:
            lines.append((section.span.line, line))
    return lines


def _quick_line(
    shelf: Shelf, render: Renderer, node: Node, section: Section, notes: Sequence[Note], said: str
) -> Passage | None:
    best = max(notes, key=lambda note: note.value, default=None)
    lines, block = _key_line(shelf, section, said)
    parts = [*([best.sentence] if best else []), *(code_span(line) for line in lines)]
    if not parts:
        return None
    evidence = (*(best.evidence if best else ()), *(render.evidence(block.span, block.text) if block else ()))
    shown = display_title(section)
    title = f"**{shown}:** " if shown and section.title != node.page.title else ""
    return Passage(f"- {title}{' '.join(parts)}", "template", evidence, tight=True)


def _key_line(shelf: Shelf, section: Section, said: str) -> tuple[list[str], Block | None]:
    """The line of code that shows most of what the section's title promises, after the one that gives what it uses."""
    wanted = shelf.line_terms(section.title)
    found: tuple[float, str, Block | None] = (0.0, "", None)
    for block in _code_blocks(section.blocks):
        if not is_output(block.text, block.language):
            value, line = best_line(clean_snippet(block.text, block.language), wanted, shelf.product, said)
            if line and value > found[0]:
                found = (value, line, block)
    _, line, block = found
    if not block:
        return _signature(section)
    definition = definition_for(line, clean_snippet(block.text, block.language))
    return [definition, line] if definition else [line], block


def _signature(section: Section) -> tuple[list[str], Block | None]:
    """The first declaration of an API section that fits on a line."""
    declared = (block for block in section.blocks if block.kind == "signature" and "(" in block.text)
    block = next((block for block in declared if len(block.text) <= MAX_LINE), None)
    return ([block.text], block) if block else ([], None)


def _code_blocks(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        if block.kind == "code":
            yield block
        yield from _code_blocks(block.children)


def trigger_names(shelf: Shelf, nodes: Sequence[Node], limit: int) -> list[str]:
    """Names a request is likely to hold: code spans of the core that look like identifiers, most used near the task first."""
    counts: dict[str, float] = {}
    for node in nodes:
        for section in node.sections:
            weight = shelf.section_relevance(node, section)
            for name in re.findall(r"`([A-Za-z_][\w.]*[\w])(?:\(\))?`", "\n".join(_texts(section.blocks))):
                if re.search(r"[A-Z_.]", name[1:]) and len(name) <= 40:
                    short = name.removeprefix(f"{shelf.product}.")
                    counts[short] = counts.get(short, 0.0) + weight
    return [name for name, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]]


def _texts(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        if block.kind != "code":
            yield block.text
            yield from (item.text for item in block.items)
