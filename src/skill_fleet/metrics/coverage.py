"""What a skill says of what it should say: stated facts, and the things its sources name most.

Everything the skill bundles as Markdown counts as said. Sections and examples are counted beside it, as advice: lists
of sections that every skill must have do not go with benefit, but for one with steps.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from skill_fleet.metrics.entities import WEIGHTS, Entity, Kind, entities
from skill_fleet.metrics.integrity.view import View
from skill_fleet.metrics.measured import cut
from skill_fleet.metrics.page import Page
from skill_fleet.metrics.relative import LIKENESS
from skill_fleet.metrics.sample import Sample
from skill_fleet.metrics.score import Flaw, Part, weighted
from skill_fleet.ranking import terms

MOST_NAMED = 50
LEAST_NAMED = 2
"""The things that count are those that sources name most, and so often at least; once where nothing is named twice.

Of 40 real skills beside their own reference files the median is .32, beside those of another skill .06, and 37 are
above that other one. With everything that is named once it is .12 and .02: long sources have more than a skill can say.
"""

TURNED = 0.5
"""What remains of a fact whose "never" or "must" does not stand where its other words stand."""

Named = Sequence[tuple[Entity, int]]
"""Things, and how often they are named."""

_STEPS = re.compile(
    r"\b(?:steps?|workflows?|instructions?|procedures?|process|how[ -]to|quick ?start|getting started)\b", re.IGNORECASE
)
_EXAMPLES = re.compile(r"\bexamples?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Coverage:
    """`value`, 0 to 1, is the mean of the parts `facts` and `sources`, whichever were given; None without either.

    `missed` are the facts, and the names out of the sources, that the skill does not say.
    """

    value: float | None
    parts: tuple[Part, ...]
    missed: tuple[str, ...]
    code_examples: int
    example_sections: int
    sections: int
    empty_sections: int
    flaws: tuple[Flaw, ...]


def coverage(sample: Sample) -> Coverage:
    view = View(sample.page)
    said = _said(sample.page) if sample.facts or sample.sources else []
    found = _find_facts(sample.facts, said)
    shares = {fact: share for fact, (share, _) in found.items()}
    named = most_named(sample.sources)
    there = {entity.key for entity in entities("\n\n".join(said))} if named else set()
    parts = tuple(_parts(shares, named, there))
    lost = [fact for fact, share in shares.items() if share < LIKENESS]
    gone = [(entity, count) for entity, count in named if entity.key not in there]
    empty = _empty(view)
    return Coverage(
        value=weighted(parts) if parts else None,
        parts=parts,
        missed=(*lost, *(entity.text for entity, _ in gone)),
        code_examples=len(sample.page.body.code),
        example_sections=sum(1 for section in view.sections if _EXAMPLES.search(section.title)),
        sections=sum(1 for section in view.sections if section.heading),
        empty_sections=len(empty),
        flaws=(
            *_fact_flaws(found, len(parts)),
            *_name_flaws(gone, named, sample.sources, len(parts)),
            *_advice(view, empty),
        ),
    )


def _parts(shares: dict[str, float], named: Named, there: set[tuple[Kind, str]]) -> Iterator[Part]:
    if shares:
        yield Part("facts", sum(shares.values()) / len(shares), 1.0)
    if named:
        held = sum(weight_of(entity, count) for entity, count in named if entity.key in there)
        yield Part("sources", held / sum(weight_of(entity, count) for entity, count in named), 1.0)


def _said(page: Page) -> list[str]:
    """The description, and the paragraphs of SKILL.md and of the Markdown files beside it."""
    names = [file.path for file in page.subject.listing.files] if page.folder and page.subject.listing else []
    bundled = [page.subject.load_bundled(name) for name in names if name.lower().endswith((".md", ".mdx", ".markdown"))]
    paragraphs = [part for text in (page.text, *bundled) for part in re.split(r"\n[ \t]*\n", text)]
    return [page.description, *paragraphs]


def _find_facts(facts: Sequence[str], said: Sequence[str]) -> dict[str, tuple[float, str]]:
    """For each fact the share, 0 to 1, of its words that stand in one paragraph, and the paragraph that has most."""
    held = [(frozenset(terms(text)), text) for text in said] if facts else []
    return {fact: _find(fact, held) for fact in facts}


def _find(fact: str, held: Sequence[tuple[frozenset[str], str]]) -> tuple[float, str]:
    wanted = frozenset(terms(fact))
    if not wanted:
        return 0.0, ""
    shared = [len(wanted & words) / len(wanted) for words, _ in held]
    best = max(shared)
    places = [text for share, (_, text) in zip(shared, held, strict=True) if share == best] if best else [""]
    turns = _turns(fact)
    same = next((text for text in places if turns <= _turns(text)), None)
    return (best, same) if same is not None else (best * TURNED, places[0])


def _turns(text: str) -> set[str]:
    """What is demanded or forbidden: the word of polarity with the one behind it."""
    return {" ".join(entity.text.split()[:2]) for entity in entities(text) if entity.kind == "polarity"}


def most_named(sources: Sequence[tuple[str, str]]) -> Named:
    """The things that the sources name most, with how often. What is demanded or forbidden rarely keeps its words."""
    found = [entity for _, text in sources for entity in entities(text) if entity.kind != "polarity"]
    counts = Counter(entity.key for entity in found)
    first = {entity.key: entity for entity in reversed(found)}
    often = [key for key, count in counts.items() if count >= LEAST_NAMED] or list(counts)
    ranked = sorted(often, key=lambda key: (-counts[key] * WEIGHTS[key[0]], key))
    return [(first[key], counts[key]) for key in ranked[:MOST_NAMED]]


def weight_of(entity: Entity, count: int) -> float:
    return WEIGHTS[entity.kind] * math.log1p(count)


def _empty(view: View) -> list[tuple[str, int]]:
    """Titles and lines of the headings with nothing below them, not even a deeper heading."""
    sections = list(view.sections)
    following = [*(section.level for section in sections[1:]), 0][: len(sections)]
    bare = [
        section.heading
        for section, below in zip(sections, following, strict=True)
        if not section.blocks and not section.code and below <= section.level
    ]
    return [(heading.text, heading.line) for heading in bare if heading]


def _fact_flaws(found: dict[str, tuple[float, str]], parts: int) -> Iterator[Flaw]:
    """The evidence is the paragraph that comes nearest."""
    for fact, (share, nearest) in found.items():
        if share < LIKENESS:
            message = f"A fact is not covered: “{cut(fact, 160)}”."
            seen = f"nearest: {cut(nearest, 160)}" if nearest else "no word of it"
            cost = (1 - share) / len(found) / parts
            yield Flaw("truth", "fact-missing", message, "State it in one paragraph.", cost=cost, evidence=seen)


def _name_flaws(gone: Named, named: Named, sources: Sequence[tuple[str, str]], parts: int) -> Iterator[Flaw]:
    """The evidence is the line of the source that names it first."""
    whole = sum(weight_of(entity, count) for entity, count in named)
    for entity, count in gone:
        message = f"The sources name the {entity.kind} “{cut(entity.text, 80)}” {count} times; the skill does not."
        cost = weight_of(entity, count) / whole / parts
        seen = _first_line(entity.text, sources)
        hint = "Say what it is for, if the task needs it."
        yield Flaw("truth", "source-missing", message, hint, cost=cost, evidence=seen)


def _first_line(text: str, sources: Sequence[tuple[str, str]]) -> str:
    for name, source in sources:
        for number, line in enumerate(source.splitlines(), start=1):
            if text in line:
                return f"{name}:{number}: {cut(line, 160)}"
    return text


def _advice(view: View, empty: Sequence[tuple[str, int]]) -> Iterator[Flaw]:
    for title, line in empty:
        message = f"There is nothing below the heading “{cut(title, 60)}”."
        yield Flaw(
            "integrity", "coverage-empty", message, "Write what belongs there, or take the heading out.", line=line
        )
    if not any(_STEPS.search(section.title) and (section.blocks or section.code) for section in view.sections):
        line = view.page.first_line
        yield Flaw(
            "integrity", "coverage-steps", "No section says how to go about it.", "Add one with the steps.", line=line
        )
