"""Where a chapter is expected to stand, by its heading and by what it holds: an overview first, links last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from skill_fleet.metrics.integrity.sections import Section
from skill_fleet.metrics.integrity.tables import load_tables
from skill_fleet.metrics.integrity.words import words_of

LEAST_CHAPTERS = 3
"""Chapters of a body that have an order to speak of."""

MOST_CHAPTERS = 200
LEAST_CREDIT = 0.2
MOST_WORDS = 8
CHAPTER = 2
DEEPEST = 6

#: The spread of a place that is chosen by chance. It is added to that of each word, in quadrature, so that no single
#: word decides.
CHANCE = 0.29

MIDDLE = 0.5


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section with all that stand below it."""

    head: Section
    parts: tuple[Section, ...]

    @property
    def words(self) -> list[str]:
        """The words of its heading."""
        return list(dict.fromkeys(words_of(self.head.title)[:MOST_WORDS]))

    @property
    def marks(self) -> Iterator[str]:
        """What it looks like: how long it is, and how much code, lists, tables and links it has, in steps."""
        blocks = [block for part in self.parts for block in part.blocks]
        yield f"#words{sum(len(part.words) for part in self.parts).bit_length()}"
        yield f"#code{min(sum(len(part.code) for part in self.parts), 3)}"
        yield f"#items{min(sum(block.kind == 'item' for block in blocks) // 3, 4)}"
        yield f"#steps{min(sum(block.mark[:1].isdigit() for block in blocks) // 3, 2)}"
        yield f"#rows{any(block.kind == 'row' for block in blocks):d}"
        yield f"#parts{min(len(self.parts) - 1, 4)}"
        yield f"#links{min(sum(block.text.count('](') for block in blocks), 3)}"
        yield f"#boxes{any('[ ]' in block.text for block in blocks):d}"


def chapters_of(sections: Sequence[Section], credits_of: Mapping[int, float] | None = None) -> list[Chapter]:
    """The sections of level 2 when there are enough; otherwise all below the title, or else all that have a heading.

    With credits by line, only chapters count of which a part has `LEAST_CREDIT`: what says nothing, or has nothing to
    do with the rest, has no place.
    """
    for least, most in ((CHAPTER, CHAPTER), (CHAPTER, DEEPEST), (1, DEEPEST)):
        starts = [at for at, section in enumerate(sections) if least <= section.level <= most][:MOST_CHAPTERS]
        found = [Chapter(sections[a], tuple(sections[a:b])) for a, b in pairwise([*starts, len(sections)])]
        if credits_of is not None:
            found = [one for one in found if max(credits_of[part.line] for part in one.parts) >= LEAST_CREDIT]
        if len(found) >= LEAST_CHAPTERS:
            return found
    return []


def expect(chapter: Chapter) -> float:
    """The place that the words of its heading have, 0 first and 1 last; the middle when none of them is known."""
    table = load_tables().places
    known = [table[word] for word in chapter.words if word in table]
    weights = [1 / (spread**2 + CHANCE**2) for _, spread in known]
    total = sum(place * weight for (place, _), weight in zip(known, weights, strict=True))
    return total / sum(weights) if known else MIDDLE


def expect_by_look(chapter: Chapter) -> float:
    """The mean place of chapters that look alike in one way or another."""
    table = load_tables().places
    known = [table[mark][0] for mark in chapter.marks if mark in table]
    return sum(known) / len(known) if known else MIDDLE
