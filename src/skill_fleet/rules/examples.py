"""The Bad and Good blocks of a rule's docstring, as files.

A block begins with `~~~`, the kind, and optionally a path and options:

* `~~~markdown` is the text of a SKILL.md without a folder, `~~~markdown pdf-forms/SKILL.md` one in a folder, and
  further blocks are files beside it;
* `~~~symlink pdf-forms/notes.md` is a symbolic link to what the block says;
* `encoding=latin-1` and `newline=crlf` say how the text is written to disk;
* `{text * 300}` stands for 300 times that text, and for 300 lines where it is the whole line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

ExampleKind = Literal["markdown", "text", "symlink"]

_BLOCK = re.compile(
    r"^~~~(?P<kind>markdown|text|symlink)(?P<info>[^\n]*)\n(?P<content>.*?)^~~~$",
    re.DOTALL | re.MULTILINE,
)
_REPEAT_LINES = re.compile(r"^\{(.+) \* (\d+)\}$", re.MULTILINE)
_REPEAT = re.compile(r"\{(.+?) \* (\d+)\}")


@dataclass(frozen=True, slots=True)
class ExampleFile:
    """`path` begins with the skill's folder, or is empty for a text without one."""

    path: str
    kind: ExampleKind
    content: bytes


@dataclass(frozen=True, slots=True)
class Examples:
    """One skill that breaks the rule and one that keeps it; the first file of each is its SKILL.md."""

    bad: tuple[ExampleFile, ...]
    good: tuple[ExampleFile, ...]


def parse_examples(doc: str) -> Examples:
    _, _, sections = doc.partition("\nBad:\n")
    bad, _, good = sections.partition("\nGood:\n")
    return Examples(_parse_blocks(bad), _parse_blocks(good))


def _parse_blocks(section: str) -> tuple[ExampleFile, ...]:
    return tuple(_parse_block(match) for match in _BLOCK.finditer(section))


def _parse_block(match: re.Match[str]) -> ExampleFile:
    words = match["info"].split()
    options = dict(word.split("=", 1) for word in words if "=" in word)
    path = next((word for word in words if "=" not in word), "")
    text = _REPEAT_LINES.sub(lambda found: "\n".join([found[1]] * int(found[2])), match["content"])
    text = _REPEAT.sub(lambda found: found[1] * int(found[2]), text)
    if options.get("newline") == "crlf":
        text = text.replace("\n", "\r\n")
    content = text.encode(options.get("encoding", "utf-8"))
    kinds: dict[str, ExampleKind] = {"text": "text", "symlink": "symlink"}
    return ExampleFile(path, kinds.get(match["kind"], "markdown"), content)
