"""The task taken apart: its facets, and how well each part of the sources answers each facet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from skill_fleet.authoring.extractive.phrases import any_of
from skill_fleet.ranking import Index, terms

#: Words that lead to the circumstances of a task rather than to its object.
_ASIDE_WORDS = ("with", "using", "for", "via", "from", "into", "through", "in an?")
#: What a person writes before the object: a request, a verb, an article.
_OPENINGS = (
    *("how to", "learn(?: how)? to", "help (?:me|us|people)", "please"),
    *("configure", "configuring", "set(?:ting)? up", "use", "using", "work(?:ing)?", "write", "writing"),
    *("create", "creating", "build", "building", "make", "making", "manage", "managing", "handle", "handling"),
    *("implement(?:ing)?", "add", "adding", "develop(?:ing)?", "do", "run", "running", "get", "perform"),
    *("understand", "know", "an?", "the"),
)
_SEPARATOR = re.compile(
    rf"""\s*(?P<mark>
    [,;:/()\u3001\uff0c]                          # punctuation, also of Chinese and Japanese
    | \b(?:and|or|plus)\b
    | \b{any_of(*_ASIDE_WORDS).replace(" ", "[ ]")}\b
    | \s[-\u2013\u2014]\s                         # a dash between spaces
    )\s*""",
    re.IGNORECASE | re.VERBOSE,
)
_CIRCUMSTANCE = re.compile(any_of(*_ASIDE_WORDS), re.IGNORECASE)
_OPENING = re.compile(rf"^(?:{any_of(*_OPENINGS)}\b\s*)+", re.IGNORECASE)
#: Words that say what kind of thing is built or what it is built in, and nothing about the part that is asked for.
_GENERIC = frozenset(
    terms("application app project program framework software system python javascript typescript rust")
)

#: A term in more of the titles than this names the subject of all of them (authoring notes, section 4, step 3).
COMMON = 0.3
#: With fewer pages the share says nothing.
ENOUGH_PAGES = 4
#: What a circumstance, or the general phrase before a colon with a list after it, weighs beside an object. This and
#: what follows was tuned on the httpx and starlette question sets in `benchmarks/`.
ASIDE = 0.35
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
        titles = list(dict.fromkeys(self.pages))
        index = Index([sorted(title) for title in titles])
        found = {term for title in titles for term in title if index.frequency(term) > COMMON}
        return frozenset(terms(self.product)) | (found if len(titles) >= ENOUGH_PAGES else frozenset())

    def telling(self, text: str) -> list[str]:
        """The terms of `text` that point somewhere: in the sources, and not common to all of them."""
        own = re.sub(rf"\b{re.escape(self.product)}\b", " ", text, flags=re.IGNORECASE) if self.product else text
        return [term for term in dict.fromkeys(terms(own)) if term not in self.common and term not in _GENERIC]

    def facets(self, task: str) -> dict[str, float]:
        """The parts of the task with their weights, in order: split at commas, colons and joining words, without
        openings and the product's name."""
        found: dict[str, float] = {}
        for piece, weight in _parts(_OPENING.sub("", task.strip())):
            part = self._without_product(piece)
            if part and self.telling(part):
                found[part] = max(weight, found.get(part, 0.0))
        return found or {task.strip(): 1.0}

    def _without_product(self, part: str) -> str:
        """The part without `in PRODUCT` at its end."""
        own = rf"\s+(?:in|of|with|by|on)\s+{re.escape(self.product)}$"
        return re.sub(own, "", part, flags=re.IGNORECASE) if self.product else part

    def scores(self, facet: str) -> list[float]:
        """How well each section answers the facet, scaled so that the best is 1; all 0 where nothing matches.

        BM25 × the share of the facet's terms that the section holds, plus what its and its page's title say of it.
        """
        query = self.telling(facet) or terms(facet)
        texts = [a * b for a, b in zip(self.index.scores(query), self.index.coverage(query), strict=True)]
        best = max(texts, default=0.0)
        if not best:
            return texts
        said = list(self._said_by_titles(frozenset(query)))
        scores = [
            text / best + TITLE_BONUS * title + PAGE_BONUS * page
            for text, (title, page) in zip(texts, said, strict=True)
        ]
        top = max(scores)
        floors = (PAGE_FLOOR if page >= SAME_PAGE else 0.0 for _, page in said)
        return [max(score / top, floor) for score, floor in zip(scores, floors, strict=True)]

    def _said_by_titles(self, wanted: frozenset[str]) -> Iterator[tuple[float, float]]:
        """For each section, how far its own title and its page's title are what is wanted."""
        pages = {page: _likeness(wanted, page - self.common) for page in set(self.pages)}
        for title, page in zip(self.titles, self.pages, strict=True):
            yield _likeness(wanted, title - self.common), pages[page]


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
