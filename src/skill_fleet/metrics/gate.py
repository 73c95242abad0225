"""What keeps a skill from being promoted, in words: for the pipeline's report and for `promote`."""

from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.metrics.score import Flaw, Score
from skill_fleet.metrics.vector import Vector

#: Flaws that a reason names: enough to begin with.
NAMED = 3


def reasons(vector: Vector) -> tuple[str, ...]:
    """One sentence for each layer that blocks; empty for a skill that may be promoted."""
    return tuple(reason_of(score) for score in vector.blocked)


def reason_of(score: Score) -> str:
    """Which layer blocks, and the flaws that cost most."""
    worst = sorted(score.flaws, key=lambda flaw: (-flaw.cost, flaw.file, flaw.line))
    return f"{score.layer} blocks: {'; '.join(_said(worst)) or score.note or 'no part of it is in order'}"


def _said(flaws: list[Flaw]) -> Iterator[str]:
    yield from (f"{flaw.file}:{flaw.line} {flaw.code} {flaw.message}" for flaw in flaws[:NAMED])
    if len(flaws) > NAMED:
        yield f"and {len(flaws) - NAMED} more"
