"""Records cross a step as plain JSON and come back as they were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_fleet.codec import from_json, result_type, to_json, to_plain
from skill_fleet.jobs.context import Event
from skill_fleet.jobs.prompts import Answer, Prompt


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value of each kind."""

    name: str
    size: int
    share: float
    open: bool
    kind: Literal["a", "b"] = "a"


@dataclass(frozen=True, slots=True)
class Tree:
    """Leaves in every kind of container."""

    leaves: tuple[Leaf, ...]
    named: dict[str, Leaf]
    best: Leaf | None = None


LEAVES = st.builds(
    Leaf,
    st.text(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.sampled_from("ab"),
)
TREES = st.builds(
    Tree, st.lists(LEAVES, max_size=3).map(tuple), st.dictionaries(st.text(), LEAVES, max_size=3), st.none() | LEAVES
)


@given(TREES)
def test_round_trip(tree: Tree) -> None:
    """Whatever a record holds, it comes back equal, and as bytes that do not change."""
    written = to_json(tree, Tree)
    assert tree == from_json(written, Tree)
    assert written == to_json(from_json(written, Tree), Tree)


@pytest.mark.parametrize(
    "value", [Event("step.finished", "plan", seconds=0.25), Answer("cancel", "no"), Prompt("confirm", "Ä", "")]
)
def test_what_a_job_tells_and_asks_survives(value: Event | Answer | Prompt) -> None:
    """Events, prompts and answers cross a process as well."""
    assert value == from_json(to_json(value, type(value)), type(value))


def test_plain_data_keeps_the_order_of_fields() -> None:
    """Keys stand as the record declares them."""
    plain = to_plain(Tree((Leaf("x", 1, 0.5, open=True),), {}), Tree)
    assert {
        "leaves": [{"name": "x", "size": 1, "share": 0.5, "open": True, "kind": "a"}],
        "named": {},
        "best": None,
    } == plain
    assert isinstance(plain, dict)
    assert ["leaves", "named", "best"] == list(plain)


@pytest.mark.parametrize(
    "data", [b"{}", b"[]", b"nothing", b'{"leaves": 1, "named": {}}', b'{"leaves": [], "named": 1}']
)
def test_data_that_does_not_fit(data: bytes) -> None:
    """It is an error, never a half-filled record."""
    with pytest.raises(ValueError, match=r"Tree|JSON"):
        from_json(data, Tree)


async def _later() -> Leaf:
    return Leaf("later", 1, 1.0, open=False)


def _now() -> tuple[Leaf, ...]:
    return ()


def test_result_type() -> None:
    """What a step's function returns, awaited or not."""
    assert (Leaf, tuple[Leaf, ...]) == (result_type(_later), result_type(_now))
