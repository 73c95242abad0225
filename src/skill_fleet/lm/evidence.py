"""Evidence for a prompt: numbered, chosen by the words of a question, and found again by the ids an answer cites."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from skill_fleet.authoring.brief import Edits
from skill_fleet.authoring.extractive.edited import narrowed, targeted
from skill_fleet.authoring.extractive.nodes import ROLE_WEIGHT
from skill_fleet.ranking import Index, ranked, terms
from skill_fleet.skill.tokens import count_tokens
from skill_fleet.sources.document import DocumentRole
from skill_fleet.sources.evidence import Evidence, EvidenceKind
from skill_fleet.sources.store import EvidenceStore

#: Tokens of excerpts in a prompt that decides something, and in one that writes or mends a draft.
SOME, MUCH = 4_000, 14_000
#: What a page that the person prefers counts more, and what tells of the past counts less.
PREFERRED, SELDOM = 1.5, 0.3
#: Of what no question asks for, these say most of a product.
_GENERAL: tuple[EvidenceKind, ...] = ("definition", "setup", "concept", "steps", "rule")

#: Kinds whose title is the name that the text is about.
_NAMED: frozenset[EvidenceKind] = frozenset(("option", "environment", "symbol", "error", "definition"))

_VERSION = re.compile(r"(?<![\w.])v?\d+\.\d+(?:\.\d+)?(?:[ab]|rc|\.dev|\b)")
_ID = re.compile(r"e([1-9]\d{0,8})")
#: What would be taken for a part of the prompt's own frame.
_FRAME = re.compile(r"\[\[(?=\s*##)")


@dataclass(frozen=True)
class Excerpts:
    """The evidence a person's edits leave. An id is the unit's number in the whole store, so that it means the same in
    every prompt of a job."""

    store: EvidenceStore
    edits: Edits

    @cached_property
    def _left(self) -> tuple[Evidence, ...]:
        return narrowed(self.store, self.edits).evidence

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {unit.id: number for number, unit in enumerate(self.store.evidence, start=1)}

    @cached_property
    def _index(self) -> Index:
        return Index([terms(f"{unit.title} {' '.join(unit.heading)} {unit.text}") for unit in self._left])

    def id_of(self, evidence: str) -> str:
        """The id in prompts of a unit of the store by its own id; empty for one that is not there."""
        number = self._numbers.get(evidence)
        return f"e{number}" if number else ""

    def find(self, cited: str) -> Evidence | None:
        """What an answer cites as `e12` or `[e12]`; None for anything else, and for what may not be used."""
        found = _ID.fullmatch(cited.strip(" []`"))
        number = int(found[1]) if found else 0
        unit = self.store.evidence[number - 1] if 0 < number <= len(self.store.evidence) else None
        return unit if unit and unit.id in self._allowed else None

    @cached_property
    def _allowed(self) -> frozenset[str]:
        return frozenset(unit.id for unit in self._left)

    def cited(self, ids: Iterable[str]) -> tuple[Evidence, ...]:
        """The units that are there, each once, in the order in which they are cited."""
        found = (self.find(one) for one in ids)
        return tuple({unit.id: unit for unit in found if unit}.values())

    def near(self, query: str, room: int) -> tuple[Evidence, ...]:
        """What answers best within so many tokens, the pinned first and what says most in general last, in reading
        order."""
        order = [*self._pinned(), *(self._left[n] for n in ranked(self._weighted(query))), *self._general()]
        chosen: set[str] = set()
        texts: set[str] = set()
        for unit in order:
            size = count_tokens(_line("e1000", unit))
            if unit.text not in texts and size <= room:
                chosen.add(unit.id)
                texts.add(unit.text)
                room -= size
        return tuple(unit for unit in self._left if unit.id in chosen)

    def _pinned(self) -> list[Evidence]:
        return [unit for unit in self._left if unit.id in self.edits.pinned]

    def _general(self) -> Iterator[Evidence]:
        yield from (unit for kind in _GENERAL for unit in self._left if unit.kind == kind)

    def _weighted(self, query: str) -> list[float]:
        """BM25 × the share of the query's terms that a unit holds × what it is likely to be worth."""
        asked = terms(query)
        pairs = zip(self._index.scores(asked), self._index.coverage(asked), self._worth, strict=True)
        return [score * share * worth for score, share, worth in pairs]

    @cached_property
    def _worth(self) -> list[float]:
        """How likely each unit is to be of use for a skill: by its page, its heading, and the person's preferences."""
        preferred = targeted(self.store, self.edits.prefer)
        roles = {(source.id, page.path): page.role for source, page in self.store.documents}
        return [_worth_of(unit, roles.get((unit.source, unit.span.path)), preferred) for unit in self._left]

    def show(self, units: Sequence[Evidence]) -> str:
        """One excerpt a line, longer ones indented below their line."""
        return "\n".join(_line(self.id_of(unit.id), unit) for unit in units) or "nothing"

    def told(self, query: str, room: int = SOME) -> str:
        """What is near the query, as a prompt shows it."""
        return self.show(self.near(query, room))


def _worth_of(unit: Evidence, role: DocumentRole | None, preferred: Collection[tuple[str, str]]) -> float:
    page = max(ROLE_WEIGHT[role], SELDOM) if role else 1.0
    past = SELDOM if unit.kind == "change" or any(_VERSION.search(part) for part in unit.heading) else 1.0
    return min(page, past) * (PREFERRED if (unit.source, unit.span.path) in preferred else 1.0)


def _is_named(unit: Evidence) -> bool:
    """Its title is a name that neither heading nor text tells."""
    return unit.kind in _NAMED and bool(unit.title) and unit.title not in (*unit.heading, unit.text)


def _line(name: str, unit: Evidence) -> str:
    heading = " > ".join(part.replace(": ", " - ") for part in unit.heading) or unit.span.path
    kind = f"{unit.kind} {unit.language}" if unit.language else unit.kind
    body = f"`{unit.title.strip('`')}`: {unit.text}" if _is_named(unit) else unit.text
    text = _FRAME.sub("[ [", body)
    lines = text.split("\n")
    shown = f" {text}" if len(lines) == 1 else "".join(f"\n    {line}" for line in lines)
    return f"[{name}] {kind}, {heading}:{shown}"
