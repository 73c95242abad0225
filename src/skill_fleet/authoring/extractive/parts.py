"""What goes into SKILL.md: everything that might is gathered once, and chosen from for each size that is tried."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from skill_fleet.authoring.decisions import Plan
from skill_fleet.authoring.extractive import prose
from skill_fleet.authoring.extractive.budgets import CHOOSING, GOTCHAS, Budget
from skill_fleet.authoring.extractive.candidates import Candidate, candidates
from skill_fleet.authoring.extractive.choose import choose
from skill_fleet.authoring.extractive.edited import Dropped
from skill_fleet.authoring.extractive.errors import ErrorNote, error_notes, pick_errors
from skill_fleet.authoring.extractive.nodes import Node, Place
from skill_fleet.authoring.extractive.notes import Note, SectionNotes, all_notes, pick, rank_notes
from skill_fleet.authoring.extractive.passages import Passage
from skill_fleet.authoring.extractive.quick import QuickLine, QuickSource, choose_quick, quick_sources
from skill_fleet.authoring.extractive.shelf import Shelf

_TROUBLE_TITLE = re.compile(
    r"\b(?:errors?|exceptions?|troubleshooting|common (?:mistakes|problems)|pitfalls|faq)\b", re.IGNORECASE
)
_BOX_LABEL = re.compile(r"^> \*\*[^*]+:\*\* ")
#: So many pieces of advice at most are lifted out of the core, from sections at least this near to the task.
LIFTED = 4
ASKED = 0.5
_EXPLAINED_NAME = re.compile(r"- `(?:\w+\.)*(\w+)`")


@dataclass(frozen=True)
class Material:
    """All that may go into SKILL.md, computed once; the notes and the lines of code stand best first."""

    pieces: list[Candidate]
    troubles: list[Candidate]
    choices: list[Note]
    gotchas: list[Note]
    lifted_choices: list[Note]
    lifted_gotchas: list[Note]
    lifted_from: frozenset[Candidate]
    errors: list[ErrorNote]
    quick: list[QuickSource]
    pinned: list[Candidate]


@dataclass(frozen=True)
class Parts:
    """What goes into SKILL.md, chosen but not laid out yet."""

    core: list[Candidate]
    choices: list[Note]
    gotchas: list[Note]
    errors: list[Passage]
    troubles: list[Candidate]
    quick: list[QuickLine]


def gather(plan: Plan, shelf: Shelf) -> Material:
    kept = _Kept.of(plan, shelf)
    nodes = {node.id: node for node in shelf.nodes}
    topics = [topic for topic in plan.requirements.topics if topic.id in nodes]
    core = [nodes[topic.id] for topic in topics if topic.core]
    other = [nodes[topic.id] for topic in topics if not topic.core]
    notes = kept.notes(all_notes(shelf, [*core, *other]))
    troubled = (node for node in other if _TROUBLE_TITLE.search(node.title))
    pieces = [piece for node in core for piece in kept.pieces(node)] + kept.pinned_elsewhere(core)
    loose = [piece for piece in pieces if not kept.is_pinned(piece)]
    choices, gotchas = rank_notes(notes, ("choice",)), rank_notes(notes, ("warning", "rule"))
    lifted_choices, from_choices = kept.lift(CHOOSING, choices, loose)
    warned = [note for note in gotchas if note.kind == "warning" or prose.is_strong(note.sentence)]
    lifted_gotchas, from_gotchas = kept.lift(GOTCHAS, warned, loose)
    return Material(
        pieces=pieces,
        troubles=[piece for node in troubled for piece in kept.pieces(node)],
        choices=choices,
        gotchas=gotchas,
        lifted_choices=lifted_choices,
        lifted_gotchas=lifted_gotchas,
        lifted_from=from_choices | from_gotchas,
        errors=kept.errors(error_notes(shelf)),
        quick=kept.quick(quick_sources(shelf, [*core, *other], notes)),
        pinned=[piece for piece in pieces if kept.is_pinned(piece)],
    )


@dataclass(frozen=True)
class _Kept:
    """What the person's edits leave of the material, and what they want in it. Without edits, all as it is."""

    shelf: Shelf
    dropped: Dropped
    pinned: frozenset[str]
    gone: frozenset[Place]
    gone_headings: frozenset[tuple[str, tuple[str, ...]]]

    @classmethod
    def of(cls, plan: Plan, shelf: Shelf) -> _Kept:
        dropped = Dropped.of(plan.edits)
        gone = [(node, section) for node, section in shelf.sections if dropped.has_section(node, section)]
        places = frozenset(node.place(section) for node, section in gone)
        headings = frozenset((node.source, section.heading) for node, section in gone)
        return cls(shelf, dropped, frozenset(plan.edits.pinned), places, headings)

    def is_pinned(self, piece: Candidate) -> bool:
        return bool(self.pinned) and is_pinned(piece, self.pinned)

    def pieces(self, node: Node) -> Iterator[Candidate]:
        for piece in candidates(self.shelf, node):
            if piece.place not in self.gone or self.is_pinned(piece):
                yield piece

    def pinned_elsewhere(self, core: Sequence[Node]) -> list[Candidate]:
        """Pinned pieces of topics that are not in the core."""
        others = [node for node in self.shelf.nodes if self.pinned and node not in core]
        return [piece for node in others for piece in candidates(self.shelf, node) if self.is_pinned(piece)]

    def notes(self, notes: SectionNotes) -> SectionNotes:
        return {place: [] if place in self.gone else row for place, row in notes.items()}

    def lift(
        self, title: str, notes: Sequence[Note], pieces: Sequence[Candidate]
    ) -> tuple[list[Note], frozenset[Candidate]]:
        """Nothing is lifted out of the core into a part that is dropped."""
        return ([], frozenset()) if self.dropped.has(title) else _lift(notes, pieces)

    def errors(self, notes: list[ErrorNote]) -> list[ErrorNote]:
        return [note for note in notes if (note.unit.source, note.unit.heading) not in self.gone_headings]

    def quick(self, sources: list[QuickSource]) -> list[QuickSource]:
        return [source for source in sources if source.place not in self.gone]


def is_pinned(piece: Candidate, pinned: Collection[str]) -> bool:
    """The piece shows evidence that the person wants in: what it ends with, which for an example is its code."""
    return any(unit.id in pinned for unit in piece.passages[-1].evidence)


def _lift(notes: Sequence[Note], pieces: Sequence[Candidate]) -> tuple[list[Note], frozenset[Candidate]]:
    """The strongest advice near the task, each with all that its paragraph or box says, and the pieces of the core
    that hold nothing else: it is found under its own heading instead of between examples."""
    lifted: list[Note] = []
    used: set[Candidate] = set()
    for note in pick([note for note in notes if note.asked >= ASKED], LIFTED, ""):
        home = next((piece for piece in pieces if _is_home(piece, note)), None)
        if home and home not in used:
            used.add(home)
            text = _BOX_LABEL.sub("", home.passages[0].text)
            lifted.append(replace(note, sentence=text, evidence=home.passages[0].evidence))
    return lifted, frozenset(used)


def _is_home(piece: Candidate, note: Note) -> bool:
    prose_only = len(piece.passages) == 1 and not piece.code and "\n" not in piece.passages[0].text
    return prose_only and piece.place == note.place and note.sentence in piece.passages[0].text


def choose_parts(shelf: Shelf, material: Material, budget: Budget, room: int, *, dull: bool = False) -> Parts:
    """Part by part, each without what the parts before it say already. The core and the quick reference share `room`
    tokens; with `dull`, the core takes what it would leave to the references."""
    quick_room = round(room * budget.quick_share)
    pieces = [piece for piece in material.pieces if piece not in material.lifted_from]
    core = choose(pieces, room - quick_room, shelf.facet_weights, dull=dull, pinned=material.pinned)
    first_choices = material.lifted_choices[: budget.choices if budget.exact else None]
    first_gotchas = material.lifted_gotchas[: budget.gotchas if budget.exact else None]
    said = _texts(core) + _sentences([*first_choices, *first_gotchas])
    choices = [*first_choices, *pick(material.choices, budget.choices - len(first_choices), said)]
    said += _sentences(choices)
    gotchas = [*first_gotchas, *pick(material.gotchas, budget.gotchas - len(first_gotchas), said)]
    said += _sentences(gotchas)
    errors = pick_errors(material.errors, budget.errors, said)
    said += "\n".join(passage.text for passage in errors)
    fresh = [piece for piece in material.troubles if not any(_is_said(passage, said) for passage in piece.passages)]
    troubles = choose(fresh, budget.troubles, shelf.facet_weights)
    said += _texts(troubles)
    quick = choose_quick(material.quick, quick_room, said, {piece.place for piece in core})
    return Parts(core, choices, gotchas, errors, troubles, quick)


def _is_said(passage: Passage, said: str) -> bool:
    """All of it, or the name it explains, stands there already."""
    name = _EXPLAINED_NAME.match(passage.text)
    return passage.text in said or bool(name and f"{name.group(1)}`" in said)


def _texts(pieces: Iterable[Candidate]) -> str:
    return "\n".join(passage.text for piece in pieces for passage in piece.passages)


def _sentences(notes: Sequence[Note]) -> str:
    return "\n".join(note.sentence for note in notes)
