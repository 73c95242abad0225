"""What to write into a description so that its queries find it. Everything is tried before it is said."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from skill_fleet.metrics.discoverability.cards import Asked, Card
from skill_fleet.metrics.discoverability.change import losers
from skill_fleet.metrics.discoverability.found import Advice, Confusion
from skill_fleet.metrics.discoverability.rank import SAME, Ranks, Scorer
from skill_fleet.metrics.discoverability.wording import (
    MOST_PHRASES,
    MOST_QUERY_WORDS,
    Usage,
    body_words,
    phrase_of,
    prose_of,
    spellings,
)
from skill_fleet.ranking import terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

ReadBody = Callable[[Card], str]

LONGEST_DESCRIPTION = 1024
"""Characters: the specification's limit; advice that does not fit below it is shortened."""

LEAST_GAIN = 0.01
"""What the mean of 1/rank has to rise by for advice to be given."""

_MOST_EVIDENCE = 3
_CONTRACTED = re.compile("['’]")


@dataclass(frozen=True, slots=True)
class _Idea:
    """Pieces to add to a description, the best first, and how they are put into words."""

    kind: str
    pieces: tuple[str, ...]
    message: str
    evidence: str


class Adviser:
    """Tries additions to one description at a time, against the ranks of the fleet as it is."""

    def __init__(self, cards: Sequence[Card], asked: Asked, scorer: Scorer, ranks: Ranks) -> None:
        self._cards, self._asked, self._scorer, self._ranks = cards, asked, scorer, ranks
        self._texts = [query.text for query in asked.queries]
        self._usage = Usage(self._texts)
        self._groups = groups_of(cards, asked)

    def advise(self, number: int, body: str, taken: Sequence[Confusion]) -> Iterator[Advice]:
        """For the card of that number; `taken` are its confusions. What has been said is in place for the next idea,
        so that doing all of it is what was tried."""
        card = self._cards[number]
        said = card.description
        for idea in self._ideas(number, body, taken):
            found = self._try(number, said, idea)
            if found is not None:
                said = f"{said}{found.addition}"
                yield found

    def _ideas(self, number: int, body: str, taken: Sequence[Confusion]) -> Iterator[_Idea]:
        card = self._cards[number]
        own = self._groups[card.ref]
        missed = [query for query in own if self._ranks.rank[query] > 1]
        if not missed:
            return
        weights, present, subject = self._usage.weights(own), terms(card.shown), terms(prose_of(body))
        spelled = spellings(self._texts[query] for query in missed)
        telling = self._usage.missing(missed, weights, present, subject)
        words = [word for word in dict.fromkeys(spelled[term] for term in telling) if not _CONTRACTED.search(word)]
        evidence = " · ".join(" ".join(self._texts[query].split())[:120] for query in missed[:_MOST_EVIDENCE])
        if named := body_words(body, present):
            yield _Idea("body-words", tuple(named), "The text speaks often of what the description does not name", "")
        if words:
            yield _Idea(
                "query-words",
                tuple(words[:MOST_QUERY_WORDS]),
                "People ask in words that the description does not hold",
                evidence,
            )
        if taken:
            phrases = self._phrases(missed, weights, taken[0].taken_by)
            message = f"{_plural(taken[0].count)} of {taken[0].queries} went to {taken[0].taken_by}"
            yield _Idea(f"confused:{taken[0].taken_by}", phrases, message, taken[0].example)

    def _phrases(self, missed: Sequence[int], weights: Mapping[str, float], sibling: str) -> tuple[str, ...]:
        """Of the missed queries, those first that the sibling took."""
        taken = [query for query in missed if self._cards[int(self._ranks.rival[query])].ref == sibling]
        ordered = [*taken, *(query for query in missed if query not in set(taken))]
        phrases = dict.fromkeys(phrase_of(self._texts[query], weights) for query in ordered)
        return tuple(phrase for phrase in phrases if phrase)[:MOST_PHRASES]

    def _try(self, number: int, said: str, idea: _Idea) -> Advice | None:
        """The idea with all its pieces, else with the better half of them; None when neither helps."""
        card = self._cards[number]
        for pieces in (idea.pieces, idea.pieces[: (len(idea.pieces) + 1) // 2]):
            fitting = _fitting(idea.kind, pieces, LONGEST_DESCRIPTION - len(said))
            addition = _in_words(idea.kind, fitting)
            gain = self._gain(number, said, addition) if addition else 0.0
            if gain >= LEAST_GAIN:
                given = f"{idea.message}: {', '.join(fitting)}." if "words" in idea.kind else f"{idea.message}."
                where = (card.file, card.line)
                return Advice(card.ref, idea.kind, given, addition, round(gain, 4), *where, idea.evidence)
        return None

    def _gain(self, number: int, said: str, addition: str) -> float:
        """What the mean of 1/rank gains over the card's queries; 0 when another skill would lose too much."""
        card = self._cards[number]
        own = np.array(self._groups[card.ref])
        before = self._ranks_with(number, f"{card.name}: {said}")
        after = self._ranks_with(number, f"{card.name}: {said}{addition}")
        if any(ref != card.ref for ref in losers(self._ranks.rank, after, self._groups)):
            return 0.0
        return float((1 / after[own]).mean() - (1 / before[own]).mean())

    def _ranks_with(self, number: int, text: str) -> Numbers:
        """All ranks, were `text` what the card shows. Scores of the others stay as they are: that a word becomes a
        little less rare moves none of them by much."""
        old, new = self._scorer.column(self._cards[number].shown), self._scorer.column(text)
        least = self._ranks.score - SAME
        ranks: Numbers = self._ranks.rank + (new > least) - (old > least)
        own = np.array(self._groups[self._cards[number].ref])
        rows = self._scorer.rows(own)
        for place, query in enumerate(own.tolist()):
            others = [right for right in self._asked.right[query] if right != number]
            best = max([float(new[query]), *(float(rows[place, right]) for right in others)])
            rows[place, [number, *others]] = -np.inf
            ranks[query] = 1 + int((rows[place] > best - SAME).sum())
        return ranks


def groups_of(cards: Sequence[Card], asked: Asked) -> dict[str, list[int]]:
    """The numbers of each skill's queries, by the skill's ref, in the order of the cards."""
    groups: dict[int, list[int]] = {}
    for number, right in enumerate(asked.right):
        groups.setdefault(right[0], []).append(number)
    return {cards[number].ref: groups[number] for number in sorted(groups)}


def _fitting(kind: str, pieces: Sequence[str], room: int) -> tuple[str, ...]:
    """As many pieces as there is room for."""
    chosen = tuple(pieces)
    while chosen and len(_in_words(kind, chosen)) > room:
        chosen = chosen[:-1]
    return chosen


def _in_words(kind: str, pieces: Sequence[str]) -> str:
    if not pieces:
        return ""
    if kind.startswith("confused"):
        return f" Use for requests such as {', '.join(f'“{piece}”' for piece in pieces)}."
    return f" Covers {', '.join(pieces)}."


def _plural(count: int) -> str:
    return f"{count} {'query' if count == 1 else 'queries'}"
