"""Blocks of a source as Markdown passages."""

from __future__ import annotations

import re
from collections.abc import Sequence

from skill_fleet.authoring.extractive.code import clean_snippet
from skill_fleet.authoring.extractive.passages import Passage
from skill_fleet.sources.document import Block, Span
from skill_fleet.sources.evidence import Evidence
from skill_fleet.sources.store import EvidenceStore

_FENCE = re.compile(r"^\s*(`{3,})", re.MULTILINE)


def fence(text: str, language: str) -> str:
    """`text` as a fenced block whose fence is longer than any inside it."""
    longest = max((len(run) for run in _FENCE.findall(text)), default=2)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{language}\n{text}\n{ticks}"


def code_span(text: str) -> str:
    """`text` as a code span, on one line."""
    ticks = "``" if "`" in text else "`"
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{' '.join(text.split())}{pad}{ticks}"


def indent(text: str, prefix: str) -> str:
    """`text` with every line but the first moved right by `prefix`."""
    return re.sub(r"\n(?=[^\n])", f"\n{prefix}", text)


class Renderer:
    """Turns blocks of one source into passages that cite the store's evidence."""

    def __init__(self, store: EvidenceStore, source: str) -> None:
        self._store = store
        self._source = source

    def evidence(self, span: Span, text: str) -> tuple[Evidence, ...]:
        """The unit mined from exactly these lines and words, else the units of these lines."""
        found = self._store.at(self._source, span)
        exact = tuple(unit for unit in found if unit.text == text)
        return exact[:1] or found[:1]

    def block(self, block: Block) -> list[Passage]:
        """The whole block, nothing left out but prompts."""
        match block.kind:
            case "paragraph":
                own = [self._passage(block.text, block)] if block.text else []
            case "quote":
                own = [self._passage("> " + indent(block.text, "> "), block)] if block.text else []
            case "code":
                own = self.code(block)
            case "ordered_list" | "bullet_list":
                return self.items(block, range(len(block.items)))
            case "table":
                own = [self._passage(block.text, block)]
            case "admonition":
                own = self._admonition(block)
            case "definition":
                own = self._definition(block)
            case "signature":
                own = [Passage(fence(block.text, "python"), "template", self.evidence(block.span, block.text))]
        return own + [passage for child in block.children for passage in self.block(child)]

    def code(self, block: Block) -> list[Passage]:
        snippet = clean_snippet(block.text, block.language)
        if not snippet.text.strip():
            return []
        return [
            Passage(fence(snippet.text, snippet.language), snippet.transform, self.evidence(block.span, block.text))
        ]

    def items(self, block: Block, chosen: Sequence[int]) -> list[Passage]:
        """The chosen items of a list, with the blocks that stand inside it after the last of them."""
        passages: list[Passage] = []
        children = list(block.children)
        for place, number in enumerate(chosen):
            item = block.items[number]
            marker = f"{place + 1}." if block.kind == "ordered_list" else "-"
            text = f"{marker} {indent(item.text, ' ' * (len(marker) + 1))}"
            passages.append(Passage(text, "verbatim", self.evidence(item.span, item.text), tight=place > 0))
            while children and children[0].span.end <= item.span.end:
                passages += self._nested(children.pop(0), len(marker) + 1)
        return passages + [passage for child in children for passage in self.block(child)]

    def _nested(self, block: Block, width: int) -> list[Passage]:
        pad = " " * width
        return [
            Passage(pad + indent(passage.text, pad), passage.transform, passage.evidence, tight=passage.tight)
            for passage in self.block(block)
        ]

    def _admonition(self, block: Block) -> list[Passage]:
        label = block.label.strip().capitalize() or "Note"
        if not block.text:
            return []
        return [self._passage(f"> **{label}:** {indent(block.text, '> ')}", block)]

    def _definition(self, block: Block) -> list[Passage]:
        text = f"- {code_span(block.label.strip('`'))}"
        text += f": {indent(block.text, '  ')}" if block.text else ""
        return [Passage(text, "verbatim", self.evidence(block.span, block.text), tight=True)]

    def _passage(self, text: str, block: Block) -> Passage:
        return Passage(text, "verbatim", self.evidence(block.span, block.text))
