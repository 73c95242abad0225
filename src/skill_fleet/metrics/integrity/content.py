"""The components of content: how much there is that other texts do not have, and whether it is said once."""

from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.metrics.integrity.component import Component, Measure, Remark, grown
from skill_fleet.metrics.integrity.tables import rarity
from skill_fleet.metrics.integrity.topic import ramp
from skill_fleet.metrics.integrity.view import View

#: Distinct rare terms, and distinct facts: few, what most good skills have, and much.
TERMS = ((4.0, 0.0), (30.0, 0.5), (150.0, 0.82), (1500.0, 1.0))
FACTS = ((1.0, 0.0), (12.0, 0.5), (60.0, 0.82), (800.0, 1.0))

WELL = 0.7

LEAST_REPEATED = 40
"""Characters of a block that is told from another one."""

CHARACTERS_A_TOKEN = 4
MANY, TOO_MANY = 12_000, 40_000


def measure_terms(view: View) -> Measure:
    amount = term_amount(view)
    value = grown(amount, *TERMS)
    message = f"the body says little about its subject: {amount:.0f} terms of its own, weighed"
    return Measure(value, () if value >= WELL else (Remark(view.page.first_line, message),))


def term_amount(view: View) -> float:
    """The distinct terms, each by rarity and by the part in which it has most to do with the subject."""
    best: dict[str, float] = {}
    for value, unit in zip(view.kinship.values, view.units, strict=True):
        for term in unit.terms:
            if value > best.get(term, 0.0):
                best[term] = value
    return sum(value**2 * rarity(term) for term, value in best.items())


def measure_facts(view: View) -> Measure:
    amount = fact_amount(view)
    value = grown(amount, *FACTS)
    message = f"{amount:.0f} names, numbers, commands and paths, weighed"
    return Measure(value, () if value >= WELL else (Remark(view.page.first_line, message),))


def fact_amount(view: View) -> float:
    best: dict[str, float] = {}
    for value, unit in zip(view.kinship.values, view.units, strict=True):
        for fact in unit.facts:
            if value > best.get(fact, 0.0):
                best[fact] = value
    return sum(value**2 for value in best.values())


def measure_repetition(view: View) -> Measure:
    seen: set[str] = set()
    repeated, remarks = 0, []
    for line, text in _long_blocks(view):
        key = " ".join(text.lower().split())
        if key in seen:
            repeated += len(text)
            remarks.append(Remark(line, "these words stand above already", "delete the repetition", text[:80]))
        seen.add(key)
    total = sum(len(key) for key in seen) or 1
    return Measure(1 - ramp(repeated / total, 0.0, 1.5), tuple(remarks))


def _long_blocks(view: View) -> Iterator[tuple[int, str]]:
    for section in view.sections:
        for block in section.blocks:
            if block.kind != "row" and len(block.text) >= LEAST_REPEATED:
                yield block.line, block.text
        for code in section.code:
            if len(code.text) >= LEAST_REPEATED:
                yield code.line, code.text


def measure_size(view: View) -> Measure:
    tokens = len(view.page.text) // CHARACTERS_A_TOKEN
    value = 1 - ramp(tokens, MANY, TOO_MANY)
    message = f"the body is about {tokens:,} tokens long"
    return Measure(value, () if value >= 1 else (Remark(view.page.first_line, message),))


COMPONENTS = (
    Component(
        "content", 10, measure_terms, "write more of what is particular to the subject, in sections of their own"
    ),
    Component("facts", 7, measure_facts, "name commands, files, options, values and limits"),
    Component("repetition", 4, measure_repetition, "delete what stands there twice"),
    Component("size", 1, measure_size, "move details to files under references/ and link them"),
)
