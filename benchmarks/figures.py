"""What was measured, in figures that name their unit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Literal, TypeVar

T = TypeVar("T")

Unit = Literal["s", "/s", "MiB", "%", ""]
"""s: a time · /s: how many a second · MiB: a size · %: a share of one core · empty: a number."""

DIGITS = 3
SCALES = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure, with a value for each repetition."""

    name: str
    values: tuple[float, ...]
    unit: Unit = "s"

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def bad(self) -> float:
        """The value that one repetition in twenty is worse than, or as bad as; a rate is worse when it is lower."""
        ordered = sorted(self.values, reverse=self.unit == "/s")
        return ordered[math.ceil(0.95 * len(ordered)) - 1]

    def __str__(self) -> str:
        """Median and bad value, or the only value there is."""
        values = [self.median, self.bad] if len(self.values) > 1 else [self.median]
        if self.unit == "s":
            return render_seconds(values)
        return f"{' / '.join(map(render_number, values))} {self.unit}".rstrip()


def render_seconds(values: Sequence[float]) -> str:
    """All in the unit that suits the largest."""
    size, unit = next((scale for scale in SCALES if max(values) >= scale[0]), SCALES[-1])
    return f"{' / '.join(render_number(value / size) for value in values)} {unit}"


def render_number(value: float) -> str:
    """Three digits, more before the point where there are more, and no fraction of a whole number."""
    before = len(str(int(value)))
    return f"{value:,.{0 if value.is_integer() else max(DIGITS - before, 0)}f}"


def timed(work: Callable[[T], object], items: Iterable[T], before: Callable[[], object] | None = None) -> list[float]:
    """Seconds that `work` took for each of the items. `before` each of them something may be done that does not
    count."""
    seconds: list[float] = []
    for item in items:
        if before is not None:
            before()
        begun = perf_counter()
        work(item)
        seconds.append(perf_counter() - begun)
    return seconds
