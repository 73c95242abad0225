"""Whether the words of a sentence stand in an order that English has: pairs of classes of words, against chance."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from skill_fleet.metrics.integrity.sections import Block, plain
from skill_fleet.metrics.integrity.tables import load_tables
from skill_fleet.metrics.integrity.words import FUNCTION_WORDS

LEAST_TOKENS = 5
"""Words and marks of a sentence that has an order to speak of."""

MOST_SENTENCES = 600
"""Sentences of a text that are looked at, from its beginning: enough for any mean."""

_SENTENCE = re.compile(r"(?<=[.!?:;])[*_\"')]*\s+")
_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d[\d.,]*|[`,;:()]|[—–]")
_ENDINGS = (
    *("ing", "ed", "ly", "tion", "sion", "ment", "ness", "ity", "ance", "ence", "ship", "ize", "ise", "ify"),
    *("able", "ible", "ous", "ful", "ive", "ical", "al", "ic", "er", "or", "ss", "s", "y", "e"),
)


def sentences_of(block: Block) -> list[str]:
    return _SENTENCE.split(plain(block.text))


def classes_of(sentence: str) -> list[str]:
    """The classes of a sentence's words and marks, with its two ends; empty when there are too few."""
    tokens = _TOKEN.findall(sentence)
    if len(tokens) < LEAST_TOKENS:
        return []
    return ["^", *(_class_of(token, is_first=not at) for at, token in enumerate(tokens)), "$"]


@lru_cache(maxsize=1 << 15)
def _class_of(token: str, *, is_first: bool) -> str:
    """A function word is a class of its own; other words are classed by ending, numbers and marks by kind."""
    word = token.lower()
    if word in FUNCTION_WORDS or not token[0].isalnum():
        return word
    if token[0].isdigit():
        return "0"
    if not is_first and token[0].isupper():
        return "Aa"
    return next((f"-{ending}" for ending in _ENDINGS if word.endswith(ending)), "-")


def pairs_of(classes: list[str]) -> Iterator[tuple[str, str]]:
    return pairwise(classes)


def naturalness(classes: list[str]) -> float:
    """The mean over the sentence's pairs of how much oftener they stand side by side than by chance, in nats."""
    table = load_tables().pairs
    values = [table.get(first, {}).get(second, 0.0) for first, second in pairs_of(classes)]
    return sum(values) / len(values)
