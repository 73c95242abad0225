"""What a component is: a name, a weight, a small function of a view, and how its value is raised."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from skill_fleet.metrics.integrity.view import View


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that lowers a component. An empty hint stands for the component's own."""

    line: int
    message: str
    hint: str = ""
    evidence: str = ""
    file: str = "SKILL.md"


@dataclass(frozen=True, slots=True)
class Measure:
    """A value from 0 to 1, and what keeps it below 1."""

    value: float
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Component:
    """`measure` answers None for a skill that the component does not apply to; `improve` says what raises the value."""

    name: str
    weight: float
    measure: Callable[[View], Measure | None]
    improve: str


def grown(amount: float, *points: tuple[float, float]) -> float:
    """A value that grows with the logarithm of `amount`: 0 up to the first point, straight between points of amount
    and value, and beyond the last one at a third of the last slope, up to 1, so that no loss goes unseen."""
    place = math.log1p(amount)
    places = [(math.log1p(at), value) for at, value in points]
    if place <= places[0][0]:
        return places[0][1] * place / places[0][0]
    slope = 0.0
    for (x0, y0), (x1, y1) in pairwise(places):
        slope = (y1 - y0) / (x1 - x0)
        if place <= x1:
            return y0 + slope * (place - x0)
    last, value = places[-1]
    return min(value + slope / 3 * (place - last), 1.0)
