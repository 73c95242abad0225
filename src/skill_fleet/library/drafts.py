"""Drafts: `skills/_drafts/<job id>/<name>/`, with the job's records beside the folder of the skill."""

from __future__ import annotations

import dataclasses
import errno
import glob
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Literal

from skill_fleet.errors import Conflict, NotFound, StorageError
from skill_fleet.library.disk import remove_folder, replace_file, storage_errors, sync_folder, write_synced
from skill_fleet.library.folder import FleetFolder
from skill_fleet.library.swap import swap_folders

DRAFT_RECORD = "draft.json"
PROVENANCE = "provenance.json"
LATEST = "@last"

Status = Literal["passed", "failed", "warnings", "unknown"]
"""What validation said when the draft was written: passed · failed: its trace check or a critical rule failed ·
warnings: findings that do not block · unknown: `draft.json` does not say."""


@dataclass(frozen=True, slots=True)
class DraftText:
    """A file to be kept: POSIX path relative to the skill's folder."""

    path: str
    text: str
    executable: bool = False


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A draft on disk. `path` is the taxonomy path its author proposes, `promoted` the one it was promoted to;
    `changed` is when its record was last written, in nanoseconds."""

    job: str
    name: str
    folder: Path
    path: str = ""
    status: Status = "unknown"
    author: str = ""
    promoted: str = ""
    changed: int = 0

    @property
    def record(self) -> Path:
        return self.folder.parent / DRAFT_RECORD

    @property
    def provenance(self) -> Path:
        return self.folder.parent / PROVENANCE


def save_draft(
    fleet: FleetFolder,
    job_id: str,
    name: str,
    files: Sequence[DraftText],
    records: Mapping[str, bytes],
    *,
    replace: bool = False,
) -> Path:
    """Keep a draft, whole or not at all, and return the skill's folder.

    Raises `Conflict` when the job already has a draft and `replace` is false.
    """
    final = fleet.drafts / _plain_segment(job_id)
    temporary = fleet.drafts / f".{job_id}.{os.getpid()}.tmp"
    with storage_errors(fleet.drafts):
        try:
            _remove_abandoned(fleet.drafts, job_id)
            _write_all(temporary, name, files, records)
            _put_in_place(temporary, final, replace=replace)
        finally:
            remove_folder(temporary)
    return final / name


def _remove_abandoned(drafts: Path, job_id: str) -> None:
    """What a process left that was killed over the same job; a job is worked on by one process at a time."""
    for left in drafts.glob(f".{glob.escape(job_id)}.*.tmp"):
        remove_folder(left)


def _write_all(folder: Path, name: str, files: Sequence[DraftText], records: Mapping[str, bytes]) -> None:
    skill = folder / _plain_segment(name)
    skill.mkdir(parents=True)
    for file in files:
        write_synced(skill / _inside(file.path), file.text.encode(), executable=file.executable)
    for record, data in sorted(records.items()):
        write_synced(folder / _plain_segment(record), data)
    sync_folder(folder)


def _put_in_place(temporary: Path, final: Path, *, replace: bool) -> None:
    if replace and final.exists():
        swap_folders(temporary, final)
        return
    try:
        temporary.rename(final)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        raise Conflict(
            f"job {final.name} already has a draft: {final}.", "Create again: a new job gets a new id."
        ) from error
    sync_folder(final.parent)


def _inside(path: str) -> PurePosixPath:
    """`path`, when it stays inside the folder it is relative to, on every system."""
    parts = PurePosixPath(path)
    windows = PureWindowsPath(path)
    if not path or parts.is_absolute() or windows.drive or windows.root or ".." in (*parts.parts, *windows.parts):
        raise StorageError(f"a draft's file would lie outside its folder: {path!r}.", "Name it by a relative path.")
    return parts


def _plain_segment(name: str) -> str:
    if len(_inside(name).parts) != 1 or name.startswith(".") or "\\" in name:
        raise StorageError(f"not a name for a folder or file: {name!r}.", "Use letters, digits and hyphens.")
    return name


def load_drafts(fleet: FleetFolder) -> list[KeptDraft]:
    """Every draft, the promoted ones too, the latest first."""
    found = [draft for job in _job_folders(fleet) for draft in _drafts_of(job)]
    return sorted(found, key=lambda draft: (-draft.changed, draft.job, draft.name))


def open_drafts(fleet: FleetFolder) -> list[KeptDraft]:
    """The drafts that still wait for promotion, the latest first."""
    return [draft for draft in load_drafts(fleet) if not draft.promoted]


def _job_folders(fleet: FleetFolder) -> list[Path]:
    with storage_errors(fleet.drafts):
        found = sorted(fleet.drafts.iterdir()) if fleet.drafts.is_dir() else []
    return [path for path in found if _is_plain_folder(path)]


def _is_plain_folder(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith(".")


def _drafts_of(job: Path) -> Iterator[KeptDraft]:
    record = load_record(job / DRAFT_RECORD)
    stamp = job / DRAFT_RECORD if record else job
    for folder in sorted(job.iterdir()):
        if _is_plain_folder(folder):
            yield _kept(job.name, folder, record, stamp.stat().st_mtime_ns)


def _kept(job: str, folder: Path, record: Mapping[str, object], changed: int) -> KeptDraft:
    return KeptDraft(
        job=job,
        name=folder.name,
        folder=folder,
        path=_text_at(record, "plan", "taxonomy", "path"),
        status=_status(_text_at(record, "report", "status")),
        author=_text_at(record, "author"),
        promoted=_text_at(record, "promoted", "path"),
        changed=changed,
    )


def _status(text: str) -> Status:
    match text:
        case "passed" | "failed" | "warnings":
            return text
        case _:
            return "unknown"


def load_record(path: Path) -> dict[str, object]:
    """A JSON object from disk; an empty one when it is missing or broken, because the draft is readable without it."""
    try:
        record = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _text_at(record: object, *keys: str) -> str:
    """The string at a path of keys, empty when there is none."""
    for key in keys:
        record = record.get(key) if isinstance(record, dict) else None
    return record if isinstance(record, str) else ""


def save_record(path: Path, record: Mapping[str, object]) -> None:
    """Write a JSON object in the place of `path`."""
    replace_file(path, render_record(record))


def render_record(record: object) -> bytes:
    """JSON that a person can read and a diff can follow."""
    return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode()


def mark_promoted(draft: KeptDraft, path: str) -> KeptDraft:
    """Note in the draft's record where it went; the draft itself stays."""
    save_record(draft.record, {**load_record(draft.record), "promoted": {"path": path}})
    return dataclasses.replace(draft, promoted=path)


def find_drafts(fleet: FleetFolder, ref: str) -> list[KeptDraft]:
    """The drafts that `ref` may mean: a job id, the beginning of one, a skill name, or `@last`."""
    drafts = load_drafts(fleet)
    if ref == LATEST:
        return drafts[:1]
    for chosen in (
        [draft for draft in drafts if draft.job == ref],
        [draft for draft in drafts if draft.name == ref and not draft.promoted],
        [draft for draft in drafts if draft.name == ref],
        [draft for draft in drafts if ref and draft.job.startswith(ref)],
    ):
        if chosen:
            return chosen
    return []


def get_draft(fleet: FleetFolder, ref: str) -> KeptDraft:
    """The one draft that `ref` means. Raises `NotFound`, or `Conflict` that names the candidates."""
    match find_drafts(fleet, ref):
        case [draft]:
            return draft
        case []:
            raise NotFound(f"no draft is called {ref!r} in {fleet.drafts}.", "See `skill-fleet list --drafts`.")
        case several:
            names = ", ".join(f"{draft.job}/{draft.name}" for draft in several)
            raise Conflict(f"{ref!r} may mean several drafts: {names}.", "Name one by its job id.")
