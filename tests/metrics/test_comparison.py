"""When a skill got worse."""

from __future__ import annotations

import pytest

from skill_fleet.metrics.comparison import Comparison
from skill_fleet.metrics.page import page_of
from skill_fleet.metrics.reading import Reading
from skill_fleet.metrics.relative import relative
from skill_fleet.metrics.score import Band, Score
from skill_fleet.metrics.vector import Vector

BEFORE = {"integrity": 0.8, "truth": 0.8}


def vector(values: dict[str, float], band: Band = "ok", version: str = "1") -> Vector:
    return Vector(tuple(Score(layer, value, band, version=version) for layer, value in values.items()))  # type: ignore[arg-type]


def comparison(after: dict[str, float], body: str = "Heat it to 90.", band: Band = "ok") -> Comparison:
    pages = [page_of(f"---\nname: a\ndescription: b\n---\n{text}\n") for text in ("Heat it to 90.", body)]
    return Comparison(Reading("a", vector=vector(after, band)), "before", vector(BEFORE), relative(*pages))


LIE = "Heat it to 95."
MORE = "Heat it to 90. Cool it for 8 hours."


@pytest.mark.parametrize(
    ("after", "body", "expected"),
    [
        ({}, "Heat it to 90.", False),
        ({}, MORE, False),
        ({}, LIE, True),
        ({"integrity": 0.9}, LIE, True),
        ({"truth": 0.9}, LIE, False),
        ({"truth": 0.9, "integrity": 0.7}, LIE, False),
        ({"integrity": 0.7}, MORE, True),
        ({"integrity": 0.7, "truth": 0.9}, MORE, False),
        ({"integrity": 0.7999}, MORE, False),
    ],
    ids=[
        "the same",
        "more",
        "a lie",
        "a lie in better form",
        "mended",
        "mended at a price",
        "spoilt",
        "a trade",
        "noise",
    ],
)
def test_what_counts_as_worse(after: dict[str, float], body: str, *, expected: bool) -> None:
    """Lost or changed facts, unless a layer rose that looks at evidence; a layer that fell while none rose."""
    assert expected == comparison({**BEFORE, **after}, body).got_worse


def test_what_blocks_decides_first() -> None:
    """A block that comes is worse whatever rose; one that goes excuses everything."""
    assert comparison({"integrity": 0.9, "truth": 0.9}, band="block").got_worse
    freed = Comparison(
        Reading("a", vector=vector(BEFORE)), "before", vector(BEFORE, "block"), comparison({}, LIE).relative
    )
    assert not freed.got_worse


def test_values_of_two_formulas_do_not_move() -> None:
    """They are not compared."""
    after = comparison({"integrity": 0.1})
    other = Comparison(after.reading, "before", vector(BEFORE, version="2"), after.relative)
    assert ["integrity"] == [move.layer for move in after.moves]
    assert () == other.moves
