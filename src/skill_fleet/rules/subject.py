"""What rules look at: a text, what it parses to, and the folder around it if there is one."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from skill_fleet.errors import StorageError
from skill_fleet.skill.body import Link, find_links, find_targets, find_unread, parse_body
from skill_fleet.skill.folder import MAX_BUNDLED_BYTES, Listing, load_bytes
from skill_fleet.skill.model import Field, Note, NoteKind, Problem, ScalarNode, Skill, Unreadable

MAX_LINKED_TEXT = 1_000_000
"""Characters of Markdown that are searched for links; rule SF053 says so about a longer body."""

LinkState = Literal["present", "missing", "unknown", "outside"]
"""present: in the folder · missing: not there · unknown: no folder to look in · outside: leaves the folder."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ESCAPED = re.compile(r"[\\&%()\]]")


@dataclass(frozen=True, slots=True)
class FileLink:
    """A link to a file, its path from the folder (meaningless when `state` is "outside") and what is there."""

    link: Link
    path: str
    state: LinkState


@dataclass(frozen=True)
class Subject:
    """`directory_name` and `listing` are None for a text without a folder."""

    text: str
    scanned: Skill | Unreadable
    path: Path | None = None
    directory_name: str | None = None
    listing: Listing | None = None

    @property
    def skill(self) -> Skill | None:
        return self.scanned if isinstance(self.scanned, Skill) else None

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.skill.fields if self.skill else ()

    @property
    def body(self) -> str:
        return self.skill.body if self.skill else ""

    def find_problem(self, problem: Problem) -> Unreadable | None:
        """The reason the text is no skill, if it is that one."""
        unreadable = self.scanned
        return unreadable if isinstance(unreadable, Unreadable) and unreadable.problem == problem else None

    def find_field(self, key: str) -> Field | None:
        return self.skill.find_field(key) if self.skill else None

    def find_text(self, key: str) -> ScalarNode | None:
        """A field's value, when it is text that is not blank."""
        field = self.find_field(key)
        value = field.value if field else None
        return value if isinstance(value, ScalarNode) and value.text.strip() else None

    def find_notes(self, *kinds: NoteKind) -> tuple[Note, ...]:
        return tuple(note for note in self.skill.notes if note.kind in kinds) if self.skill else ()

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """Every destination that a link in the body could have, those in code too."""
        return find_targets(self.body[:MAX_LINKED_TEXT])

    @cached_property
    def file_links(self) -> tuple[FileLink, ...]:
        """The body's links to files. Web addresses, anchors and mail addresses are none, and code holds none."""
        if self.skill is None or len(self.body) > MAX_LINKED_TEXT:
            return ()
        links = parse_body(self.body, self.skill.body_line).links
        return tuple(self.resolve(link) for link in links if is_file_target(link.target))

    @cached_property
    def broken_links(self) -> tuple[FileLink, ...]:
        """The file links that are missing or leave the folder.

        Reading Markdown costs more than all rules together, so only sections with a suspect destination are read.
        """
        if self.skill is None or len(self.body) > MAX_LINKED_TEXT:
            return ()
        links = find_links(self.body, self.skill.body_line, self._looks_wrong)
        resolved = (self.resolve(link) for link in links if is_file_target(link.target))
        return tuple(found for found in resolved if found.state in ("missing", "outside"))

    @cached_property
    def unread_blocks(self) -> tuple[int, ...]:
        """The first lines of the blocks that hold too much to be searched for links."""
        if self.skill is None or len(self.body) > MAX_LINKED_TEXT:
            return ()
        return find_unread(self.body, self.skill.body_line)

    def resolve(self, link: Link) -> FileLink:
        path = join_target("", link.target)
        return FileLink(link, path, self._state_of(path))

    def load_bundled(self, path: str) -> str:
        """The text of a bundled file; nothing when it is too large, lies elsewhere or is not readable text."""
        if self.path is None:
            return ""
        folder = self.path.parent
        try:
            return load_bytes(folder / path, within=folder, limit=MAX_BUNDLED_BYTES).decode()
        except (StorageError, UnicodeDecodeError):
            return ""

    def _looks_wrong(self, target: str) -> bool:
        if not is_file_target(target):
            return False
        # The quick look resolves no escapes and stops at parentheses and brackets.
        return bool(_ESCAPED.search(target)) or self._state_of(join_target("", target)) in ("missing", "outside")

    def _state_of(self, path: str) -> LinkState:
        if path == ".." or path.startswith(("../", "/")):
            return "outside"
        if self.listing is None:
            return "unknown"
        own = self.path.name if self.path else ""
        return "present" if path in (".", own) or self.listing.has(path) else "missing"


def is_file_target(target: str) -> bool:
    """Whether a destination is a path: no scheme, no host, more than an anchor."""
    return bool(target) and not target.startswith(("#", "?", "//")) and _SCHEME.match(target) is None


def join_target(folder: str, target: str) -> str:
    """The path a destination means when it stands in a file of `folder`, without anchor and query."""
    path = re.split(r"[#?]", target, maxsplit=1)[0]
    return posixpath.normpath(posixpath.join(folder, path))
