"""A skill as the metrics look at it: read once, with its structure and the files beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from skill_fleet.rules.check import read_folder, read_text
from skill_fleet.rules.subject import Subject
from skill_fleet.skill.body import Body, parse_body
from skill_fleet.skill.model import Skill

MOST_TEXT = 400_000
"""Characters of a body that are measured; conformance says so about a longer one."""


@dataclass(frozen=True)
class Page:
    """A skill's text and folder. Line ends are line feeds here, whatever the file has, and lines keep their numbers."""

    subject: Subject

    @property
    def skill(self) -> Skill | None:
        return self.subject.skill

    @property
    def name(self) -> str:
        return self.skill.name if self.skill else ""

    @property
    def description(self) -> str:
        return self.skill.description if self.skill else ""

    @cached_property
    def text(self) -> str:
        """The body, or the whole text when there is no frontmatter to tell it from."""
        text = self.skill.body if self.skill else self.subject.text
        return text[:MOST_TEXT].replace("\r\n", "\n").replace("\r", "\n")

    @property
    def first_line(self) -> int:
        """The line of the file on which `text` begins."""
        return self.skill.body_line if self.skill else 1

    @cached_property
    def body(self) -> Body:
        return parse_body(self.text, self.first_line)

    @property
    def folder(self) -> Path | None:
        """The skill's folder; None for a text alone."""
        return self.subject.path.parent if self.subject.path and self.subject.listing else None


def load_page(path: Path) -> Page:
    """The skill in a folder, or of the SKILL.md that `path` names; a text that is no skill is a page too.

    Raises `NotFound` without a SKILL.md, and `StorageError` when it cannot be read.
    """
    return Page(read_folder(path))


def page_of(text: str | bytes) -> Page:
    """A text without a folder."""
    return Page(read_text(text))
