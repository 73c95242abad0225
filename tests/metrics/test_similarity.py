"""How near a description is to the request, by vectors where they are installed and by shared words elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from tests.metrics.texts import TIDES, tides

from skill_fleet.metrics.minilm import load_minilm
from skill_fleet.metrics.sample import Sample
from skill_fleet.metrics.similarity import Method, best_method, similarity

REQUEST = "When is there high water for a crossing?"
SIBLINGS = (
    ("harbour-log", "Keeps the log of a harbour. Use when a ship arrives or leaves."),
    ("high-water", "Says when there is high water for a crossing. Use when a crossing is planned."),
)
METHODS: tuple[Method, ...] = ("minilm", "lexical")


@pytest.fixture
def _without_weights(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As where the extra is not installed."""
    monkeypatch.setitem(sys.modules, "safetensors", None)
    load_minilm.cache_clear()
    yield
    load_minilm.cache_clear()


def described(description: str, **given: object) -> Sample:
    return tides(f"---\nname: tide-tables\ndescription: {description}\n---\n# A\n", **given)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_words_are_nearest(method: Method) -> None:
    """A request is nearer to its own words than to related ones, and nearest of all to itself."""
    near = [
        similarity(described(text, task=REQUEST), method).value or 0.0
        for text in (REQUEST, "Plans a crossing by high water.", "Draws charts of quarterly revenue.")
    ]
    assert near == sorted(near, reverse=True)
    assert near[0] == pytest.approx(1.0, abs=1e-4)
    assert near[2] < 0.2


def test_vectors_are_taken_where_they_are_installed() -> None:
    """The record says by what it compared."""
    assert ("minilm", "minilm") == (best_method(), similarity(tides(task=REQUEST)).method)


@pytest.mark.usefixtures("_without_weights")
def test_words_are_taken_where_they_are_not() -> None:
    """Without the weights the same call compares words, and says so."""
    found = similarity(tides(task=REQUEST))
    assert ("lexical", similarity(tides(task=REQUEST), "lexical").value) == (found.method, found.value)


def test_each_text_is_a_part() -> None:
    """The value is the mean over the request and the description somebody wrote."""
    found = similarity(tides(task=REQUEST, expected_description="Draws charts."), "lexical")
    assert ["task_description", "expected_description"] == [part.name for part in found.parts]
    assert found.value == pytest.approx(sum(part.value for part in found.parts) / 2)


def test_an_expected_skill_stands_for_its_description() -> None:
    """It is read where no expected description is given."""
    found = similarity(tides(expected=tides().page), "lexical")
    assert [("expected_skill", 1.0)] == [(part.name, part.value) for part in found.parts]


@pytest.mark.parametrize("method", METHODS)
def test_nothing_to_compare_with_is_no_value(method: Method) -> None:
    """No request and no expected description: None, and no zero."""
    assert similarity(tides(), method).value is None


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("text", ["", "---\nname: a\n---\n# A\n", "\x00\x01", "no front matter"])
def test_a_skill_without_a_description_is_near_to_nothing(text: str, method: Method) -> None:
    """An empty text, a missing field and bytes that are no skill have the value 0."""
    assert similarity(tides(text, task=REQUEST), method).value == 0.0


@pytest.mark.parametrize("request_text", ["潮汐表怎么读", "كيف أقرأ جدول المد", "ça va à la marée"])
def test_other_scripts_are_compared(request_text: str) -> None:
    """A request in Chinese, Arabic or French is nearest to its own words."""
    assert similarity(described(request_text, task=request_text), "lexical").value == pytest.approx(1.0, abs=1e-4)


def test_nearer_siblings_are_named() -> None:
    """The rank counts the siblings that are nearer; each is named, with its description, at the line to change."""
    found = similarity(tides(task=REQUEST, siblings=SIBLINGS), "lexical")
    confused = [flaw for flaw in found.flaws if flaw.code == "confused-sibling"]
    assert (2, 1, 3) == (found.rank, len(confused), confused[0].line)
    assert "`high-water`" in confused[0].message
    assert confused[0].evidence.startswith("high-water: Says when there is high water")


def test_without_siblings_there_is_no_rank() -> None:
    """A place among none says nothing."""
    assert similarity(tides(task=REQUEST), "lexical").rank is None


@pytest.mark.parametrize("method", METHODS)
def test_adding_the_missing_words_raises_the_value_by_their_cost(method: Method) -> None:
    """The finding says which words, and its cost is what they bring."""
    before = similarity(tides(task="Which window of the day has enough depth?"), method)
    (flaw,) = before.flaws
    words = flaw.message.split(": ")[1].rstrip(".").replace(",", "")
    after = similarity(
        tides(
            TIDES.replace("high water.", f"high water. {words}", 1), task="Which window of the day has enough depth?"
        ),
        method,
    )
    assert flaw.cost > 0
    assert (after.value or 0) - (before.value or 0) == pytest.approx(flaw.cost, abs=0.01)


@pytest.mark.parametrize("method", METHODS)
def test_the_value_is_the_same_each_time(method: Method) -> None:
    """Two calls agree to the last digit."""
    assert similarity(tides(task=REQUEST), method) == similarity(tides(task=REQUEST), method)
