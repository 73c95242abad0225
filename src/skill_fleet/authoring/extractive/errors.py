"""The errors that the sources name, each with the sentence that says when it comes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from skill_fleet.authoring.extractive import prose
from skill_fleet.authoring.extractive.passages import Passage
from skill_fleet.authoring.extractive.phrases import any_of
from skill_fleet.authoring.extractive.shelf import Shelf
from skill_fleet.sources.evidence import Evidence
from skill_fleet.sources.sentences import ERROR_NAME, split_sentences

_WHEN_WORDS = (
    *("raise[sd]?", "raising", "thrown?", "occurs?", "happens?", "fails?", "means", "indicates?"),
    *("if", "when", "because"),
)
_SAYS_WHEN = re.compile(rf"\b{any_of(*_WHEN_WORDS)}\b", re.IGNORECASE)
_BULLET = re.compile(r"^[-*+] ")
#: Names of all errors and of none.
_NO_NAMES = ("error", "exception")
#: What stands last among the sources counts this much less than what stands first: it decides between equals only.
LATE = 0.001
#: Errors of what was not asked for are noise: one comes from a section at least this near to the task.
LEAST_RELEVANCE = 0.15


@dataclass(frozen=True, slots=True)
class ErrorNote:
    """One error. `name` is without its module."""

    name: str
    sentence: str
    value: float
    unit: Evidence

    def passage(self) -> Passage:
        text = f"- {self.sentence}" if self.sentence.startswith("`") else f"- `{self.name}`: {self.sentence}"
        return Passage(text, "verbatim", (self.unit,), tight=True)


def error_notes(shelf: Shelf) -> list[ErrorNote]:
    """What the sources say of errors, in reading order; an error may have several."""
    return list(_error_notes(shelf))


def _error_notes(shelf: Shelf) -> Iterator[ErrorNote]:
    units = shelf.store.evidence
    near = {(node.source, section.heading): shelf.section_relevance(node, section) for node, section in shelf.sections}
    for order, unit in enumerate(units):
        if unit.kind == "error" and (unit.source, unit.span.path) in shelf.kept_pages:
            name = ERROR_NAME.search(unit.title)
            sentence = _sentence(unit.text, name.group() if name else "")
            relevance = near.get((unit.source, unit.heading), 0.0)
            if name and relevance >= LEAST_RELEVANCE and _is_telling(name.group(), sentence):
                value = relevance + prose.worth(sentence, shelf.task_terms) - LATE * order / len(units)
                yield ErrorNote(name.group().rpartition(".")[2], sentence, value, unit)


def _sentence(text: str, name: str) -> str:
    """The first sentence with the name in it; one that was an item of a list is none any more."""
    found = next((sentence for sentence in split_sentences(text) if name in sentence), text)
    return _BULLET.sub("", found)


def _is_telling(name: str, sentence: str) -> bool:
    if name.rpartition(".")[2].lower() in _NO_NAMES:
        return False
    return prose.stands_alone(sentence) and bool(_SAYS_WHEN.search(sentence))


def pick_errors(notes: Sequence[ErrorNote], limit: int, said: str) -> list[Passage]:
    """`Name: when it comes`, one line an error, what is worth most first, without what is in `said`."""
    best: dict[str, ErrorNote] = {}
    for note in notes:
        known = best.get(note.name)
        if note.sentence not in said and (known is None or note.value > known.value):
            best[note.name] = note
    ranked = sorted(best.values(), key=lambda note: (-note.value, note.name))
    return [note.passage() for note in ranked[:limit]]
