"""Claims: every statement of a draft is borne out by the lines of the sources it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from skill_fleet.metrics.entities import Entity, entities
from skill_fleet.metrics.truth.check import Fault, Outcome
from skill_fleet.ranking import terms

NAME = "claims"

#: The share of a statement's words that must stand in the cited lines.
LEAST_SUPPORT = 0.6

#: Words behind a word of polarity that place it: "never retry a", "must be set".
PLACING = 3
LEAST_PLACING = 2

_WORD = re.compile(r"[^\W_]+(?:['’_-][^\W_]+)*")
_SPELLING = re.compile(r"[^\w.%/-]+")
# What an author puts around a quotation: a heading's mark, a lead-in that names the section, the name a text is about.
_FRAME = re.compile(
    r"^[ \t]*+(?:#{1,6} |(?:(?:[-*>]|\d+[.)])[ \t]*)?\*\*[^\n]+?:\*\*|[-*] `[^`\n]+`: |(?:[-*>]|\d+[.)]) [^`\n]*: (?=`)"
    r"|[-*>] |\d+[.)] )",
    re.MULTILINE,
)
_OURS = re.compile(r"^[ \t]*(?:# -> |# \.\.\.$|`{3,}.*$)", re.MULTILINE)
_EMPHASIS = re.compile(r"\*+|(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)")


@dataclass(frozen=True, slots=True)
class Claim:
    """A run of lines of one file (from 1, inclusive), its words, and the lines that it cites, as they were read."""

    file: str
    line: int
    end: int
    words: str
    cited: str


class _Side:
    """A text as a claim is compared by."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def entities(self) -> tuple[Entity, ...]:
        return entities(self.text)

    @cached_property
    def keys(self) -> set[tuple[str, str]]:
        return {entity.key for entity in self.entities}

    @cached_property
    def spelling(self) -> str:
        return f" {_SPELLING.sub(' ', _EMPHASIS.sub('', self.text))} "

    @cached_property
    def words(self) -> str:
        """The plain words, a blank around each."""
        plain = _EMPHASIS.sub("", self.text).replace("’", "'").lower()
        return f" {' '.join(_WORD.findall(plain))} "

    @cached_property
    def turns(self) -> list[tuple[str, str]]:
        """Each word of polarity, with the words behind it that place it."""
        found = (entity for entity in self.entities if entity.kind == "polarity")
        return [_split_turn(entity.text) for entity in found]

    @cached_property
    def turn_words(self) -> set[str]:
        return {turn for turn, _ in self.turns}

    def has_turn(self, turn: str, place: str) -> bool:
        """The same word before the same words, as far as both go: a blank line may have ended one of them."""
        return any(
            turn == mine and (place.startswith(behind) or behind.startswith(place)) for mine, behind in self.turns
        )


def check_claims(claims: Sequence[Claim]) -> Outcome:
    """A claim that cites nothing is not looked at."""
    cited = [claim for claim in claims if claim.cited.strip() and claim.words.strip()]
    return Outcome(NAME, len(cited), tuple(fault for claim in cited if (fault := _fault(claim))))


def _fault(claim: Claim) -> Fault | None:
    said, cited = _Side(_OURS.sub("", _FRAME.sub("", claim.words))), _Side(claim.cited)
    foreign = next(_foreign(said, cited), None)
    quoted = _quoted(claim.cited)
    if foreign:
        message = f"The {foreign.kind} “{foreign.text}” is not in the lines this statement cites."
        hint = f"Say what the source says: “{quoted}”."
        return Fault(message, hint, claim.file, claim.line + foreign.line - 1, _quoted(claim.words), "hard")
    turned = next(_turned(said, cited), None)
    if turned:
        message = f"The cited lines say it the other way round: “{turned}”."
        hint = f"Say what the source says: “{quoted}”."
        return Fault(message, hint, claim.file, claim.line, _quoted(claim.words), "hard")
    if support(said.text, cited.text) < LEAST_SUPPORT:
        hint = f"Say it in the words of the source: “{quoted}”."
        return Fault("The cited lines do not say this.", hint, claim.file, claim.line, _quoted(claim.words), "hard")
    return None


def _foreign(said: _Side, cited: _Side) -> Iterator[Entity]:
    """The statement's flags, names, numbers and so on that the cited lines do not hold."""
    for entity in said.entities:
        spelled = _SPELLING.sub(" ", _EMPHASIS.sub("", entity.text)).strip()
        if entity.kind == "polarity":
            is_there = (
                f" {_split_turn(entity.text)[0]} " in cited.words or _split_turn(entity.text)[0] in cited.turn_words
            )
        else:
            is_there = entity.key in cited.keys or f" {spelled} " in cited.spelling
        if not is_there:
            yield entity


def _turned(said: _Side, cited: _Side) -> Iterator[str]:
    """Statements whose words stand in both texts, behind another word of polarity, or behind one in one text alone.

    Where the source demands something and the statement just says it, nothing is turned.
    """
    for turn, place in said.turns:
        if _is_turned(said, cited, turn, place):
            yield f"{turn} {place}"
    for turn, place in cited.turns:
        if turn in _NEGATIVE and _is_turned(cited, said, turn, place):
            yield f"{turn} {place}"


def _is_turned(one: _Side, other: _Side, turn: str, place: str) -> bool:
    is_placed = place.count(" ") + 1 >= LEAST_PLACING
    return (
        is_placed
        and f" {place} " in other.words
        and not other.has_turn(turn, place)
        and not _is_plain(one, turn, place)
    )


def _is_plain(side: _Side, turn: str, place: str) -> bool:
    """Whether the side has the words without that word of polarity as well: then nothing can be said."""
    return side.words.count(f" {place} ") > side.turns.count((turn, place))


def _split_turn(text: str) -> tuple[str, str]:
    words = text.split()
    size = 2 if " ".join(words[:2]) in _TWO_WORDS else 1
    return " ".join(words[:size]), " ".join(words[size : size + PLACING])


_NEGATIVE = frozenset(
    {"must not", "should not", "do not", "will not", "is not", "may not", "cannot", "not", "no", "never", "without"}
    | {"avoid", "only", "unless", "except", "before", "after", "optional", "forbidden"}
)
_TWO_WORDS = frozenset(
    {"must not", "should not", "do not", "will not", "is not", "may not", "at least", "at most"}
    | {"more than", "less than", "fewer than", "greater than"}
)


def support(said: str, cited: str) -> float:
    """The share of the statement's words, without the commonest ones, that stand in the cited lines, 0 to 1."""
    words, there = terms(said), set(terms(cited))
    return sum(word in there for word in words) / len(words) if words else 1.0


def _quoted(text: str) -> str:
    return " ".join(text.split())[:200]
