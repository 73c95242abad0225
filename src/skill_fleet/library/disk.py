"""Writing that is whole or not there: temporary siblings, fsync, one rename; and a lock between processes."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from skill_fleet.errors import StorageError
from skill_fleet.skill.folder import LEFT_OUT

_HINTS = {
    errno.EACCES: "Make the folder writable, or choose another fleet with --home PATH.",
    errno.EPERM: "Make the folder writable, or choose another fleet with --home PATH.",
    errno.EROFS: "The file system is read-only: choose another fleet with --home PATH.",
    errno.ENOSPC: "The disk is full: free some space and run the command again.",
    errno.EDQUOT: "The disk quota is used up: free some space and run the command again.",
    errno.ENOTDIR: "A file stands where a folder is needed: move it away, or choose another fleet with --home PATH.",
    errno.EEXIST: "A file stands where a folder is needed: move it away, or choose another fleet with --home PATH.",
    errno.EXDEV: "`skills` and `.skill-fleet` have to lie on one file system.",
}


@contextmanager
def storage_errors(place: Path) -> Iterator[None]:
    """Turns an `OSError` into a `StorageError` about `place` that says what to do."""
    try:
        yield
    except OSError as error:
        named = error.filename2 or error.filename or place
        hint = _HINTS.get(error.errno or 0, "Check the folder, or choose another fleet with --home PATH.")
        raise StorageError(f"{named} cannot be written: {error.strerror or error}.", hint) from error


@contextmanager
def locked(state: Path) -> Iterator[None]:
    """Only one process at a time changes the skills of a fleet. The system lets go of the lock when a process dies."""
    with storage_errors(state):
        state.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(state / "lock", os.O_RDWR | os.O_CREAT, 0o666)
    try:
        with storage_errors(state):
            _take(descriptor)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415  exists there only

        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
    else:
        import fcntl  # noqa: PLC0415  does not exist on Windows

        fcntl.flock(descriptor, fcntl.LOCK_EX)


def write_synced(path: Path, data: bytes, *, executable: bool = False) -> None:
    """Write `path`, with its folders, down to the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if executable:
        path.chmod(path.stat().st_mode | 0o111)


def replace_file(path: Path, data: bytes) -> None:
    """Put `data` in the place of `path`: a reader sees the old file or the new one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        write_synced(temporary, data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames inside `folder` last; Windows cannot open a folder and needs no such step."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def copy_synced(source: Path, target: Path) -> None:
    """Copy a folder down to the disk; links stay links."""
    shutil.copytree(source, target, symlinks=True, copy_function=_copy_file)
    sync_folder(target)


def _copy_file(source: str, target: str) -> None:
    write_synced(Path(target), Path(source).read_bytes())
    shutil.copymode(source, target)


def remove_folder(folder: Path) -> None:
    """Remove `folder`, if it is there."""
    if folder.exists():
        shutil.rmtree(folder)


def file_digests(folder: Path, leave_out: frozenset[str] = frozenset()) -> dict[str, str]:
    """POSIX path → SHA-256 of each file below `folder` but those that tools leave; a link counts by where it points."""
    files = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_symlink() or path.is_file()}
    return {
        name.as_posix(): _digest(files[name])
        for name in sorted(files)
        if name.as_posix() not in leave_out and LEFT_OUT.isdisjoint(name.parts)
    }


def _digest(path: Path) -> str:
    data = os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()
    return hashlib.sha256(data).hexdigest()


def digest_of(files: Mapping[str, str]) -> str:
    """One SHA-256 over the names and digests of a folder's files."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(files.items()))
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()
