"""How near a skill's description is to the request it answers, and to a description somebody wrote for it.

By all-MiniLM-L6-v2 where it is installed, else by the words they share; the record says which. Nearness to a text
somebody wrote measures luck of wording as well: look at it, and do not make it the goal. Beside siblings it says more:
whether the request is nearer to one of them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from skill_fleet.errors import NotFound
from skill_fleet.metrics.measured import cut
from skill_fleet.metrics.sample import Sample
from skill_fleet.metrics.score import Flaw, Part, weighted
from skill_fleet.ranking import terms

Method = Literal["minilm", "lexical"]
"""minilm: the cosine of sentence vectors · lexical: the cosine of the logarithms of how often stems occur."""

MOST_NEARER = 3
"""Siblings that are named."""

MOST_TERMS = 8
"""Missing words that are named."""


@dataclass(frozen=True, slots=True)
class Similarity:
    """`value`, 0 to 1, is the mean of `parts`, one for each text that was compared; None when there was none.

    `rank` is the skill's place, from 1, among its siblings for the request; None without request or siblings.
    """

    value: float | None
    method: Method
    parts: tuple[Part, ...] = ()
    rank: int | None = None
    flaws: tuple[Flaw, ...] = ()


def similarity(sample: Sample, method: Method | None = None) -> Similarity:
    """With no `method`: MiniLM when it is installed. Raises `NotFound` when it is asked for and is not."""
    method = method or best_method()
    texts = _texts(sample)
    if not texts:
        return Similarity(None, method)
    described = sample.page.description
    near = _nearness([described], [text for _, text in texts], method)[0]
    parts = tuple(Part(name, round(value, 4), 1.0) for (name, _), value in zip(texts, near, strict=True))
    nearer = _nearer(sample, method) if sample.task and sample.siblings else []
    flaws = (*_missing_flaws(sample, texts, near, method), *_sibling_flaws(sample, nearer))
    rank = len(nearer) + 1 if sample.task and sample.siblings else None
    return Similarity(weighted(parts), method, parts, rank, flaws)


def best_method() -> Method:
    """What the installation has."""
    from skill_fleet.metrics.minilm import load_minilm  # noqa: PLC0415  numpy is for whoever compares meanings

    try:
        load_minilm()
    except NotFound:
        return "lexical"
    return "minilm"


def _texts(sample: Sample) -> list[tuple[str, str]]:
    """What the description is compared with, by the name of the field."""
    found = [("task_description", sample.task), ("expected_description", sample.expected_description)]
    if sample.expected and not sample.expected_description:
        found.append(("expected_skill", sample.expected.description))
    return [(name, text) for name, text in found if text]


def _nearness(these: Sequence[str], those: Sequence[str], method: Method) -> list[list[float]]:
    """One row for each of `these`: how near it is to each of `those`, 0 to 1. A text without words is near to none."""
    if method == "lexical":
        return [[_cosine(Counter(terms(one)), Counter(terms(other))) for other in those] for one in these]
    from skill_fleet.metrics.minilm import load_minilm  # noqa: PLC0415  as above

    vectors = load_minilm().embed([*these, *those])
    products = vectors[: len(these)] @ vectors[len(these) :].T
    return [
        [_held(float(value)) if one.strip() and other.strip() else 0.0 for other, value in zip(those, row, strict=True)]
        for one, row in zip(these, products, strict=True)
    ]


def _cosine(one: Counter[str], other: Counter[str]) -> float:
    shared = sum((1 + math.log(one[term])) * (1 + math.log(other[term])) for term in one.keys() & other.keys())
    sizes = [math.sqrt(sum((1 + math.log(count)) ** 2 for count in counts.values())) for counts in (one, other)]
    return _held(shared / (sizes[0] * sizes[1])) if shared else 0.0


def _held(value: float) -> float:
    return min(1.0, max(0.0, value))


def _nearer(sample: Sample, method: Method) -> list[tuple[float, str, float]]:
    """Siblings that are at least as near to the request as the skill: own nearness, name, theirs; the nearest first."""
    descriptions = [sample.page.description, *(text for _, text in sample.siblings)]
    own, *others = _nearness([sample.task], descriptions, method)[0]
    named = [(own, name, value) for (name, _), value in zip(sample.siblings, others, strict=True) if value >= own]
    return sorted(named, key=lambda found: (-found[2], found[1]))


def _missing_flaws(
    sample: Sample, texts: Sequence[tuple[str, str]], near: Sequence[float], method: Method
) -> Iterator[Flaw]:
    """Words of a compared text that the description lacks; the cost is what it gains with them behind it."""
    described = sample.page.description
    held = set(terms(described))
    for (name, text), now in zip(texts, near, strict=True):
        missing = [word for word in dict.fromkeys(_readable(text)) if not held.issuperset(terms(word))][:MOST_TERMS]
        then = _nearness([f"{described} {' '.join(missing)}"], [text], method)[0][0] if missing else now
        if then > now:
            message = f"The description lacks words of the {name.replace('_', ' ')}: {', '.join(missing)}."
            hint = "Say in the description what it stands for in these words, where they fit."
            cost = (then - now) / len(texts)
            yield _flaw("similarity-words", message, hint, sample, cost, cut(text, 120))


def _readable(text: str) -> Iterator[str]:
    """The words of a text that mean something, as they are written."""
    yield from (word for raw in text.split() if terms(word := raw.strip(".,;:!?()[]{}\"'“”‘’`*")))


def _sibling_flaws(sample: Sample, nearer: Sequence[tuple[float, str, float]]) -> Iterator[Flaw]:
    descriptions = dict(sample.siblings)
    for own, name, value in nearer[:MOST_NEARER]:
        message = (
            f"The request is as near to the sibling `{name}` ({value:.2f}) as to this skill ({own:.2f}), or nearer."
        )
        hint = f"Say in the description what this skill does that `{name}` does not, in words of the request."
        evidence = cut(f"{name}: {descriptions[name]}", 160)
        yield _flaw("confused-sibling", message, hint, sample, value - own, evidence)


def _flaw(code: str, message: str, hint: str, sample: Sample, cost: float, evidence: str) -> Flaw:
    field = sample.page.subject.find_field("description")
    line = field.start.line if field else 1
    return Flaw("discoverability", code, message, hint, line=line, cost=cost, evidence=evidence)
