"""What may stand as the label of a definition in a help text: flags with their values, or one name."""

from __future__ import annotations

import re

MOST_WORDS = 6

_LETTER = re.compile(r"[^\W\d_]")
_NEXT_FLAG = re.compile(r",\s+(?=-)")
_FLAG_OR_VALUE = re.compile(r"-{1,2}[^\s,]+,?|/|\||.*[<\[{|=(].*|.*[>\]})].*|[A-Z][A-Z0-9_:.-]*,?|\.\.\.")
_TALK = re.compile(r"(?:(?<!\S)[a-z'’]+[,;:]? ){2}[a-z'’]+|[^\s.\]]{2}[.;](?:\s|$)")
_TYPED_NAME = re.compile(r"(?P<name>[\w.-]+) (?P<kind>\([^()]+\))")


def find_label(term: str) -> str | None:
    """The term as a label: flags share a value they all take. None for a sentence, for words without a letter, and
    for several words that are no flags."""
    if not _LETTER.search(term):
        return None
    if not term.startswith("-"):
        return term if len(term.split()) == 1 else None
    label = _with_one_value(term)
    if _TALK.search(label):
        return None
    words = label.split()
    if len(words) <= MOST_WORDS:
        return label
    return _flags_only(words) if all(_FLAG_OR_VALUE.fullmatch(word) for word in words) else None


def split_type(term: str) -> tuple[str, str]:
    """The name and the type of `name (type)`; any other term has no type."""
    typed = _TYPED_NAME.fullmatch(term)
    return (typed["name"], typed["kind"]) if typed else (term, "")


def _with_one_value(term: str) -> str:
    """`-f FILE [FILE ...], --file FILE [FILE ...]` as `-f, --file FILE [FILE ...]`."""
    flags = [part.partition(" ") for part in _NEXT_FLAG.split(term)]
    values = {value for _, _, value in flags}
    if len(flags) == 1 or len(values) > 1 or values == {""}:
        return term
    return ", ".join(flag for flag, _, _ in flags) + f" {values.pop()}"


def _flags_only(words: list[str]) -> str:
    flags = [word.rstrip(",") for word in words if word.startswith("-")]
    return ", ".join(flags[:MOST_WORDS])
