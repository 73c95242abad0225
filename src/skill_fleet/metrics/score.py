"""What a measurement says: a value, its band, the parts it is made of, and every flaw with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Layer = Literal["conformance", "integrity", "truth", "discoverability", "lift"]

Band = Literal["ok", "warn", "block"]
"""ok: nothing to do · warn: look at it · block: not to be promoted."""


@dataclass(frozen=True, slots=True)
class Part:
    """A component: `value` from 0 (bad) to 1 (good), and how much of the layer's value it makes up. A component that
    does not apply to a skill is not among its parts, and its weight is spread over the others."""

    name: str
    value: float
    weight: float


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something to mend. `code` is a rule's (`SF…`) or the part's name; lines count from 1; `hint` says what to do.

    `cost` is what mending it adds to the layer's value at most (0 for what counts nothing); `evidence` is what was
    seen: the words of the line, the fact that was lost, the answer of a program.
    """

    layer: Layer
    code: str
    message: str
    hint: str
    file: str = "SKILL.md"
    line: int = 1
    cost: float = 0.0
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """One layer of one skill. `value`, 0 to 1, is None when nothing could be measured: then `note` says why.

    `version` names formula and calibration: values of different versions are not compared.
    """

    layer: Layer
    value: float | None
    band: Band
    parts: tuple[Part, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    version: str = "1"
    note: str = ""

    def part(self, name: str) -> Part | None:
        return next((part for part in self.parts if part.name == name), None)


def weighted(parts: tuple[Part, ...]) -> float:
    """The weighted mean of the parts, 0 to 1. Raises `ValueError` without a part that weighs anything."""
    total = sum(part.weight for part in parts)
    if total <= 0:
        raise ValueError("no part has a weight")
    return sum(part.value * part.weight for part in parts) / total
