"""BM25 for many queries at once: the formula of `ranking.Index` on sparse matrices."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from skill_fleet.ranking import LENGTH_WEIGHT, SATURATION

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]


class WordIndex:
    """BM25 over a fixed list of texts, each given as its terms."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self.size = len(documents)
        counts = [Counter(document) for document in documents]
        self._numbers = {term: n for n, term in enumerate(dict.fromkeys(t for count in counts for t in count))}
        lengths = np.array([len(document) for document in documents], np.float64)
        self._mean = float(lengths.mean()) if len(lengths) and lengths.any() else 1.0
        columns = np.repeat(np.arange(self.size), [len(count) for count in counts])
        rows = np.array([self._numbers[term] for count in counts for term in count], np.int64)
        values = np.array([value for count in counts for value in count.values()], np.float64)
        self._holders = np.bincount(rows, minlength=len(self._numbers)).astype(np.float64)
        weights = self._rarity(self._holders)[rows] * self._saturated(values, lengths[columns])
        self._weights = csr_array((weights, (rows, columns)), shape=(len(self._numbers), self.size))

    def scores(self, queries: Sequence[Sequence[str]]) -> Matrix:
        """One row for each query, one column for each text; 0 where they share no term."""
        known = [[self._numbers[term] for term in dict.fromkeys(query) if term in self._numbers] for query in queries]
        ends = np.concatenate([[0], np.cumsum([len(row) for row in known])])
        places = np.array([number for row in known for number in row], np.int64)
        asked = csr_array((np.ones(len(places)), places, ends), shape=(len(queries), len(self._numbers)))
        found: Matrix = (asked @ self._weights).toarray()
        return found

    def column(self, document: Sequence[str], queries: Sequence[Sequence[str]]) -> Matrix:
        """What a text that takes the place of one of these would score, for each query; the others stay as they are."""
        weights = self._weigh(document)
        return np.array([sum(weights.get(term, 0.0) for term in dict.fromkeys(query)) for query in queries])

    def overlap(self, one: int, other: int) -> float:
        """The cosine of two texts' weighted terms, 0 to 1."""
        first, second = self._terms_of(one), self._terms_of(other)
        norm = math.hypot(*first.values()) * math.hypot(*second.values())
        return sum(weight * second.get(term, 0.0) for term, weight in first.items()) / norm if norm else 0.0

    def _terms_of(self, text: int) -> dict[int, float]:
        start, end = self._by_text.indptr[text : text + 2]
        held = slice(start, end)
        return dict(zip(self._by_text.indices[held].tolist(), self._by_text.data[held].tolist(), strict=True))

    @cached_property
    def _by_text(self) -> csr_array:
        return csr_array(self._weights.T)

    def _weigh(self, document: Sequence[str]) -> Mapping[str, float]:
        counts = Counter(document)
        numbers = [self._numbers.get(term) for term in counts]
        holders = np.array([1.0 if number is None else self._holders[number] for number in numbers])
        lengths = np.full(len(counts), float(len(document)))
        weights = self._rarity(holders) * self._saturated(np.array(list(counts.values()), np.float64), lengths)
        return dict(zip(counts, weights.tolist(), strict=True))

    def _rarity(self, holders: Matrix) -> Matrix:
        return np.log1p((self.size - holders + 0.5) / (holders + 0.5))

    def _saturated(self, counts: Matrix, lengths: Matrix) -> Matrix:
        norm = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * lengths / self._mean)
        return counts * (SATURATION + 1) / (counts + norm)
