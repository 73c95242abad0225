"""What is ranked and what it is ranked for: the skills as an agent is shown them, and the requests of people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """A skill as it is offered to an agent. `ref` is unique in its fleet; `line` is that of the description."""

    ref: str
    name: str
    description: str
    file: str = "SKILL.md"
    line: int = 1

    @property
    def shown(self) -> str:
        return f"{self.name}: {self.description}"


@dataclass(frozen=True, slots=True)
class Query:
    """A request, as a person would make it, and the skill that should answer it.

    With `fires` false it is for none, or for any but `skill`. `also` names further skills that are as right.
    `item` counts from 1 in the file, and `line` is where the text stands.
    """

    text: str
    skill: str = ""
    fires: bool = True
    also: tuple[str, ...] = ()
    file: str = ""
    item: int = 0
    line: int = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """Queries that name a skill of the fleet, with the positions of their right answers, the first one its own.

    The others are set aside: `negatives` are for no skill, `repeated` came before, `unknown` counts those for skills
    that are not there, by name.
    """

    queries: tuple[Query, ...]
    right: tuple[tuple[int, ...], ...]
    negatives: int = 0
    repeated: int = 0
    unknown: tuple[tuple[str, int], ...] = ()


def distinct(cards: Sequence[Card]) -> list[Card]:
    """The cards an agent could tell apart: of those with one name and one description, the first."""
    first: dict[tuple[str, str], Card] = {}
    for card in cards:
        first.setdefault((card.name, card.description), card)
    return list(first.values())


def match_queries(cards: Sequence[Card], queries: Sequence[Query]) -> Asked:
    """Each query with the cards that its skill's name means: those of that name, else those in a folder so called."""
    names = _positions(cards)
    wanted = [query for query in queries if query.fires]
    chosen: dict[tuple[str, str], tuple[Query, tuple[int, ...]]] = {}
    unknown: Counter[str] = Counter()
    for query in wanted:
        right = tuple(dict.fromkeys(n for name in (query.skill, *query.also) for n in names.get(_key(name), ())))
        if right:
            chosen.setdefault((query.text, query.skill), (query, right))
        else:
            unknown[query.skill] += 1
    return Asked(
        tuple(query for query, _ in chosen.values()),
        tuple(right for _, right in chosen.values()),
        len(queries) - len(wanted),
        len(wanted) - len(chosen) - unknown.total(),
        tuple(sorted(unknown.items())),
    )


def _positions(cards: Sequence[Card]) -> dict[str, list[int]]:
    """Where the cards of a name stand; a folder's name counts where no skill is called so."""
    by_name: dict[str, list[int]] = {}
    by_folder: dict[str, list[int]] = {}
    for number, card in enumerate(cards):
        by_name.setdefault(_key(card.name), []).append(number)
        by_folder.setdefault(_key(card.ref), []).append(number)
    return by_folder | by_name


def _key(name: str) -> str:
    """`plugin:skill`, `skills/skill` and `Skill` mean the skill."""
    return name.replace("\\", "/").rstrip("/").rpartition("/")[2].rpartition(":")[2].strip().casefold()
