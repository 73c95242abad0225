"""The components of coherence: one subject, announced at the top, in an order that leads through it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from skill_fleet.metrics.integrity.component import Component, Measure, Remark, unspoilt
from skill_fleet.metrics.integrity.order_of_sections import NEUTRAL, measure_order
from skill_fleet.metrics.integrity.places import LEAST_CREDIT
from skill_fleet.metrics.integrity.sections import Section
from skill_fleet.metrics.integrity.tables import rarity
from skill_fleet.metrics.integrity.topic import anchor, ramp
from skill_fleet.metrics.integrity.view import View
from skill_fleet.metrics.integrity.words import terms_of, words_of

LEAST_TERMS = 12
"""Terms of a unit that can be called a stray."""

LEAST_PART = 0.02
"""The part of a text below which it makes no difference whether a unit is a stray."""

FOREIGN = 0.3
SHOWN = 10

#: Cohesion of a body with another one below, and of one of a piece.
COHESION = (0.2, 0.62)
WELL = 0.6

LEAST_TITLED = 3
INTRODUCTION = 80

ABOUT = 0.3
"""The share of the subject's terms that a body has when it is about it."""

LEAST_BLOCKS, MOST_BLOCKS = 6, 1_500

_NUMBER = re.compile(
    r"^(?:(?:step|phase|part|stage|section|level|rule|task|chapter)\s*)?(\d{1,2})(?:[.:)\s]|$)", re.IGNORECASE
)


def measure_subject(view: View) -> Measure:
    """What follows any place has to do with what stands above it, and with name and description."""
    if not view.units:
        return Measure(0.0, (Remark(view.page.first_line, "there is no text"),))
    value = ramp(view.kinship.least, *COHESION)
    return Measure(value, (_find_cut(view),) if value < WELL else ())


def _find_cut(view: View) -> Remark:
    """Where little stands above the place, it is the top that is foreign, and not all that follows."""
    cut = view.kinship.cut
    unit = view.units[cut]
    title = view.sections[unit.section].title or view.sections[unit.section].prose[:40]
    if 2 * sum(one.weight for one in view.units[:cut]) >= sum(one.weight for one in view.units[cut:]):
        return Remark(unit.line, f'from "{title}" on, the text has little to do with what stands above')
    message = f'what stands above "{title}" has little to do with the text that follows'
    return Remark(view.page.first_line, message, "say at the top what the text is about, in the words that it uses")


def measure_strays(view: View) -> Measure | None:
    """The share of the text, by terms, that has to do with the rest; what would fit any skill counts a third."""
    sizes = [len(unit.terms) for unit in view.units]
    if not sum(sizes):
        return None
    own = [
        value * (1 + 2 * view.named[unit.section]) / 3
        for value, unit in zip(view.kinship.values, view.units, strict=True)
    ]
    foreign = sum((1 - value) * size for value, size in zip(own, sizes, strict=True)) / sum(sizes)
    return Measure(unspoilt(foreign, 4), tuple(_find_strays(view))[:SHOWN])


def _find_strays(view: View) -> Iterator[Remark]:
    """Where another text begins, what stands above is not foreign, however little it has in common with the rest."""
    first = view.kinship.cut if view.kinship.is_broken else 0
    total = sum(len(unit.terms) for unit in view.units)
    hint = "delete these lines, or say in them what they have to do with the subject"
    for near, unit in list(zip(view.kinship.alone, view.units, strict=True))[first:]:
        if near < FOREIGN and len(unit.terms) >= max(LEAST_TERMS, LEAST_PART * total):
            words = " ".join(map(view.spell, unit.terms[:8]))
            yield Remark(unit.line, "these lines have nothing to do with the rest", hint, words)


def measure_introduction(view: View) -> Measure:
    words: list[str] = []
    for section in view.sections:
        words += [*words_of(section.title), *section.words]
        if len(words) >= INTRODUCTION:
            break
    first = set(terms_of(words[:INTRODUCTION]))
    total = sum(rarity(term) for term in view.topic)
    held = sum(rarity(term) for term in view.topic if term in first)
    value = ramp(held / total, 0.03, 0.3) if total else 0.0
    remark = Remark(view.page.first_line, "the text does not begin with its subject")
    # A body about something else would not begin with the subject by saying so: the description is told instead.
    is_told = value >= 1 or not total or anchor(view.topic, view.counts) < ABOUT
    return Measure(value, () if is_told else (remark,))


def _belonging(view: View) -> list[Section]:
    """The sections that are given credit."""
    return [section for section, credit in zip(view.sections, view.credits, strict=True) if credit >= LEAST_CREDIT]


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def measure_numbers(view: View) -> Measure:
    """Numbers of headings and of lists count up."""
    runs = [run for run in _number_runs(view) if len(run) > 1]
    if not runs:
        return Measure(1.0)
    steps = sum(len(run) - 1 for run in runs)
    breaks = [
        Remark(line, f"{number} follows {before}", "put the numbers in order")
        for run in runs
        for (_, before), (line, number) in pairwise(run)
        if number not in (before + 1, 1) and number != before
    ]
    return Measure(unspoilt(len(breaks) / steps), tuple(breaks))


def _number_runs(view: View) -> Iterator[list[tuple[int, int]]]:
    levels: dict[int, list[tuple[int, int]]] = {}
    for section in view.sections:
        if found := _NUMBER.match(section.title):
            levels.setdefault(section.level, []).append((section.line, int(found[1])))
        depths: dict[int, list[tuple[int, int]]] = {}
        for block in section.blocks:
            if block.mark[:1].isdigit():
                depths.setdefault(block.depth, []).append((block.line, int(block.mark.rstrip(".)"))))
        yield from depths.values()
    yield from levels.values()


def measure_fit(view: View) -> Measure:
    """The words of headings come back in their own sections, more than in the others."""
    titled = [(section, _title_terms(section)) for section in _belonging(view) if section.heading and section.blocks]
    titled = [(section, terms) for section, terms in titled if terms]
    if len(titled) < LEAST_TITLED:
        return Measure(NEUTRAL)
    holders = Counter(term for section, _ in titled for term in dict.fromkeys(terms_of(_inner_words(section))))
    gain = 0.0
    for section, terms in titled:
        own = set(terms_of(_inner_words(section)))
        for term in terms:
            elsewhere = (holders[term] - (term in own)) / (len(titled) - 1)
            gain += ((term in own) - elsewhere) / len(terms) / len(titled)
    return Measure(_sigmoid(12 * gain))


def _title_terms(section: Section) -> list[str]:
    return list(dict.fromkeys(terms_of(words_of(section.title))))


def _inner_words(section: Section) -> list[str]:
    return [*section.words, *(word for block in section.code for word in words_of(block.text))]


def measure_flow(view: View) -> Measure:
    """How much more neighbours have in common than what stands far apart."""
    texts = _distinct_terms(view)[:MOST_BLOCKS]
    if len(texts) < LEAST_BLOCKS:
        return Measure(NEUTRAL)
    near = _likeness(list(pairwise(texts)))
    half = len(texts) // 2
    far = _likeness([(texts[n], texts[(n + half) % len(texts)]) for n in range(len(texts))])
    return Measure(_sigmoid((near - far) * 25))


def _distinct_terms(view: View) -> list[dict[str, float]]:
    """The terms of each block by rarity; blocks of code are among them, in order."""
    found = []
    for section in view.sections:
        parts = [(block.line, block.text) for block in section.blocks] + [
            (block.line, block.text) for block in section.code
        ]
        for _, text in sorted(parts):
            terms = {term: rarity(term) for term in terms_of(words_of(text))}
            if terms:
                found.append(terms)
    return found


def _likeness(pairs: Sequence[tuple[dict[str, float], dict[str, float]]]) -> float:
    """The mean over pairs of what two blocks share, by rarity, in what the smaller one has."""
    values = []
    for one, other in pairs:
        small, large = (one, other) if len(one) <= len(other) else (other, one)
        total = sum(small.values())
        values.append(sum(weight for term, weight in small.items() if term in large) / (total + 1))
    return sum(values) / len(values)


COMPONENTS = (
    Component(
        "one_subject", 6, measure_subject, "delete what follows, or say there what it has to do with the subject"
    ),
    Component("strays", 3, measure_strays, "delete what has nothing to do with the subject"),
    Component(
        "introduction", 1.5, measure_introduction, "begin with what the skill does, in the words of its description"
    ),
    Component("section_order", 3.5, measure_order, "move the section to where readers look for it"),
    Component("headings_fit", 3, measure_fit, "say in each section what its heading names, or name it anew"),
    Component("numbering", 1.5, measure_numbers, "put the numbers in order"),
    Component("flow", 1.5, measure_flow, "put what belongs together side by side"),
)
