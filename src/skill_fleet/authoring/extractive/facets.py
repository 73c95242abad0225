"""The task taken apart: its facets, and how well each part of the sources answers each facet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from skill_fleet.ranking import Index, terms

_SEPARATOR = re.compile(
    r"\s*(?P<mark>[,;:/()\u3001\uff0c]|\b(?:and|or|plus)\b|\b(?:with|using|for|via|from|into|through|in an?)\b|\s[-\u2013\u2014]\s)\s*",
    re.IGNORECASE,
)
#: Words that lead to the circumstances of a task rather than to its object.
_CIRCUMSTANCE = re.compile(r"with|using|for|via|from|into|through|in an?", re.IGNORECASE)
#: What a circumstance, or the general phrase before a colon with a list after it, weighs beside an object.
ASIDE = 0.35
#: Verbs and articles that open a task and say nothing about its object.
_OPENING = re.compile(
    r"^(?:(?:how to|learn(?: how)? to|help (?:me|us|people)|please|configure|configuring|set(?:ting)? up|use|using|work(?:ing)?"
    r"|write|writing|create|creating|build|building|make|making|manage|managing|handle|handling|implement(?:ing)?"
    r"|add|adding|develop(?:ing)?|do|run|running|get|perform|understand|know|an?|the)\b\s*)+",
    re.IGNORECASE,
)
#: Words that say what kind of thing is built or what it is built in, and nothing about the part that is asked for.
_GENERIC = frozenset(
    terms("application app project program framework software system python javascript typescript rust")
)
#: A term in more of the titles than this names the subject of all of them (the notes' threshold).
COMMON = 0.3
#: What a title that says the facet adds to the best text match, which counts 1.
TITLE_BONUS = 0.8
PAGE_BONUS = 0.5
#: A page whose title says the facet is about it throughout: each of its sections counts at least this much.
SAME_PAGE = 0.5
PAGE_FLOOR = 0.7


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

    def facets(self, task: str) -> dict[str, float]:
        """The parts of the task with their weights, in order: split at commas, colons and joining words, without
        openings and the product's name."""
        found: dict[str, float] = {}
        for part, weight in _parts(_OPENING.sub("", task.strip())):
            if part and self.telling(part):
                found[part] = max(weight, found.get(part, 0.0))
        return found or {task.strip(): 1.0}

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
            text / best
            + TITLE_BONUS * _likeness(wanted, title - self.common)
            + PAGE_BONUS * _likeness(wanted, page - self.common)
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


def _parts(task: str) -> Iterator[tuple[str, float]]:
    """Each part with what it weighs: circumstances less than objects, and less too what a colon then spells out."""
    pieces = _SEPARATOR.split(task)
    colon = next((n for n, mark in enumerate(pieces) if n % 2 and mark.strip() == ":"), 0)
    for number in range(0, len(pieces), 2):
        aside = number > 0 and bool(_CIRCUMSTANCE.fullmatch(pieces[number - 1].strip()))
        weight = ASIDE if aside or number < colon else 1.0
        yield _OPENING.sub("", pieces[number]).strip(" .!?`\"'"), weight
