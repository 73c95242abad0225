"""Which stops ask."""

from __future__ import annotations

from typing import get_args

import pytest

from skill_fleet.jobs.prompts import PromptKind
from skill_fleet.review.policy import ReviewPolicy, is_asked

KINDS: list[PromptKind] = list(get_args(PromptKind))


@pytest.mark.parametrize(("policy", "expected"), [("all", KINDS), ("final", ["validate"]), ("none", [])])
def test_a_policy_chooses_the_stops(policy: ReviewPolicy, expected: list[PromptKind]) -> None:
    """Every one, the last one, or none."""
    assert expected == [kind for kind in KINDS if is_asked(policy, kind)]
