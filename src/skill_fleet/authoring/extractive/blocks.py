"""What blocks and sections say, without their form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from skill_fleet.skill.tokens import count_tokens
from skill_fleet.sources.document import Block, Section

_VERSION_LABELS = frozenset(
    {"versionadded", "versionchanged", "added", "changed", "new in version", "changed in version"}
)


def tells_history(block: Block) -> bool:
    """A box that says when a feature came or changed rather than what it is."""
    return block.kind == "admonition" and block.label.lower() in _VERSION_LABELS


def code_blocks(blocks: Sequence[Block]) -> Iterator[Block]:
    """The code among the blocks and inside them, in reading order."""
    for block in blocks:
        if block.kind == "code":
            yield block
        yield from code_blocks(block.children)


def prose_texts(blocks: Sequence[Block]) -> Iterator[str]:
    """The words of the blocks that are not code, and of their items."""
    for block in blocks:
        if block.kind != "code":
            yield block.text
            yield from (item.text for item in block.items)


def block_text(block: Block) -> str:
    """All words of a block and of what is nested in it."""
    own = [item.text for item in block.items] if block.items else [block.text]
    return "\n".join([block.label, *own, *(block_text(child) for child in block.children)])


def section_text(section: Section) -> str:
    return "\n".join(block_text(block) for block in section.blocks)


def section_tokens(section: Section) -> int:
    return count_tokens(section_text(section))
