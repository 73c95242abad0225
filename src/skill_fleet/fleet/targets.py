"""What there is to measure: from what a person names to the files of skills, none of them read yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from skill_fleet.errors import NotFound
from skill_fleet.library.catalog import find_entries, find_files, get_entry, load_catalog
from skill_fleet.library.drafts import LATEST, find_drafts, get_draft
from skill_fleet.library.folder import FleetFolder, check_there
from skill_fleet.rules.check import find_skills


@dataclass(frozen=True, slots=True)
class Target:
    """A file with a skill; `ref` is the skill's path and name when it is one of the fleet's. With a `problem` it cannot
    be measured."""

    file: Path
    ref: str = ""
    problem: str = ""


def find_targets(folder: FleetFolder, named: Sequence[str]) -> list[Target]:
    """What `named` means, each file once: paths, skills of the fleet, drafts, `@last`; the whole fleet without a name.

    Raises `NotFound` for a name that means nothing, and `Conflict` for one that may mean several.
    """
    found = [target for name in named for target in _named(folder, name)] if named else _fleet(folder)
    return list({target.file: target for target in found}.values())


def _named(folder: FleetFolder, name: str) -> Iterator[Target]:
    path = Path(name)
    if name != LATEST and path.exists() and (at := _at(folder, path)):
        yield from at
    elif name != LATEST and find_entries(entries := load_catalog(folder), name):
        entry = get_entry(entries, name)
        yield Target(entry.file, entry.ref)
    elif find_drafts(folder, name):
        yield Target(get_draft(folder, name).folder / "SKILL.md")
    elif path.exists():
        raise NotFound(f"There is no SKILL.md in or below {path}.", "Name a folder of skills, or a SKILL.md.")
    else:
        hint = "Name a path, or a skill or draft that `skill-fleet list` shows."
        raise NotFound(f"there is neither a file nor a skill nor a draft {name!r}.", hint)


def _at(folder: FleetFolder, path: Path) -> list[Target]:
    """What lies at a path. The folder of the whole fleet means its skills, without drafts and backups."""
    if path.resolve() in (folder.root.resolve(), folder.skills.resolve()) and folder.skills.is_dir():
        return _fleet(folder)
    return [Target(file, _ref(folder, file)) for file in find_skills(path)]


def _ref(folder: FleetFolder, file: Path) -> str:
    """Empty for a file that is no skill of the fleet, such as a draft."""
    place, skills = file.resolve().parent, folder.skills.resolve()
    if not place.is_relative_to(skills) or place.is_relative_to(folder.drafts.resolve()):
        return ""
    ref = place.relative_to(skills).as_posix()
    return "" if ref == "." else ref


def _fleet(folder: FleetFolder) -> list[Target]:
    check_there(folder)
    closed: list[OSError] = []
    files = sorted(find_files(folder.skills, closed.append))
    found = [Target(file, file.parent.relative_to(folder.skills).as_posix()) for file in files]
    return found + [
        Target(Path(error.filename), problem=f"the folder cannot be listed: {error.strerror or error}")
        for error in closed
        if not isinstance(error, FileNotFoundError)
    ]
