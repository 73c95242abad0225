"""Where things stand in a plot: numbers to coordinates. What is drawn there is in the templates.

Coordinates are in the units of an SVG's view box, from the left and from the top.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from skill_fleet.metrics.history import Mark
from skill_fleet.metrics.reading import LAYERS
from skill_fleet.metrics.score import Band, Layer

WIDTH = 600
#: Room for the names at the left of a plot, and at its right edge.
LEFT = 140
RIGHT = 16
#: Height of a row of a plot with one row for each style.
ROW = 34
#: Height of the history's plot, and its margins above and below.
TALL = 220
TOP = 12
BOTTOM = 28
#: Height of a line's name.
LABEL = 14
#: Columns of a histogram.
BINS = 25
#: The value at the left end of a plot of integrity: below lies next to nothing.
LOWEST = 0.5
#: Points of a history that are drawn, the newest.
MOST_POINTS = 200


@dataclass(frozen=True, slots=True)
class Axis:
    """From a value to its place between the margins; what lies beyond an end stands at that end."""

    low: float
    high: float
    left: float = LEFT
    right: float = WIDTH - RIGHT

    def at(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 1.0
        return round(self.left + min(1.0, max(0.0, share)) * (self.right - self.left), 1)


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """One style's skills: from `low` to `high` lie nine in ten of them, from `first` to `third` every second one;
    `mark` is where this skill stands, None in the rows of other styles."""

    style: str
    y: float
    low: float
    first: float
    median: float
    third: float
    high: float
    mark: float | None


@dataclass(frozen=True, slots=True)
class Spread:
    """How integrity is spread by style. `bands` are the places where warn and ok begin."""

    boxes: tuple[Box, ...]
    bands: tuple[Tick, ...]
    ticks: tuple[Tick, ...]
    height: float


def plot_spread(
    quantiles: Mapping[str, Sequence[float]], bands: tuple[float, float], style: str, value: float
) -> Spread:
    """`quantiles` has for each style evenly spaced ones from the least to the greatest value."""
    axis = Axis(min(LOWEST, value), 1.0)
    boxes = tuple(
        _box(axis, name, row, points, value if name == style else None)
        for row, (name, points) in enumerate(sorted(quantiles.items()))
    )
    names = ("warn", "ok")
    edges = tuple(Tick(axis.at(edge), name) for edge, name in zip(bands, names, strict=True))
    ticks = tuple(Tick(axis.at(tenth / 10), f".{tenth}" if tenth < 10 else "1") for tenth in range(5, 11))  # noqa: PLR2004  1.0 is no ".10"
    return Spread(boxes, edges, ticks, len(boxes) * ROW + TOP + BOTTOM)


def _box(axis: Axis, style: str, row: int, points: Sequence[float], mark: float | None) -> Box:
    low, first, median, third, high = (axis.at(_quantile(points, share)) for share in (0.05, 0.25, 0.5, 0.75, 0.95))
    place = None if mark is None else axis.at(mark)
    return Box(style, TOP + row * ROW + ROW / 2, low, first, median, third, high, place)


def _quantile(points: Sequence[float], share: float) -> float:
    at = share * (len(points) - 1)
    low, inner = int(at), at - int(at)
    return points[low] + inner * (points[min(low + 1, len(points) - 1)] - points[low])


@dataclass(frozen=True, slots=True)
class Column:
    x: float
    y: float
    width: float
    height: float
    band: Band
    text: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """The skills of one style by integrity; `text` tells it in words."""

    style: str
    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]
    text: str


#: Width of a histogram, and the height of its columns.
NARROW = 320
HIGH = 60


def plot_histogram(style: str, values: Sequence[float], bands: tuple[float, float]) -> Histogram:
    axis = Axis(0.0, 1.0, left=8, right=NARROW - RIGHT)
    counts = Counter(min(BINS - 1, int(value * BINS)) for value in values)
    most = max(counts.values(), default=1)
    columns = tuple(_column(axis, place, counts[place], most, bands) for place in sorted(counts))
    ticks = tuple(Tick(axis.at(tenth / 10), f"{tenth / 10:g}") for tenth in (0, 2, 4, 6, 8, 10))
    by_band = Counter(_band(value, bands) for value in values)
    told = ", ".join(f"{by_band[band]} {band}" for band in ("ok", "warn", "block") if by_band[band])
    return Histogram(style, columns, ticks, f"{len(values)} skill{'' if len(values) == 1 else 's'}: {told}")


def _column(axis: Axis, place: int, count: int, most: int, bands: tuple[float, float]) -> Column:
    low, high = place / BINS, (place + 1) / BINS
    height = round(max(1.0, HIGH * count / most), 1)
    left, right = axis.at(low), axis.at(high)
    text = f"{low:.2f} to {high:.2f}: {count}"
    return Column(left, HIGH - height, round(right - left - 1, 1), height, _band((low + high) / 2, bands), text)


def _band(value: float, bands: tuple[float, float]) -> Band:
    warn, ok = bands
    return "ok" if value >= ok else "warn" if value >= warn else "block"


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float
    mark: Mark


@dataclass(frozen=True, slots=True)
class Line:
    """One layer over time: a value holds until the next one. A new formula begins a new path, because values of two are
    not compared. `paths` are for SVG."""

    layer: Layer
    number: int
    points: tuple[Point, ...]
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """`labels` name the lines, each beside its end as far as there is room."""

    lines: tuple[Line, ...]
    labels: tuple[Tick, ...]
    days: tuple[Tick, ...]
    levels: tuple[Tick, ...]


def plot_history(marks: Sequence[Mark]) -> Timeline | None:
    """None with less than two times: one point is no line."""
    shown = marks[-MOST_POINTS:]
    times = sorted({mark.at for mark in shown})
    if len(times) < 2:  # noqa: PLR2004  two points make a line
        return None
    across = Axis(times[0].timestamp(), times[-1].timestamp(), left=30, right=WIDTH - LEFT)
    by_layer = [(number, layer, [m for m in shown if m.layer == layer]) for number, layer in enumerate(LAYERS)]
    lines = tuple(_line(layer, number, marks, across) for number, layer, marks in by_layer if marks)
    levels = tuple(Tick(_height(level), f"{level:g}") for level in (0.0, 0.5, 1.0))
    return Timeline(lines, tuple(_labels(lines)), _days(times, across), levels)


def _labels(lines: Sequence[Line]) -> Iterator[Tick]:
    """From top to bottom, no two of them over each other."""
    free = 0.0
    for line in sorted(lines, key=lambda line: line.points[-1].y):
        at = max(line.points[-1].y, free)
        free = at + LABEL
        yield Tick(at, line.layer)


def _line(layer: Layer, number: int, marks: Sequence[Mark], across: Axis) -> Line:
    points = [Point(across.at(mark.at.timestamp()), _height(mark.value), mark) for mark in marks]
    ends = [point.x for point in points[1:]] + [across.right]
    steps = [(point, end) for point, end in zip(points, ends, strict=True)]
    paths = tuple(
        "M " + " L ".join(f"{point.x:g} {point.y:g} H {end:g}" for point, end in same)
        for _, same in groupby(steps, key=lambda step: step[0].mark.version)
    )
    return Line(layer, number, tuple(points), paths)


def _height(value: float) -> float:
    return round(TALL - BOTTOM - value * (TALL - BOTTOM - TOP), 1)


def _days(times: Sequence[datetime], across: Axis) -> tuple[Tick, ...]:
    """The first and the last one, with the hour where they are of one day."""
    form = "%Y-%m-%d" if times[0].date() != times[-1].date() else "%Y-%m-%d %H:%M"
    return tuple(Tick(across.at(at.timestamp()), f"{at:{form}}") for at in (times[0], times[-1]))
