"""Lies: statements turned into their opposite, other numbers, flags by other names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

LEAST_LIES = 3

OPPOSITES = (
    ("must not", "must"),
    ("should not", "should"),
    ("do not", "do"),
    ("don't", "do"),
    ("cannot", "can"),
    ("never", "always"),
    ("always", "never"),
    ("before", "after"),
    ("after", "before"),
    ("required", "optional"),
    ("optional", "required"),
    ("enable", "disable"),
    ("enabled", "disabled"),
    ("disabled", "enabled"),
    ("must", "must not"),
    ("should", "should not"),
    ("only", "not only"),
)
_OPPOSITE = dict(OPPOSITES)
_WORDS = re.compile(rf"(?i)(?<![\w-])(?:{'|'.join(re.escape(old) for old, _ in OPPOSITES)})(?![\w-])")
# Not in a path, an address, an identifier or a date, and not the number of a list item.
_NUMBER = re.compile(r"(?<![\w./:#-])(?<!^)\d{1,6}(?:\.\d+)?(?![\w./:-]*[\w/])(?!\))", re.MULTILINE)
_FLAG = re.compile(r"(?<![\w-])--[a-z][a-z0-9]*(?:-[a-z0-9]+)*\b")


class Change(NamedTuple):
    start: int
    end: int
    new: str


def tell_lies(body: str, rng: Random) -> str | None:
    """Half of all that can be turned into a lie, at least three places; None where there are fewer."""
    changes = [
        *_changes(_WORDS, body, _opposite),
        *_changes(_NUMBER, body, _other_number),
        *_changes(_FLAG, body, _flag),
    ]
    if len(changes) < LEAST_LIES:
        return None
    for change in sorted(rng.sample(changes, max(LEAST_LIES, len(changes) // 2)), reverse=True):
        body = f"{body[: change.start]}{change.new}{body[change.end :]}"
    return body


def _changes(pattern: re.Pattern[str], body: str, new: Callable[[str], str]) -> Iterator[Change]:
    return (Change(found.start(), found.end(), new(found[0])) for found in pattern.finditer(body))


def _opposite(words: str) -> str:
    new = _OPPOSITE[words.lower()]
    return new.upper() if words.isupper() else new.capitalize() if words[0].isupper() else new


def _other_number(number: str) -> str:
    """Twice and one more: another number of about the same size, with the same digits behind the point."""
    whole, point, rest = number.partition(".")
    return f"{int(whole) * 2 + 1}{point}{rest}"


def _flag(flag: str) -> str:
    return f"{flag}-mode"
