"""What a named metric says of one skill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from skill_fleet.metrics.score import Flaw, Part


@dataclass(frozen=True, slots=True)
class Measured:
    """`value`, 0 to 1, is None when there was nothing to measure: then `note` says why, else how it was measured.

    `parts` make up the value; `figures` are numbers on scales of their own, for information.
    """

    name: str
    value: float | None
    note: str = ""
    parts: tuple[Part, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)


def cut(text: str, most: int) -> str:
    """A text on one line, at most so many characters long."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
