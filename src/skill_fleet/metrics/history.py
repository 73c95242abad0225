"""What skills measured when: so that a later look tells whether a skill, or how it is measured, has changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Protocol

from skill_fleet.metrics.score import Band, Layer
from skill_fleet.metrics.vector import Vector

#: Decimals of a value that are kept: what lies below differs from machine to machine.
DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Mark:
    """What one layer of a skill came to. `ref` is the skill's path and name in its fleet, `digest` that of its files,
    `version` that of formula and calibration."""

    ref: str
    layer: Layer
    at: datetime
    digest: str
    version: str
    band: Band
    value: float

    def says_as(self, other: Mark) -> bool:
        """Whether nothing but the time tells them apart."""
        ours = (self.ref, self.layer, self.digest, self.version, self.band, self.value)
        return ours == (other.ref, other.layer, other.digest, other.version, other.band, other.value)


class ScoreBook(Protocol):
    """The marks of a fleet's skills. Safe to use from several threads and processes.

    Raises `DatabaseAway` when nothing answers, and `StorageError` when it cannot be written.
    """

    def keep(self, marks: Iterable[Mark]) -> int:
        """Keep each mark that says anything else than the latest of its skill and layer; gives how many."""
        ...

    def history(self, ref: str) -> Sequence[Mark]:
        """Every mark of a skill, in the order in which they were kept."""
        ...


class MemoryScores:
    """A `ScoreBook` that ends with its process."""

    def __init__(self) -> None:
        self._marks: dict[str, list[Mark]] = {}
        self._lock = Lock()

    def keep(self, marks: Iterable[Mark]) -> int:
        with self._lock:
            return sum(self._keep(mark) for mark in marks)

    def _keep(self, mark: Mark) -> bool:
        kept = self._marks.setdefault(mark.ref, [])
        latest = next((known for known in reversed(kept) if known.layer == mark.layer), None)
        is_new = latest is None or not mark.says_as(latest)
        if is_new:
            kept.append(mark)
        return is_new

    def history(self, ref: str) -> Sequence[Mark]:
        with self._lock:
            return tuple(self._marks.get(ref, ()))


def marks_of(ref: str, digest: str, vector: Vector, at: datetime) -> tuple[Mark, ...]:
    """A mark for each layer that was measured."""
    return tuple(
        Mark(ref, score.layer, at, digest, score.version, score.band, round(score.value, DECIMALS))
        for score in vector.scores
        if score.value is not None
    )
