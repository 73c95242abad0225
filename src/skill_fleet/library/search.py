"""Finding a skill: BM25 over name, description and body, with counts to narrow it down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from skill_fleet.library.catalog import Entry
from skill_fleet.ranking import Index, ranked, terms

Facet = Literal["domain", "category", "type", "level"]
"""domain: first segment of the path · category: the rest of it · type, level: as the skill's metadata says."""

FACETS: tuple[Facet, ...] = get_args(Facet)

NAME_WEIGHT = 3
DESCRIPTION_WEIGHT = 2
LONGEST_SNIPPET = 160


@dataclass(frozen=True, slots=True)
class Hit:
    """A skill that answers the query. `snippet` is the line of its body that holds most of the query's
    words, empty when none does."""

    entry: Entry
    score: float
    snippet: str


@dataclass(frozen=True, slots=True)
class Found:
    """The best `hits` in order, out of `total`; `facets` count all of them by value, the most frequent first."""

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[Facet, Mapping[str, int]]


def search(
    entries: Sequence[Entry], query: str, only: Mapping[Facet, str] | None = None, limit: int | None = None
) -> Found:
    """The skills that hold words of `query` and fit all facets of `only`. A skill of just that name comes first."""
    chosen = [entry for entry in entries if _fits(entry, only or {})]
    wanted = terms(query)
    scores = Index([_document(entry) for entry in chosen]).scores(wanted)
    exact = [n for n, entry in enumerate(chosen) if entry.name.casefold() == query.strip().casefold()]
    order = list(dict.fromkeys([*exact, *ranked(scores)]))
    hits = tuple(Hit(chosen[n], round(scores[n], 3), _snippet(chosen[n], wanted)) for n in order[:limit])
    return Found(hits, len(order), count_facets([chosen[n] for n in order]))


def count_facets(entries: Sequence[Entry]) -> dict[Facet, dict[str, int]]:
    """For every facet its values with their counts; empty values are not counted."""
    return {facet: _counts([facet_of(entry, facet) for entry in entries]) for facet in FACETS}


def facet_of(entry: Entry, facet: Facet) -> str:
    match facet:
        case "domain":
            return entry.domain
        case "category":
            return entry.category
        case _:
            return entry.metadata.get(facet, "")


def _fits(entry: Entry, only: Mapping[Facet, str]) -> bool:
    return all(facet_of(entry, facet) == value for facet, value in only.items())


def _counts(values: Sequence[str]) -> dict[str, int]:
    counted = Counter(value for value in values if value)
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def _document(entry: Entry) -> list[str]:
    return [
        *terms(entry.name) * NAME_WEIGHT,
        *terms(entry.description) * DESCRIPTION_WEIGHT,
        *terms(entry.body),
    ]


def _snippet(entry: Entry, wanted: Sequence[str]) -> str:
    lines = [line.strip() for line in entry.body.splitlines() if line.strip()]
    matches = [len(set(wanted).intersection(terms(line))) for line in lines]
    best = lines[matches.index(max(matches))] if any(matches) else ""
    return best if len(best) <= LONGEST_SNIPPET else f"{best[: LONGEST_SNIPPET - 1].rstrip()}…"
