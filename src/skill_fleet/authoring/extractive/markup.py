"""Blocks of a source as Markdown passages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count

from skill_fleet.authoring.extractive.code import clean_snippet, parses, python_statements
from skill_fleet.authoring.extractive.passages import Passage
from skill_fleet.sources.document import Block, Span
from skill_fleet.sources.evidence import Evidence
from skill_fleet.sources.store import EvidenceStore

_FENCE = re.compile(r"^\s*(`{3,})", re.MULTILINE)
_TICKS = re.compile(r"`+")
_NEXT_LINE = re.compile(r"\n(?=[^\n])")


#: The language of what is no code, or is broken in the source itself.
NO_CODE = "text"


def fence(text: str, language: str) -> str:
    """`text` as a fenced block whose fence is longer than any inside it."""
    longest = max((len(run) for run in _FENCE.findall(text)), default=2)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{language}\n{text}\n{ticks}"


def code_span(text: str) -> str:
    """`text` as a code span, on one line."""
    line = " ".join(text.split())
    inside = {len(run) for run in _TICKS.findall(line)}
    ticks = "`" * next(size for size in count(1) if size not in inside)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def indent(text: str, prefix: str) -> str:
    """`text` with every line but the first moved right by `prefix`."""
    return _NEXT_LINE.sub(f"\n{prefix}", text)


def box(label: str, text: str) -> str:
    """A note, tip or warning as a quote that opens with its label."""
    return f"> **{label.strip().capitalize() or 'Note'}:** {indent(text, '> ')}"


def declaration(text: str) -> str:
    """A signature as a fenced block: as Python where it can be read as such, with an empty body."""
    python = next((code for code in (text, f"{text}: ...") if python_statements(code) is not None), "")
    return fence(python, "python") if python else fence(text, NO_CODE)


class Renderer:
    """Turns blocks of one source into passages that cite the store's evidence."""

    def __init__(self, store: EvidenceStore, source: str) -> None:
        self._store = store
        self._source = source

    def evidence(self, span: Span, text: str) -> tuple[Evidence, ...]:
        """The unit mined from exactly these lines and words, else the first of these lines."""
        found = self._store.at(self._source, span)
        exact = tuple(unit for unit in found if unit.text == text)
        return exact[:1] or found[:1]

    def block(self, block: Block) -> list[Passage]:
        """The whole block, nothing left out but prompts."""
        if block.kind in ("ordered_list", "bullet_list"):
            return self.items(block, range(len(block.items)))
        return self._own(block) + [passage for child in block.children for passage in self.block(child)]

    def _own(self, block: Block) -> list[Passage]:
        """The block's own passage, without the blocks inside it."""
        match block.kind:
            case "code":
                return self._code(block)
            case "definition":
                return [self._definition(block)]
            case "signature" if "(" not in block.text:
                text = f"- {code_span(block.text)}"
                return [Passage(text, "template", self.evidence(block.span, block.text), tight=True)]
            case "signature":
                return [Passage(declaration(block.text), "template", self.evidence(block.span, block.text))]
            case "quote":
                text = "> " + indent(block.text, "> ")
            case "admonition":
                text = box(block.label, block.text)
            case _:
                text = block.text
        return [Passage(text, "verbatim", self.evidence(block.span, block.text))] if block.text else []

    def _code(self, block: Block) -> list[Passage]:
        snippet = clean_snippet(block.text, block.language)
        if not snippet.text.strip():
            return []
        broken = parses(snippet) is False
        text = fence(snippet.text, NO_CODE if broken else snippet.language)
        return [Passage(text, snippet.transform, self.evidence(block.span, block.text))]

    def items(self, block: Block, chosen: Sequence[int]) -> list[Passage]:
        """The chosen items of a list, with the blocks that stand inside it after the last of them."""
        passages: list[Passage] = []
        children = list(block.children)
        for place, number in enumerate(chosen):
            marker = f"{place + 1}." if block.kind == "ordered_list" else "-"
            item = block.items[number]
            evidence = self.evidence(item.span, item.text) or self.evidence(block.span, block.text)
            text = f"{marker} {indent(item.text, ' ' * (len(marker) + 1))}"
            passages.append(Passage(text, "verbatim", evidence, tight=place > 0))
            while children and children[0].span.end <= item.span.end:
                passages += self._nested(children.pop(0), len(marker) + 1)
        return passages + [passage for child in children for passage in self.block(child)]

    def _nested(self, block: Block, width: int) -> list[Passage]:
        pad = " " * width
        return [
            Passage(pad + indent(passage.text, pad), passage.transform, passage.evidence, tight=passage.tight)
            for passage in self.block(block)
        ]

    def _definition(self, block: Block) -> Passage:
        text = f"- {code_span(block.label.strip('`: '))}"
        text += f": {indent(block.text, '  ')}" if block.text else ""
        return Passage(text, "verbatim", self.evidence(block.span, block.text), tight=True)
