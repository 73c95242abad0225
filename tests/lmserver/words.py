"""Words, sentences and what they share."""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST_READ = 60_000
"""Characters of one text that are looked at; enough for any prompt, and bounded for a megabyte of it."""

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_END = re.compile(r"(?<=[.!?])\s+|\n+")
_MARK = re.compile(r"^(?:\s*(?:[-*+>]|#{1,6}|\d{1,3}[.)])\s+)+")
_STOP = frozenset(
    "a an and are as at be by can do for from has have how i if in into is it its not of on or so than that the their "
    "then there they this to was we what when where which who why will with you your".split()
)


def words_of(text: str) -> list[str]:
    """The telling words of `text` in lower case, in order; `camelCase` and `snake_case` are taken apart."""
    parted = _CAMEL.sub(" ", text[:MOST_READ].replace("_", " "))
    return [word for word in map(str.lower, _WORD.findall(parted)) if word not in _STOP and len(word) > 1]


def sentences_of(text: str) -> list[str]:
    """Sentences and lines of at least three words, without the marks of lists and headings."""
    pieces = (" ".join(_MARK.sub("", piece).split()) for piece in _END.split(text[:MOST_READ]))
    return [piece for piece in pieces if len(piece.split()) >= 3 and not piece.startswith(("```", "---", "[["))]


def stems(words: Iterable[str]) -> set[str]:
    """The first six letters: enough for `install`, `installs` and `installing` to meet."""
    return {word[:6].rstrip("s") for word in words}


def shared(one: str, other: str) -> int:
    """How many different words of `one` stand in `other`."""
    return len(stems(words_of(one)) & stems(words_of(other)))
