"""What can be measured of a skill by itself: no queries, no agent, the same result each time."""

from __future__ import annotations

from collections.abc import Sequence

from skill_fleet.metrics.conformance import conformance
from skill_fleet.metrics.integrity import integrity
from skill_fleet.metrics.page import Page
from skill_fleet.metrics.score import Layer, Score
from skill_fleet.metrics.truth import Claim, truth
from skill_fleet.metrics.vector import Vector


def measure(page: Page, *, run_scripts: bool = False, claims: Sequence[Claim] = ()) -> Vector:
    """The layers that need nothing but the skill, in the order in which they are shown.

    `run_scripts` and `claims` are those of `truth`: without them nothing is run, and no source is asked.
    """
    return Vector((conformance(page), integrity(page), truth(page, run_scripts=run_scripts, claims=claims)))


def untested(layer: Layer, note: str) -> Score:
    """A layer that nothing was measured of; `note` says what is missing."""
    return Score(layer, None, "ok", note=note)
