"""Vectors of texts, kept on disk: each text is computed once, since that takes some 60 ms.

A file holds the vectors of a 64th of all texts, by the digest of the text. It may be deleted at any moment, and two
processes may write it at once: the worst is that a text is computed again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from zipfile import BadZipFile

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

Tell = Callable[[str], object]
"""Takes a line about work that takes a while."""

MOST_KEPT = 1_600
"""Vectors of a file; the oldest go first. 64 files of 2.5 MB at most: 160 MB for 100,000 texts."""

_PORTION = 256
"""Texts that are computed before what is there is written: an interruption costs no more than these."""

_WORTH_TELLING = 100
_SECONDS = 0.1
"""What a text takes on a core of 2026 with other work on it: 0.06 to 0.14 were measured."""


class Model(Protocol):
    """What makes vectors: `id` changes whenever its vectors do."""

    @property
    def id(self) -> str: ...

    def embed(self, texts: Sequence[str]) -> Matrix: ...


@dataclass(frozen=True)
class KeptVectors:
    """A model with a folder for its vectors; without a folder nothing is kept."""

    model: Model
    folder: Path | None = None
    tell: Tell = lambda _: None

    @property
    def id(self) -> str:
        return self.model.id

    def embed(self, texts: Sequence[str]) -> Matrix:
        """As the model's, in which a text that comes twice is computed once."""
        keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]
        known = self._load(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if len(missing) >= _WORTH_TELLING:
            self.tell(f"reading {len(missing):,} texts for the first time: {_about(len(missing) * _SECONDS)}, once")
        for portion in _portions(list(missing.items())):
            made = self.model.embed([text for _, text in portion])
            fresh = dict(zip((key for key, _ in portion), made, strict=True))
            self._save(fresh)
            known |= fresh
        return np.array([known[key] for key in keys], np.float32) if keys else self.model.embed([])

    def _file(self, first: int) -> Path:
        assert self.folder is not None  # noqa: S101  for the type checker: asked by the two callers
        return self.folder / self.model.id / f"{first:02d}.npz"

    def _load(self, keys: Sequence[bytes]) -> dict[bytes, Matrix]:
        if self.folder is None:
            return {}
        files = sorted({_shelf(key) for key in keys})
        wanted = set(keys)
        return {key: row for first in files for key, row in _read(self._file(first)).items() if key in wanted}

    def _save(self, fresh: dict[bytes, Matrix]) -> None:
        if self.folder is None:
            return
        for first in sorted({_shelf(key) for key in fresh}):
            file = self._file(first)
            kept = _read(file) | {key: row for key, row in fresh.items() if _shelf(key) == first}
            _write(file, dict(list(kept.items())[-MOST_KEPT:]))


def _about(seconds: float) -> str:
    return f"about {seconds:.0f} s" if seconds < 120 else f"about {seconds / 60:.0f} min"  # noqa: PLR2004  two minutes


def _shelf(key: bytes) -> int:
    return key[0] % 64


def _portions(items: list[tuple[bytes, str]]) -> list[list[tuple[bytes, str]]]:
    return [items[start : start + _PORTION] for start in range(0, len(items), _PORTION)]


def _read(file: Path) -> dict[bytes, Matrix]:
    """What the file holds; nothing when it is missing or damaged."""
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as held:
            keys, rows = held["keys"], held["rows"]
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return {}
    if len(keys) != len(rows) or not np.isfinite(rows).all():
        return {}
    return {key.tobytes(): row for key, row in zip(keys, rows, strict=True)}


def _write(file: Path, held: dict[bytes, Matrix]) -> None:
    temporary = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as stream:
            keys = np.frombuffer(b"".join(held), np.uint8).reshape(len(held), -1)
            np.savez(stream, keys=keys, rows=np.array(list(held.values()), np.float32))
        temporary.replace(file)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
