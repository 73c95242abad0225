"""Free feedback taken apart: one instruction for each sentence, line or joined command."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: What begins a new instruction behind a comma or an "and", whatever stands before it …
_HEADS = (
    *("drop the", "remove the", "delete the", "omit the", "leave out", "take out", "get rid of", "bring back"),
    *("make (?:it|the|this)", "keep it", "shorten", "trim it", "halve it", "cut (?:it|the)", "limit it to", "at most"),
    *(r"add (?:an?|another|some|more|\d+)\b", "show (?:me )?how", "say more", "more about", "include the"),
    *("use only", "only use", "don't", "do not", "never use", "rename it", "call it", "name it", "put it", "file it"),
    *(
        r"\d[\d,.]* (?:lines|tokens)",
        "title (?:it|to)",
        "title:",
        "style (?:minimal|comprehensive|navigation)",
        r"move .+ (?:to|before|after)",
    ),
)
#: … and what does so unless the one before says how something is done, which takes verbs of its own.
_VERBS = (
    *("drop", "remove", "delete", "omit", "exclude", "restore", "add", "include", "mention", "cover"),
    *("prefer", "avoid", "ignore", "rename", "move"),
)
_HOW = re.compile(r"\bhow to\b", re.IGNORECASE)
_QUOTED = r'"[^"\n]*"|`[^`\n]*`|(?<!\w)\'[^\'\n]+\'(?!\w)'
_JOINT = r"(?:\s*,)?\s+(?:and|then|also)(?:\s+(?:then|also|please))*\s+|\s*,\s+"
_PIECES = re.compile(
    rf"(?P<quoted>{_QUOTED})"
    r"|(?P<end>\s*;+\s*|(?<=[.!?])\s+|(?:\s*,)?\s+but\s+)"
    rf"|(?P<joint>{_JOINT})(?=(?:{'|'.join(_HEADS)})\b)"
    rf"|(?P<weak>{_JOINT})(?=(?:{'|'.join(_VERBS)})\b)",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^(?:[-*\u2022]|\d+[.)])\s+")
_POLITE = re.compile(
    r"^(?:please|also|then|and|but|just|kindly|ok(?:ay)?|yes|next|(?:can|could|would|will) you"
    r"|i(?:'d| would) like (?:you )?to|i want (?:you )?to|you (?:should|could)|let'?s)\b[\s,:]*",
    re.IGNORECASE,
)
_TAIL = re.compile(r"[\s,]+(?:please|thanks|thank you|instead|too|as well|though)$", re.IGNORECASE)
#: Characters of a line that is taken apart, and of one instruction; what is longer is left as it is.
LONGEST_LINE = 5000
LONGEST = 300
_QUOTES = str.maketrans("\u2018\u2019\u201c\u201d\u00ab\u00bb", '\'\'""""')


@dataclass(frozen=True, slots=True)
class Instruction:
    """`said` is what stands in the feedback, `core` the same without bullets, courtesies and its full stop."""

    said: str
    core: str


def split_instructions(text: str) -> list[Instruction]:
    """The instructions in the order in which they were given; quoted words are never split."""
    return [Instruction(said, core) for said in _pieces(text) if (core := _core(said))]


def _pieces(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield from _pieces_of(_BULLET.sub("", " ".join(line.split())))


def _pieces_of(line: str) -> Iterator[str]:
    if len(line) > LONGEST_LINE:
        yield line
        return
    plain = line.translate(_QUOTES)
    start = 0
    for match in _PIECES.finditer(plain):
        goes_on = match["quoted"] or (match["weak"] and _HOW.search(plain, start, match.start()))
        if not goes_on:
            yield line[start : match.start()].strip()
            start = match.end()
    yield line[start:].strip()


def _core(said: str) -> str:
    if len(said) > LONGEST:
        return said
    core = said.translate(_QUOTES).rstrip(" .!?,:")
    before = ""
    while core != before:
        before = core
        core = _TAIL.sub("", _POLITE.sub("", core))
    return core
