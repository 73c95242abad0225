"""The taxonomy: the folders that skills are filed in, and nothing else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from skill_fleet.errors import BadName
from skill_fleet.library.catalog import Entry

_SEGMENT = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Branch:
    """A path of the taxonomy. `own` skills lie in it directly, `total` in it or below."""

    path: str
    own: int
    total: int


def taxonomy(entries: Iterable[Entry]) -> list[Branch]:
    """Every path that leads to a skill, parents before children."""
    own = Counter(entry.path for entry in entries if entry.path)
    total: Counter[str] = Counter()
    for path, count in own.items():
        for branch in (path, *_parents(path)):
            total[branch] += count
    return [Branch(path, own[path], total[path]) for path in sorted(total, key=lambda path: path.split("/"))]


def _parents(path: str) -> list[str]:
    return [parent.as_posix() for parent in PurePosixPath(path).parents if parent.name]


def check_path(path: str) -> str:
    """`path` without slashes at its end. Raises `BadName` when a segment is not lower-case words, and for a path from
    the root of the disk, which would not lead there."""
    plain = path.rstrip("/")
    if not plain or not all(_SEGMENT.fullmatch(segment) for segment in plain.split("/")):
        raise BadName(
            f"not a taxonomy path: {path!r}.",
            "Use lower-case words between slashes, for example --to technical/http.",
        )
    return plain
