"""Numbers that disagree: a limit or a default that SKILL.md states, stated elsewhere with another value.

Held narrow on purpose. A statement is a sentence or a cell with one number and one word such as "default" or "at most";
two are about the same quantity when all their other words are the same, or, of a number with a unit, nearly all of
many. What two references say
of two things is their own affair: one side is always SKILL.md.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from skill_fleet.metrics.truth.check import Fault, Outcome
from skill_fleet.metrics.truth.material import Material, Text
from skill_fleet.ranking import terms

NAME = "numbers"

#: A quantity of up to so many words has the same words where it is named again; of more, it shares `LIKENESS` of them.
FEW_WORDS = 4
LIKENESS = 0.7
MOST_WORDS = 16
MOST_STATEMENTS = 2_000

_UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), ("s", 0.001)),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), ("s", 1.0)),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), ("s", 60.0)),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), ("s", 3600.0)),
    **dict.fromkeys(("day", "days"), ("s", 86_400.0)),
    **dict.fromkeys(("b", "byte", "bytes"), ("B", 1.0)),
    **dict.fromkeys(("kb", "kib"), ("B", 1e3)),
    **dict.fromkeys(("mb", "mib"), ("B", 1e6)),
    **dict.fromkeys(("gb", "gib"), ("B", 1e9)),
    **dict.fromkeys(("%", "percent"), ("%", 1.0)),
    **dict.fromkeys(("char", "chars", "character", "characters"), ("character", 1.0)),
    **dict.fromkeys(("word", "words"), ("word", 1.0)),
    **dict.fromkeys(("token", "tokens"), ("token", 1.0)),
    **dict.fromkeys(("line", "lines"), ("line", 1.0)),
    **dict.fromkeys(("request", "requests"), ("request", 1.0)),
    **dict.fromkeys(("retry", "retries"), ("retry", 1.0)),
}
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?<![\w.,/#:$€£-])(\d+(?:,\d{{3}})*(?:\.\d+)?)(?:[ \u00a0-]?({_UNIT})(?!\w))?(?![\w/:-]|\.\d|,\d)", re.IGNORECASE
)
_KINDS = (
    ("default", re.compile(r"\bdefault(?:s|ed)?(?: to| is| of| value)?\b", re.IGNORECASE)),
    (
        "most",
        re.compile(
            r"\b(?:max(?:imum)?|limit(?:ed)?|at most|up to|no(?:t)? more than|(?:must|may|can)(?: ?not) exceed)\b",
            re.IGNORECASE,
        ),
    ),
    ("least", re.compile(r"\b(?:min(?:imum)?|at least|no(?:t)? (?:less|fewer) than)\b", re.IGNORECASE)),
)
_CLAUSE = re.compile(r"(?<=[.!?;])\s+|\|")


@dataclass(frozen=True, slots=True)
class _Statement:
    kind: str
    subject: frozenset[str]
    value: float
    unit: str
    said: str
    file: str
    line: int
    words: str

    def is_about(self, other: _Statement) -> bool:
        if self.subject == other.subject:
            return True
        both, either = len(self.subject & other.subject), len(self.subject | other.subject)
        return bool(self.unit) and both >= FEW_WORDS and both >= LIKENESS * either


def check_numbers(material: Material) -> Outcome:
    """Every pair of statements about one quantity counts as checked."""
    own, others = _read(material)
    pairs = list(_pairs(own, others))
    faults = tuple(_fault(one, other) for one, other in pairs if one.value != other.value)
    return Outcome(NAME, len(pairs), faults)


def _read(material: Material) -> tuple[list[_Statement], list[_Statement]]:
    """What SKILL.md states, and what its references do."""
    own = list(_statements(material.texts[0]))[:MOST_STATEMENTS]
    if not own:
        return [], []
    others = [said for text in material.texts[1:] for said in _statements(text)]
    return own, others[:MOST_STATEMENTS]


def _statements(text: Text) -> Iterator[_Statement]:
    headings = {heading.line for heading in text.body.headings}
    for line, words in text.prose():
        if line not in headings and any(letter.isdecimal() for letter in words):
            yield from (said for clause in _CLAUSE.split(words) if (said := _statement(text.path, line, clause)))


def _statement(file: str, line: int, clause: str) -> _Statement | None:
    numbers = list(_NUMBER.finditer(clause))
    if len(numbers) != 1:
        return None
    rest = _NUMBER.sub(" ", clause)
    kinds = [kind for kind, pattern in _KINDS if pattern.search(rest)]
    if len(kinds) != 1:
        return None
    subject = frozenset(terms(dict(_KINDS)[kinds[0]].sub(" ", rest)))
    if not 0 < len(subject) <= MOST_WORDS:
        return None
    unit, scale = _UNITS.get((numbers[0][2] or "").lower(), ("", 1.0))
    value = float(numbers[0][1].replace(",", "")) * scale
    return _Statement(kinds[0], subject, value, unit, numbers[0][0].strip(), file, line, " ".join(clause.split())[:200])


def _pairs(own: list[_Statement], others: list[_Statement]) -> Iterator[tuple[_Statement, _Statement]]:
    """Each statement of SKILL.md with those further on that are about the same; the kind and the unit must agree."""
    groups: dict[tuple[str, str], list[_Statement]] = defaultdict(list)
    for said in (*own, *others):
        groups[said.kind, said.unit].append(said)
    for one in own:
        for other in groups[one.kind, one.unit]:
            is_further = other.file != one.file or other.line > one.line
            if is_further and one.is_about(other):
                yield one, other


def _fault(one: _Statement, other: _Statement) -> Fault:
    return Fault(
        f"“{one.said}” here, “{other.said}” in {other.file}:{other.line}, for what looks like the same quantity.",
        f"Write the true one in both places, or say in each what it holds for: “{other.words}”.",
        one.file,
        one.line,
        one.words,
        "candidate",
    )
