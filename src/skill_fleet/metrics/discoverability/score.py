"""The layer for one skill, beside the other layers."""

from __future__ import annotations

from skill_fleet.metrics.discoverability.found import Advice, Discovery, Rates
from skill_fleet.metrics.score import Band, Flaw, Part, Score

VERSION = "1"

HALF = 0.5
"""A mean of 1/rank below which queries find the skill second on average, or later: `warn`. Queries are a sample and
retrieval is a stand-in for an agent, so this layer blocks nothing."""


def discoverability(found: Discovery, ref: str) -> Score:
    """The skill of that ref (or name): its value is the mean of 1/rank (MRR) over its queries, with an interval in
    `note`. Without queries there is no value."""
    skill = next((skill for skill in found.skills if ref in (skill.ref, skill.name)), None)
    if skill is None:
        note = "No query is for this skill, and without requests of people nothing is known about finding it."
        return Score("discoverability", None, "ok", version=_version(found), note=note)
    band: Band = "warn" if skill.rates.mrr.value < HALF else "ok"
    flaws = tuple(_flaw(advice) for advice in found.advice if advice.skill == skill.ref)
    value, parts = skill.rates.mrr.value, _parts(skill.rates)
    return Score("discoverability", value, band, parts, flaws, _version(found), _note(found, skill.rates))


def _version(found: Discovery) -> str:
    """Values of two engines, or of two pools, are not compared."""
    return f"{VERSION}-{found.engine}-{found.pool}"


def _parts(rates: Rates) -> tuple[Part, ...]:
    """The value is the first part; the shares are shown beside it."""
    shares = (("R@1", rates.r1), ("R@3", rates.r3), ("R@5", rates.r5))
    return (Part("MRR", rates.mrr.value, 1.0), *(Part(name, rate.value, 0.0) for name, rate in shares))


def _flaw(advice: Advice) -> Flaw:
    hint = f"Add to the description:{advice.addition}"
    sibling = advice.kind.partition(":")[2]
    if sibling:
        hint += f" And say in both where {sibling} begins."
    code = advice.kind.partition(":")[0]
    return Flaw("discoverability", code, advice.message, hint, "SKILL.md", advice.line, advice.gain, advice.evidence)


def _note(found: Discovery, rates: Rates) -> str:
    words = f"MRR, {rates.mrr.low:.2f} to {rates.mrr.high:.2f}, of {rates.queries} queries among {found.pool} skills"
    return f"{words}, by {found.engine}. Whether the skill stays silent when it should cannot be measured so."
