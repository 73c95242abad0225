"""A skill taken apart for damaging: header, description, and a body as lines, blocks and sections.

None of this is taken from `skill_fleet.metrics`: the yardstick shares no reading of a body with what it measures.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from skill_fleet.skill.model import ScalarNode, Skill
from skill_fleet.skill.parse import scan_skill

LineKind = Literal["text", "heading", "fence", "code"]
"""text: prose, lists, tables and blank lines · fence: a line that opens or closes code · code: what is between."""

LEAST_SECTIONS = 2
SECTION_LEVEL = 2
DEEPEST_LEVEL = 6

_FENCE = re.compile(r"^[ \t>]*(?:[-*+] +|\d+\. +)?(`{3,}(?=[^`]*$)|~{3,})(.*)$")
_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+\S")


@dataclass(frozen=True, slots=True)
class Line:
    """`level` is that of a heading, 0 for every other line."""

    text: str
    kind: LineKind
    level: int = 0


@dataclass(frozen=True, slots=True)
class Specimen:
    """What is damaged. `span` is where the description stands in the header, with its key; `other` is the body of
    another skill. Line ends are line feeds."""

    name: str
    header: str
    description: str
    span: tuple[int, int]
    body: str
    other: str = ""
    folder: Path | None = None

    @property
    def text(self) -> str:
        return f"{self.header}{self.body}"

    def with_body(self, body: str) -> str:
        return f"{self.header}{body}"

    def with_description(self, description: str) -> str:
        """The text with another description, written as one quoted line."""
        begin, end = self.span
        old = self.header[begin:end]
        field = f"description: {json.dumps(description, ensure_ascii=False)}{old[len(old.rstrip()) :]}"
        return f"{self.header[:begin]}{field}{self.header[end:]}{self.body}"


def find_specimen(text: str, other: str = "", folder: Path | None = None) -> Specimen | None:
    """None for a text without frontmatter, name or description: it has nothing that could be compared."""
    skill = scan_skill(text.replace("\r\n", "\n"))
    field = skill.find_field("description") if isinstance(skill, Skill) else None
    if not isinstance(skill, Skill) or not skill.name or field is None or not isinstance(field.value, ScalarNode):
        return None
    span = field.start.offset, field.value.end.offset
    header = f"{skill.opening}{skill.frontmatter}{skill.closing}"
    return Specimen(skill.name, header, skill.description, span, skill.body, other, folder)


def read_lines(body: str) -> list[Line]:
    lines: list[Line] = []
    mark = ""
    for text in body.split("\n"):
        fence = _FENCE.match(text)
        if fence and not mark:
            mark = fence[1]
            lines.append(Line(text, "fence"))
        elif fence and fence[1].startswith(mark) and not fence[2].strip():
            mark = ""
            lines.append(Line(text, "fence"))
        elif mark:
            lines.append(Line(text, "code"))
        else:
            heading = _HEADING.match(text)
            lines.append(Line(text, "heading" if heading else "text", len(heading[1]) if heading else 0))
    return lines


def render(lines: Sequence[Line]) -> str:
    return "\n".join(line.text for line in lines)


def split_sections(body: str) -> tuple[list[Line], list[list[Line]]]:
    """What stands above the first section, and the sections, each with its heading first.

    A section begins at a heading of level 2; where there are fewer than three, at one of level 2 or below.
    """
    lines = read_lines(body)
    deepest = SECTION_LEVEL if sum(line.level == SECTION_LEVEL for line in lines) > LEAST_SECTIONS else DEEPEST_LEVEL
    starts = [index for index, line in enumerate(lines) if SECTION_LEVEL <= line.level <= deepest]
    ends = [*starts[1:], len(lines)][: len(starts)]
    return lines[: starts[0] if starts else len(lines)], [lines[a:b] for a, b in zip(starts, ends, strict=True)]


def join_sections(top: Sequence[Line], sections: Sequence[Sequence[Line]]) -> str:
    return render([*top, *(line for section in sections for line in section)]).rstrip("\n") + "\n"


def split_blocks(body: str) -> list[list[Line]]:
    """Runs of lines between blank lines, code in one piece; a heading is a block of its own."""
    blocks: list[list[Line]] = [[]]
    for line in read_lines(body):
        if line.kind == "heading":
            blocks += [[line], []]
        elif line.kind == "text" and not line.text.strip():
            blocks.append([])
        else:
            blocks[-1].append(line)
    return [block for block in blocks if block]


def join_blocks(blocks: Sequence[Sequence[Line]]) -> str:
    return "\n\n".join(render(block) for block in blocks) + "\n"
