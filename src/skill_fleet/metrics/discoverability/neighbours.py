"""Skills that take each other's queries: confusions, twins, black holes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import binom

from skill_fleet.metrics.discoverability.cards import Asked, Card
from skill_fleet.metrics.discoverability.found import BlackHole, Confusion, Twins
from skill_fleet.metrics.discoverability.rank import Ranks

if TYPE_CHECKING:
    from numpy.typing import NDArray

LISTED = 0.6
WARNED = 0.7
"""Cosines of two descriptions' meanings from which on a pair is listed, and warned of. Over six fleets the cosine told
the pairs that were ever confused with an area under the curve of .68 to .86."""

MOST_TWINS = 200
MOST_EXAMPLE = 160
"""Characters of a query that are quoted."""

_SURE = 0.05
_PORTION = 500

Similar = Callable[[int, int], float]


def confusions(cards: Sequence[Card], asked: Asked, ranks: Ranks, similar: Similar) -> tuple[Confusion, ...]:
    """Which skill took whose queries, the most frequent first."""
    missed: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for number, right in enumerate(asked.right):
        if ranks.rank[number] > 1:
            missed[right[0], int(ranks.rival[number])].append(number)
    totals = Counter(right[0] for right in asked.right)
    ordered = sorted(missed.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(_confusion(cards, asked, pair, found, (totals[pair[0]], similar(*pair))) for pair, found in ordered)


def _confusion(
    cards: Sequence[Card], asked: Asked, pair: tuple[int, int], found: list[int], measured: tuple[int, float]
) -> Confusion:
    query = asked.queries[found[0]]
    skill, taker = (cards[number].ref for number in pair)
    example = " ".join(query.text[:MOST_EXAMPLE].split())
    return Confusion(skill, taker, len(found), measured[0], round(measured[1], 3), example, query.file, query.line)


def twins(cards: Sequence[Card], vectors: NDArray[np.float32], confused: Sequence[Confusion]) -> tuple[Twins, ...]:
    """The pairs above `LISTED`, the most confused first, then the nearest; `MOST_TWINS` of them at most."""
    counts: Counter[tuple[str, ...]] = Counter()
    for found in confused:
        counts[tuple(sorted((found.skill, found.taken_by)))] += found.count
    pairs = [
        Twins((one, other), round(similarity, 3), counts[one, other])
        for first, second, similarity in _near(vectors)
        for one, other in [sorted((cards[first].ref, cards[second].ref))]
    ]
    return tuple(sorted(pairs, key=lambda pair: (-pair.confused, -pair.similarity, pair.skills))[:MOST_TWINS])


def _near(vectors: NDArray[np.float32]) -> Iterator[tuple[int, int, float]]:
    """Pairs above `LISTED`; of a portion of the rows, the nearest ones only where there are very many."""
    for start in range(0, len(vectors), _PORTION):
        cosines = vectors[start : start + _PORTION] @ vectors[start:].T
        rows, columns = np.nonzero(np.triu(cosines, 1) > LISTED)
        values = cosines[rows, columns]
        for place in np.argsort(-values, kind="stable")[: 10 * MOST_TWINS].tolist():
            yield start + int(rows[place]), start + int(columns[place]), float(values[place])


def black_holes(confused: Sequence[Confusion], skills: int) -> tuple[BlackHole, ...]:
    """The skills that draw more misses than chance: a binomial tail below .05 divided by the number of skills.

    Were the misses spread evenly, each of the other skills would get one of them with the same probability.
    """
    drawn: Counter[str] = Counter()
    sources: defaultdict[str, set[str]] = defaultdict(set)
    for found in confused:
        drawn[found.taken_by] += found.count
        sources[found.taken_by].add(found.skill)
    misses = drawn.total()
    holes = [
        BlackHole(ref, count, len(sources[ref]), float(binom.sf(count - 1, misses, 1 / max(skills - 1, 1))))
        for ref, count in drawn.items()
        if len(sources[ref]) > 1
    ]
    certain = [hole for hole in holes if hole.p < _SURE / skills]
    return tuple(sorted(certain, key=lambda hole: (-hole.drawn, hole.skill)))
