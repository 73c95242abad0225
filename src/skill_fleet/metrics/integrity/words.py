"""Words of a text, the terms they stand for, and whether a text is English."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from skill_fleet.ranking import STOP_WORDS

#: Words that hold English sentences together. They are no terms, and they are classes of their own in the table of
#: word order.
FUNCTION_WORDS = frozenset(
    """a about after again against all also an and any are as at back be because been before being between both but by
    can cannot could did do does doing don't down during each either every few for from further had has have he here
    how if in instead into is isn't it it's its itself just let like may might more most must need neither never next
    no none nor not now of off on once one only onto or other otherwise our out over own per rather same should since so
    some still such than that the their them themselves then there these they this those though through to too under
    unless until up upon use used using via was we were what when where whether which while who whose why will with
    within without would yet you your""".split()
)

#: Function words for each word of a text, from which on it is taken for English. Of 592 English skills the lowest
#: share is above twice this value; German and Spanish ones stay below .06.
LEAST_ENGLISH = 0.08
LEAST_LATIN = 0.8
LATIN_END = "\u0250"

TERM_LENGTH = 6
"""Letters of a term: words that agree so far are taken for forms of one word."""

SHORT_WORD = 2

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NO_SPACES = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_ARABIC_ARTICLE = re.compile("^(?:[وفبك]?ال|لل)(?=..)")


def words_of(text: str) -> list[str]:
    """The words in lower case and in order; numbers are none."""
    return WORD.findall(text.lower())


def terms_of(words: Iterable[str]) -> list[str]:
    """What the words are about, in order: function words are gone, endings are cut off, and scripts without spaces
    become pairs of characters."""
    return [term for word in words for term in _terms_of_word(word)]


@lru_cache(maxsize=1 << 16)
def _terms_of_word(word: str) -> tuple[str, ...]:
    if word in FUNCTION_WORDS or word in STOP_WORDS or len(word) < SHORT_WORD:
        return (word,) if _NO_SPACES.match(word) else ()
    if _NO_SPACES.search(word):
        return tuple(word[i : i + 2] for i in range(len(word) - 1))
    word = _ARABIC_ARTICLE.sub("", word)
    if word.endswith("s") and len(word) <= TERM_LENGTH and not word.endswith("ss"):
        word = word[:-1]
    return (word[:TERM_LENGTH],)


def is_spaceless(term: str) -> bool:
    """Whether a term is a pair of characters of a script that puts no spaces between words."""
    return _NO_SPACES.match(term) is not None


def is_english(words: list[str]) -> bool:
    """Whether a text reads as English: Latin letters, and as many function words as sentences need."""
    if not words:
        return False
    latin = sum(word < LATIN_END for word in words)
    held = sum(word in FUNCTION_WORDS for word in words)
    return latin >= LEAST_LATIN * len(words) and held >= LEAST_ENGLISH * len(words)
