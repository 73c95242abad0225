"""Ranks: for each query, how many skills score as high as the right one or higher."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from skill_fleet.metrics.discoverability.vectors import Model
from skill_fleet.metrics.discoverability.words import WordIndex
from skill_fleet.ranking import terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    Numbers = NDArray[np.int64]

_MOST_CELLS = 4_000_000
"""Scores held at a time: 32 MB, three times over."""

SAME = 1e-6
"""Scores, in standard deviations, that count as equal: an agent cannot tell them apart either, so a tie is no find."""


class Voice(Protocol):
    """One way to score: queries by rows, skills by columns."""

    def scores(self, numbers: Numbers) -> Matrix: ...

    def column(self, text: str) -> Matrix:
        """The scores, for every query, of a text that takes the place of a skill's."""
        ...


class WordVoice:
    def __init__(self, texts: Sequence[str], queries: Sequence[str]) -> None:
        self.index = WordIndex([terms(text) for text in texts])
        self._queries = [terms(query) for query in queries]

    def scores(self, numbers: Numbers) -> Matrix:
        return self.index.scores([self._queries[number] for number in numbers])

    def column(self, text: str) -> Matrix:
        return self.index.column(terms(text), self._queries)


class MeaningVoice:
    def __init__(self, texts: Sequence[str], queries: Sequence[str], model: Model) -> None:
        self._model = model
        self.vectors = model.embed(texts)
        self._asked = model.embed(queries)

    def scores(self, numbers: Numbers) -> Matrix:
        cosines: Matrix = (self._asked[numbers] @ self.vectors.T).astype(np.float64)
        return cosines

    def column(self, text: str) -> Matrix:
        cosines: Matrix = (self._asked @ self._model.embed([text])[0]).astype(np.float64)
        return cosines


class Scorer:
    """The sum of what the voices say, each in standard deviations of the query's scores over all skills."""

    def __init__(self, voices: Sequence[Voice], queries: int) -> None:
        self._voices = voices
        self._centre = np.zeros((len(voices), queries))
        self._spread = np.ones((len(voices), queries))

    def rows(self, numbers: Numbers) -> Matrix:
        total: Matrix = np.zeros(0)
        for place, voice in enumerate(self._voices):
            scores = voice.scores(numbers)
            self._centre[place, numbers] = scores.mean(axis=1)
            self._spread[place, numbers] = np.maximum(scores.std(axis=1), SAME)
            scores -= self._centre[place, numbers, None]
            scores /= self._spread[place, numbers, None]
            total = total + scores if place else scores
        return total

    def column(self, text: str) -> Matrix:
        """For every query whose row was asked for: what `text` would score in the place of a skill's."""
        parts = [
            (voice.column(text) - self._centre[place]) / self._spread[place] for place, voice in enumerate(self._voices)
        ]
        total: Matrix = np.sum(parts, axis=0)
        return total


@dataclass(frozen=True, slots=True)
class Ranks:
    """For each query: `rank` of the right skill from 1 on, its `score`, the best of the others (`rival`) and the
    `margin` to it, in standard deviations, negative when the rival leads. `above` counts the others that lead among
    the first `own` skills of the pool, `beyond` among the rest."""

    rank: Numbers
    score: Matrix
    rival: Numbers
    margin: Matrix
    above: Numbers
    beyond: Numbers


def rank_all(scorer: Scorer, right: Sequence[tuple[int, ...]], pool: int, own: int | None = None) -> Ranks:
    """The ranks over a pool of that many skills, in portions that fit into memory."""
    count = len(right)
    ranks = Ranks(*(np.zeros(count, kind) for kind in (np.int64, float, np.int64, float, np.int64, np.int64)))
    for numbers in _portions(count, pool):
        rows = scorer.rows(numbers)
        at = np.repeat(np.arange(len(numbers)), [len(right[number]) for number in numbers])
        columns = np.array([column for number in numbers for column in right[number]], np.int64)
        best = np.full(len(numbers), -np.inf)
        np.maximum.at(best, at, rows[at, columns])
        rows[at, columns] = -np.inf
        leads = rows > best[:, None] - SAME
        ranks.above[numbers] = leads[:, :own].sum(axis=1)
        ranks.beyond[numbers] = leads[:, own:].sum(axis=1) if own is not None else 0
        ranks.rank[numbers] = 1 + leads.sum(axis=1)
        ranks.score[numbers] = best
        ranks.rival[numbers] = rows.argmax(axis=1)
        ranks.margin[numbers] = best - rows.max(axis=1)
    return ranks


def _portions(count: int, pool: int) -> Iterator[Numbers]:
    size = max(1, _MOST_CELLS // max(pool, 1))
    for start in range(0, count, size):
        yield np.arange(start, min(start + size, count))
