"""How much each part of a body has to do with what the skill is about, and where another text begins."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from skill_fleet.metrics.integrity.sections import Section, is_keywords
from skill_fleet.metrics.integrity.tables import rarity
from skill_fleet.metrics.integrity.words import is_spaceless, terms_of, words_of

_FACT = re.compile(
    r"`[^`\n]+`|(?<![\w-])--?[A-Za-z][\w-]*|https?://[^\s)>\]]+|(?<![\w.-])(?:[\w.-]{1,80}/)+[\w.-]+|"
    r"(?<!\w)[A-Za-z]\w{0,80}(?:[._][A-Za-z0-9]\w{0,80})+|\b[a-z]{1,80}[A-Z]\w+|\b[A-Z]{2,}[A-Z0-9_]*\b|\$[A-Z_]+|"
    r"\d+(?:[.,:]\d+)*(?:\s?%|[A-Za-z]{1,3}\b)?"
)

#: Distinct terms from which on a run of blocks is a unit of its own.
UNIT = 25

#: The size of a text, in rare terms, of which a part that belongs to it shares half of what it would share at most.
HALF = 60.0

#: Rare terms that a unit, and all that follows a place, are granted, and the share of them that counts as held: a line
#: must not fall by chance.
GRANTED = 3.0
GRANTED_PART = 10.0
GRANTED_SHARE = 0.9

#: What a text in a script without spaces has in common with itself, against one with words.
PAIRS = 0.42

#: What a part has in common with the rest, against what is expected of one that belongs. Of 170 expert skills
#: 5 % of the units are below the second value; three in four of those of another skill are below the first.
FOREIGN, BELONGS = 0.45, 0.72

#: The same for all that follows a place. With the body of another skill below, nine in ten are under the second.
BREAK, WHOLE = 0.34, 0.60

#: The share of a unit's rare terms that stands elsewhere too, without anything granted: below the first nothing proves
#: that the unit belongs, so that it adds nothing; 95 % of the units of experts are above the second.
PROVEN = (0.1, 0.35)

#: What a name, a number or a path of a unit counts beside its rare terms.
FACT = 0.25

#: Mean rarity of the terms of a unit: below the first it would fit any text; 2 % of the units of experts are below the
#: second.
HOLLOW, DENSE = 0.17, 0.24


@dataclass(frozen=True, slots=True)
class Unit:
    """Blocks of one section that follow each other: their terms, what these weigh, their names, numbers and paths."""

    section: int
    line: int
    terms: tuple[str, ...]
    weight: float
    facts: tuple[str, ...]

    @property
    def names(self) -> int:
        """The facts that name something: a single digit or letter does not."""
        return sum(len(fact) > 1 for fact in self.facts)


@dataclass(frozen=True, slots=True)
class Kinship:
    """What the units have to do with each other, a value from 0 to 1 for each.

    `alone`: how much it has in common with all others · `values`: how much it belongs, which is no more than what
    stands above it does, with doubt in its favour · `credits`: how much of what it holds counts, without: what fits any
    short text adds nothing to one. `least` is the cohesion at the place where what follows has the least in common with
    what stands above, and `cut` the unit that begins there; 1 is what is expected.
    """

    alone: tuple[float, ...]
    values: tuple[float, ...]
    credits: tuple[float, ...]
    least: float
    cut: int

    @property
    def is_broken(self) -> bool:
        """Whether another text seems to begin at `cut`."""
        return self.least < WHOLE


def cut_units(sections: Sequence[Section]) -> tuple[Unit, ...]:
    return tuple(unit for number, section in enumerate(sections) for unit in _cut_section(number, section))


def _cut_section(number: int, section: Section) -> Iterator[Unit]:
    terms = dict.fromkeys(terms_of(words_of(section.title)))
    facts: dict[str, None] = {}
    line = section.line
    blocks = (block for block in section.blocks if not is_keywords(block))
    parts = [*((block.line, block.text) for block in blocks), *((code.line, code.text) for code in section.code)]
    for at, text in sorted(parts):
        line = line if terms else at
        terms.update(dict.fromkeys(terms_of(words_of(text))))
        facts.update(dict.fromkeys(facts_of(text)))
        if len(terms) >= UNIT:
            yield _unit(number, line, terms, facts)
            terms, facts = {}, {}
    if terms:
        yield _unit(number, line, terms, facts)


def _unit(number: int, line: int, terms: Collection[str], facts: Collection[str]) -> Unit:
    return Unit(number, line, tuple(terms), sum(map(rarity, terms)), tuple(facts))


def facts_of(text: str) -> list[str]:
    """The names in code, options, addresses, paths, constants and numbers of a text."""
    return [found.strip("`") for found in _FACT.findall(text)]


def relate(units: Sequence[Unit], topic: frozenset[str], repeated: frozenset[str]) -> Kinship:
    """Each unit is held against all others, and all that follows a place against all that stands above it.

    What name and description hold counts too. A text that was pasted below is coherent in itself, so that the first
    comparison alone would let it pass. `repeated` are the terms that the body uses more than once.
    """
    named = [sum(rarity(term) for term in unit.terms if term in topic) for unit in units]
    share = _expected_share(units)
    counts = Counter(term for unit in units for term in unit.terms)
    alone = _compare_alone(units, named, share, counts)
    breaks = [1.0, *(min(value / share, 1.0) for value in _compare_parts(units, named))] if units else []
    least = min(breaks, default=1.0)
    values, lowest = [], 1.0
    for value, cohesion in zip(alone, breaks, strict=True):
        lowest = min(lowest, ramp(cohesion, BREAK, WHOLE))
        values.append(round(min(value, lowest), 6))
    shared = topic | repeated
    proofs = (ramp(_share_of(unit, shared) / share, *PROVEN) for unit in units)
    proven = tuple(round(value * proof, 6) for value, proof in zip(values, proofs, strict=True))
    return Kinship(tuple(alone), tuple(values), proven, round(least, 6), breaks.index(least) if units else 0)


def _share_of(unit: Unit, shared: Collection[str]) -> float:
    """The part of a unit's weight that the rest of the skill has; what it names by name speaks for it too."""
    held = sum(rarity(term) for term in unit.terms if term in shared) + FACT * unit.names
    return held / unit.weight if unit.weight else 0.0


def _expected_share(units: Sequence[Unit]) -> float:
    """Pairs of characters come back more seldom than words: what is expected of a text, by its share of them."""
    terms = [term for unit in units for term in unit.terms]
    spaceless = sum(is_spaceless(term) for term in terms) / len(terms) if terms else 0.0
    return 1 - (1 - PAIRS) * spaceless


def _compare_alone(
    units: Sequence[Unit], named: Sequence[float], share: float, counts: Mapping[str, int]
) -> list[float]:
    size = sum(map(rarity, counts))
    values = []
    for unit, name in zip(units, named, strict=True):
        held = sum(rarity(term) for term in unit.terms if counts[term] > 1)
        rest = size - (unit.weight - held)
        dense = ramp((unit.weight + GRANTED * DENSE) / (len(unit.terms) + GRANTED), HOLLOW, DENSE)
        values.append(dense * ramp(_cohesion(held + name, unit.weight, rest, GRANTED) / share, FOREIGN, BELONGS))
    return values


def _compare_parts(units: Sequence[Unit], named: Sequence[float]) -> Iterator[float]:
    """For each unit but the first, the cohesion of all from there on with all above."""
    users: dict[str, list[int]] = defaultdict(list)
    for number, unit in enumerate(units):
        for term in unit.terms:
            users[term].append(number)
    shared = [0.0] * len(units)
    held, name, weight, size = 0.0, sum(named), sum(unit.weight for unit in units), 0.0
    for number, unit in enumerate(units[:-1]):
        held -= shared[number]
        name -= named[number]
        weight -= unit.weight
        for term in unit.terms:
            if users[term][0] == number:
                size += rarity(term)
                held += rarity(term) * (len(users[term]) - 1)
                for other in users[term][1:]:
                    shared[other] += rarity(term)
        yield _cohesion(held + name, weight, size, GRANTED_PART)


def _cohesion(held: float, weight: float, size: float, granted: float) -> float:
    """The share of `weight` that is held by a text of `size`, against the share that is expected."""
    expected = size / (size + HALF)
    if not expected:
        return 1.0
    return (held / expected + granted * GRANTED_SHARE) / (weight + granted)


def anchor(topic: Collection[str], counts: Collection[str]) -> float:
    """The share of the topic's terms, by rarity, that the body holds."""
    total = sum(map(rarity, topic))
    return sum(rarity(term) for term in topic if term in counts) / total if total else 0.0


def ramp(value: float, low: float, high: float) -> float:
    """0 up to `low`, 1 from `high` on, a straight line between."""
    return min(max((value - low) / (high - low), 0.0), 1.0)
