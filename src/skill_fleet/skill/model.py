"""A skill as text with positions. Every line and column counts from 1; offsets count characters of the whole text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from skill_fleet.skill.position import Position

SPECIFIED_FIELDS = ("name", "description", "license", "compatibility", "metadata", "allowed-tools")
"""The top-level fields of the specification (agentskills.io/specification)."""

ScalarStyle = Literal["plain", "single", "double", "literal", "folded"]
"""How a scalar is written: bare · 'single' · "double" · | literal block · > folded block."""

NoteKind = Literal["bom", "crlf", "duplicate-key", "markup"]
"""What a lenient reader accepts and a strict one may not. bom: a byte order mark · crlf: Windows line endings ·
duplicate-key: a key that came before · markup: flow style, an anchor, an alias, a tag or a merge key."""

Problem = Literal["not-utf8", "missing", "not-closed", "too-large", "invalid-yaml", "not-mapping"]
"""Why the text is no skill. not-utf8: the bytes are not UTF-8 · missing: no frontmatter · not-closed: no second
`---` line · too-large: frontmatter beyond the limit · invalid-yaml: no YAML · not-mapping: YAML without keys."""


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """`text` is what stands there: `version: 1.0` is "1.0" and `name: yes` is "yes"."""

    text: str
    style: ScalarStyle
    start: Position
    end: Position
    tag: str = ""


@dataclass(frozen=True, slots=True)
class AliasNode:
    """A reference to a mapping or a sequence. It is never expanded, so nothing can grow."""

    anchor: str
    start: Position
    end: Position


@dataclass(frozen=True, slots=True)
class SequenceNode:
    items: tuple[Node, ...]
    flow: bool
    start: Position
    end: Position


@dataclass(frozen=True, slots=True)
class MappingNode:
    entries: tuple[Field, ...]
    flow: bool
    start: Position
    end: Position


Node = ScalarNode | AliasNode | SequenceNode | MappingNode


@dataclass(frozen=True, slots=True)
class Field:
    """A key with its value. `key` is empty when the key itself is a list or a mapping."""

    key: str
    key_node: Node
    value: Node

    @property
    def start(self) -> Position:
        return self.key_node.start

    @property
    def text(self) -> str | None:
        """The value's text; None when it is not a scalar."""
        return self.value.text if isinstance(self.value, ScalarNode) else None


@dataclass(frozen=True, slots=True)
class Note:
    """Something a reader may stumble over in a text that is readable anyhow; `what` names it."""

    kind: NoteKind
    what: str
    position: Position


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a text is not a skill, and where it breaks."""

    problem: Problem
    message: str
    hint: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Skill:
    """A SKILL.md, kept character for character: opening + frontmatter + closing + body is the text.

    `frontmatter` is the raw YAML between the two `---` lines. Of a repeated key `fields` holds every occurrence; the
    first counts.
    """

    opening: str
    frontmatter: str
    closing: str
    body: str
    body_line: int
    root: MappingNode
    notes: tuple[Note, ...] = ()

    @property
    def text(self) -> str:
        return f"{self.opening}{self.frontmatter}{self.closing}{self.body}"

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.root.entries

    @property
    def newline(self) -> str:
        """The line ending of the first line, for anything that is added."""
        return "\r\n" if self.opening.endswith("\r\n") else self.opening[-1]

    @property
    def name(self) -> str:
        return self.text_of("name") or ""

    @property
    def description(self) -> str:
        return self.text_of("description") or ""

    @property
    def metadata(self) -> dict[str, str]:
        """The text entries of `metadata`, in order; nested values are left out."""
        field = self.find_field("metadata")
        entries = field.value.entries if field and isinstance(field.value, MappingNode) else ()
        texts: dict[str, str] = {}
        for entry in entries:
            if entry.text is not None:
                texts.setdefault(entry.key, entry.text)
        return texts

    def find_field(self, key: str) -> Field | None:
        return next((field for field in self.fields if field.key == key), None)

    def text_of(self, key: str) -> str | None:
        """The text of a field; None when it is absent or not a scalar."""
        field = self.find_field(key)
        return field.text if field else None
