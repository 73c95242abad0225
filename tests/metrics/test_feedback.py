from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.damages import DAMAGES
from benchmarks.feedback import LEAST_SHARE, Action, act, pick, render, render_failures, share, summarise
from benchmarks.fixers import find_fixer
from benchmarks.pages import Original, load_originals
from tests.metrics.skills import CODE, HUB, MINIMAL, REFERENCE, WORKFLOW, write

from skill_fleet.metrics.integrity.layer import COMPONENTS
from skill_fleet.metrics.score import Flaw

HALF = list(DAMAGES)[::2]
"""Every second kind of damage: enough to see each kind of flaw, in the time a test may take."""


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> list[Original]:
    root = tmp_path_factory.mktemp("skills")
    for fixture in (REFERENCE, WORKFLOW, HUB, MINIMAL, CODE):
        write(fixture, root)
    return load_originals([root])


@pytest.fixture(scope="module")
def actions(originals: list[Original]) -> list[Action]:
    return list(act(originals, HALF))


def test_acting_on_a_flaw_raises_the_value(actions: list[Action]) -> None:
    """In 95 of 100 cases, over all layers."""
    rows = summarise(actions)
    assert share(rows) >= LEAST_SHARE, "\n".join(render_failures(actions, 3))


def test_nearly_every_flaw_can_be_acted_upon(actions: list[Action]) -> None:
    """Only what asks for more to say is left where nothing was lost, and no bundled file lends a word."""
    left = {action.code for action in actions if action.after is None}
    assert left <= {"content", "facts"}


def test_every_component_has_a_fixer() -> None:
    """A new component without one fails here."""
    assert [] == [component.name for component in COMPONENTS if find_fixer(component.name) is None]


def test_flaws_are_picked_in_turn() -> None:
    """The first of each code comes before the second of any."""
    flaws = [Flaw("truth", code, "", "") for code in ("a", "a", "b", "a", "b")]
    assert ["a", "b", "a", "b", "a"] == [flaw.code for flaw in pick(flaws)]


def test_the_table_counts_what_was_not_acted_upon() -> None:
    """A share is of the actions; failures are named, with their place."""
    actions = [Action("integrity", "steps", "lies", "a", 3, 0.5, after) for after in (0.6, 0.7, 0.5, None)]
    row = summarise(actions)[0]
    assert (4, 3, 2) == (row.flaws, row.acted, row.raised)
    assert "4 flaws, 3 acted upon, 66.7% of these raised the value" in render([row])
    named = list(render_failures(actions, 5))
    assert ["integrity steps: lies, a:3, 0.5000 -> 0.5000", "integrity steps: lies, a:3, not acted upon"] == named


def test_a_fleet_without_skills_has_no_share(tmp_path: Path) -> None:
    """Nothing was acted upon, and nothing is claimed."""
    assert 0 == share(summarise(list(act(load_originals([tmp_path]), HALF))))
