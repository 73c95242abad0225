"""Words and BM25: how well a text answers a query, without a model.

Used wherever text is ranked: evidence for a task, skills for a search, a new skill against those in the fleet.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache

import snowballstemmer

#: BM25's term saturation and length normalisation: the values of Robertson and Zaragoza, "The Probabilistic
#: Relevance Framework" (2009), section 3.4.
SATURATION = 1.2
LENGTH_WEIGHT = 0.75

STOP_WORDS = frozenset(
    """a about after again all also although an and any are as at be because been before being but by can could did
    do does doing done each either else etc every few for from further get gets getting give given gives go got had
    has have having he her here hers him his how i if in into is it its itself just let lets like make makes many may
    me might more most much must my need needs no nor not now of off on once one only or other our out over own per
    please same she should show so some such than that the their them then there these they this those through to too
    under up us use used user uses using very via want wants was we were what when where whether which while who whose
    why will with within without would you your""".split()
)

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")


@cache
def _stem_word() -> Callable[[str], str]:
    stem_word: Callable[[str], str] = snowballstemmer.stemmer("english").stemWord
    return stem_word


@cache
def stem(word: str) -> str:
    """The English stem of a lower-case word; words of other scripts come back unchanged."""
    return _stem_word()(word)


@cache
def _terms_of_word(word: str) -> tuple[str, ...]:
    if _CJK.search(word):
        return tuple(word[i : i + 2] for i in range(max(1, len(word) - 1)))
    parts = [part.lower() for part in _CAMEL.split(word)]
    whole = word.lower()
    if len(parts) == 1:
        return () if whole in STOP_WORDS else (stem(whole),)
    return (whole, *(stem(part) for part in parts if part not in STOP_WORDS))


def terms(text: str) -> list[str]:
    """The stems of `text`, in order: identifiers are split at case and underscores, stop words are gone, scripts
    without spaces become pairs of characters."""
    return [term for match in _WORD.finditer(text) for term in _terms_of_word(match.group())]


class Index:
    """BM25 over a fixed list of texts, each given as its terms (repeat a field's terms to weigh it)."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self.size = len(documents)
        lengths = [len(document) for document in documents]
        mean = (sum(lengths) / self.size if lengths else 0.0) or 1.0
        counts: dict[str, list[tuple[int, int]]] = {}
        for number, document in enumerate(documents):
            for term, count in Counter(document).items():
                counts.setdefault(term, []).append((number, count))
        self._postings: dict[str, list[tuple[int, float]]] = {}
        for term, places in counts.items():
            rarity = math.log(1 + (self.size - len(places) + 0.5) / (len(places) + 0.5))
            self._postings[term] = [(n, rarity * self._saturated(c, lengths[n] / mean)) for n, c in places]

    @staticmethod
    def _saturated(count: int, relative_length: float) -> float:
        norm = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * relative_length)
        return count * (SATURATION + 1) / (count + norm)

    def scores(self, query: Iterable[str]) -> list[float]:
        """One score per text, in the order the texts were given; 0 where no term of `query` occurs."""
        result = [0.0] * self.size
        for term in dict.fromkeys(query):
            for number, weight in self._postings.get(term, ()):
                result[number] += weight
        return result

    def coverage(self, query: Iterable[str]) -> list[float]:
        """For each text the share, 0 to 1, of the distinct terms of `query` that it holds."""
        wanted = list(dict.fromkeys(query))
        result = [0.0] * self.size
        for term in wanted:
            for number, _ in self._postings.get(term, ()):
                result[number] += 1 / len(wanted)
        return result

    def frequency(self, term: str) -> float:
        """The share of the texts, 0 to 1, that hold `term`."""
        return len(self._postings.get(term, ())) / self.size if self.size else 0.0


def ranked(scores: Sequence[float]) -> list[int]:
    """Positions of the non-zero scores, best first; ties keep their order."""
    return sorted((n for n, score in enumerate(scores) if score > 0), key=lambda n: (-scores[n], n))
