"""What goes into SKILL.md: everything that might is gathered once, and chosen from for each size that is tried."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from skill_fleet.authoring.decisions import Plan
from skill_fleet.authoring.extractive import prose
from skill_fleet.authoring.extractive.budgets import Budget
from skill_fleet.authoring.extractive.candidates import Candidate, candidates
from skill_fleet.authoring.extractive.choose import choose
from skill_fleet.authoring.extractive.errors import ErrorNote, error_notes, pick_errors
from skill_fleet.authoring.extractive.notes import Note, all_notes, pick, rank_notes
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
    nodes = {node.id: node for node in shelf.nodes}
    topics = [topic for topic in plan.requirements.topics if topic.id in nodes]
    core = [nodes[topic.id] for topic in topics if topic.core]
    other = [nodes[topic.id] for topic in topics if not topic.core]
    notes = all_notes(shelf, [*core, *other])
    troubled = (node for node in other if _TROUBLE_TITLE.search(node.title))
    pieces = [piece for node in core for piece in candidates(shelf, node)]
    choices, gotchas = rank_notes(notes, ("choice",)), rank_notes(notes, ("warning", "rule"))
    lifted_choices, from_choices = _lift(choices, pieces)
    warned = [note for note in gotchas if note.kind == "warning" or prose.is_strong(note.sentence)]
    lifted_gotchas, from_gotchas = _lift(warned, pieces)
    return Material(
        pieces=pieces,
        troubles=[piece for node in troubled for piece in candidates(shelf, node)],
        choices=choices,
        gotchas=gotchas,
        lifted_choices=lifted_choices,
        lifted_gotchas=lifted_gotchas,
        lifted_from=from_choices | from_gotchas,
        errors=error_notes(shelf),
        quick=quick_sources(shelf, [*core, *other], notes),
    )


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
    core = choose(pieces, room - quick_room, shelf.facet_weights, dull=dull)
    said = _texts(core) + _sentences([*material.lifted_choices, *material.lifted_gotchas])
    choices = [*material.lifted_choices, *pick(material.choices, budget.choices - len(material.lifted_choices), said)]
    said += _sentences(choices)
    gotchas = [*material.lifted_gotchas, *pick(material.gotchas, budget.gotchas - len(material.lifted_gotchas), said)]
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
