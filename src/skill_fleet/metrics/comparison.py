"""A skill beside an earlier version of itself: which layers moved, what got lost, and whether it got worse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skill_fleet.metrics.reading import Reading
from skill_fleet.metrics.relative import Relative
from skill_fleet.metrics.score import Band, Layer
from skill_fleet.metrics.vector import LEAST_CHANGE, Vector, is_better

#: Layers that hold a skill against something outside of its own text.
EVIDENT: frozenset[Layer] = frozenset({"truth", "discoverability", "lift"})


@dataclass(frozen=True, slots=True)
class Move:
    """A layer that was measured in both versions, by the same formula."""

    layer: Layer
    before: float
    after: float
    band_before: Band
    band_after: Band

    @property
    def change(self) -> float:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Comparison:
    """A skill now, what it measured before, and what got lost in between. `version` says which one it was."""

    reading: Reading
    version: str
    before: Vector
    relative: Relative

    @property
    def moves(self) -> tuple[Move, ...]:
        return tuple(_moves(self.before, self.reading.vector))

    @property
    def got_worse(self) -> bool:
        """More layers block than before; or as many do, and a layer fell and none rose, or content is gone for nothing.

        A fact is not bought back by better form: what excuses its loss is that fewer layers block, or that a layer rose
        that looks at evidence.
        """
        now = self.reading.vector
        if len(now.blocked) != len(self.before.blocked):
            return len(now.blocked) > len(self.before.blocked)
        is_for_something = any(move.change >= LEAST_CHANGE and move.layer in EVIDENT for move in self.moves)
        has_lost = self.relative.value < 1 - LEAST_CHANGE
        return is_better(self.before, now) or (has_lost and not is_for_something)


def _moves(before: Vector, after: Vector) -> Iterator[Move]:
    for old in before.scores:
        new = after.find(old.layer)
        if new and new.version == old.version and new.value is not None and old.value is not None:
            yield Move(old.layer, old.value, new.value, old.band, new.band)
