"""The components of language: placeholders, filler, hollow sentences, and the order of words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from skill_fleet.metrics.integrity.component import Component, Measure, Remark, left
from skill_fleet.metrics.integrity.order_of_words import MOST_SENTENCES, classes_of, naturalness, sentences_of
from skill_fleet.metrics.integrity.phrases import FILLER, PLACEHOLDER, SPOKEN_OF
from skill_fleet.metrics.integrity.sections import Block, plain
from skill_fleet.metrics.integrity.tables import rarity
from skill_fleet.metrics.integrity.topic import ramp
from skill_fleet.metrics.integrity.view import View
from skill_fleet.metrics.integrity.words import terms_of, words_of

#: What remains of the value after each further placeholder.
REMAINS = 0.75

#: Words beside a mark such as TODO that a block may have; in a longer one the mark is spoken about.
FEW_WORDS = 2

LEAST_WORDS = 8
"""Words of a sentence that can be hollow."""

#: Mean rarity of a sentence's words below which it says nothing of its own, and the terms a subject lends it.
HOLLOW = 0.06


def measure_placeholders(view: View) -> Measure:
    remarks = tuple(_find_placeholders(view))
    return Measure(left(len(remarks), REMAINS), remarks)


def _find_placeholders(view: View) -> Iterator[Remark]:
    for block in view.blocks:
        text = plain(block.text)
        found = PLACEHOLDER.search(text)
        if found and block.kind != "row" and _stands_for_text(text, found):
            yield Remark(block.line, f'"{found[0]}" stands where text should', evidence=block.text[:80])


def _stands_for_text(text: str, found: re.Match[str]) -> bool:
    """Whether the mark is a gap, not a thing that is talked about."""
    before, after = words_of(text[: found.start()]), words_of(text[found.end() :])
    if found[0].isupper() and not before:
        return not SPOKEN_OF.search(text)
    return len(before) + len(after) <= FEW_WORDS and not SPOKEN_OF.search(text)


def measure_filler(view: View) -> Measure | None:
    """Filler and hollow sentences in a hundred words of the subject's own; neither can be thinned."""
    if not view.is_english:
        return None
    topic = set(view.topic)
    remarks = [remark for block in view.blocks for remark in _find_filler(block, topic)]
    value = 1 - ramp(100 * len(remarks) / max(view.volume, 60.0), 0.0, 2.5)
    return Measure(value, () if value >= 1 else tuple(remarks))


def _find_filler(block: Block, topic: set[str]) -> Iterator[Remark]:
    if block.kind == "row":
        return
    for sentence in sentences_of(block):
        found = FILLER.search(sentence)
        if found or _is_hollow(sentence, topic):
            message = f'"{found[0]}" says nothing' if found else "this sentence would fit any skill"
            yield Remark(block.line, message, "delete the sentence, or say what is particular here", sentence[:100])


def _is_hollow(sentence: str, topic: set[str]) -> bool:
    if "`" in sentence or any(char.isdigit() for char in sentence):
        return False
    words = words_of(sentence)
    if len(words) < LEAST_WORDS:
        return False
    terms = terms_of(words)
    return not any(term in topic for term in terms) and sum(map(rarity, terms)) / len(words) < HOLLOW


#: Nats a pair: English sentences have more than the second on the mean, shuffled ones less than the first.
SHUFFLED, NATURAL = -0.05, 0.28

#: What no text comes down to: up to there, each sentence that is mended counts a little.
WORST = -2.0

LEAST_SENTENCES = 4


def measure_word_order(view: View) -> Measure | None:
    if not view.is_english:
        return None
    found = list(_read_sentences(view))[:MOST_SENTENCES]
    pairs = sum(count for _, count, _ in found)
    if len(found) < LEAST_SENTENCES:
        return None
    mean = sum(value * count for _, count, value in found) / pairs
    value = 0.9 * ramp(mean, SHUFFLED, NATURAL) + 0.1 * ramp(mean, WORST, NATURAL)
    worst = sorted(found, key=lambda item: (item[2], item[0].line))[:3]
    remarks = (
        Remark(block.line, "the words stand in no order that English has", "", block.text[:100])
        for block, _, _ in worst
    )
    return Measure(value, () if value >= 1 else tuple(remarks))


def _read_sentences(view: View) -> Iterator[tuple[Block, int, float]]:
    for block in view.blocks:
        if block.kind != "row":
            for sentence in sentences_of(block):
                if classes := classes_of(sentence):
                    yield block, len(classes) - 1, naturalness(classes)


COMPONENTS = (
    Component("placeholders", 4, measure_placeholders, "write what belongs there, or delete it"),
    Component("filler", 4, measure_filler, "delete sentences that would fit any skill"),
    Component("word_order", 4, measure_word_order, "write the sentence anew"),
)
