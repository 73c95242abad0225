"""Blocks that every reader builds in the same way: lists, tables, admonitions, and what a dialect's box is called."""

from __future__ import annotations

import re
from collections.abc import Sequence

from skill_fleet.sources.document import Block, Item, Span

CODE_NOTE = re.compile(r"[ \t]*(?:#|//|--|;|%|<!--|/\*)[ \t]*\(\d+\)!(?:[ \t]*(?:\*/|-->))?(?=[ \t]*$)", re.MULTILINE)
"""Material's markers for notes on code: `# (1)!` at the end of a line."""

ADMONITIONS = frozenset(
    "note tip hint info information important warning caution danger error bug attention success check question help "
    "faq example abstract summary tldr quote cite seealso todo details versionadded versionchanged deprecated "
    "versionremoved admonition failure fail missing done experimental remark topic sidebar".split()
)

_SAME: dict[str, str] = {
    "accordion": "details",
    "alert": "warning",
    "aside": "note",
    "banner": "info",
    "callout": "note",
    "collapse": "details",
    "collapsible": "details",
    "dropdown": "details",
    "expandable": "details",
    "paramfield": "definition",
    "py:attribute": "signature",
    "responsefield": "definition",
    "see-also": "seealso",
    "step": "admonition",
    "tab-item": "tab",
    "tabitem": "tab",
    "tabpanel": "tab",
    "warn": "warning",
}
_SIGNATURE = re.compile(
    r"(?:\w+:)?(?:function|class|method|attribute|data|exception|property|decorator|staticmethod|classmethod|type)|"
    r"auto(?:function|class|method|attribute|data|exception|module|property|decorator)"
)


def bare_kind(kind: str) -> str:
    """What a dialect's name for a box stands for."""
    name = kind.lower()
    return "signature" if _SIGNATURE.fullmatch(name) else _SAME.get(name, name)


def admonition(kind: str, title: str, blocks: Sequence[Block], span: Span) -> list[Block]:
    """A box with its prose as text, headed by its title where it has one of its own; other blocks are its children."""
    name = kind.lower()
    prose = [block.text for block in blocks if block.kind == "paragraph"]
    own = tuple(block for block in blocks if block.kind != "paragraph")
    if title and title.lower() != name:
        prose.insert(0, title if title[-1] in ".:!?" else f"{title}:")
    return [Block("admonition", "\n\n".join(prose), span, label=name, children=own)] if prose or own else []


def list_block(ordered: bool, items: Sequence[Item], children: Sequence[Block], start: int = 1) -> list[Block]:  # noqa: FBT001 - one of two kinds
    """A list with its items as Markdown; a list whose items hold no text of their own is just its children."""
    if not items:
        return list(children)
    lines: list[str] = []
    for number, item in enumerate(items, start):
        lead = f"{number}. " if ordered else "- "
        first, *rest = item.text.split("\n")
        lines += [lead + first, *(" " * len(lead) + line.removeprefix("  ") for line in rest)]
    spans = [item.span for item in items]
    span = Span(spans[0].path, min(one.line for one in spans), max(one.end for one in spans))
    kind: str = "ordered_list" if ordered else "bullet_list"
    text = "\n".join(lines)
    if kind == "ordered_list":
        return [Block("ordered_list", text, span, items=tuple(items), children=tuple(children))]
    return [Block("bullet_list", text, span, items=tuple(items), children=tuple(children))]


def pipe_table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as a Markdown table; the first row is the head."""
    width = max(len(row) for row in rows)
    full = [[*(_cell(cell) for cell in row), *[""] * (width - len(row))] for row in rows]
    body = [full[0], ["---"] * width, *full[1:]]
    return "\n".join("| " + " | ".join(row) + " |" for row in body)


def _cell(text: str) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", re.sub(r"\s+", " ", text)).strip()
