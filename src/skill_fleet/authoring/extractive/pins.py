"""What the sources have on a subject that the person names: the examples and the text that may be pinned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from skill_fleet.authoring.extractive.candidates import Candidate, candidates
from skill_fleet.authoring.extractive.shelf import Shelf
from skill_fleet.authoring.extractive.wanted import hits
from skill_fleet.ranking import ranked, terms

#: A section is about the subject when it holds more than this share of the subject's words, by their weight.
ABOUT = 0.6
#: Words that say what is wanted of a subject, and nothing about it.
_FORMS = frozenset(terms("example snippet sample code page section chapter part text note detail information"))
#: Sections that are looked through, the best first.
MOST_SECTIONS = 8
#: Tokens of a section's text that "more about" brings in.
MORE_TOKENS = 300


def find_example(shelf: Shelf, subject: str, written: str) -> list[Candidate]:
    """The example that shows most of the subject and is not written yet; none, or one."""
    return _best(shelf, subject, [piece for piece in pieces_on(shelf, subject) if piece.code], written)[:1]


def find_text(shelf: Shelf, subject: str, written: str) -> list[Candidate]:
    """What the best section on the subject says that is not written yet, as much as fits, in its order."""
    fresh = [piece for piece in pieces_on(shelf, subject) if not is_written(piece, written)]
    chosen: list[Candidate] = []
    room = MORE_TOKENS
    for piece in fresh:
        if piece.place == fresh[0].place and (piece.tokens <= room or not chosen):
            chosen.append(piece)
            room -= piece.tokens
    return chosen


def pieces_on(shelf: Shelf, subject: str) -> list[Candidate]:
    """The pieces of the sections that are about the subject, the best section first."""
    weights = _weights(shelf, subject)
    about = [_share(weights, words) > ABOUT for words in shelf.section_terms]
    scores = shelf.landscape.scores(" ".join(weights)) if weights else []
    fitting = [score if fits else 0.0 for score, fits in zip(scores, about, strict=False)]
    return [piece for number in ranked(fitting)[:MOST_SECTIONS] for piece in _pieces(shelf, number)]


def is_written(piece: Candidate, text: str) -> bool:
    """What the piece ends with, which for an example is its code, stands in the text."""
    return piece.passages[-1].text in text


def _weights(shelf: Shelf, subject: str) -> dict[str, float]:
    """The subject's words that tell sections apart, rare ones with more weight; all of them when none does."""
    every = terms(subject)
    wanted = [term for term in shelf.landscape.telling(subject) if term not in _FORMS] or every
    return {term: 1 - shelf.index.frequency(term) for term in wanted}


def _share(weights: Mapping[str, float], words: Sequence[str]) -> float:
    held = frozenset(words)
    return sum(weight for term, weight in weights.items() if term in held) / (sum(weights.values()) or 1.0)


def _pieces(shelf: Shelf, number: int) -> Iterator[Candidate]:
    node, section = shelf.sections[number]
    return (piece for piece in candidates(shelf, node) if piece.section is section and piece.passages[-1].evidence)


def _best(shelf: Shelf, subject: str, pieces: Sequence[Candidate], written: str) -> list[Candidate]:
    """The pieces that speak of the subject and are not written yet; those that hold most of its words first, then
    those of the better section."""
    weights = _weights(shelf, subject)
    values = {piece: hits(_text(piece), weights) for piece in pieces}
    fresh = [piece for piece in pieces if not is_written(piece, written)]
    return sorted(fresh, key=lambda piece: -values[piece])


def _text(piece: Candidate) -> str:
    return "\n".join([piece.section.title, *(passage.text for passage in piece.passages)])
