"""Putting a skill in its place so that a crash leaves the old version or the new one, never neither, never a mixture.

The order, all of it under the fleet's lock:

1. the new version is copied to `.skill-fleet/placing/new`, down to the disk
2. `.skill-fleet/placing/plan.json` says where it goes and what its digest is; from here on it counts as whole
3. it takes its place: by a rename, or by changing places with the old version in one step of the file system
4. the old version moves on to `.skill-fleet/backups/<path>/<name>/<n>/<name>`
5. `.skill-fleet/placing` goes

Where the system cannot exchange two folders (Windows, some network file systems), step 3 is two renames; a crash
between them is mended by `recover` before the fleet is next changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from skill_fleet.errors import BadName, StorageError
from skill_fleet.library.disk import copy_synced, digest_of, file_digests, remove_folder, sync_folder, write_synced
from skill_fleet.library.drafts import PROVENANCE, load_record, render_record
from skill_fleet.library.folder import FleetFolder
from skill_fleet.library.swap import aside_of, swap_folders
from skill_fleet.library.taxonomy import check_path
from skill_fleet.skill.name import is_valid_name


def place_skill(fleet: FleetFolder, source: Path, place: str, extra: Mapping[str, bytes]) -> Path | None:
    """Put a copy of `source` with the `extra` files at `skills/<place>`; returns where the old version went.

    The caller holds the fleet's lock.
    """
    recover(fleet)
    work = _work(fleet)
    try:
        _prepare(work, source, place, extra)
        return _finish(fleet, place)
    except OSError:
        recover(fleet)
        raise


def recover(fleet: FleetFolder) -> None:
    """Bring a placing that was cut short to its end, or back to its beginning. The caller holds the lock.

    Raises `StorageError` and moves nothing when the plan names a place that no promotion would.
    """
    work = _work(fleet)
    plan = load_record(work / "plan.json")
    place = plan.get("place")
    if isinstance(place, str):
        _check_place(work, place)
        target = fleet.skills / place
        new, old = work / "new", aside_of(work / "new")
        if not target.exists() and old.exists():
            old.rename(target)
        _keep(fleet, place, old)
        if new.exists() and digest_of(skill_digests(new)) != plan.get("digest"):
            _keep(fleet, place, new)
    remove_folder(work)


def _check_place(work: Path, place: str) -> None:
    path, _, name = place.rpartition("/")
    try:
        plain = check_path(path)
    except BadName:
        plain = ""
    if plain != path or not plain or not is_valid_name(name):
        raise StorageError(
            f"{work / 'plan.json'} names no place for a skill: {place!r}.",
            f"Take what you need out of {work}, then remove it.",
        )


def skill_digests(folder: Path) -> dict[str, str]:
    """The digests of a skill's files. Its provenance is left out: promotion itself writes there."""
    return file_digests(folder, frozenset({PROVENANCE}))


def _work(fleet: FleetFolder) -> Path:
    return fleet.state / "placing"


def _prepare(work: Path, source: Path, place: str, extra: Mapping[str, bytes]) -> None:
    new = work / "new"
    work.mkdir(parents=True)
    copy_synced(source, new)
    for name, data in sorted(extra.items()):
        write_synced(new / name, data)
    digest = digest_of(skill_digests(new))
    write_synced(work / "plan.json", render_record({"place": place, "digest": digest}))
    sync_folder(work)


def _finish(fleet: FleetFolder, place: str) -> Path | None:
    work, target = _work(fleet), fleet.skills / place
    new = work / "new"
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        swap_folders(new, target)
    else:
        new.rename(target)
    sync_folder(target.parent)
    backup = _keep(fleet, place, new)
    remove_folder(work)
    return backup


def _keep(fleet: FleetFolder, place: str, old: Path) -> Path | None:
    """Move an old version to the next free number of its backups."""
    if not old.exists():
        return None
    kept = fleet.backups / place
    kept.mkdir(parents=True, exist_ok=True)
    numbers = [int(path.name) for path in kept.iterdir() if path.name.isdigit()]
    backup = kept / str(max(numbers, default=0) + 1) / kept.name
    backup.parent.mkdir()
    old.rename(backup)
    return backup
