"""A skill's folder: SKILL.md beside the files it bundles. Symlinks are noted and never followed out of the folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Literal

from skill_fleet.errors import NotFound, StorageError
from skill_fleet.skill.model import Skill
from skill_fleet.skill.parse import parse_skill

SKILL_FILES = ("SKILL.md", "skill.md")
"""Names a skill's text may have, the preferred one first."""

LEFT_OUT = frozenset(
    {".git", ".hg", ".svn", ".DS_Store", ".venv", ".tox", ".nox", ".cache", ".mypy_cache", ".pytest_cache"}
    | {".ruff_cache", ".idea", "node_modules", "__pycache__"},
)
"""What tools leave in a folder; no part of a skill. Other hidden folders count: `.claude/skills` holds skills."""

MAX_SKILL_BYTES = 20_000_000
MAX_BUNDLED_BYTES = 4_000_000
"""How much of a SKILL.md, and of a text beside it, is read; a larger file is refused."""

LinkState = Literal["inside", "outside", "broken"]
"""inside: leads to something in the folder · outside: leaves it · broken: leads nowhere, or in a circle."""


@dataclass(frozen=True, slots=True, order=True)
class BundledFile:
    """A file beside SKILL.md: its path from the folder, with `/`, and its size in bytes."""

    path: str
    size: int


@dataclass(frozen=True, slots=True, order=True)
class Symlink:
    """A symbolic link, as it is written; `resolved` is the path inside the folder it leads to, if it does."""

    path: str
    target: str
    state: LinkState
    resolved: str = ""


@dataclass(frozen=True)
class Listing:
    """Everything in a skill's folder but SKILL.md itself (unless it is a link), sorted by path."""

    files: tuple[BundledFile, ...] = ()
    symlinks: tuple[Symlink, ...] = ()

    @cached_property
    def _known(self) -> frozenset[str]:
        paths = {file.path for file in self.files} | {link.path for link in self.symlinks}
        folders = {str(parent) for path in paths for parent in PurePosixPath(path).parents}
        return frozenset(paths | folders)

    def has(self, path: str) -> bool:
        """Whether a file or folder has that path (normalised, with `/`), also through links that stay inside."""
        return path in self._known or any(
            path.startswith(f"{link.path}/") and self.has(_join(link.resolved, path[len(link.path) + 1 :]))
            for link in self.symlinks
            if link.state == "inside" and not link.path.startswith(f"{link.resolved}/") and link.resolved != "."
        )


@dataclass(frozen=True, slots=True)
class SkillFolder:
    path: Path
    file: str
    skill: Skill
    listing: Listing


def load_folder(path: Path) -> SkillFolder:
    """The skill in a folder. Raises NotFound without a SKILL.md and ParseError when its text is none."""
    file = get_skill_file(path)
    skill = parse_skill(load_bytes(file))
    return SkillFolder(path, file.name, skill, load_listing(path))


def find_skill_file(folder: Path) -> Path | None:
    """The folder's SKILL.md, or else its skill.md. It may be a pipe or a broken link: `load_bytes` tells."""
    return next((folder / name for name in SKILL_FILES if _is_there(folder / name)), None)


def _is_there(file: Path) -> bool:
    return os.path.lexists(file) and not file.is_dir()


def get_skill_file(folder: Path) -> Path:
    file = find_skill_file(folder)
    if file is None:
        message = f"There is no SKILL.md in {folder}."
        raise NotFound(message, "Name a folder that holds one, or the file itself.")
    return file


def load_bytes(file: Path, *, within: Path | None = None, limit: int = MAX_SKILL_BYTES) -> bytes:
    """The contents of a regular file, also through a link.

    Raises StorageError for what may block or never end (pipes, devices), for more than `limit` bytes, and for a link
    that leaves the folder `within`.
    """
    try:
        resolved = file.resolve(strict=True)
        if flaw := _find_flaw(resolved, within, limit):
            raise StorageError(f"{file} {flaw}.", "Put a plain file in its place.")
        return resolved.read_bytes()
    except (OSError, RuntimeError) as error:
        # RuntimeError is Python 3.11 and 3.12 on a circle of links.
        reason = error.strerror if isinstance(error, OSError) else "it is a circle of links"
        message = f"{file} cannot be read: {reason}."
        raise StorageError(message, "Check that it exists and may be read.") from error


def _find_flaw(resolved: Path, within: Path | None, limit: int) -> str:
    """Why the file is not to be opened; empty when it may be."""
    status = resolved.stat()
    if not stat.S_ISREG(status.st_mode):
        return "is no regular file"
    if within and not _is_below(within.resolve(), resolved):
        return "leads out of the folder"
    return f"has {status.st_size:,} bytes; {limit:,} are read at most" if status.st_size > limit else ""


def load_listing(folder: Path) -> Listing:
    """The bundled files with their sizes. Nothing is opened; sockets and pipes are left out."""
    root = folder.resolve()
    found = sorted(_scan(root, ""), key=lambda entry: entry.path)
    return Listing(
        tuple(entry for entry in found if isinstance(entry, BundledFile)),
        tuple(entry for entry in found if isinstance(entry, Symlink)),
    )


def _scan(root: Path, inner: str) -> Iterator[BundledFile | Symlink]:
    try:
        entries = list(os.scandir(root / inner))
    except PermissionError:
        # A folder nobody may list holds nothing for a reader either.
        return
    for entry in entries:
        path = _join(inner, entry.name)
        if entry.name in LEFT_OUT:
            continue
        if entry.is_symlink():
            yield _read_link(root, path)
        elif path in SKILL_FILES:
            continue
        elif entry.is_dir(follow_symlinks=False):
            yield from _scan(root, path)
        elif stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode):
            yield BundledFile(path, entry.stat(follow_symlinks=False).st_size)


def _read_link(root: Path, path: str) -> Symlink:
    link = root / path
    target = str(link.readlink())
    try:
        resolved = link.resolve(strict=True)
    except (OSError, RuntimeError):
        # RuntimeError is Python 3.11 and 3.12 on a circle of links.
        outside = not _is_below(root, Path(os.path.normpath(link.parent / target)))
        return Symlink(path, target, "outside" if outside else "broken")
    if not _is_below(root, resolved):
        return Symlink(path, target, "outside")
    return Symlink(path, target, "inside", resolved.relative_to(root).as_posix())


def _is_below(root: Path, path: Path) -> bool:
    return path == root or root in path.parents


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder and folder != "." else name
