"""Blocks that every reader builds in the same way: lists, tables, and what a dialect's box becomes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from skill_fleet.sources.document import Block, Item, Span
from skill_fleet.sources.outline import Heading, Piece

ADMONITIONS = frozenset(
    "note tip hint info information important warning caution danger error bug attention success check question help "
    "faq example abstract summary tldr seealso todo details versionadded versionchanged deprecated versionremoved "
    "admonition failure fail missing done experimental remark topic sidebar".split()
)
_VERSION = frozenset({"versionadded", "versionchanged", "versionremoved", "deprecated"})
_SAME: dict[str, str] = {
    "accordion": "details",
    "admonition-todo": "todo",
    "alert": "warning",
    "aside": "note",
    "banner": "info",
    "callout": "note",
    "collapse": "details",
    "collapsible": "details",
    "deprecated-removed": "deprecated",
    "dropdown": "details",
    "expandable": "details",
    "group-tab": "tab",
    "paramfield": "definition",
    "responsefield": "definition",
    "see-also": "seealso",
    "soft-deprecated": "deprecated",
    "step": "admonition",
    "tab-item": "tab",
    "tabitem": "tab",
    "tabpanel": "tab",
    "version-added": "versionadded",
    "version-changed": "versionchanged",
    "version-deprecated": "deprecated",
    "version-removed": "versionremoved",
    "warn": "warning",
}
_SIGNATURE = re.compile(
    r"(?:\w+:)?(?:function|class|method|attribute|data|exception|property|decorator|decoratormethod|staticmethod|"
    r"classmethod|coroutinefunction|type|typealias|macro|struct|enum|member|var|func|describe|object)|"
    r"(?:auto(?:function|class|method|attribute|data|exception|module|property|decorator|pydantic_\w+|type)|"
    r"sphinx_autodoc|autoenum|click|autosummary)"
)
_DEFINITION = re.compile(
    r"(?:\w+:)?(?:option|cmdoption|envvar|confval|setting|directive|role|config|fixture|marker|opt)"
)


def bare_kind(kind: str) -> str:
    """What a dialect's name for a box stands for."""
    name = kind.lower()
    if _SIGNATURE.fullmatch(name):
        return "signature"
    return "definition" if _DEFINITION.fullmatch(name) else _SAME.get(name, name)


def box_pieces(kind: str, title: str, inside: Sequence[Piece], span: Span) -> list[Piece]:
    """What a box becomes: an admonition, labelled blocks of a tab, a signature, a definition, or just its content."""
    name = bare_kind(kind)
    blocks = as_blocks(inside)
    if name == "tab":
        return [replace(one, label=one.label or title) if isinstance(one, Block) else one for one in inside]
    if name == "signature" and title:
        return [Block("signature", title, span, children=tuple(blocks))]
    if name == "definition" and title:
        prose, own = prose_and_children(blocks)
        return [Block("definition", prose, span, label=title, children=own)]
    if name in ADMONITIONS:
        return [*admonition(name, title, blocks, span)]
    return list(inside)


def as_blocks(pieces: Sequence[Piece]) -> list[Block]:
    """What stands inside of another block; a title there opens no section, it is a paragraph."""
    return [Block("paragraph", one.text, one.span) if isinstance(one, Heading) else one for one in pieces]


def admonition(kind: str, title: str, blocks: Sequence[Block], span: Span) -> list[Block]:
    """A box with its prose as text, headed by its title where it has one of its own; other blocks are its children."""
    name = kind.lower()
    prose, own = prose_and_children(blocks)
    if title and title.lower() != name:
        head = title if title[-1] in ".:!?" or not prose else f"{title}:"
        prose = f"{head}{' ' if name in _VERSION else chr(10) * 2}{prose}".strip()
    return [Block("admonition", prose, span, label=name, children=own)] if prose or own else []


def prose_and_children(blocks: Sequence[Block]) -> tuple[str, tuple[Block, ...]]:
    """Paragraphs as one text, everything else as children."""
    prose = "\n\n".join(block.text for block in blocks if block.kind == "paragraph")
    return prose, tuple(block for block in blocks if block.kind != "paragraph")


def list_item(blocks: Sequence[Block], span: Span) -> tuple[Item, list[Block]]:
    """An item: its paragraphs and nested lists are its text; code, tables and boxes are children of the list."""
    parts: list[str] = []
    children: list[Block] = []
    for block in blocks:
        if block.kind == "paragraph":
            parts.append(block.text)
        elif block.kind in {"bullet_list", "ordered_list"}:
            parts.append("\n".join("  " + line for line in block.text.split("\n")))
            children += block.children
        else:
            children.append(block)
    is_nested = any(part.startswith("  ") for part in parts)
    return Item(("\n" if is_nested else " ").join(parts).strip(), span), children


def list_block(items: Sequence[Item], children: Sequence[Block], start: int | None = None) -> list[Block]:
    """A list with its items as Markdown, numbered from `start` or bulleted; without any text, just its children."""
    if not items:
        return list(children)
    lines: list[str] = []
    for number, item in enumerate(items, start or 0):
        lead = "- " if start is None else f"{number}. "
        first, *rest = item.text.split("\n")
        lines += [lead + first, *(" " * len(lead) + line.removeprefix("  ") for line in rest)]
    spans = [item.span for item in items]
    span = Span(spans[0].path, min(one.line for one in spans), max(one.end for one in spans))
    kept = tuple(items)
    if start is None:
        return [Block("bullet_list", "\n".join(lines), span, items=kept, children=tuple(children))]
    return [Block("ordered_list", "\n".join(lines), span, items=kept, children=tuple(children))]


def pipe_table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as a Markdown table; the first row is the head."""
    width = max(len(row) for row in rows)
    full = [[*(_cell(cell) for cell in row), *[""] * (width - len(row))] for row in rows]
    body = [full[0], ["---"] * width, *full[1:]]
    return "\n".join("| " + " | ".join(row) + " |" for row in body)


def _cell(text: str) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", re.sub(r"\s+", " ", text)).strip()


def toctree_targets(lines: Sequence[str]) -> list[str]:
    """The pages a toctree names, in order; options and globs are left out."""
    names = (line.strip() for line in lines)
    shown = (re.sub(r"^.*<([^<>]+)>$", r"\1", name) for name in names if name and not name.startswith(":"))
    return [name for name in shown if "*" not in name and "://" not in name and name not in {"self", "---"}]
