"""The pieces of a topic that may go into the skill, each with what it is worth for the task."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from skill_fleet.authoring.draft import Transform
from skill_fleet.authoring.extractive import prose
from skill_fleet.authoring.extractive.blocks import tells_history
from skill_fleet.authoring.extractive.code import clean_snippet, identifiers, is_bare_call, is_output, parses
from skill_fleet.authoring.extractive.keylines import MAX_LINE
from skill_fleet.authoring.extractive.markup import Renderer, box, code_span, fence
from skill_fleet.authoring.extractive.nodes import Node, Place
from skill_fleet.authoring.extractive.passages import Passage
from skill_fleet.authoring.extractive.shelf import Shelf, earliness
from skill_fleet.authoring.extractive.shorten import LONG, shorten_python
from skill_fleet.authoring.extractive.wanted import hits
from skill_fleet.sources.document import Block, BlockKind, Section
from skill_fleet.sources.sentences import split_sentences

MAX_ITEMS = 8
MAX_ROWS = 16
#: Lines above which an example stays in the references even when it cannot be cut.
TOO_LONG = LONG + 22
#: Words an item of a list has at least; a single one is a name without what is said of it.
MIN_ITEM_WORDS = 2

#: What follows was tuned on the httpx and starlette question sets in `benchmarks/`.
#: A section that answers no facet still counts this much beside 1 for the best.
UNASKED = 0.12
#: The first piece of a section says what it is about.
OPENING = 1.15
#: Worth by form: a usage line, a declaration; what its sentences are worth is multiplied, the task's words are added.
USAGE = 3.0
SIGNATURE = 2.0
BARE_SIGNATURE = 0.5
SENTENCE_FACTOR = 0.8
BOX, BOX_FACTOR = 1.2, 0.8
DEFINITION, DEFINITION_FACTOR = 0.8, 0.6
LIST_FACTOR, STEPS_FACTOR = 0.7, 1.3
TABLE, TABLE_ROW = 1.5, 0.4
#: An example: as such, for each of the names in it, by its length in lines, when it can be run, when it is shown as
#: what not to do.
EXAMPLE = 1.6
EXAMPLE_NAME, MAX_NAMES = 0.12, 12
SHORT, SHORT_FACTOR, LONG_FACTOR = range(2, 13), 1.25, 0.9
RUNNABLE_FACTOR = 1.15
WRONG_WAY_FACTOR = 0.4

_RUNNABLE = ("python", "sh")
_WRONG_WAY = ("don't", "do not", "deprecated", "instead of", "wrong", "bad ", "incorrect", "old ", "avoid")


@dataclass(frozen=True, slots=True)
class Piece:
    """Passages that belong together, and what they are worth. `code` is what examples are compared by."""

    value: float
    passages: tuple[Passage, ...]
    code: str = ""
    language: str = ""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A piece at its place: `order` counts the pieces of a topic, `facet` is the one its section answers best."""

    node: Node
    section: Section
    order: int
    value: float
    facet: str
    piece: Piece

    @property
    def passages(self) -> tuple[Passage, ...]:
        return self.piece.passages

    @property
    def code(self) -> str:
        return self.piece.code

    @property
    def place(self) -> Place:
        return self.node.place(self.section)

    @cached_property
    def tokens(self) -> int:
        return sum(passage.tokens for passage in self.passages)


def candidates(shelf: Shelf, node: Node) -> Iterator[Candidate]:
    """The pieces of a topic in the order of the source."""
    maker = _Maker(shelf, node)
    order = 0
    for section in node.sections:
        weight = (UNASKED + shelf.section_relevance(node, section)) * earliness(node, section)
        weight *= shelf.preference(node)
        facet = shelf.facet_of(node, section)
        for number, piece in enumerate(maker.pieces(section.blocks)):
            order += 1
            value = piece.value * weight * (1.0 if number else OPENING)
            yield Candidate(node, section, order, value, facet, piece)


class _Maker:
    """Makes pieces of the blocks of one topic."""

    def __init__(self, shelf: Shelf, node: Node) -> None:
        self._product = shelf.product
        self._wanted = shelf.task_terms
        self._render = Renderer(shelf.store, node.source)

    def pieces(self, blocks: Sequence[Block]) -> Iterator[Piece]:
        """What the blocks of one section give, in their order."""
        for number, block in enumerate(blocks):
            before = blocks[number - 1] if number else None
            after = blocks[number + 1] if number + 1 < len(blocks) else None
            if block.kind == "paragraph":
                yield from self._paragraph(block, after)
            else:
                yield from self._block(block, before)

    def _block(self, block: Block, before: Block | None) -> Iterator[Piece]:
        """What a block gives that is no paragraph of a section: one piece or none, and what is inside of it."""
        make = self._form(block)
        piece = make(block, before) if make else None
        if piece:
            yield piece
        if block.kind in ("admonition", "definition") or (block.kind == "signature" and _is_call(block)):
            for number, child in enumerate(block.children):
                previous = block.children[number - 1] if number and block.kind != "signature" else None
                yield from self._paragraph(child, None) if child.kind == "paragraph" else self._block(child, previous)

    def _form(self, block: Block) -> Callable[[Block, Block | None], Piece | None] | None:
        """How a block of this kind becomes a piece; `None` for quotes, help texts and the history of a feature."""
        if tells_history(block) or (block.kind == "code" and block.label == "help"):
            return None
        if block.kind == "code" and block.label == "usage":
            return self._usage
        if block.kind == "signature" and not _is_call(block):
            return self._named_value
        forms: dict[BlockKind, Callable[[Block, Block | None], Piece | None]] = {
            "code": self._code,
            "ordered_list": self._list,
            "bullet_list": self._list,
            "table": self._table,
            "admonition": self._box,
            "definition": self._definition,
            "signature": self._signature,
        }
        return forms.get(block.kind)

    def _paragraph(self, block: Block, after: Block | None) -> Iterator[Piece]:
        """Each sentence that stands alone, with those after it that lean on it, is a piece of its own; what leads to
        the block after it belongs to that."""
        sentences = split_sentences(block.text)
        if sentences and after is not None and after.kind != "paragraph" and prose.leads_in(sentences[-1]):
            sentences.pop()
        evidence = self._render.evidence(block.span, block.text)
        for group in prose.thoughts(sentences):
            value = sum(prose.worth(sentence, self._wanted) for sentence in group)
            yield Piece(SENTENCE_FACTOR * value, (Passage(" ".join(group), "verbatim", evidence),))

    def _lead(self, before: Block | None) -> tuple[Passage, ...]:
        """The sentence that leads to a code block, list or table, when there is one right before it."""
        if before is None or before.kind != "paragraph":
            return ()
        lead = (split_sentences(before.text) or [""])[-1]
        readable = not prose.leans_back(lead) and not prose.is_meta(lead)
        if readable and prose.leads_in(lead) and prose.MIN_WORDS <= len(lead.split()) <= prose.MAX_WORDS:
            return (Passage(lead, "verbatim", self._render.evidence(before.span, before.text)),)
        return ()

    def _usage(self, block: Block, _: Block | None) -> Piece | None:
        passages = tuple(self._render.block(block))
        return Piece(USAGE + hits(block.text, self._wanted), passages) if passages else None

    def _code(self, block: Block, before: Block | None) -> Piece | None:
        snippet = clean_snippet(block.text, block.language)
        text = shorten_python(snippet.text, self._wanted) if snippet.language == "python" else snippet.text
        if is_output(block.text, block.language) or parses(snippet) is False or _lines(text) > TOO_LONG:
            return None
        if snippet.language == "python" and not self._does_something(text, cut=text != snippet.text):
            return None
        lead = self._lead(before)
        if not snippet.language and not lead:
            return None
        context = lead[0].text if lead else before.text if before and before.kind == "paragraph" else ""
        value = self._example_value(text, snippet.language, context)
        transform = snippet.transform if text == snippet.text else "elided"
        evidence = self._render.evidence(block.span, block.text)
        if _lines(text) == 1 and len(text) <= MAX_LINE and "`" not in text:
            words = "".join(f"{passage.text} " for passage in lead)
            sources = (*(unit for passage in lead for unit in passage.evidence), *evidence)
            passages: tuple[Passage, ...] = (Passage(f"{words}{code_span(text)}", transform, sources),)
        else:
            passages = (*lead, Passage(fence(text, snippet.language), transform, evidence))
        return Piece(value, passages, text, snippet.language)

    def _does_something(self, text: str, *, cut: bool) -> bool:
        """More than imports; and when it was cut, something about the product or the task is left."""
        lines = (line for line in text.splitlines() if line.strip())
        rest = "\n".join(line for line in lines if not line.startswith(("import ", "from ", "#")))
        return bool(rest) and (not cut or self._product in rest or hits(rest, self._wanted) > 0)

    def _example_value(self, text: str, language: str, context: str) -> float:
        lines = _lines(text)
        value = EXAMPLE + EXAMPLE_NAME * min(len(identifiers(text)), MAX_NAMES)
        value += hits(f"{text} {context}", self._wanted)
        value *= SHORT_FACTOR if lines in SHORT else LONG_FACTOR if lines > LONG else 1.0
        value *= RUNNABLE_FACTOR if language in _RUNNABLE else 1.0
        return value * (WRONG_WAY_FACTOR if _shows_the_wrong_way(context) else 1.0)

    def _list(self, block: Block, before: Block | None) -> Piece | None:
        """The best items in their order; steps all or none."""
        usable = [number for number, item in enumerate(block.items) if _is_usable(item.text)]
        ordered = block.kind == "ordered_list"
        if not usable or (ordered and len(usable) < len(block.items)):
            return None
        worths = {number: prose.worth(block.items[number].text, self._wanted) for number in usable}
        best = sorted(sorted(usable, key=lambda number: (-worths[number], number))[:MAX_ITEMS])
        passages = (*self._lead(before), *self._render.items(block, best))
        value = LIST_FACTOR * sum(worths[number] for number in best)
        return Piece(value * (STEPS_FACTOR if ordered else 1.0), passages)

    def _table(self, block: Block, before: Block | None) -> Piece | None:
        rows = block.text.count("\n") - 1
        if rows > MAX_ROWS:
            return None
        value = TABLE + TABLE_ROW * rows + hits(block.text, self._wanted)
        return Piece(value, (*self._lead(before), *self._render.block(block)[:1]))

    def _box(self, block: Block, _: Block | None) -> Piece | None:
        sentences = split_sentences(block.text)
        kept = prose.readable(sentences)
        if not kept:
            return None
        transform: Transform = "verbatim" if len(kept) == len(sentences) else "elided"
        evidence = self._render.evidence(block.span, block.text)
        value = BOX + BOX_FACTOR * sum(prose.worth(sentence, self._wanted) for sentence in kept)
        return Piece(value, (Passage(box(block.label, " ".join(kept)), transform, evidence),))

    def _signature(self, block: Block, _: Block | None) -> Piece | None:
        """A declaration with the first sentence that is said of it; alone it says little."""
        if is_bare_call(block.text):
            return None
        declared = tuple(self._render.block(block)[:1])
        said = next((child for child in block.children if child.kind == "paragraph"), None)
        first = next(iter(split_sentences(said.text)), "") if said else ""
        if said is None or prose.is_meta(first):
            return Piece(BARE_SIGNATURE + hits(block.label, self._wanted), declared)
        sentence = Passage(first, "verbatim", self._render.evidence(said.span, first))
        value = SIGNATURE + hits(block.label, self._wanted) + SENTENCE_FACTOR * prose.worth(first, self._wanted)
        return Piece(value, (*declared, sentence))

    def _named_value(self, block: Block, before: Block | None) -> Piece | None:
        """A setting or constant: its name with the first sentence that is said of it."""
        said = next((child for child in block.children if child.kind == "paragraph"), None)
        if said is None:
            return None
        return self._definition(Block("definition", said.text, said.span, label=block.label or block.text), before)

    def _definition(self, block: Block, _: Block | None) -> Piece | None:
        first = next(iter(split_sentences(block.text)), "")
        if not first:
            return None
        shorter = Block(block.kind, first, block.span, label=block.label)
        value = DEFINITION + DEFINITION_FACTOR * prose.worth(first, self._wanted) + hits(block.label, self._wanted)
        return Piece(value, tuple(self._render.block(shorter)[:1]))


def _is_call(block: Block) -> bool:
    return "(" in block.text


def _lines(text: str) -> int:
    return text.count("\n") + 1


def _is_usable(item: str) -> bool:
    return MIN_ITEM_WORDS <= len(item.split()) <= prose.MAX_PARAGRAPH_WORDS and not prose.is_meta(item)


def _shows_the_wrong_way(context: str) -> bool:
    lowered = context.lower()
    return any(sign in lowered for sign in _WRONG_WAY)
