"""The prototype's "quality" on the layers that stand for it now: integrity and conformance. Neither is praise.

Whether a skill is good only lift can say. This number falls when a skill is damaged; boilerplate does not raise it.
"""

from __future__ import annotations

from dataclasses import dataclass

from skill_fleet.metrics.conformance import conformance
from skill_fleet.metrics.integrity import integrity
from skill_fleet.metrics.obra import obra_lints
from skill_fleet.metrics.page import Page
from skill_fleet.metrics.score import Band, Flaw, Score

_WORSE: dict[Band, int] = {"ok": 0, "warn": 1, "block": 2}


@dataclass(frozen=True, slots=True)
class Quality:
    """`value` is the product of the two layers' values, so that neither makes up for the other; `band` is the worse.

    `lints` are another school's habits (`obra.py`) and count nothing.
    """

    value: float
    band: Band
    integrity: Score
    conformance: Score
    lints: tuple[Flaw, ...]

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """What counts, with the cost to the product, the dearest first; then the lints."""
        pairs = ((self.integrity, self.conformance), (self.conformance, self.integrity))
        counted = [_scaled(flaw, other.value or 0.0) for layer, other in pairs for flaw in layer.flaws]
        return (*sorted(counted, key=lambda flaw: (-flaw.cost, flaw.file, flaw.line, flaw.code)), *self.lints)


def quality(page: Page) -> Quality:
    whole, conforming = integrity(page), conformance(page)
    band = max(whole.band, conforming.band, key=_WORSE.__getitem__)
    value = (whole.value or 0.0) * (conforming.value or 0.0)
    return Quality(value, band, whole, conforming, obra_lints(page))


def _scaled(flaw: Flaw, factor: float) -> Flaw:
    return Flaw(flaw.layer, flaw.code, flaw.message, flaw.hint, flaw.file, flaw.line, flaw.cost * factor, flaw.evidence)
