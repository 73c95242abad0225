"""At which stops a person is asked."""

from __future__ import annotations

from typing import Literal

from skill_fleet.jobs.prompts import PromptKind

ReviewPolicy = Literal["all", "final", "none"]
"""all: at every stop · final: only about the report on the finished draft · none: never; whoever starts the job answers
for it, and each stop is recorded as answered by the policy."""


def is_asked(policy: ReviewPolicy, kind: PromptKind) -> bool:
    """Whether `policy` stops for a prompt of this kind. `deep_understanding` is a stop only of jobs that were asked for
    it; that is the pipeline's to know."""
    return policy == "all" or (policy == "final" and kind == "validate")
