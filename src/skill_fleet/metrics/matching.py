"""The technical entities of a skill against those of its version before, its sources, or a skill somebody wrote.

Against the version before it sees what reading cannot: each lie changed it in the study, as did each deletion. Against
a text that somebody else wrote it measures luck of wording as well: two good skills on one subject differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from skill_fleet.metrics.coverage import most_named, weight_of
from skill_fleet.metrics.entities import CHANCE, WEIGHTS, Agreement, Entity, entities, entity_f1
from skill_fleet.metrics.measured import cut
from skill_fleet.metrics.page import Page
from skill_fleet.metrics.relative import relative
from skill_fleet.metrics.sample import Sample
from skill_fleet.metrics.score import Flaw

Against = Literal["previous_skill", "sources", "expected_skill"]
"""The field of the example that was compared with: the first of these that is given."""

MOST_FLAWS = 200


@dataclass(frozen=True, slots=True)
class EntityMatch:
    """`value`, 0 to 1: for another skill the F1 with the chance of unrelated skills taken off, for sources the F1.

    Of sources, `recall` is that of the things they name most, and what is demanded or forbidden is not compared: it
    rarely keeps its words. All numbers are None without anything to compare with.
    """

    value: float | None
    against: Against | None
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None
    missing: tuple[Entity, ...] = ()
    extra: tuple[Entity, ...] = ()
    flaws: tuple[Flaw, ...] = ()


def match_entities(sample: Sample) -> EntityMatch:
    if sample.previous:
        return _match_skill(sample.previous, sample.page, "previous_skill")
    if sample.sources:
        return _match_sources(sample)
    if sample.expected:
        return _match_skill(sample.expected, sample.page, "expected_skill")
    return EntityMatch(None, None)


def _match_skill(gold: Page, page: Page, against: Against) -> EntityMatch:
    ours, theirs = entities(page.subject.text), entities(gold.subject.text)
    both = entity_f1(theirs, ours)
    total = _total(ours) + _total(theirs)
    flaws = sorted(
        _skill_flaws(gold, page, both, against, total), key=lambda flaw: (-flaw.cost, flaw.line, flaw.message)
    )
    return EntityMatch(
        both.above_chance,
        against,
        both.precision,
        both.recall,
        both.f1,
        both.missing,
        both.extra,
        tuple(flaws[:MOST_FLAWS]),
    )


def _skill_flaws(gold: Page, page: Page, both: Agreement, against: Against, total: float) -> Iterator[Flaw]:
    """What says something else stands at its line; what is gone names the line it stood on. The cost is what the F1
    gains: of a changed one both sides agree again, of a lost one the skill has one more."""
    changes = {(change.kind, change.before): change for change in relative(gold, page).changed}
    words, last = gold.subject.text.splitlines(), len(page.subject.text.splitlines())
    name = "the version before" if against == "previous_skill" else "the expected skill"
    for entity in both.missing:
        change = changes.get(entity.key)
        seen = f"{cut(words[entity.line - 1], 160)} ({name}, line {entity.line})" if entity.line <= len(words) else ""
        weight = WEIGHTS[entity.kind]
        gain = 2 * weight / total if change else weight * (2 - both.f1) / (total + weight)
        code, said = ("entity-changed", f"became “{cut(change.after, 80)}”") if change else ("entity-lost", "is gone")
        yield Flaw(
            "truth",
            code,
            f"The {entity.kind} “{cut(entity.text, 80)}” of {name} {said}.",
            f"Say “{cut(entity.text, 80)}” again, unless the change is meant.",
            line=min(change.line_after if change else entity.line, max(last, 1)),
            cost=min(1.0, gain / (1 - CHANCE)),
            evidence=seen,
        )


def _total(found: Iterable[Entity]) -> float:
    return sum(WEIGHTS[kind] for kind, _ in {entity.key for entity in found})


def _match_sources(sample: Sample) -> EntityMatch:
    named = most_named(sample.sources)
    known = {entity.key for _, text in sample.sources for entity in entities(text)}
    own = {entity.key: entity for entity in reversed(entities(sample.page.text, sample.page.first_line))}
    own = {
        key: entity for key, entity in own.items() if entity.kind != "polarity" and not _is_bundled(entity, sample.page)
    }
    extra = tuple(sorted((own[key] for key in own.keys() - known), key=lambda entity: (entity.line, entity.key)))
    missing = tuple(entity for entity, _ in named if entity.key not in own)
    whole = sum(weight_of(entity, count) for entity, count in named)
    held = sum(weight_of(entity, count) for entity, count in named if entity.key in own)
    recall = held / whole if whole else 0.0
    total = sum(WEIGHTS[entity.kind] for entity in own.values())
    precision = 1 - sum(WEIGHTS[entity.kind] for entity in extra) / total if total else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    flaws = tuple(_unsupported(extra, total, sample.page))[:MOST_FLAWS]
    return EntityMatch(f1, "sources", precision, recall, f1, missing, extra, flaws)


def _is_bundled(entity: Entity, page: Page) -> bool:
    """Whether it is the path of a file beside the skill, of which sources cannot know."""
    return entity.kind == "path" and page.subject.listing is not None and page.subject.listing.has(entity.text)


def _unsupported(extra: tuple[Entity, ...], total: float, page: Page) -> Iterator[Flaw]:
    """What the skill says and no source does; what the sources say and the skill does not is coverage's to tell."""
    lines = page.text.split("\n")
    for entity in extra:
        message = f"No source has the {entity.kind} “{cut(entity.text, 80)}”."
        seen = cut(lines[entity.line - page.first_line], 160)
        cost = WEIGHTS[entity.kind] / total
        hint = "Correct it after the source, or take it out."
        yield Flaw("truth", "entity-unsupported", message, hint, line=entity.line, cost=cost, evidence=seen)
