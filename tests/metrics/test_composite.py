"""The index of five: its weights, what it does with what is missing, and what it says of itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.metrics.texts import HEAD, TIDES, tides

from skill_fleet.errors import MetricError
from skill_fleet.metrics.composite import COMPONENTS, LABEL, STYLE_WEIGHTS, composite, measure_composite
from skill_fleet.metrics.integrity import integrity, percentile
from skill_fleet.metrics.page import load_page, page_of
from skill_fleet.metrics.sample import Sample

GIVEN: dict[str, object] = {
    "task": "Plan a crossing by high water",
    "previous": page_of(TIDES),
    "facts": ("Never cross within 30 minutes of low water.",),
    "style": "comprehensive",
}


def test_the_weights_are_the_promised_ones() -> None:
    """Quality, similarity, entity, readability and coverage, by style; each row sums to one."""
    rows = {style: tuple(weights.values()) for style, weights in STYLE_WEIGHTS.items()}
    assert rows == {
        "navigation_hub": (0.30, 0.15, 0.05, 0.35, 0.15),
        "comprehensive": (0.25, 0.25, 0.20, 0.20, 0.10),
        "minimal": (0.20, 0.50, 0.15, 0.10, 0.05),
    }
    assert {1.0} == {round(sum(row), 9) for row in rows.values()}
    assert ["quality", "similarity", "entity", "readability", "coverage"] == list(COMPONENTS)


def test_the_index_is_the_weighted_mean_of_what_was_measured() -> None:
    """With everything given, each component counts by the weight of the style."""
    sample = tides(**GIVEN)
    values = {name: measure(sample).value or 0.0 for name, measure in COMPONENTS.items()}
    expected = sum(STYLE_WEIGHTS["comprehensive"][name] * value for name, value in values.items())
    found = composite(sample)
    assert found.value == pytest.approx(expected)
    assert ((), LABEL) == (found.missing, "index, unvalidated")


def test_what_is_missing_is_left_out_and_not_zero() -> None:
    """Without request, version before and facts two components remain, and their weights sum to one again."""
    found = composite(tides(style="comprehensive"))
    values = {part.name: part.value for part in found.parts}
    assert {"quality": 0.25 / 0.45, "readability": 0.20 / 0.45} == pytest.approx(
        {part.name: part.weight for part in found.parts}
    )
    assert found.value == pytest.approx((0.25 * values["quality"] + 0.20 * values["readability"]) / 0.45)
    assert ["similarity", "entity", "coverage"] == [name for name, _ in found.missing]
    assert dict(found.missing)["coverage"].startswith("needs `facts` or `sources`; ")


def test_more_given_does_not_change_the_others() -> None:
    """What a component says does not hang on which others there are."""
    few, many = composite(tides(style="minimal")), composite(tides(**{**GIVEN, "style": "minimal"}))
    both = [{part.name: part.value for part in index.parts} for index in (few, many)]
    assert both[0].items() <= both[1].items()


def test_weights_of_your_own_are_taken() -> None:
    """One component alone is the index; weights need not sum to one; zero is never measured."""
    sample = tides(**GIVEN)
    assert composite(sample, {"entity": 3.0}).value == composite(sample, {"entity": 1.0, "quality": 0.0}).value == 1.0
    assert ["entity"] == [part.name for part in composite(sample, {"entity": 3.0, "quality": 0.0}).parts]


def test_weights_on_what_is_missing_give_no_value() -> None:
    """Nothing measured is None, and the record says what it lacks."""
    found = measure_composite(tides(), {"coverage": 1.0})
    assert found.value is None
    assert "without coverage: needs `facts` or `sources`" in found.note


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"beauty": 1.0}, "no component 'beauty'"),
        ({"quality": -1.0}, "cannot be used"),
        ({"quality": 0.0}, "cannot be used"),
        ({"quality": float("nan")}, "cannot be used"),
        ({}, "cannot be used"),
    ],
)
def test_weights_that_are_none_are_refused(weights: dict[str, float], message: str) -> None:
    """The error names what is wrong and what is there."""
    with pytest.raises(MetricError, match=message) as caught:
        composite(tides(), weights)
    assert caught.value.hint


def test_the_style_is_found_by_structure(tmp_path: Path) -> None:
    """Few words make a minimal skill, reference files a hub; the example's own word goes first."""
    (tmp_path / "references").mkdir()
    (tmp_path / "SKILL.md").write_text(TIDES, encoding="utf-8")
    for name in ("a", "b", "c"):
        (tmp_path / "references" / f"{name}.md").write_text(f"# {name}\n", encoding="utf-8")
    assert composite(tides()).style == "minimal"
    assert composite(Sample(load_page(tmp_path))).style == "navigation_hub"
    assert composite(tides(style="comprehensive")).style == "comprehensive"


def test_a_style_that_does_not_exist_is_refused() -> None:
    """The error lists the three that do."""
    with pytest.raises(MetricError, match=r"'baroque'.*navigation_hub, comprehensive, minimal"):
        composite(tides(style="baroque"))


@pytest.mark.parametrize("weights", [None, {"readability": 1.0}], ids=["of the style", "without quality"])
def test_the_percentile_is_that_of_integrity_within_the_style(weights: dict[str, float] | None) -> None:
    """It stands beside the index whatever the index is made of."""
    found = composite(tides(style="minimal"), weights)
    assert found.percentile == percentile(integrity(page_of(TIDES)).value or 0.0, "minimal")


def test_costs_are_those_to_the_index() -> None:
    """A flaw of a component counts by the component's weight."""
    sample = tides(TIDES.replace("Never", "Always"), **GIVEN)
    alone = {(flaw.code, flaw.message): flaw.cost for flaw in COMPONENTS["entity"](sample).flaws}
    within = {(flaw.code, flaw.message): flaw.cost for flaw in composite(sample).flaws}
    assert alone
    assert {key: cost * 0.20 for key, cost in alone.items()} == pytest.approx({key: within[key] for key in alone})


@pytest.mark.parametrize("text", ["", HEAD, "\x00\xff\xfe", "# 潮汐\n\n先看潮汐表。\n"])
def test_bad_input_has_a_low_index_and_no_crash(text: str) -> None:
    """Nothing, a head without a body, bytes, another script: below the good skill."""
    assert (composite(tides(text)).value or 0.0) < (composite(tides()).value or 0.0)


def test_it_says_what_it_is() -> None:
    """The label stands in every record that carries the number."""
    assert measure_composite(tides()).note.startswith("index, unvalidated; weights of minimal")
