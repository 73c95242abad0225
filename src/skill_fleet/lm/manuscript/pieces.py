"""Pieces, sections and sheets: a Markdown file in the parts that can be changed one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from skill_fleet.authoring.draft import DraftFile, Reference, Statement, Transform


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of Markdown lines that says one thing. Without a `transform` it is ours: a pointer to a file, a list of
    files; it states nothing about the subject."""

    text: str
    transform: Transform | None = None
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading, up to the next of any level."""

    title: str
    level: int = 2
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A Markdown file; its first section bears the title. `purpose` says when the agent opens it."""

    path: str
    sections: tuple[Section, ...]
    purpose: str = ""

    @property
    def title(self) -> str:
        return self.sections[0].title if self.sections else ""

    @property
    def pieces(self) -> Iterator[Piece]:
        return (piece for section in self.sections for piece in section.pieces)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that is copied or run as it is: a script, a template, a licence, the cases."""

    file: DraftFile
    statements: tuple[Statement, ...] = ()
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Manuscript:
    """`skill` is SKILL.md without its frontmatter; `sheets` are the other Markdown files."""

    skill: Sheet
    sheets: tuple[Sheet, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    @property
    def every_sheet(self) -> tuple[Sheet, ...]:
        return (self.skill, *self.sheets)

    def with_sheet(self, changed: Sheet) -> Manuscript:
        """This manuscript with the sheet of the same path replaced."""
        if changed.path == self.skill.path:
            return replace(self, skill=changed)
        return replace(self, sheets=tuple(changed if sheet.path == changed.path else sheet for sheet in self.sheets))

    @property
    def paths(self) -> frozenset[str]:
        """Every file's."""
        attached = (attachment.file.path for attachment in self.attachments)
        return frozenset([*(sheet.path for sheet in self.every_sheet), *attached])
