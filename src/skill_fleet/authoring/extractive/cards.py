"""The core of the skill: for each topic the task asks for, the blocks worth their room, in the order of the source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from skill_fleet.authoring.extractive import prose
from skill_fleet.authoring.extractive.code import (
    LONG,
    MAX_LINE,
    PYTHON,
    clean_snippet,
    containment,
    identifiers,
    is_output,
    parses,
    shorten_python,
)
from skill_fleet.authoring.extractive.markup import Renderer, code_span, fence
from skill_fleet.authoring.extractive.passages import Passage
from skill_fleet.authoring.extractive.shelf import Node, Shelf
from skill_fleet.ranking import terms
from skill_fleet.sources.document import Block, Section
from skill_fleet.sources.sentences import split_sentences

#: Boxes that tell the history of a feature rather than the feature.
VERSION_LABELS = frozenset(
    {"versionadded", "versionchanged", "added", "changed", "new in version", "changed in version"}
)
MAX_ITEMS = 8
MAX_ROWS = 16
MAX_PARAGRAPH_WORDS = 75
MAX_THOUGHT_WORDS = 40
#: Above this share of shared 3-grams two code blocks show the same thing (authoring notes, section 4, step 4).
SAME_CODE = 0.6
#: A piece worth less than this share of the best for its size is left to the references.
DULL = 0.16
#: 0 would choose by value alone, 1 by value a token.
SIZE_MATTERS = 0.65
#: What each further piece of one section is worth of its value.
FURTHER = 0.6


@dataclass(frozen=True, slots=True)
class Candidate:
    """A piece that may go into the skill: `order` is its place in the source, `code` the text to compare examples by."""

    node: Node
    section: Section
    order: int
    value: float
    passages: tuple[Passage, ...]
    code: str = ""
    language: str = ""
    facet: str = ""

    @property
    def tokens(self) -> int:
        return sum(passage.tokens for passage in self.passages)


class CardMaker:
    """Makes candidates of the sections of one node."""

    def __init__(self, shelf: Shelf, node: Node) -> None:
        self._shelf = shelf
        self._node = node
        self._render = Renderer(shelf.store, node.source)
        self._wanted = shelf.task_terms

    def candidates(self) -> Iterator[Candidate]:
        order = 0
        for section in self._node.sections:
            weight = (0.12 + self._relevance(section)) * self._shelf.earliness(self._node, section)
            intro_used = False
            for number, block in enumerate(section.blocks):
                before = section.blocks[number - 1] if number else None
                after = section.blocks[number + 1] if number + 1 < len(section.blocks) else None
                for value, passages, code in self._pieces(block, before, after):
                    order += 1
                    if passages:
                        early = 1.15 if not intro_used else 1.0
                        intro_used = True
                        language = clean_snippet(block.text, block.language).language if code else ""
                        yield Candidate(
                            self._node,
                            section,
                            order,
                            value * weight * early,
                            passages,
                            code,
                            language,
                            self._shelf.facet_of(self._node, section),
                        )

    def _relevance(self, section: Section) -> float:
        return self._shelf.section_relevance(self._node, section)

    def _pieces(
        self, block: Block, before: Block | None, after: Block | None
    ) -> Iterator[tuple[float, tuple[Passage, ...], str]]:
        match block.kind:
            case "paragraph":
                yield from self._paragraph(block, after)
            case "code" if block.label == "usage":
                yield 3.0 + self._overlap(block.text), tuple(self._render.block(block)), ""
            case "code" if block.label != "help":
                yield self._code(block, before)
            case "code":
                return
            case "ordered_list" | "bullet_list":
                yield self._list(block, before)
            case "table":
                yield self._table(block, before)
            case "admonition":
                if block.label.lower() not in VERSION_LABELS:
                    yield self._admonition(block)
            case "definition":
                yield self._definition(block)
            case "signature" if "(" not in block.text:
                yield self._named_value(block)
            case "signature":
                yield 2.0 + self._overlap(block.label), tuple(self._render.block(block)[:1]), ""
                for child in block.children:
                    yield from self._pieces(child, None, None)
            case "quote":
                return
        if block.kind in ("admonition", "definition"):
            for number, child in enumerate(block.children):
                yield from self._pieces(child, block.children[number - 1] if number else None, None)

    def _overlap(self, text: str) -> float:
        return sum(self._wanted.get(term, 0.0) for term in set(terms(text)))

    def _paragraph(self, block: Block, after: Block | None) -> Iterator[tuple[float, tuple[Passage, ...], str]]:
        """Each sentence that stands alone, with those after it that lean on it, is a piece of its own."""
        sentences = split_sentences(block.text)
        if sentences and after is not None and after.kind != "paragraph" and _leads_in(sentences[-1]):
            sentences = sentences[:-1]
        evidence = self._render.evidence(block.span, block.text)
        for group in thoughts(sentences):
            value = sum(prose.worth(sentence, self._wanted) for sentence in group)
            yield 0.8 * value, (Passage(" ".join(group), "verbatim", evidence),), ""

    def _lead(self, before: Block | None) -> tuple[Passage, ...]:
        """The sentence that leads to a code block, list or table, when there is one right before it."""
        if before is None or before.kind != "paragraph":
            return ()
        sentences = split_sentences(before.text)
        lead = sentences[-1] if sentences else ""
        if (
            not _leads_in(lead)
            or len(lead.split()) < prose.MIN_WORDS
            or prose.leans_back(lead)
            or prose.is_meta(lead)
            or len(lead.split()) > prose.MAX_WORDS
        ):
            return ()
        return (Passage(lead, "verbatim", self._render.evidence(before.span, before.text)),)

    def _code(self, block: Block, before: Block | None) -> tuple[float, tuple[Passage, ...], str]:
        snippet = clean_snippet(block.text, block.language)
        text = shorten_python(snippet.text, self._wanted) if snippet.language == "python" else snippet.text
        lines = text.count("\n") + 1
        if is_output(block.text, block.language) or parses(snippet) is False or lines > LONG + 8:
            return 0.0, (), ""
        if snippet.language == "python" and not self._does_something(text, cut=text != snippet.text):
            return 0.0, (), ""
        lead = self._lead(before)
        context = lead[0].text if lead else (before.text if before and before.kind == "paragraph" else "")
        transform = snippet.transform if text == snippet.text else "elided"
        evidence = self._render.evidence(block.span, block.text)
        value = self._example_value(text, snippet.language, context)
        if lines == 1 and len(text) <= MAX_LINE and "`" not in text:
            words = f"{lead[0].text} " if lead else ""
            sources = (*(lead[0].evidence if lead else ()), *evidence)
            return value, (Passage(f"{words}{code_span(text)}", transform, sources),), text
        return value, (*lead, Passage(fence(text, snippet.language), transform, evidence)), text

    def _does_something(self, text: str, *, cut: bool) -> bool:
        """More than imports; and when it was cut, something about the product or the task is left."""
        rest = "\n".join(line for line in text.splitlines() if line.strip() and not line.startswith(("import ", "from ", "#")))
        about = self._shelf.product in rest or self._overlap(rest) > 0
        return bool(rest) and (about or not cut)

    def _example_value(self, text: str, language: str, context: str) -> float:
        lines = text.count("\n") + 1
        names = identifiers(text)
        value = 1.6 + min(len(names), 12) * 0.12 + self._overlap(text + " " + context)
        value *= 1.25 if 2 <= lines <= 12 else 0.9 if lines > LONG else 1.0
        value *= 1.15 if language in PYTHON | {"sh", "bash", "shell"} else 1.0
        return value * (0.4 if _shows_the_wrong_way(context) else 1.0)

    def _list(self, block: Block, before: Block | None) -> tuple[float, tuple[Passage, ...], str]:
        worths = [prose.worth(item.text, self._wanted) for item in block.items]
        usable = [
            number
            for number, item in enumerate(block.items)
            if 2 <= len(item.text.split()) <= MAX_PARAGRAPH_WORDS and not prose.is_meta(item.text)
        ]
        if block.kind == "ordered_list" and len(usable) < len(block.items):
            return 0.0, (), ""
        best = sorted(sorted(usable, key=lambda number: (-worths[number], number))[:MAX_ITEMS])
        if not best:
            return 0.0, (), ""
        passages = (*self._lead(before), *self._render.items(block, best))
        steps = 1.3 if block.kind == "ordered_list" else 1.0
        return steps * sum(worths[number] for number in best) * 0.7, passages, ""

    def _table(self, block: Block, before: Block | None) -> tuple[float, tuple[Passage, ...], str]:
        rows = block.text.count("\n") - 1
        if rows > MAX_ROWS:
            return 0.0, (), ""
        return 1.5 + 0.4 * rows + self._overlap(block.text), (*self._lead(before), *self._render.block(block)[:1]), ""

    def _admonition(self, block: Block) -> tuple[float, tuple[Passage, ...], str]:
        kept = readable(split_sentences(block.text))
        if not kept:
            return 0.0, (), ""
        whole = len(kept) == len(split_sentences(block.text))
        label = block.label.strip().capitalize() or "Note"
        passage = Passage(
            f"> **{label}:** {' '.join(kept)}",
            "verbatim" if whole else "elided",
            self._render.evidence(block.span, block.text),
        )
        return 1.2 + 0.8 * sum(prose.worth(sentence, self._wanted) for sentence in kept), (passage,), ""

    def _named_value(self, block: Block) -> tuple[float, tuple[Passage, ...], str]:
        """A setting or constant: its name with the first sentence that is said of it."""
        prose_block = next((child for child in block.children if child.kind == "paragraph"), None)
        if prose_block is None:
            return 0.0, (), ""
        return self._definition(
            Block("definition", prose_block.text, prose_block.span, label=block.label or block.text)
        )

    def _definition(self, block: Block) -> tuple[float, tuple[Passage, ...], str]:
        first = next(iter(split_sentences(block.text)), "")
        shorter = Block(block.kind, first, block.span, label=block.label)
        passages = tuple(self._render.block(shorter)[:1])
        return 0.8 + prose.worth(first, self._wanted) * 0.6 + self._overlap(block.label), passages, ""


def _leads_in(sentence: str) -> bool:
    return sentence.endswith((":", "...", "\u2026"))


def _shows_the_wrong_way(context: str) -> bool:
    lowered = context.lower()
    return any(
        sign in lowered
        for sign in ("don't", "do not", "deprecated", "instead of", "wrong", "bad ", "incorrect", "old ", "avoid")
    )


def readable(sentences: Sequence[str]) -> list[str]:
    """The sentences that can be read without the page: those that stand alone, and those that lean on a kept one."""
    kept: list[str] = []
    last_kept = -2
    words = 0
    for number, sentence in enumerate(sentences):
        alone = prose.stands_alone(sentence)
        leaning = prose.leans_back(sentence) and last_kept == number - 1 and not prose.is_meta(sentence)
        if (alone or leaning) and words + len(sentence.split()) <= MAX_PARAGRAPH_WORDS and not sentence.endswith(":"):
            kept.append(sentence)
            last_kept = number
            words += len(sentence.split())
    return kept


def thoughts(sentences: Sequence[str]) -> list[list[str]]:
    """Sentences that stand alone, each with the ones right after it that lean back on it."""
    groups: list[list[str]] = []
    open_ = False
    for sentence in sentences:
        leaning = prose.leans_back(sentence) and not prose.is_meta(sentence) and not sentence.endswith(":")
        if prose.stands_alone(sentence):
            groups.append([sentence])
            open_ = True
        elif open_ and leaning and sum(len(said.split()) for said in groups[-1]) <= MAX_THOUGHT_WORDS:
            groups[-1].append(sentence)
        else:
            open_ = False
    return groups


def choose(candidates: Sequence[Candidate], budget: int, weights: Mapping[str, float]) -> list[Candidate]:
    """Pieces within `budget` tokens, the facets taking turns, each getting a share by its weight, and no more than
    it when it weighs less than 1.

    In a turn a facet takes the piece worth most for its size; each further piece of a section counts for less, and a
    second example of the same thing not at all. In the order given.
    """
    best = max((_density(piece) for piece in candidates), default=0.0)
    open_ = [piece for piece in candidates if _density(piece) >= DULL * best]
    total = sum(weights.values())
    room = {facet: budget * weight / total if weight < 1 else budget for facet, weight in weights.items()}
    spent: Counter[str] = Counter({piece.facet: 0 for piece in open_})
    chosen: list[Candidate] = []
    while open_:
        facet = min(
            (facet for facet in spent if any(p.facet == facet for p in open_)),
            key=lambda facet: (spent[facet] / weights[facet], facet),
        )
        piece = max(
            (p for p in open_ if p.facet == facet), key=lambda p: (_density(p) * FURTHER ** _taken(p, chosen), -p.order)
        )
        open_.remove(piece)
        if piece.tokens <= min(budget, room[facet] - spent[facet]) and not _repeats(piece, chosen):
            chosen.append(piece)
            budget -= piece.tokens
            spent[facet] += piece.tokens
    return [piece for piece in candidates if piece in chosen]


def _taken(piece: Candidate, chosen: Sequence[Candidate]) -> int:
    return sum(other.section is piece.section for other in chosen)


def _repeats(piece: Candidate, chosen: Sequence[Candidate]) -> bool:
    if any(piece.passages[0].text == other.passages[0].text for other in chosen):
        return True
    return bool(piece.code) and containment(piece.code, "\n".join(other.code for other in chosen)) > SAME_CODE


def _density(piece: Candidate) -> float:
    return piece.value / max(piece.tokens, 8) ** SIZE_MATTERS
