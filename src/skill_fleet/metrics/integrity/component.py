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


def left(count: int, first: float) -> float:
    """What is left of a value after `count` flaws of which the first leaves `first`. Each one more takes something, so
    that mending any of many is seen."""
    return 1 / (1 + count * (1 / first - 1))


def unspoilt(share: float, power: int = 2) -> float:
    """What is left of a value when `share` of the things, 0 to 1, is wrong. It falls all the way down."""
    return (1 - min(share, 1.0)) ** power


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
