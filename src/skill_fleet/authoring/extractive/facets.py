"""The task taken apart: its facets, and the words that tell parts of the sources from each other."""

from __future__ import annotations

import re
from collections.abc import Sequence

from skill_fleet.ranking import Index, terms

_SEPARATOR = re.compile(
    r"\s*(?:[,;:/()\u3001\uff0c]|\band\b|\bor\b|\bwith\b|\busing\b|\bfor\b|\bvia\b|\bfrom\b|\binto\b|\bthrough\b|\bplus\b|\s[-\u2013\u2014]\s)\s*",
    re.IGNORECASE,
)
#: Verbs that open a task and say nothing about its object.
_OPENING = re.compile(
    r"^(?:how to|learn(?: how)? to|help (?:me|us|people)|please|configure|configuring|set(?:ting)? up|use|using|work(?:ing)?"
    r"|write|writing|create|creating|build|building|make|making|manage|managing|handle|handling|implement(?:ing)?"
    r"|add|adding|develop(?:ing)?|do|run|running|get|perform|understand|know)\b\s*",
    re.IGNORECASE,
)
#: A term in more of the sources' sections than this does not tell them apart (the notes' threshold for titles).
COMMON = 0.3


def split_facets(task: str, product: str, index: Index) -> list[str]:
    """The parts of the task that point somewhere in the sources: split at commas, colons and joining words, without
    the product's name and without parts made of words that are everywhere. The whole task when nothing is left."""
    parts = [_OPENING.sub("", part).strip(" .!?`\"'") for part in _SEPARATOR.split(_OPENING.sub("", task.strip()))]
    telling = [part for part in parts if part and telling_terms(part, product, index)]
    return list(dict.fromkeys(telling)) or [task.strip()]


def telling_terms(text: str, product: str, index: Index) -> list[str]:
    """The terms of `text` that are not the product's name and not in more than `COMMON` of the sections."""
    own = set(terms(product))
    return [term for term in dict.fromkeys(terms(text)) if term not in own and index.frequency(term) <= COMMON]


def facet_scores(facets: Sequence[str], product: str, index: Index) -> list[list[float]]:
    """For each facet, the score of each text of `index`, scaled so that the best is 1 (all 0 where nothing matches)."""
    rows = []
    for facet in facets:
        scores = index.scores(telling_terms(facet, product, index) or terms(facet))
        best = max(scores, default=0.0)
        rows.append([score / best if best else 0.0 for score in scores])
    return rows
