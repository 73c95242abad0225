"""Skills in, findings out."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from skill_fleet.errors import NotFound
from skill_fleet.rules.finding import Finding
from skill_fleet.rules.registry import select_rules
from skill_fleet.rules.subject import Subject
from skill_fleet.skill.folder import (
    LEFT_OUT,
    SKILL_FILES,
    Listing,
    find_skill_file,
    get_skill_file,
    load_bytes,
    load_listing,
)
from skill_fleet.skill.parse import scan_skill


def check_text(
    text: str | bytes,
    path: Path | None = None,
    *,
    directory_name: str | None = None,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
) -> tuple[Finding, ...]:
    """What the rules find in a text alone, sorted by place; a text that is no skill yields findings too.

    Without `directory_name` the name is not compared with a folder, and bundled files are not looked for.
    """
    subject = read_text(text, path, directory_name=directory_name)
    return check_subject(subject, select=select, ignore=ignore)


def check_folder(path: Path, *, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> tuple[Finding, ...]:
    """What the rules find in a skill's folder (or in the folder of the SKILL.md that `path` names).

    A file of another name is taken as a text without a folder. Raises NotFound without a SKILL.md, and StorageError
    when it cannot be read.
    """
    return check_subject(read_folder(path), select=select, ignore=ignore)


def read_text(text: str | bytes, path: Path | None = None, *, directory_name: str | None = None) -> Subject:
    """A text alone as the rules look at it."""
    return _make_subject(text, path, directory_name, None)


def read_folder(path: Path) -> Subject:
    """A skill's folder as the rules look at it; `path` and errors as in `check_folder`."""
    file = get_skill_file(path) if path.is_dir() or not os.path.lexists(path) else path
    if file.name not in SKILL_FILES:
        return read_text(load_bytes(file), file)
    listing = load_listing(file.parent)
    # Not resolved: a folder reached through a link goes by the name of the link.
    name = Path(os.path.abspath(file.parent)).name  # noqa: PTH100 - pathlib has no way to drop `..` alone
    return _make_subject(load_bytes(file), file, name, listing)


def check_subject(subject: Subject, *, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> tuple[Finding, ...]:
    found = (finding for rule in select_rules(select, ignore) for finding in rule.check(subject))
    return tuple(sorted(found, key=lambda finding: (finding.line, finding.column, finding.code, finding.message)))


def find_skills(path: Path) -> list[Path]:
    """Every SKILL.md at or below `path`, sorted. Tool folders (`.git`, `node_modules`) are skipped, links not followed.

    Raises NotFound when there is nothing at `path`.
    """
    if not path.is_dir():
        if path.exists():
            return [path]
        message = f"There is nothing at {path}."
        raise NotFound(message, "Name a SKILL.md, a folder that holds one, or a folder of skills.")
    found = (
        find_skill_file(Path(folder))
        for folder, inner, names in os.walk(path)
        if _prune(inner) and any(name in names for name in SKILL_FILES)
    )
    return sorted(file for file in found if file is not None)


def _prune(folders: list[str]) -> bool:
    """Drop, in place, what `os.walk` shall not enter; always true."""
    folders[:] = sorted(name for name in folders if name not in LEFT_OUT)
    return True


def _make_subject(text: str | bytes, path: Path | None, directory_name: str | None, listing: Listing | None) -> Subject:
    scanned = scan_skill(text)
    decoded = text if isinstance(text, str) else text.decode("utf-8", errors="replace")
    return Subject(decoded, scanned, path, directory_name, listing)
