"""Where a section is expected to stand, by the words of its heading: an overview first, references last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from skill_fleet.metrics.integrity.sections import Section
from skill_fleet.metrics.integrity.tables import load_tables
from skill_fleet.metrics.integrity.words import words_of

LEAST_SECTIONS = 3
"""Sections of a body whose headings tell of places."""

MOST_WORDS = 8
CHAPTER = 2

#: The spread of a place that is chosen by chance. It is added to that of each word, in quadrature, so that no single
#: word decides.
CHANCE = 0.29


def chapters_of(sections: Sequence[Section]) -> list[Section]:
    """The sections of level 2 when there are enough; otherwise all below the title, or else all that have a heading."""
    for least, most in ((CHAPTER, CHAPTER), (CHAPTER, 6), (1, 6)):
        found = [section for section in sections if least <= section.level <= most]
        if len(found) >= LEAST_SECTIONS:
            return found
    return []


def placed_words(sections: Sequence[Section]) -> Iterator[tuple[str, float]]:
    """Each word of a chapter's heading with the place of the chapter, from 0 to 1."""
    chapters = chapters_of(sections)
    for number, section in enumerate(chapters):
        for word in heading_words(section):
            yield word, number / (len(chapters) - 1)


def heading_words(section: Section) -> list[str]:
    return list(dict.fromkeys(words_of(section.title)[:MOST_WORDS]))


def expected_places(sections: Sequence[Section]) -> list[tuple[float, float, Section]]:
    """For each chapter the place it is expected at, the middle when nothing is known, and the place it has."""
    chapters = chapters_of(sections)
    return [(_expect(section), number / (len(chapters) - 1), section) for number, section in enumerate(chapters)]


def _expect(section: Section) -> float:
    table = load_tables().places
    known = [table[word] for word in heading_words(section) if word in table]
    weights = [1 / (spread**2 + CHANCE**2) for _, spread in known]
    return (
        sum(place * weight for (place, _), weight in zip(known, weights, strict=True)) / sum(weights) if known else 0.5
    )
