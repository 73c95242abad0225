"""What stands in a body twice: blocks of prose, rows and code with the same words as one above them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from skill_fleet.metrics.integrity.sections import Section

LEAST_REPEATED = 40
"""Characters of a block that is told from another one."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """`blocks` are line and text of each repetition, `share` the part, 0 to 1, that they make up of all that is long
    enough to be told apart, and `fresh` for each section the part that does not stand above it."""

    blocks: tuple[tuple[int, str], ...]
    share: float
    fresh: tuple[float, ...]


def find_repeats(sections: Sequence[Section]) -> Repeats:
    seen: set[str] = set()
    blocks: list[tuple[int, str]] = []
    fresh: list[float] = []
    repeated = total = 0
    for section in sections:
        own = again = 0
        for line, text in _blocks(section):
            key = " ".join(text.lower().split())
            if len(key) < LEAST_REPEATED:
                continue
            own += len(key)
            if key in seen:
                again += len(key)
                blocks.append((line, text))
            seen.add(key)
        fresh.append(1 - again / own if own else 1.0)
        repeated, total = repeated + again, total + own
    return Repeats(tuple(blocks), repeated / total if total else 0.0, tuple(fresh))


def _blocks(section: Section) -> Iterator[tuple[int, str]]:
    yield from ((block.line, block.text) for block in section.blocks)
    yield from ((code.line, code.text) for code in section.code)
