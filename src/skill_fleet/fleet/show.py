"""One skill or draft, with the sources of its statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from skill_fleet.errors import NotFound
from skill_fleet.library.catalog import find_entries, get_entry, load_catalog
from skill_fleet.library.disk import storage_errors
from skill_fleet.library.drafts import LATEST, PROVENANCE, find_drafts, get_draft, load_record
from skill_fleet.library.folder import FleetFolder
from skill_fleet.skill.folder import SKILL_FILES


@dataclass(frozen=True, slots=True)
class Origin:
    """Lines of a source that a statement rests on."""

    evidence: str
    source: str
    path: str
    line: int
    end: int


@dataclass(frozen=True, slots=True)
class Traced:
    """A statement of the skill: its lines, how its words were come by, its first words, its origins."""

    file: str
    line: int
    end: int
    transform: str
    words: str
    origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A skill or draft as it lies on disk. `job` is empty for a skill of the fleet, `promoted` is the path a draft
    went to; `files` are POSIX paths."""

    name: str
    job: str
    promoted: str
    folder: Path
    main: str
    files: tuple[str, ...]
    statements: tuple[Traced, ...]

    def read(self, file: str) -> str:
        """The text of one of its files. Raises `NotFound` that names the files there are."""
        if file not in self.files:
            raise NotFound(f"{self.name} has no file {file!r}.", f"It has: {', '.join(self.files)}.")
        with storage_errors(self.folder):
            return (self.folder / file).read_text(encoding="utf-8", errors="replace")


def show(folder: FleetFolder, ref: str) -> Shown:
    """The skill called `ref`, or else the draft. Raises `NotFound` or `Conflict`."""
    skills = load_catalog(folder)
    if ref != LATEST and find_entries(skills, ref):
        entry = get_entry(skills, ref)
        return _shown(entry.name, "", "", entry.folder, entry.folder / PROVENANCE)
    if find_drafts(folder, ref):
        draft = get_draft(folder, ref)
        return _shown(draft.name, draft.job, draft.promoted, draft.folder, draft.provenance)
    raise NotFound(f"no skill or draft is called {ref!r}.", "See them with `skill-fleet list`.")


def _shown(name: str, job: str, promoted: str, folder: Path, provenance: Path) -> Shown:
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if _is_own(path))
    main = next((file for file in SKILL_FILES if file in files), SKILL_FILES[0])
    return Shown(name, job, promoted, folder, main, tuple(files), tuple(_statements(folder, files, provenance)))


def _is_own(path: Path) -> bool:
    """A file of the folder itself; a link may lead anywhere."""
    return path.is_file() and not path.is_symlink()


def _statements(folder: Path, files: Sequence[str], provenance: Path) -> Iterator[Traced]:
    """What the record says. It may be foreign, so only files of the skill are opened for it."""
    lines: dict[str, list[str]] = {}
    for statement in _records(load_record(provenance).get("statements")):
        file, line, end = _text(statement, "file"), _number(statement, "line"), _number(statement, "end")
        if file not in lines:
            lines[file] = _lines_of(folder / file) if file in files else []
        yield Traced(
            file,
            line,
            end,
            _text(statement, "transform"),
            _words_at(lines[file], line, end),
            tuple(_origins(statement)),
        )


def _origins(statement: dict[str, object]) -> Iterator[Origin]:
    for reference in _records(statement.get("references")):
        evidence, source, path = (_text(reference, key) for key in ("evidence", "source", "path"))
        yield Origin(evidence, source, path, _number(reference, "line"), _number(reference, "end"))


def _records(value: object) -> Iterable[dict[str, object]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(record: dict[str, object], key: str) -> str:
    return str(record.get(key, ""))


def _number(record: dict[str, object], key: str) -> int:
    value = record.get(key)
    return value if isinstance(value, int) else 0


def _lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def _words_at(lines: list[str], line: int, end: int) -> str:
    """The first of the lines that says something: blank lines and the fence of a code block do not."""
    inside = (text.strip() for text in lines[max(line - 1, 0) : end])
    return next((text for text in inside if text and not text.startswith(("```", "~~~"))), "")
