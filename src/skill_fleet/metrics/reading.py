"""A skill with everything that was measured of it, as tables, pages and programs show it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from skill_fleet.metrics.measured import Measured
from skill_fleet.metrics.score import Band, Flaw, Layer, Score
from skill_fleet.metrics.vector import Vector

#: The layers in the order in which they are shown.
LAYERS: tuple[Layer, ...] = ("conformance", "integrity", "truth", "discoverability", "lift")

_ORDER: dict[Band, int] = {"block": 0, "warn": 1, "ok": 2}

NOTHING = Vector(())


@dataclass(frozen=True, slots=True)
class Reading:
    """`file` is where the skill lies, `ref` its path and name in the fleet, empty outside of one.

    `style` is how it is laid out; `percentile`, 0 to 1, is the share of good skills of that style whose integrity is
    lower. `digest` is that of its files; `named` holds the metrics that were asked for by name. With a `problem` it
    could not be measured, and there is no vector.
    """

    file: str
    ref: str = ""
    name: str = ""
    style: str = ""
    percentile: float | None = None
    digest: str = ""
    vector: Vector = NOTHING
    named: tuple[Measured, ...] = ()
    problem: str = ""

    @property
    def place(self) -> str:
        """What it is called in a list: its path in the fleet, its folder, or its file."""
        return self.ref or self.file.removesuffix("SKILL.md").rstrip("/\\") or self.file

    @property
    def is_blocked(self) -> bool:
        """Whether something keeps it from being promoted."""
        return bool(self.problem or self.vector.blocked)

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """Of all layers: those of a layer that blocks first, then of one that warns; among them the costliest first."""
        found = [(_ORDER[score.band], flaw) for score in self.vector.scores for flaw in score.flaws]
        found.sort(key=lambda pair: (pair[0], -pair[1].cost, pair[1].file, pair[1].line, pair[1].code))
        return tuple(flaw for _, flaw in found)

    def add(self, *scores: Score) -> Reading:
        """With further layers."""
        return replace(self, vector=Vector((*self.vector.scores, *scores)))
