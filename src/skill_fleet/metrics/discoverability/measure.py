"""A fleet and its queries in, everything that can be said about finding out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from skill_fleet.errors import NotFound
from skill_fleet.metrics.discoverability.advice import Adviser, ReadBody, groups_of
from skill_fleet.metrics.discoverability.cards import Asked, Card, Query, distinct, match_queries
from skill_fleet.metrics.discoverability.change import Change, compare_ranks
from skill_fleet.metrics.discoverability.decay import foreign_decay, own_decay
from skill_fleet.metrics.discoverability.engine import Chosen
from skill_fleet.metrics.discoverability.found import (
    Advice,
    Confusion,
    Discovery,
    PoolStep,
    SkillRates,
    rates_of,
    rates_of_all,
)
from skill_fleet.metrics.discoverability.neighbours import black_holes, confusions, twins
from skill_fleet.metrics.discoverability.rank import MeaningVoice, Ranks, Scorer, Voice, WordVoice, rank_all

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FEWEST = 2


@dataclass(frozen=True)
class Pool:
    """Skills and queries that fit each other, and the engine that ranks them."""

    cards: tuple[Card, ...]
    asked: Asked
    chosen: Chosen

    @cached_property
    def groups(self) -> Mapping[str, Sequence[int]]:
        return groups_of(self.cards, self.asked)

    @property
    def texts(self) -> list[str]:
        return [query.text for query in self.asked.queries]

    def voices(self, cards: Sequence[Card]) -> list[Voice]:
        shown = [card.shown for card in cards]
        voices: list[Voice] = []
        if self.chosen.engine != "minilm":
            voices.append(WordVoice(shown, self.texts))
        if self.chosen.model is not None:
            voices.append(MeaningVoice(shown, self.texts, self.chosen.model))
        return voices

    def rank(self, cards: Sequence[Card]) -> Ranks:
        """The ranks over these cards, the first of which are the pool's own."""
        scorer = Scorer(self.voices(cards), len(self.asked.queries))
        return rank_all(scorer, self.asked.right, len(cards), len(self.cards))


def make_pool(cards: Sequence[Card], queries: Sequence[Query], chosen: Chosen) -> Pool:
    """Raises `NotFound` for fewer than two skills, and for queries none of which is for one of the skills."""
    own = distinct(cards)
    if len(own) < _FEWEST:
        raise NotFound(
            "There is one skill, and one alone is always found.",
            "Name the folder of all skills that an agent sees together.",
        )
    asked = match_queries(own, queries)
    if not asked.queries:
        raise NotFound(_nothing_asked(asked), "Let each query name its skill: `expected_skill`, or the file's folder.")
    return Pool(tuple(own), asked, chosen)


def _nothing_asked(asked: Asked) -> str:
    if not asked.unknown:
        return f"None of the {asked.negatives:,} queries is for a skill."
    names = ", ".join(name or "(no name)" for name, _ in asked.unknown[:5])
    return f"None of the queries is for a skill that is here; they are for {names}."


def measure(pool: Pool, read_body: ReadBody | None = None, foreign: Sequence[Card] = ()) -> Discovery:
    """Everything at once. Advice is tried where `read_body` gives a skill's text; `foreign` skills are distractors."""
    voices = pool.voices(pool.cards)
    scorer = Scorer(voices, len(pool.asked.queries))
    ranks = rank_all(scorer, pool.asked.right, len(pool.cards))
    vectors = next((voice.vectors for voice in voices if isinstance(voice, MeaningVoice)), None)
    confused = confusions(pool.cards, pool.asked, ranks, _similar(voices, vectors))
    adviser = Adviser(pool.cards, pool.asked, scorer, ranks)
    return Discovery(
        engine=pool.chosen.engine,
        note=pool.chosen.note,
        pool=len(pool.cards),
        whole=rates_of_all(_grouped(pool, ranks), ranks.margin.tolist()),
        skills=tuple(_by_skill(pool, ranks)),
        confusions=confused,
        twins=() if vectors is None else twins(pool.cards, vectors, confused),
        black_holes=black_holes(confused, len(pool.cards)),
        decay=(*own_decay(ranks, len(pool.cards)), *_foreign(pool, foreign)),
        advice=tuple(_advice(pool, adviser, confused, read_body)) if read_body else (),
        unasked=tuple(card.ref for card in pool.cards if card.ref not in pool.groups),
        negatives=pool.asked.negatives,
        repeated=pool.asked.repeated,
        unknown=pool.asked.unknown,
    )


def compare(pool: Pool, changed: Card) -> Change:
    """The same queries before and after one card, of the same ref, is put in the place of the old one."""
    after = tuple(changed if card.ref == changed.ref else card for card in pool.cards)
    ranks = [pool.rank(cards).rank for cards in (pool.cards, after)]
    return compare_ranks(changed.ref, ranks[0], ranks[1], pool.groups, pool.texts)


def _grouped(pool: Pool, ranks: Ranks) -> dict[str, list[int]]:
    return {ref: ranks.rank[list(numbers)].tolist() for ref, numbers in pool.groups.items()}


def _by_skill(pool: Pool, ranks: Ranks) -> Iterator[SkillRates]:
    names = {card.ref: card.name for card in pool.cards}
    for ref, numbers in pool.groups.items():
        chosen = list(numbers)
        yield SkillRates(ref, names[ref], rates_of(ranks.rank[chosen].tolist(), ranks.margin[chosen].tolist()))


def _similar(voices: Sequence[Voice], vectors: NDArray[np.float32] | None) -> Callable[[int, int], float]:
    if vectors is not None:
        return lambda one, other: float(vectors[one] @ vectors[other])
    words = next(voice for voice in voices if isinstance(voice, WordVoice))
    return words.index.overlap


def _foreign(pool: Pool, foreign: Sequence[Card]) -> tuple[PoolStep, ...]:
    """The decay among foreign skills; what is shown like one of the own is not foreign."""
    shown = {card.shown for card in pool.cards}
    others = [replace(card, ref=f"foreign/{card.ref}") for card in distinct(foreign) if card.shown not in shown]
    if not others:
        return ()
    return foreign_decay(pool.rank([*pool.cards, *others]), len(pool.cards), len(others))


def _advice(pool: Pool, adviser: Adviser, confused: Sequence[Confusion], read_body: ReadBody) -> Iterator[Advice]:
    taken: defaultdict[str, list[Confusion]] = defaultdict(list)
    for found in confused:
        taken[found.skill].append(found)
    for number, card in enumerate(pool.cards):
        if card.ref in pool.groups:
            yield from adviser.advise(number, read_body(card), taken[card.ref])
