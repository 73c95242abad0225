"""Evidence kept on disk, so that a folder of documentation is read once and a second draft takes a second.

One file a folder; it is used while the folder's files are what they were (names, sizes, times of change, and those of
the licence and project files above it) and written anew when they are not. It may be deleted at any moment.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from skill_fleet.codec import from_json, to_json
from skill_fleet.sources.folder import decode
from skill_fleet.sources.read import COMMAND, PACKAGE, Reach, join_stores, path_of, read_origin
from skill_fleet.sources.store import EvidenceStore
from skill_fleet.sources.walk import Survey, survey_folder

#: Folders above the one that is read in which its licence and metadata may stand.
_PARENTS = 2
_TOLD_BY = (
    *("licen", "copying", "notice"),
    *("pyproject", "package.json", "cargo.toml", "setup", "pkg-info", "readme", "mkdocs", "zensical", "conf.py"),
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
        if origin.startswith((PACKAGE, COMMAND)) or not (path := path_of(origin)).is_dir():
            return read_origin(origin, self.reach)
        survey = survey_folder(path, self.reach.folder)
        fingerprint = _fingerprint(path, origin, survey)
        file = self.folder / f"{hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:16]}.json"
        kept = _load(file)
        if kept and kept.fingerprint == fingerprint and _includes_unchanged(kept.store, path, survey):
            return kept.store
        store = read_origin(origin, self.reach)
        _save(file, CachedRead(fingerprint, store))
        return store


def _fingerprint(path: Path, origin: str, survey: Survey) -> str:
    """SHA-256 over the state of every file that may be read, and of the readers' own code: a new reader reads anew."""
    inside = [path / name for name in _names(survey)]
    above = [file for parent in path.absolute().parents[:_PARENTS] for file in _files_of(parent)]
    code = sorted(Path(__file__).parent.glob("*.py"))
    states = [_state(file) for file in (*code, *inside, *above)]
    return hashlib.sha256(os.fsencode("\n".join([origin, *states]))).hexdigest()


def _names(survey: Survey) -> list[str]:
    """Pages, and other files: a page may include them, and some say what the product is called."""
    return [*(name for name, _ in survey.files), *sorted(survey.others)]


def _files_of(folder: Path) -> list[Path]:
    """The files that say whose the documentation is and under which terms."""
    try:
        with os.scandir(folder) as entries:
            return sorted(Path(e.path) for e in entries if e.name.lower().startswith(_TOLD_BY) and e.is_file())
    except OSError:
        return []  # a folder above that nobody may look into says nothing to the readers either


def _state(file: Path) -> str:
    try:
        stat = file.stat()
    except OSError:
        return f"{file}\0gone"  # since the folder was looked through
    return f"{file}\0{stat.st_size}\0{stat.st_mtime_ns}\0{stat.st_mode}"


def _includes_unchanged(store: EvidenceStore, root: Path, survey: Survey) -> bool:
    """Files that pages pull in from where nobody looked still hold what they held."""
    known = frozenset(_names(survey))
    included = [text for text in store.texts if text.path not in known]
    return all(_text(root / text.path) == text.text for text in included)


def _text(file: Path) -> str | None:
    try:
        return decode(file.read_bytes())[0]
    except OSError:
        return None


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
    except (OSError, ValueError):  # ValueError: a file name that is no text
        with suppress(OSError):
            temporary.unlink()
