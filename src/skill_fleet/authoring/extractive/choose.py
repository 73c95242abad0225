"""What goes in when not everything can: the best for its size, fairly shared, nothing twice."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from skill_fleet.authoring.extractive.candidates import Candidate
from skill_fleet.authoring.extractive.code import words_of
from skill_fleet.authoring.extractive.nodes import Place

T = TypeVar("T")

#: Above this share of shared 3-grams two code blocks show the same thing (authoring notes, section 4, step 4).
SAME_CODE = 0.6
#: A piece worth less than this share of the best for its size is left to the references. This and what follows was
#: tuned on the httpx and starlette question sets in `benchmarks/`.
DULL = 0.16
#: 0 would choose by value alone, 1 by value a token; tokens below `SMALL` count as that many.
SIZE_MATTERS = 0.65
SMALL = 8
#: What each further piece of one section is worth of its value.
FURTHER = 0.6


def choose(
    candidates: Sequence[Candidate],
    budget: int,
    weights: Mapping[str, float],
    *,
    dull: bool = False,
    pinned: Collection[Candidate] = (),
) -> list[Candidate]:
    """Pieces within `budget` tokens, the `pinned` first whatever they take, then the facets taking turns, each getting
    a share by its weight, and no more than it when it weighs less than 1.

    In a turn a facet takes the piece worth most for its size; each further piece of a section counts for less, and a
    second example of the same thing not at all. In the order given.
    """
    picker = _Picker(budget, weights)
    for piece in pinned:
        picker.take(piece)
    queues = {facet: greedy(pieces, picker.value) for facet, pieces in _by_facet(candidates, dull=dull).items()}
    while queues:
        facet = min(queues, key=picker.turn)
        found = next(queues[facet], None)
        if found is None:
            del queues[facet]
        else:
            picker.consider(found)
    return [piece for piece in candidates if piece in picker.chosen]


def greedy(items: Iterable[T], value: Callable[[T], float]) -> Iterator[T]:
    """The items, the most valuable first, equals in the order given.

    Whoever takes one may lower the value of others, but raise none: an item's value is looked at again before it is
    given out.
    """
    heap = [(-value(item), number, item) for number, item in enumerate(items)]
    heapq.heapify(heap)
    while heap:
        known, number, item = heap[0]
        now = -value(item)
        if now > known:
            heapq.heapreplace(heap, (now, number, item))
        else:
            heapq.heappop(heap)
            yield item


def _by_facet(candidates: Sequence[Candidate], *, dull: bool) -> dict[str, list[Candidate]]:
    """The pieces worth their room, or all of them, by the facet they answer, those early in their topic first."""
    least = 0.0 if dull else DULL * max((_density(piece) for piece in candidates), default=0.0)
    facets: dict[str, list[Candidate]] = {}
    for piece in sorted(candidates, key=lambda piece: piece.order):
        if _density(piece) >= least:
            facets.setdefault(piece.facet, []).append(piece)
    return facets


def _density(piece: Candidate) -> float:
    """What a piece is worth for its size."""
    return piece.value / math.pow(max(piece.tokens, SMALL), SIZE_MATTERS)


class _Picker:
    """What has been chosen so far, and what is left of the budget and of each facet's share."""

    def __init__(self, budget: int, weights: Mapping[str, float]) -> None:
        total = sum(weights.values())
        self._left = budget
        self._weights = weights
        self._room = {facet: budget * weight / total if weight < 1 else budget for facet, weight in weights.items()}
        self._spent: Counter[str] = Counter()
        self._taken: Counter[Place] = Counter()
        self._shown = Shown()
        self.chosen: set[Candidate] = set()

    def turn(self, facet: str) -> tuple[float, str]:
        """The facet with the least of this is next."""
        return self._spent[facet] / self._weights[facet], facet

    def value(self, piece: Candidate) -> float:
        return _density(piece) * math.pow(FURTHER, self._taken[piece.place])

    def consider(self, piece: Candidate) -> None:
        """Takes the piece when there is room for it and it says something new."""
        room = min(self._left, self._room[piece.facet] - self._spent[piece.facet])
        if piece.tokens <= room and not self._shown.has(piece):
            self.take(piece)

    def take(self, piece: Candidate) -> None:
        self.chosen.add(piece)
        self._shown.add(piece)
        self._taken[piece.place] += 1
        self._left -= piece.tokens
        self._spent[piece.facet] += piece.tokens


class Shown:
    """The passages and the code of the pieces chosen so far."""

    def __init__(self) -> None:
        self._texts: set[str] = set()
        self._trigrams: set[tuple[str, ...]] = set()
        self._last_words: list[str] = []

    def add(self, piece: Candidate) -> None:
        self._texts |= {passage.text for passage in piece.passages}
        words = self._last_words + words_of(piece.code)
        self._trigrams |= _trigrams(words)
        self._last_words = words[-2:]

    def has(self, piece: Candidate) -> bool:
        """The piece opens with what one of them says, or most of its code stands in theirs."""
        if piece.passages[0].text in self._texts:
            return True
        mine = _trigrams(words_of(piece.code))
        return bool(mine) and len(mine & self._trigrams) / len(mine) > SAME_CODE


def _trigrams(words: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(words[n : n + 3]) for n in range(len(words) - 2)}
