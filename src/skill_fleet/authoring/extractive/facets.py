"""The task taken apart: its facets, and how well each part of the sources answers each facet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from skill_fleet.ranking import Index, terms

_SEPARATOR = re.compile(
    r"\s*(?:[,;:/()\u3001\uff0c]|\band\b|\bor\b|\bwith\b|\busing\b|\bfor\b|\bvia\b|\bfrom\b|\binto\b|\bthrough\b|\bplus\b"
    r"|\bin an?\b|\s[-\u2013\u2014]\s)\s*",
    re.IGNORECASE,
)
#: Verbs and articles that open a task and say nothing about its object.
_OPENING = re.compile(
    r"^(?:(?:how to|learn(?: how)? to|help (?:me|us|people)|please|configure|configuring|set(?:ting)? up|use|using|work(?:ing)?"
    r"|write|writing|create|creating|build|building|make|making|manage|managing|handle|handling|implement(?:ing)?"
    r"|add|adding|develop(?:ing)?|do|run|running|get|perform|understand|know|an?|the)\b\s*)+",
    re.IGNORECASE,
)
#: Words that say what kind of thing is built or what it is built in, and nothing about the part that is asked for.
_GENERIC = frozenset(
    terms("application app project code program library framework tool package software system script python javascript rust")
)
#: A term in more of the titles than this names the subject of all of them (the notes' threshold).
COMMON = 0.3
#: What a title that says the facet adds to the best text match, which counts 1.
TITLE_BONUS = 0.8
PAGE_BONUS = 0.5
#: A page whose title says the facet is about it throughout: each of its sections counts at least this much.
SAME_PAGE = 0.5
PAGE_FLOOR = 0.55


@dataclass(frozen=True)
class Landscape:
    """The sections as terms: their whole text, their own titles, their pages' titles."""

    product: str
    texts: Sequence[Sequence[str]]
    titles: Sequence[frozenset[str]]
    pages: Sequence[frozenset[str]]

    @cached_property
    def index(self) -> Index:
        return Index(self.texts)

    @cached_property
    def common(self) -> frozenset[str]:
        """The product's own name, and terms of more than `COMMON` of the pages' titles."""
        pages = Index([sorted(title) for title in dict.fromkeys(self.pages)])
        frequent = {term for title in self.pages for term in title if pages.size > 3 and pages.frequency(term) > COMMON}
        return frozenset(terms(self.product)) | frequent

    def telling(self, text: str) -> list[str]:
        """The terms of `text` that point somewhere: in the sources, and not common to all of them."""
        own = re.sub(rf"\b{re.escape(self.product)}\b", " ", text, flags=re.IGNORECASE) if self.product else text
        return [term for term in dict.fromkeys(terms(own)) if term not in self.common and term not in _GENERIC]

    def facets(self, task: str) -> list[str]:
        """The parts of the task, split at commas, colons and joining words; without openings and the product's name."""
        parts = [_OPENING.sub("", part).strip(" .!?`\"'") for part in _SEPARATOR.split(_OPENING.sub("", task.strip()))]
        telling = [part for part in parts if part and self.telling(part)]
        return list(dict.fromkeys(telling)) or [task.strip()]

    def scores(self, facet: str) -> list[float]:
        """How well each section answers the facet, scaled so that the best is 1; all 0 where nothing matches.

        BM25 × the share of the facet's terms that the section holds, plus what its title and its page's title say of it.
        """
        query = self.telling(facet) or terms(facet)
        texts = [a * b for a, b in zip(self.index.scores(query), self.index.coverage(query), strict=True)]
        best = max(texts, default=0.0)
        if not best:
            return texts
        wanted = frozenset(query)
        scores = [
            text / best + TITLE_BONUS * _likeness(wanted, title - self.common) + PAGE_BONUS * _likeness(wanted, page - self.common)
            for text, title, page in zip(texts, self.titles, self.pages, strict=True)
        ]
        top = max(scores)
        return [
            max(score / top, PAGE_FLOOR if _likeness(wanted, page - self.common) >= SAME_PAGE else 0.0)
            for score, page in zip(scores, self.pages, strict=True)
        ]


def _likeness(left: frozenset[str], right: frozenset[str]) -> float:
    """Shared terms as a share of all terms of both, 0 to 1."""
    return len(left & right) / len(left | right) if left and right else 0.0
