"""Evidence kept on disk, so that a folder of documentation is read once and a second draft takes a second.

One file a folder; it is used while the folder's files are what they were (names, sizes, times of change, and those of
the licence and project files above it) and written anew when they are not. It may be deleted at any moment.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from skill_fleet.codec import from_json, to_json
from skill_fleet.sources.read import COMMAND, PACKAGE, Reach, join_stores, read_origin
from skill_fleet.sources.store import EvidenceStore
from skill_fleet.sources.walk import survey_folder

#: Folders above the one that is read in which its licence and metadata may stand.
_PARENTS = 2
_TOLD_BY = (
    *("licen", "copying", "notice"),
    *("pyproject", "package.json", "cargo.toml", "setup", "pkg-info", "readme", "mkdocs"),
)


@dataclass(frozen=True)
class CachedRead:
    """What was read, and the state of the files it was read from."""

    fingerprint: str
    store: EvidenceStore


@dataclass(frozen=True, slots=True)
class EvidenceCache:
    """Reads origins through a folder of kept evidence. Packages and commands are read each time."""

    folder: Path
    reach: Reach

    def read(self, origins: Sequence[str]) -> EvidenceStore:
        """As `read_sources`, with the same errors; a cache that cannot be read or written costs time, nothing else."""
        return join_stores([self._one(origin) for origin in dict.fromkeys(origins)])

    def _one(self, origin: str) -> EvidenceStore:
        path = Path(origin).expanduser()
        if origin.startswith((PACKAGE, COMMAND)) or not path.is_dir():
            return read_origin(origin, self.reach)
        fingerprint = _fingerprint(path, origin, self.reach)
        file = self.folder / f"{hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:16]}.json"
        kept = _load(file)
        if kept and kept.fingerprint == fingerprint and _includes_unchanged(kept.store, path):
            return kept.store
        store = read_origin(origin, self.reach)
        _save(file, CachedRead(fingerprint, store))
        return store


def _fingerprint(path: Path, origin: str, reach: Reach) -> str:
    """SHA-256 over the state of every file that is read, and of the readers' own code: another reader reads anew."""
    survey = survey_folder(path, reach.folder)
    above = [file for parent in path.absolute().parents[:_PARENTS] for file in _files_of(parent)]
    code = sorted(Path(__file__).parent.glob("*.py"))
    states = [_state(file) for file in (*code, *(path / name for name, _ in survey.files), *above)]
    return hashlib.sha256("\n".join([origin, *states]).encode()).hexdigest()


def _files_of(folder: Path) -> Iterator[Path]:
    """The files that say whose the documentation is and under which terms."""
    with os.scandir(folder) as entries:
        yield from sorted(Path(e.path) for e in entries if e.name.lower().startswith(_TOLD_BY) and e.is_file())


def _state(file: Path) -> str:
    stat = file.stat()
    return f"{file}\0{stat.st_size}\0{stat.st_mtime_ns}"


def _includes_unchanged(store: EvidenceStore, root: Path) -> bool:
    """Files that pages pull in from outside the folder still hold what they held."""
    outside = [text for text in store.texts if text.path.startswith("../")]
    return all(
        (root / text.path).is_file() and (root / text.path).read_text("utf-8", "replace") == text.text
        for text in outside
    )


def _load(file: Path) -> CachedRead | None:
    try:
        return from_json(file.read_bytes(), CachedRead)
    except (OSError, ValueError):
        return None


def _save(file: Path, kept: CachedRead) -> None:
    temporary = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(to_json(kept, CachedRead))
        temporary.replace(file)
    except OSError:
        temporary.unlink(missing_ok=True)
