"""Words and phrases that a description lacks: those of its users, and those of its own text."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from skill_fleet.ranking import terms

MOST_QUERY_WORDS = 8
MOST_BODY_WORDS = 20
"""The 20 most frequent terms of the body that the description lacked raised R@1 from .672 to .747 over nine fleets."""

MOST_PHRASES = 4
TELLING = math.log(2)
"""A term tells whose a query is when the skill's queries hold it twice as often as the others."""

LONGEST_PHRASE = 7
"""Words."""

_WORD = re.compile(r"[^\W_]+(?:['’_.-][^\W_]+)*")
_FENCE = re.compile(r"^(`{3,}|~{3,}).*?(?:^\1|\Z)", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`[^`\n]*`|(?<=\])\([^()\s]*\)|https?://\S+")
_SENTENCE = re.compile(r"[.!?。！？;:\n]+(?:\s|$)|\n")
_LEAST = 2
_MOST_TEXT = 200_000


class Usage:
    """How many queries hold each term: what tells the queries of one skill from those of the others."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._terms = [frozenset(terms(text)) for text in texts]
        self._all = Counter(term for held in self._terms for term in held)

    def weights(self, numbers: Sequence[int]) -> dict[str, float]:
        """For each term of these queries, how much more often it occurs in them than in the others: the logarithm of
        the ratio of the smoothed shares, above 0 when more often."""
        own = Counter(term for number in numbers for term in self._terms[number])
        count, others = len(numbers), len(self._terms) - len(numbers)
        return {
            term: math.log((held + 0.5) / (count + 1) * (others + 1) / (self._all[term] - held + 0.5))
            for term, held in own.items()
        }

    def missing(
        self, missed: Sequence[int], weights: Mapping[str, float], present: Iterable[str], subject: Iterable[str]
    ) -> list[str]:
        """The telling terms of missed queries that a description lacks, those first that would help most queries.

        Only terms of the `subject`, the skill's own text: others are the chance of a request.
        """
        held = Counter(term for number in missed for term in self._terms[number])
        wanted = frozenset(subject).difference(present)
        telling = [term for term in held if term in wanted and weights[term] > TELLING and not term.isdigit()]
        return sorted(telling, key=lambda term: (-held[term] * weights[term], term))


def spellings(texts: Iterable[str]) -> dict[str, str]:
    """Each term in its most frequent spelling; the parts of a word are spelled as the whole."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for word in _WORD.findall(text):
            parts = terms(word)
            whole = len(parts) == 1 or word.lower() in parts[:1]  # not where a script without spaces is cut up
            for term in parts:
                found[term][word if whole else term] += 1
    return {term: min(counts, key=lambda word: (-counts[word], word)) for term, counts in found.items()}


def body_words(body: str, present: Iterable[str]) -> list[str]:
    """The most frequent words of a text, code left out, that a description lacks."""
    prose = prose_of(body)
    counts = Counter(terms(prose))
    known = frozenset(present)
    wanted = [term for term, count in counts.items() if count >= _LEAST and term not in known and len(term) > 1]
    best = sorted((term for term in wanted if not term.isdigit()), key=lambda term: (-counts[term], term))
    spelled = spellings([prose])
    return list(dict.fromkeys(spelled.get(term, term) for term in best))[:MOST_BODY_WORDS]


def prose_of(body: str) -> str:
    """The text without code, and without where its links lead."""
    return _SPAN.sub(" ", _FENCE.sub("", body[:_MOST_TEXT]))


def phrase_of(text: str, weights: Mapping[str, float]) -> str:
    """The few words of a request that tell most about whose it is: at most `LONGEST_PHRASE` within one sentence."""
    best, most = "", 0.0
    for sentence in _SENTENCE.split(text):
        words = sentence.replace('"', " ").split()
        worth = [sum(max(weights.get(term, 0.0), 0.0) for term in set(terms(word))) for word in words]
        for start in range(max(1, len(words) - LONGEST_PHRASE + 1)):
            value = sum(worth[start : start + LONGEST_PHRASE])
            if value > most:
                most, best = value, _trimmed(words, worth, start)
    return best.strip(" ,.;:!?()[]{}'`")


def _trimmed(words: Sequence[str], worth: Sequence[float], start: int) -> str:
    """The words from the first to the last one that tells something."""
    chosen = [number for number in range(start, min(start + LONGEST_PHRASE, len(words))) if worth[number] > 0]
    return " ".join(words[chosen[0] : chosen[-1] + 1])
