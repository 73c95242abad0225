"""Which of several drafts is the best: one number for choosing, never shown."""

from __future__ import annotations

from skill_fleet.authoring.examine import Examination

#: What a critical problem costs; three of them leave nothing.
CRITICAL = 1 / 3


def reward_of(found: Examination) -> float:
    """0 to 1: half the measured layers, half the share of statements that sources bear out, less what is critical."""
    values = [score.value for score in found.scores if score.value is not None]
    measured = sum(values) / len(values) if values else 0.0
    trace = found.trace
    statements = trace.verbatim + trace.elided + trace.template + trace.paraphrase + trace.model
    grounded = 1 - trace.model / statements if statements else 0.0
    return max(0.0, (measured + grounded) / 2 - CRITICAL * found.critical)
