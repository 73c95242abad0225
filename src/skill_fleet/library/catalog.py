"""The skills of a fleet, as their files say. A skill that cannot be read is listed with its problem."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from skill_fleet.errors import Conflict, NotFound, SkillError, StorageError
from skill_fleet.library.folder import FleetFolder, check_there
from skill_fleet.skill.folder import LEFT_OUT, SKILL_FILES, load_bytes
from skill_fleet.skill.parse import parse_skill

_NO_SKILLS = LEFT_OUT | {"_drafts"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A skill of the fleet. `path` is where it is filed, `domain/category` below the folder of skills, empty at the
    top; `problem` says why it cannot be read, and is empty when it can."""

    name: str
    path: str
    folder: Path
    file: Path
    description: str = ""
    body: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    @property
    def ref(self) -> str:
        """The path with the folder's own name: unique within a fleet."""
        return f"{self.path}/{self.folder.name}".lstrip("/")

    @property
    def domain(self) -> str:
        return self.path.partition("/")[0]

    @property
    def category(self) -> str:
        return self.path.partition("/")[2]


def load_catalog(fleet: FleetFolder) -> list[Entry]:
    """The promoted skills, by path and name. Raises `NotFound` when there is no such folder."""
    check_there(fleet)
    return load_entries(fleet.skills)


def load_entries(root: Path) -> list[Entry]:
    """Every skill below `root`, however deep, by path and name; drafts and hidden folders are left out.

    A folder that cannot be listed may hold skills, so it is an entry with that problem.
    """
    closed: list[OSError] = []
    entries = [_load_entry(root, file) for file in find_files(root, closed.append)]
    entries += [_closed_entry(root, error) for error in closed if not isinstance(error, FileNotFoundError)]
    return sorted(entries, key=lambda entry: (entry.path, entry.name, entry.folder.name))


def find_files(root: Path, tell: Callable[[OSError], object]) -> Iterator[Path]:
    """Where the skills below `root` lie, one after the other, unread; `tell` hears of folders that cannot be listed."""
    for folder, below, files in os.walk(root, onerror=tell):
        names = set(files)
        if found := next((name for name in SKILL_FILES if name in names), None):
            below.clear()
            yield Path(folder, found)
        below[:] = [name for name in below if not name.startswith(".") and name not in _NO_SKILLS]


def _load_entry(root: Path, file: Path) -> Entry:
    folder = file.parent
    path = _filed_at(root, folder)
    try:
        skill = parse_skill(load_bytes(file))
    except (SkillError, StorageError) as error:
        return Entry(folder.name, path, folder, file, problem=_words(error))
    return Entry(skill.name or folder.name, path, folder, file, skill.description, skill.body, skill.metadata)


def _closed_entry(root: Path, error: OSError) -> Entry:
    folder = Path(error.filename)
    problem = f"the folder cannot be listed: {_words(error)}"
    return Entry(folder.name, _filed_at(root, folder), folder, folder / SKILL_FILES[0], problem=problem)


def _filed_at(root: Path, folder: Path) -> str:
    above = folder.parent.relative_to(root).as_posix() if folder != root else "."
    return "" if above == "." else above


def _words(error: SkillError | StorageError | OSError) -> str:
    """The reason alone: an entry names its file itself."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return _words(error.__cause__) if isinstance(error.__cause__, OSError) else error.message


def find_entries(entries: Sequence[Entry], ref: str) -> list[Entry]:
    """The skills that `ref` may mean: a path with name, a name, or the beginning of a name."""
    for chosen in (
        [entry for entry in entries if entry.ref == ref.strip("/")],
        [entry for entry in entries if ref in (entry.name, entry.folder.name)],
        [entry for entry in entries if ref and entry.name.startswith(ref)],
    ):
        if chosen:
            return chosen
    return []


def get_entry(entries: Sequence[Entry], ref: str) -> Entry:
    """The one skill that `ref` means. Raises `NotFound`, or `Conflict` that names the candidates."""
    match find_entries(entries, ref):
        case [entry]:
            return entry
        case []:
            raise NotFound(f"no skill is called {ref!r}.", "See them with `skill-fleet list`.")
        case several:
            names = ", ".join(entry.ref for entry in several)
            raise Conflict(f"{ref!r} may mean several skills: {names}.", "Name one with its path.")
