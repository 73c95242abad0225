"""How hard the prose is to read. Information: no gate and no layer counts it.

Within the teams of the one large set of measured skills no figure goes with benefit; overall, harder text went with
*better* correctness. Markup has to go first: raw Markdown reads five grades harder than its prose. The formulas are for
English: those of Flesch (1948), Gunning (1952) and Kincaid et al. (1975).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from skill_fleet.metrics.integrity.words import is_english
from skill_fleet.metrics.page import Page
from skill_fleet.metrics.prose import Passage, passages
from skill_fleet.metrics.score import Flaw
from skill_fleet.sources.sentences import split_sentences

MOST_SENTENCE = 40
MOST_PARAGRAPH = 150
"""Words."""

MOST_LEVELS = 5
"""Lists within lists."""

LEAST_WORDS = 30
"""Words below which a mean of sentences says nothing."""

WALL_SENTENCES = 10
WALL_ORDERS = 5
"""So many of so many sentences in a row with an order in capitals are a wall."""

Said = tuple[Passage, list[str]]
"""A passage and its sentences."""

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_VOWELS = re.compile(r"[aeiouyà-ýæœ]+")
_SILENT = re.compile(r"(?:[^aeiouyl]e|[aeiou]le|[^aeiouydt]ed|[^aeiouyscxzgh]es)$")
_INFLECTED = re.compile(r"(?:es|ed|ing)$")
_ORDER = re.compile(r"\b(?:MUST|NEVER|ALWAYS|REQUIRED|MANDATORY|FORBIDDEN|DO NOT|DON'T|SHALL|ONLY)\b")


@dataclass(frozen=True, slots=True)
class Readability:
    """`ease` is Flesch's (100 easy, 0 hard, and beyond), `grade` Flesch-Kincaid's and `fog` Gunning's school years.

    `value` is `ease` over 100, held between 0 and 1. All four are None where `note` says why nothing was computed.
    """

    value: float | None
    ease: float | None
    grade: float | None
    fog: float | None
    words: int
    sentences: int
    lints: tuple[Flaw, ...]
    note: str = ""


def readability(page: Page) -> Readability:
    """The figures of the prose, and what makes single places hard; lints cost nothing."""
    found = [(passage, split_sentences(passage.text)) for passage in passages(page)]
    sentences = [words for _, said in found for sentence in said if (words := _words(sentence))]
    words = [word for sentence in sentences for word in sentence]
    lints = tuple(sorted(_lints(found), key=lambda lint: (lint.line, lint.code)))
    note = _why_not(words)
    if note:
        return Readability(None, None, None, None, len(words), len(sentences), lints, note)
    ease, grade, fog = _figures(words, len(sentences))
    return Readability(_held(ease / 100), ease, grade, fog, len(words), len(sentences), lints)


@lru_cache(maxsize=1 << 14)
def count_syllables(word: str) -> int:
    """The groups of vowels, without an `e` that is silent at the end; at least one."""
    lower = word.lower()
    return max(1, len(_VOWELS.findall(lower)) - bool(_SILENT.search(lower)))


def _figures(words: Sequence[str], sentences: int) -> tuple[float, float, float]:
    syllables = [count_syllables(word) for word in words]
    hard = sum(1 for word, count in zip(words, syllables, strict=True) if count > 2 and not _is_inflected(word, count))  # noqa: PLR2004 - Gunning's three syllables
    length, weight = len(words) / sentences, sum(syllables) / len(words)
    ease = 206.835 - 1.015 * length - 84.6 * weight
    grade = 0.39 * length + 11.8 * weight - 15.59
    return round(ease, 1), round(grade, 1), round(0.4 * (length + 100 * hard / len(words)), 1)


def _is_inflected(word: str, syllables: int) -> bool:
    """Whether a word of three syllables has them by its ending alone, which Gunning does not count."""
    return syllables == 3 and _INFLECTED.search(word.lower()) is not None  # noqa: PLR2004 - as above


def _why_not(words: Sequence[str]) -> str:
    if len(words) < LEAST_WORDS:
        return f"{len(words)} words of prose are too few for the formulas, which need {LEAST_WORDS}"
    return "" if is_english([word.lower() for word in words]) else "the formulas are for English, which this is not"


def _lints(found: Sequence[Said]) -> Iterator[Flaw]:
    for passage, sentences in found:
        yield from _long_sentences(passage, sentences)
        yield from _long_paragraph(passage)
        if passage.depth > MOST_LEVELS:
            message = f"A list item stands {passage.depth} levels deep."
            yield _lint(
                "readability-levels", message, f"Use at most {MOST_LEVELS}: give it a heading of its own.", passage
            )
    yield from _walls(found)


def _long_sentences(passage: Passage, sentences: Sequence[str]) -> Iterator[Flaw]:
    for sentence in sentences:
        count = len(_words(sentence))
        if count > MOST_SENTENCE:
            message = f"A sentence has {count} words."
            yield _lint("readability-sentence", message, f"Split it: at most {MOST_SENTENCE}.", passage, sentence)


def _long_paragraph(passage: Passage) -> Iterator[Flaw]:
    count = len(_words(passage.text))
    if count > MOST_PARAGRAPH:
        message = f"A paragraph has {count} words."
        yield _lint("readability-paragraph", message, f"Split it: at most {MOST_PARAGRAPH}.", passage)


def _walls(found: Sequence[Said]) -> Iterator[Flaw]:
    """One for each wall, at the sentence it begins with."""
    sentences = [(passage, sentence) for passage, said in found for sentence in said]
    orders = [bool(_ORDER.search(sentence)) for _, sentence in sentences]
    at = 0
    while at < len(orders):
        count = sum(orders[at : at + WALL_SENTENCES])
        if orders[at] and count >= WALL_ORDERS:
            message = f"{count} of {min(WALL_SENTENCES, len(orders) - at)} sentences in a row give orders in capitals."
            hint = "Keep capitals for the one or two that matter most, and say of the others why they hold."
            yield _lint("readability-orders", message, hint, *sentences[at])
            at += WALL_SENTENCES
        else:
            at += 1


def _lint(code: str, message: str, hint: str, passage: Passage, seen: str = "") -> Flaw:
    return Flaw("integrity", code, message, hint, line=passage.line, evidence=_cut(seen or passage.text))


def _cut(text: str, most: int = 80) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _held(value: float) -> float:
    return min(1.0, max(0.0, value))
