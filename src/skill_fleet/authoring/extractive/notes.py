"""Sentences a reader must know beyond the core: advice on choosing, and gotchas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from skill_fleet.authoring.extractive import prose
from skill_fleet.authoring.extractive.blocks import tells_history
from skill_fleet.authoring.extractive.markup import Renderer
from skill_fleet.authoring.extractive.nodes import Node, Place
from skill_fleet.authoring.extractive.passages import Passage
from skill_fleet.authoring.extractive.shelf import Shelf
from skill_fleet.authoring.extractive.titles import display_title
from skill_fleet.ranking import terms
from skill_fleet.sources.document import Block, Section, Span
from skill_fleet.sources.evidence import Evidence
from skill_fleet.sources.sentences import SentenceKind, sentence_kind, split_sentences

#: The authoring notes, section 4, step 7.
MAX_PER_SECTION = 2
#: A note worth no more is left to the references. This and what follows was tuned on the httpx and starlette question
#: sets in `benchmarks/`.
LEAST_WORTH = 1.2
#: Advice on what was not asked for is noise: a note comes from a section at least this near to the task.
LEAST_RELEVANCE = 0.3
#: Two sentences that share more of the shorter one's terms say the same.
SAME = 0.7
#: What a sentence in a box is worth more.
BOXED = 0.8
#: What a section counts that answers no facet, and a topic worth nothing: advice reaches farther than examples do.
UNASKED, WORTHLESS = 0.25, 0.2


@dataclass(frozen=True, eq=False)
class Note:
    """One sentence with its place and what it is worth here."""

    section: Section
    place: Place
    sentence: str
    span: Span
    kind: SentenceKind | None
    value: float
    asked: float
    evidence: tuple[Evidence, ...]

    @cached_property
    def terms(self) -> frozenset[str]:
        return frozenset(terms(self.sentence))

    def passage(self) -> Passage:
        """The sentence as an item of a list; its section's title leads where the sentence does not say it."""
        title = display_title(self.section)
        said = not title or set(terms(title)) <= self.terms
        text = f"- {self.sentence}" if said else f"- **{title}:** {self.sentence}"
        return Passage(text, "verbatim", self.evidence, tight=True)


SectionNotes = dict[Place, list[Note]]


def all_notes(shelf: Shelf, nodes: Iterable[Node]) -> SectionNotes:
    """Every sentence of `nodes` that can stand alone, in reading order, section by section."""
    return {
        node.place(section): list(_section_notes(shelf, node, section)) for node in nodes for section in node.sections
    }


def _section_notes(shelf: Shelf, node: Node, section: Section) -> Iterator[Note]:
    render = Renderer(shelf.store, node.source)
    place = node.place(section)
    asked = shelf.asked_relevance(node, section)
    weight = (UNASKED + shelf.section_relevance(node, section)) * (WORTHLESS + shelf.worth(node))
    for text, span, block in _statements(section.blocks):
        bonus = BOXED if block.kind == "admonition" else 0.0
        for sentence in split_sentences(text):
            if prose.stands_alone(sentence):
                value = (prose.worth(sentence, shelf.task_terms) + bonus) * weight
                evidence = render.evidence(span, sentence) or render.evidence(block.span, block.text)
                yield Note(section, place, sentence, span, sentence_kind(sentence), value, asked, evidence)


def _statements(blocks: Sequence[Block]) -> Iterator[tuple[str, Span, Block]]:
    """The prose of the blocks and of their items, each with its lines and the block it stands in."""
    for block in blocks:
        if block.kind == "paragraph" or (block.kind == "admonition" and not tells_history(block)):
            yield block.text, block.span, block
        for item in block.items:
            yield item.text, item.span, block
        if block.kind in ("admonition", "signature"):
            yield from _statements(block.children)


def rank_notes(notes: SectionNotes, kinds: Sequence[SentenceKind]) -> list[Note]:
    """The notes of these kinds that are worth their line, the best first."""
    near = (note for row in notes.values() for note in row if note.asked >= LEAST_RELEVANCE)
    worthy = [note for note in near if note.kind in kinds and note.value > LEAST_WORTH]
    return sorted(worthy, key=lambda note: (-note.value, note.span.path, note.span.line, note.sentence))


def pick(ranked: Iterable[Note], limit: int, said: str) -> list[Note]:
    """The first `limit` notes that are not in `said`, do not repeat each other, and come at most two from a section."""
    chosen: list[Note] = []
    sections: Counter[Place] = Counter()
    for note in ranked:
        if len(chosen) == limit:
            break
        if sections[note.place] < MAX_PER_SECTION and note.sentence not in said and not _repeats(note, chosen):
            chosen.append(note)
            sections[note.place] += 1
    return chosen


def _repeats(note: Note, chosen: Iterable[Note]) -> bool:
    return any(len(note.terms & other.terms) > SAME * min(len(note.terms), len(other.terms)) for other in chosen)
