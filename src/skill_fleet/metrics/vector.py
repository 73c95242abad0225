"""The layers of one skill side by side: what blocks it, and whether one version is better than another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skill_fleet.metrics.score import Layer, Score

#: A layer that moves by less stays as it is: rounding, and a word more or less.
LEAST_CHANGE = 0.002


@dataclass(frozen=True, slots=True)
class Vector:
    """The scores of one skill, each layer at most once. They are compared, gated and shown, never averaged."""

    scores: tuple[Score, ...]

    def find(self, layer: Layer) -> Score | None:
        return next((score for score in self.scores if score.layer == layer), None)

    @property
    def blocked(self) -> tuple[Score, ...]:
        """The layers that keep the skill from being promoted."""
        return tuple(score for score in self.scores if score.band == "block")


def is_better(after: Vector, before: Vector) -> bool:
    """Whether `after` blocks less, or blocks no more and is better in one layer and worse in none (Pareto).

    Layers that were not measured in both, or by formulas of different versions, say nothing.
    """
    if len(after.blocked) != len(before.blocked):
        return len(after.blocked) < len(before.blocked)
    changes = list(_changes(after, before))
    return any(change >= LEAST_CHANGE for change in changes) and all(change > -LEAST_CHANGE for change in changes)


def is_no_worse(after: Vector, before: Vector) -> bool:
    """Whether `after` blocks no more, and no layer that both have is lower in it."""
    return len(after.blocked) <= len(before.blocked) and all(
        change > -LEAST_CHANGE for change in _changes(after, before)
    )


def _changes(after: Vector, before: Vector) -> Iterator[float]:
    for old in before.scores:
        new = after.find(old.layer)
        if new and new.version == old.version and new.value is not None and old.value is not None:
            yield new.value - old.value
