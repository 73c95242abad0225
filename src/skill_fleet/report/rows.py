"""What a table says of each of many skills, held for all of them at once: what it takes to find the worst."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from skill_fleet.metrics.reading import LAYERS, Reading
from skill_fleet.metrics.score import Band, Flaw, Layer
from skill_fleet.metrics.twins import Sketch, Twins, find_twins

State = Band | None
"""A layer's band; None where it was not measured."""

#: Flaws of a skill that are remembered.
WORST = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One skill of many: a band for each of `LAYERS`, and its costliest flaws out of `count`."""

    place: str
    name: str
    style: str
    bands: tuple[State, ...]
    integrity: float | None
    percentile: float | None
    flaws: tuple[Flaw, ...]
    count: int
    problem: str

    @property
    def badness(self) -> tuple[int, int, float, str]:
        """Sorts the worst first: what blocks, what warns, what it would cost to mend."""
        blocks = 1 if self.problem else 0
        return (
            -self.bands.count("block") - len(LAYERS) * blocks,
            -self.bands.count("warn"),
            -sum(flaw.cost for flaw in self.flaws),
            self.place,
        )


@dataclass
class Tally:
    """Counts over skills, filled one by one and then looked at."""

    rows: list[Row] = field(default_factory=list)
    bands: dict[Layer, Counter[State]] = field(default_factory=lambda: {layer: Counter() for layer in LAYERS})
    styles: Counter[str] = field(default_factory=Counter)
    blocked: int = 0
    unread: int = 0
    sketches: list[tuple[str, Sketch]] = field(default_factory=list)
    latest: Reading | None = None

    def add(self, reading: Reading, sketch: Sketch) -> Reading:
        """The reading itself, so that it can go on."""
        row, self.latest = row_of(reading), reading
        self.sketches.append((reading.place, sketch))
        self.rows.append(row)
        self.blocked += reading.is_blocked
        self.unread += bool(reading.problem)
        if not reading.problem:
            self.styles[reading.style] += 1
            for layer, band in zip(LAYERS, row.bands, strict=True):
                self.bands[layer][band] += 1
        return reading

    @property
    def only(self) -> Reading | None:
        """The skill, when it is one."""
        return self.latest if self.total == 1 else None

    @cached_property
    def twins(self) -> list[Twins]:
        """The skills that say nearly the same."""
        return find_twins(self.sketches)

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def measured(self) -> tuple[Layer, ...]:
        """The layers that were measured of any skill."""
        return tuple(layer for layer in LAYERS if self.total_measured(layer))

    def total_measured(self, layer: Layer) -> int:
        return sum(count for band, count in self.bands[layer].items() if band)


def row_of(reading: Reading) -> Row:
    integrity = reading.vector.find("integrity")
    flaws = reading.flaws
    return Row(
        place=reading.place,
        name=reading.name,
        style=reading.style,
        bands=tuple(_bands(reading)),
        integrity=integrity.value if integrity else None,
        percentile=reading.percentile,
        flaws=flaws[:WORST],
        count=len(flaws),
        problem=reading.problem,
    )


def _bands(reading: Reading) -> Iterator[State]:
    for layer in LAYERS:
        score = reading.vector.find(layer)
        yield score.band if score and score.value is not None else None


def worst_first(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row.badness)
