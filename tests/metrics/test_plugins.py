"""Metrics that users write are found by name, and told apart from what is none."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.metrics.texts import TIDES

from skill_fleet.errors import MetricError
from skill_fleet.metrics.measured import Measured
from skill_fleet.metrics.page import page_of
from skill_fleet.metrics.plugins import installed, load_metric

MODULE = """
from skill_fleet.metrics.measured import Measured
from skill_fleet.metrics.score import Flaw, Part, Score

FLAW = Flaw("truth", "unit", "No unit.", "Name one.", line=8)

def number(page): return 0.25
def whole(page): return 1
def yes(page): return True
def score(page): return Score("truth", 0.5, "warn", (Part("unit", 0.5, 1.0),), (FLAW,), note="half")
def nothing(page): return Score("truth", None, "ok", note="no numbers in it")
def record(page): return Measured("anything", 0.75, "seen")
def length(page, most=1000): return most / 2000
class Counter:
    def __call__(self, page): return 0.125
counter = Counter()
constant = 0.5
def two(page, other): return 0.5
def none_at_all(): return 0.5
def large(page): return 1.5
def negative(page): return -0.1
def nan(page): return float("nan")
def word(page): return "good"
def silent(page): pass
def failing(page): raise KeyError("unit")
def wild(page): return Score("truth", 7.0, "ok")
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder with a module of metrics, in which the program is started."""
    (tmp_path / "specimen_metrics.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "broken_metrics.py").write_text("import no_such_package\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    yield
    for name in ("specimen_metrics", "broken_metrics"):
        sys.modules.pop(name, None)


def measured(name: str) -> Measured:
    return load_metric(f"specimen_metrics:{name}").measure(page_of(TIDES))


@pytest.mark.parametrize(
    ("name", "value"),
    [("number", 0.25), ("whole", 1.0), ("yes", 1.0), ("counter", 0.125), ("length", 0.5)],
)
def test_a_number_is_an_answer(name: str, value: float) -> None:
    """Functions, objects that can be called, further parameters with defaults; the module is in the current folder."""
    found = measured(name)
    assert (f"specimen_metrics:{name}", value, f"by specimen_metrics:{name}") == (found.name, found.value, found.note)


def test_a_score_keeps_its_parts_and_flaws() -> None:
    """What it has to say beyond its value comes through."""
    found = measured("score")
    assert (0.5, "half", ["unit"], [8]) == (
        found.value,
        found.note,
        [part.name for part in found.parts],
        [flaw.line for flaw in found.flaws],
    )


def test_a_record_goes_by_the_name_it_was_asked_for_by() -> None:
    """The name inside does not matter."""
    assert Measured("specimen_metrics:record", 0.75, "seen") == measured("record")


def test_a_score_without_a_value_says_why() -> None:
    """Not measured is an answer of a record."""
    assert (None, "no numbers in it") == (measured("nothing").value, measured("nothing").note)


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("unheard-of", "There is no metric unheard-of", "module:function"),
        ("no_such_module:metric", "No module named 'no_such_module'", "Install its package"),
        ("broken_metrics:metric", "No module named 'no_such_package'", "Install its package"),
        ("specimen_metrics:missing", "has no attribute 'missing'", "behind the colon"),
        ("specimen_metrics:", "There is no metric specimen_metrics:", "module:function"),
        (":number", "cannot be loaded", "Install its package"),
        ("specimen_metrics:constant", "of type float, which cannot be called", "takes a Page"),
        ("specimen_metrics:two", "with a page alone: missing a required argument: 'other'", "one parameter"),
        ("specimen_metrics:none_at_all", "with a page alone: too many positional arguments", "one parameter"),
    ],
)
def test_what_is_no_metric_is_refused_by_name(name: str, message: str, hint: str) -> None:
    """Before anything is measured; the hint says what to do next."""
    with pytest.raises(MetricError) as caught:
        load_metric(name)
    assert message in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("large", "returned 1.5, which is no number from 0 to 1"),
        ("negative", "returned -0.1"),
        ("nan", "returned nan"),
        ("word", "returned 'good'"),
        ("silent", "returned None"),
        ("wild", "returned 7.0"),
        ("failing", "raised KeyError: 'unit'"),
    ],
)
def test_an_answer_that_is_none_is_refused(name: str, message: str) -> None:
    """The error names the metric, where it came from, and what it answered."""
    with pytest.raises(MetricError) as caught:
        measured(name)
    assert message in caught.value.message
    assert f"specimen_metrics:{name}" in caught.value.message
    assert caught.value.hint


def test_installed_packages_announce_metrics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry point of the group is a metric, by its name."""
    info = tmp_path / "site" / "fleet_units-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: fleet-units\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[skill_fleet.metrics]\nunits = specimen_metrics:score\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert "units" in {point.name for point in installed()}
    assert ("units", 0.5) == (load_metric("units").name, load_metric("units").measure(page_of(TIDES)).value)
    with pytest.raises(MetricError, match=r"one of the entry points of skill_fleet.metrics: .*units"):
        load_metric("unit")


def test_the_search_path_is_left_as_it_was() -> None:
    """Looking into the current folder leaves no trace, neither when it works nor when it does not."""
    before = list(sys.path)
    load_metric("specimen_metrics:number")
    with pytest.raises(MetricError):
        load_metric("broken_metrics:metric")
    assert before == sys.path
