"""The components of content: how much there is that other texts do not have, and whether it is said once."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from skill_fleet.metrics.integrity.component import Component, Measure, Remark, grown, unspoilt
from skill_fleet.metrics.integrity.tables import rarity
from skill_fleet.metrics.integrity.topic import Unit, ramp
from skill_fleet.metrics.integrity.view import View

#: Distinct rare terms, and distinct facts: few, what most good skills have, and much.
TERMS = ((4.0, 0.0), (30.0, 0.5), (150.0, 0.82), (1500.0, 1.0))
FACTS = ((1.0, 0.0), (12.0, 0.5), (60.0, 0.82), (800.0, 1.0))

WELL = 0.7

CHARACTERS_A_TOKEN = 4
MANY, TOO_MANY = 12_000, 40_000


def measure_terms(view: View) -> Measure:
    amount = term_amount(view)
    message = f"the body says little about its subject: {amount:.0f} terms of its own, weighed"
    return _grown(view, amount, TERMS, message)


def measure_facts(view: View) -> Measure:
    amount = fact_amount(view)
    return _grown(view, amount, FACTS, f"{amount:.0f} names, numbers, commands and paths, weighed")


def _grown(view: View, amount: float, points: tuple[tuple[float, float], ...], message: str) -> Measure:
    value = grown(amount, *points)
    return Measure(value, () if value >= WELL else (Remark(view.page.first_line, message),))


def term_amount(view: View) -> float:
    """The distinct terms, each by rarity and by the part in which it has most to do with the subject."""
    best = _best(view, lambda unit: unit.terms)
    return sum(value**2 * rarity(term) for term, value in best.items())


def fact_amount(view: View) -> float:
    return sum(value**2 for value in _best(view, lambda unit: unit.facts).values())


def _best(view: View, held: Callable[[Unit], Iterable[str]]) -> dict[str, float]:
    """For each term or fact the highest credit of the units that hold it."""
    best: dict[str, float] = {}
    for value, unit in zip(view.kinship.credits, view.units, strict=True):
        for one in held(unit) if value else ():
            if value > best.get(one, 0.0):
                best[one] = value
    return best


def measure_repetition(view: View) -> Measure:
    """What stands twice; `layer.substance` takes more when it is much of the text."""
    hint = "delete the repetition"
    return Measure(
        unspoilt(view.repeats.share),
        tuple(Remark(line, "these words stand above already", hint, text[:80]) for line, text in view.repeats.blocks),
    )


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
