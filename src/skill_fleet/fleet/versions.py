"""An earlier version of a skill to measure against: a path, what the last promotion replaced, or a revision of git."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from skill_fleet.errors import NotFound
from skill_fleet.fleet.targets import Target
from skill_fleet.library.folder import FleetFolder
from skill_fleet.metrics.page import Page, load_page
from skill_fleet.skill.folder import MAX_BUNDLED_BYTES, SKILL_FILES

PREVIOUS = "@previous"
GIT = "git:"

#: Seconds that one call of git may take.
PATIENCE = 30.0
#: How git calls a plain file and an executable one; links and submodules are left out.
_FILES = ("100644", "100755")


@contextmanager
def version_of(folder: FleetFolder, target: Target, version: str) -> Iterator[Page]:
    """`version` is a folder or a SKILL.md, `@previous`, or `git:REV`. Raises `NotFound` when there is none.

    It is looked at as if it lay where the skill lies now: what its own folder is called is no difference.
    """
    with TemporaryDirectory(prefix="skill-fleet-") as place:
        page = load_page(_find(folder, target, version, Path(place)))
        name = target.file.absolute().parent.name
        yield Page(replace(page.subject, directory_name=name)) if page.folder else page


def _find(folder: FleetFolder, target: Target, version: str, place: Path) -> Path:
    if version.startswith(GIT):
        return _check_out(target.file, version.removeprefix(GIT), place)
    return _find_backup(folder, target) if version == PREVIOUS else Path(version)


def _find_backup(folder: FleetFolder, target: Target) -> Path:
    kept = folder.backups / target.ref
    numbers = [int(path.name) for path in kept.iterdir() if path.name.isdigit()] if kept.is_dir() else []
    if not target.ref or not numbers:
        raise NotFound(
            f"no promotion has replaced {target.ref or target.file}: there is no previous version.",
            "Name a folder or a SKILL.md, or git:REV.",
        )
    return kept / str(max(numbers)) / kept.name


def _check_out(file: Path, revision: str, place: Path) -> Path:
    """The skill's folder as it was, below `place`. Large files, links and submodules are left out."""
    folder = file.resolve().parent
    if not revision or revision.startswith("-"):
        raise NotFound(f"{revision!r} is no revision.", "Name a commit, a branch or a tag: git:HEAD~1.")
    commit = _git(folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").decode().strip()
    inside = _git(folder, "rev-parse", "--show-prefix").decode().rstrip("\n")
    names = list(_tree(folder, commit))
    if not any(name in SKILL_FILES for name, _ in names):
        raise NotFound(f"{inside or './'} has no SKILL.md in {revision}.", "Name a revision in which it is there.")
    copy = place / folder.name
    for name, blob in names:
        path = copy / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_git(folder, "cat-file", "blob", blob))
    return copy


def _tree(folder: Path, commit: str) -> Iterator[tuple[str, str]]:
    """Names and blobs of the files in `folder`, as they are called from there."""
    for entry in _git(folder, "ls-tree", "-r", "-l", "-z", commit).decode("utf-8", "surrogateescape").split("\0"):
        head, _, name = entry.partition("\t")
        mode, _, blob, size = head.split() if head else ("", "", "", "")
        is_below = ".." not in PurePosixPath(name).parts and not name.startswith("/")
        if mode in _FILES and int(size) <= MAX_BUNDLED_BYTES and is_below:
            yield name, blob


def _git(folder: Path, *arguments: str) -> bytes:
    """What git prints. Blobs come as they are stored: no filter of the repository runs."""
    program = shutil.which("git")
    if program is None:
        raise NotFound("git is not installed.", "Name a folder or a SKILL.md instead of git:REV.")
    try:
        done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired as error:
        raise NotFound(f"git does not answer in {folder}.", "Look at the repository, or name a folder.") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip() or f"git knows no such revision in {folder}"
        raise NotFound(f"{said.removeprefix('fatal: ')}.", "Name a commit, a branch or a tag of this checkout.")
    return done.stdout
