"""What every check says: how much it could look at, and what did not hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Weight = Literal["hard", "firm", "candidate"]
"""hard: a contradiction that keeps the skill from being promoted · firm: seen to be wrong · candidate: it looks wrong,
and something that cannot be read from outside may make it right."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that does not hold. `line` counts from 1 in `file`; `evidence` is what was seen there."""

    message: str
    hint: str
    file: str
    line: int
    evidence: str = ""
    weight: Weight = "firm"
    sureness: float = 0.0

    @property
    def cost(self) -> float:
        """What it takes of one thing that was checked: of a candidate a third, and all when `sureness` is 1. Where that
        is the share of its like that hold, each one that is mended raises the value."""
        return 1 / (3 - 2 * self.sureness) if self.weight == "candidate" else 1.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """A check of one skill: the number of things looked at, none when it does not apply, and those that failed.

    `notes` say what was not looked at, and why.
    """

    name: str
    checked: int
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        """The share of things that hold, 0 to 1; 1 when nothing was looked at."""
        lost = sum(fault.cost for fault in self.faults)
        return max(0.0, 1 - lost / self.checked) if self.checked else 1.0
