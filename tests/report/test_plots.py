"""Where things stand in a plot."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from tests.report.pages import AT, marks

from skill_fleet.report.plots import HIGH, LABEL, Axis, plot_histogram, plot_history, plot_spread

EVEN = tuple(n / 20 for n in range(21))


@pytest.mark.parametrize(("value", "place"), [(0.0, 100), (0.5, 150), (1.0, 200), (-3.0, 100), (9.0, 200)])
def test_an_axis_leads_from_values_to_places(value: float, place: float) -> None:
    """What lies beyond an end stands at that end."""
    assert place == Axis(0.0, 1.0, 100, 200).at(value)


def test_an_axis_without_length_is_one_place() -> None:
    """As when everything was measured at the same time."""
    assert 200 == Axis(1.0, 1.0, 100, 200).at(1.0)


def test_the_spread_marks_the_skill_in_its_style() -> None:
    """The boxes stand in order, the mark in one of them."""
    plot = plot_spread({"minimal": EVEN, "comprehensive": (0.8, 0.9, 1.0)}, (0.75, 0.85), "minimal", 0.9)
    assert ["comprehensive", "minimal"] == [box.style for box in plot.boxes]
    assert plot.boxes[0].mark is None
    mark = plot.boxes[1].mark
    assert mark is not None
    for box in plot.boxes:
        assert box.low <= box.first <= box.median <= box.third <= box.high
    warn, ok = (edge.at for edge in plot.bands)
    assert warn < ok < mark


def test_a_low_value_widens_the_axis() -> None:
    """So that its mark stands at its left end and not outside."""
    plot = plot_spread({"minimal": EVEN}, (0.75, 0.85), "minimal", 0.1)
    mark = plot.boxes[0].mark
    assert mark is not None
    assert mark < plot.bands[0].at
    assert mark == min(mark, plot.boxes[0].low)


def test_a_histogram_counts_every_skill() -> None:
    """Also those at both ends; the highest column is as high as there is room."""
    plot = plot_histogram("minimal", [0.0, 0.9, 0.9, 1.0], (0.75, 0.85))
    assert [1, 2, 1] == [int(column.text.rpartition(" ")[2]) for column in plot.columns]
    assert ["block", "ok", "ok"] == [column.band for column in plot.columns]
    assert HIGH == max(column.height for column in plot.columns)
    assert "4 skills: 3 ok, 1 block" == plot.text
    assert "1 skill: 1 warn" == plot_histogram("minimal", [0.8], (0.75, 0.85)).text


def test_a_history_needs_two_times() -> None:
    """One point is no line, and none is nothing."""
    assert plot_history([]) is None
    assert plot_history(marks(1)) is None
    assert plot_history([*marks(1), *marks(1, "truth")]) is None


def test_a_value_holds_until_the_next() -> None:
    """A step for each change, up to the latest time of any layer."""
    plot = plot_history([*marks(1, "truth"), *marks(3)])
    assert plot
    truth, integrity = (next(line for line in plot.lines if line.layer == layer) for layer in ("truth", "integrity"))
    assert (1, 3) == (len(truth.points), len(integrity.points))
    assert truth.paths[0].endswith(f"H {integrity.points[-1].x:g}")
    heights = [point.y for point in integrity.points]
    assert sorted(heights, reverse=True) == heights
    assert ["2026-03-01", "2026-03-03"] == [day.text for day in plot.days]


def test_another_formula_begins_another_path() -> None:
    """Values of two formulas are not compared, so no line joins them."""
    both = [*marks(2), *(replace(mark, at=mark.at + timedelta(days=9), version="2") for mark in marks(2))]
    plot = plot_history(both)
    assert plot
    assert 2 == len(plot.lines[0].paths)


def test_names_of_lines_do_not_cover_each_other() -> None:
    """Layers that measure the same stand below each other."""
    same = [mark for layer in ("conformance", "integrity", "truth", "lift") for mark in marks(2, layer)]
    plot = plot_history(same)
    assert plot
    places = [label.at for label in plot.labels]
    assert all(below - above >= LABEL for above, below in pairwise(places))


def test_times_of_one_day_show_the_hour() -> None:
    """Two equal dates would tell nothing."""
    first, second = marks(2)
    plot = plot_history([first, replace(second, at=AT + timedelta(hours=1))])
    assert plot
    assert ["2026-03-01 12:00", "2026-03-01 13:00"] == [day.text for day in plot.days]
