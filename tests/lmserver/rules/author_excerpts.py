"""What the author's prompts show, taken apart again: excerpts with ids, pieces of a draft, lines of lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tests.lmserver.words import sentences_of, shared, words_of

_EXCERPT = re.compile(r"^\[(e\d+)\] (\w+)(?: (\S+))?, (.*?):(?: (\S.*))?$")
_PIECE = re.compile(r"^\[(p\d+) ([^\]]*)\] (.*)$")
_HEADING = re.compile(r"^(#{1,6}) (.*)$")

#: Kinds that are copied as code.
CODE = ("example", "command", "setup")
ADVICE = ("rule", "choice", "warning")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One excerpt; `heading` is its path of titles, joined as the prompt has it."""

    id: str
    kind: str
    language: str
    heading: str
    text: str

    @property
    def title(self) -> str:
        return self.heading.rpartition(" > ")[2]

    @property
    def is_code(self) -> bool:
        return self.kind in CODE


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece of a draft, with the heading it stands under."""

    id: str
    section: str
    text: str


def excerpts_in(text: str) -> list[Excerpt]:
    """The excerpts of an input, or of what a tool has shown."""
    found: list[Excerpt] = []
    for line in text.splitlines():
        if match := _EXCERPT.match(line.strip()) if line.strip().startswith("[e") else None:
            found.append(Excerpt(match[1], match[2], match[3] or "", match[4], match[5] or ""))
        elif found and line.startswith("    "):
            last = found.pop()
            found.append(
                Excerpt(last.id, last.kind, last.language, last.heading, f"{last.text}\n{line[4:]}".lstrip("\n"))
            )
    return list({one.id: one for one in found}.values())


def pieces_in(text: str) -> list[Shown]:
    found: list[Shown] = []
    section = ""
    for line in text.splitlines():
        if heading := _HEADING.match(line):
            section = heading[2]
        elif piece := _PIECE.match(line):
            found.append(Shown(piece[1], section, piece[3]))
        elif found and line.startswith("    "):
            last = found.pop()
            found.append(Shown(last.id, last.section, f"{last.text}\n{line[4:]}"))
    return found


def labelled(text: str, label: str) -> list[str]:
    """The items of a line `label: one; two`."""
    line = next((line for line in text.splitlines() if line.startswith(f"{label}: ")), "")
    return [item.strip() for item in line.removeprefix(f"{label}: ").split(";") if item.strip()] if line else []


def about(what: str, excerpts: Sequence[Excerpt]) -> list[Excerpt]:
    """The excerpts that share words with `what`, those with its words in their heading first."""
    scored = [(3 * shared(what, one.heading) + shared(what, one.text), one) for one in excerpts]
    return [one for score, one in sorted(scored, key=lambda pair: -pair[0]) if score > 0]


def first_sentence(text: str) -> str:
    return next(iter(sentences_of(text)), " ".join(text.split()))


def kebab(text: str, most: int = 4) -> str:
    return "-".join(words_of(text)[:most]) or "skill"
