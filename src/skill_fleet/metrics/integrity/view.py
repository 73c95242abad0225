"""A page as the components look at it: its sections, their terms, and how much they have to do with its subject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from skill_fleet.metrics.integrity.repeats import Repeats, find_repeats
from skill_fleet.metrics.integrity.sections import FEW_WORDS, Block, Section, cut
from skill_fleet.metrics.integrity.tables import rarity
from skill_fleet.metrics.integrity.topic import Kinship, Unit, cut_units, ramp, relate
from skill_fleet.metrics.integrity.words import FUNCTION_WORDS, is_english, terms_of, words_of
from skill_fleet.metrics.page import Page

MOST_DESCRIPTION = 5_000
"""Characters of a description that are measured; the specification allows a fifth of that."""

LEAST_WORDS = 30
"""Words from which on a body's language is told from the body alone."""


#: The rare terms of a section that counts in full.
HELD = 3.0

#: Facts and terms of the subject in a section: below the first it would fit any skill. Of the chapters of 535 skills
#: 1 % have less than the mean of the two, of advice that was pasted below them 99 %.
NAMED = (0.3, 0.7)

FEW_UNITS = 3
"""Units that are too few to be held against each other."""

#: Function words in a word of a description with sentences in it; English ones have four times as many.
LEAST_HELD = 0.05


@dataclass(frozen=True)
class View:
    page: Page

    @cached_property
    def lines(self) -> list[str]:
        return self.page.text.split("\n")

    @property
    def description(self) -> str:
        return self.page.description[:MOST_DESCRIPTION]

    @property
    def description_line(self) -> int:
        field = self.page.subject.find_field("description")
        return field.start.line if field else 1

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        return cut(self.page.text, self.page.body, self.page.first_line)

    @cached_property
    def related(self) -> tuple[float, ...]:
        """For each section how much, 0 to 1, it has to do with name, description and the other sections."""
        return self._by_section(self.kinship.values)

    @cached_property
    def credits(self) -> tuple[float, ...]:
        """For each section how much, 0 to 1, what it holds counts: as far as it is seen to have to do with the subject,
        holds something of its own, names a thing or the subject, and does not stand above already."""
        proven = self._by_section(self.kinship.credits)
        return tuple(
            value * min((0.5 + sum(map(rarity, section.distinct))) / HELD, 1.0) * named * fresh
            for value, section, named, fresh in zip(proven, self.sections, self.named, self.repeats.fresh, strict=True)
        )

    @cached_property
    def named(self) -> tuple[float, ...]:
        """For each section whether it names a thing or the subject, 0 to 1: its facts, at one half each, and the terms
        of name and description, by rarity."""
        topic = set(self.topic)
        names = [sum(rarity(term) for term in section.distinct if term in topic) for section in self.sections]
        for unit in self.units:
            names[unit.section] += unit.names / 2
        return tuple(ramp(amount, *NAMED) for amount in names)

    def _by_section(self, values: Sequence[float]) -> tuple[float, ...]:
        """The mean over the units of each section, by what they hold."""
        sums, weights = [0.0] * len(self.sections), [0.0] * len(self.sections)
        for unit, value in zip(self.units, values, strict=True):
            sums[unit.section] += value * (unit.weight + 1)
            weights[unit.section] += unit.weight + 1
        return tuple(total / weight if weight else 1.0 for total, weight in zip(sums, weights, strict=True))

    @cached_property
    def repeats(self) -> Repeats:
        return find_repeats(self.sections)

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        return cut_units(self.sections)

    @cached_property
    def kinship(self) -> Kinship:
        return relate(self.units, frozenset(self.topic), self._repeated())

    def _repeated(self) -> frozenset[str]:
        """The terms that more than one unit has; where there are few, those that occur twice."""
        by_unit = Counter(term for unit in self.units for term in unit.terms)
        counts = by_unit if len(self.units) > FEW_UNITS else self.counts
        return frozenset(term for term, count in counts.items() if count > 1)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(block for section in self.sections for block in section.blocks)

    @cached_property
    def description_words(self) -> list[str]:
        return words_of(self.description)

    @cached_property
    def name_terms(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(terms_of(words_of(self.page.name.replace("-", " ")))))

    @cached_property
    def topic(self) -> tuple[str, ...]:
        """The distinct terms of name and description; a description that is a list of words claims nothing."""
        words = self.description_words if self.is_described else []
        return tuple(dict.fromkeys([*self.name_terms, *terms_of(words)]))

    @cached_property
    def is_described(self) -> bool:
        """Whether the description has sentences; what is not English is taken to."""
        words = self.description_words
        held = sum(word in FUNCTION_WORDS for word in words)
        return len(words) < FEW_WORDS or not self.description.isascii() or held >= LEAST_HELD * len(words)

    @cached_property
    def words(self) -> list[str]:
        return [word for section in self.sections for word in section.words]

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each term occurs in the body."""
        return Counter(term for section in self.sections for term in section.terms)

    @cached_property
    def is_english(self) -> bool:
        """Whether the prose is English; that of the description, when the body has next to none."""
        return is_english(self.words if len(self.words) >= LEAST_WORDS else [*self.words, *self.description_words])

    @cached_property
    def is_english_description(self) -> bool:
        return is_english(self.description_words) or (self.is_english and self.description.isascii())

    @cached_property
    def spellings(self) -> dict[str, str]:
        """For each term of description and body the first word that it stands for."""
        found: dict[str, str] = {}
        for words in (self.description_words, *(section.words for section in self.sections)):
            for word in dict.fromkeys(words):
                for term in terms_of((word,)):
                    found.setdefault(term, word)
        return found

    def spell(self, term: str) -> str:
        return self.spellings.get(term, term)

    @cached_property
    def volume(self) -> float:
        """Words of prose, each as far as its section has to do with the subject: what shares are shares of, so that
        nothing is thinned by what is pasted below."""
        return sum(value * len(section.words) for value, section in zip(self.related, self.sections, strict=True))

    def weigh(self, count: Callable[[Section], float]) -> float:
        """The sum of a count over the sections, each as far as it is given credit."""
        return sum(value * count(section) for value, section in zip(self.credits, self.sections, strict=True) if value)
