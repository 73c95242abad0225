"""Whether the sections stand in an order that leads through the subject: four kinds of evidence, added up."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from itertools import combinations, pairwise

from skill_fleet.metrics.integrity.component import Measure, Remark
from skill_fleet.metrics.integrity.places import Chapter, chapters_of, expect, expect_by_look
from skill_fleet.metrics.integrity.tables import rarity
from skill_fleet.metrics.integrity.view import View
from skill_fleet.metrics.integrity.words import terms_of, words_of

#: What the evidence weighs: of pairs of a skill and the same one with its sections shuffled, over five collections, the
#: logistic fit, rounded. Fitted without one of them it tells 84 to 98 % of the pairs of that one.
WORDS, LOOK, NUMBERS, NEIGHBOURS = 65.0, 260.0, 4.3, 25.0

FEW = 2
"""Chapters whose evidence counts half: the fewer there are, the more of it is chance."""

NEUTRAL = 0.8
"""The value of an order of too few sections: that of most skills, so that neither adding nor removing headings pays."""

OUT_OF_ORDER = -1.0
"""Evidence below which a section is called out of place."""

TITLE = 3.0
"""How often a heading counts among what neighbours have in common."""

_NUMBER = re.compile(
    r"\W*(?:(?:step|phase|part|stage|section|level|rule|task|chapter)\s*)?(\d{1,2})(?:[.:)\s]|$)", re.IGNORECASE
)


def measure_order(view: View) -> Measure:
    lines = (section.line for section in view.sections)
    chapters = chapters_of(view.sections, dict(zip(lines, view.credits, strict=True)))
    if not chapters:
        return Measure(NEUTRAL)
    evidence = (
        WORDS * _moment(chapters, expect)
        + LOOK * _moment(chapters, expect_by_look)
        + NUMBERS * _rise([_number(chapter) for chapter in chapters])
        + NEIGHBOURS * _nearness(chapters)
    )
    evidence *= len(chapters) / (len(chapters) + FEW)
    remarks = (_misplaced(chapters),) if evidence < OUT_OF_ORDER else ()
    return Measure(1 / (1 + math.exp(-evidence)), remarks)


def _moment(chapters: Sequence[Chapter], expected: Callable[[Chapter], float]) -> float:
    """The covariance of the places that are expected with those that are."""
    last = len(chapters) - 1
    return sum(expected(chapter) * (at / last - 0.5) for at, chapter in enumerate(chapters)) / len(chapters)


def _number(chapter: Chapter) -> int | None:
    found = _NUMBER.match(chapter.head.title)
    return int(found[1]) if found else None


def _rise(numbers: Sequence[int | None]) -> float:
    """Of all pairs of numbers the share that rises, less the share that falls."""
    pairs = [(one, other) for one, other in combinations(numbers, 2) if one is not None and other is not None]
    return sum((one < other) - (one > other) for one, other in pairs) / len(pairs) if pairs else 0.0


def _nearness(chapters: Sequence[Chapter]) -> float:
    """How much more alike neighbours are than any two chapters, by the cosines of their terms."""
    texts = [_unit(chapter) for chapter in chapters]
    total: dict[str, float] = {}
    for text in texts:
        for term, weight in text.items():
            total[term] = total.get(term, 0.0) + weight
    # All pairs at once: the square of a sum has each of them twice, and each text with itself.
    own = sum(weight**2 for text in texts for weight in text.values())
    mean = (sum(weight**2 for weight in total.values()) - own) / (len(texts) * (len(texts) - 1))
    near = sum(weight * other.get(term, 0.0) for one, other in pairwise(texts) for term, weight in one.items())
    return near / (len(texts) - 1) - mean


def _unit(chapter: Chapter) -> dict[str, float]:
    """The terms of a chapter by rarity, as a vector of length 1."""
    weights = {term: rarity(term) for part in chapter.parts for term in part.distinct}
    for term in terms_of(words_of(chapter.head.title)):
        weights[term] = TITLE * rarity(term) + 0.3
    length = math.sqrt(sum(weight**2 for weight in weights.values())) or 1.0
    return {term: weight / length for term, weight in weights.items() if weight}


def _misplaced(chapters: Sequence[Chapter]) -> Remark:
    """The chapter that stands farthest from where it is expected; a title cannot be moved."""
    last = len(chapters) - 1
    gaps = [(expect(chapter) - at / last, chapter.head) for at, chapter in enumerate(chapters)]
    gaps = [(gap, head) for gap, head in gaps if head.level > 1] or gaps
    gap, head = max(gaps, key=lambda pair: (abs(pair[0]), -pair[1].line))
    where = "earlier" if gap < 0 else "later"
    return Remark(head.line, f'"{head.title}" is expected {where}', evidence=head.title)
