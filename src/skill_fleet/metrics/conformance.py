"""Does the skill follow the specification: the findings of the rules, in three tiers."""

from __future__ import annotations

from typing import Literal

from skill_fleet.metrics.page import Page
from skill_fleet.metrics.score import Band, Flaw, Part, Score, weighted
from skill_fleet.rules.check import check_subject
from skill_fleet.rules.finding import Finding
from skill_fleet.rules.registry import all_rules

Tier = Literal["error", "portability", "style"]
"""error: no reader can be expected to take it · portability: some readers refuse it · style: it costs readers."""

#: Rules whose findings most readers accept and the strictest refuse: 33 % of vendors' skills carry further fields, 7 %
#: differ from their folder's name, lists in flow style are legal YAML that one reader cannot take, and a link to a
#: skill beside this one leads somewhere where both are installed.
PORTABILITY = frozenset(
    {"SF006", "SF015", "SF061", "SF031", "SF032", "SF033", "SF034", "SF041", "SF042", "SF043", "SF044"}
)

#: What a tier weighs in the value, and the share that remains of it after each further finding: one error leaves
#: a quarter, one of portability three quarters, one of style nine tenths.
WEIGHTS: dict[Tier, float] = {"error": 3.0, "portability": 1.0, "style": 1.0}
REMAINS: dict[Tier, float] = {"error": 0.25, "portability": 0.75, "style": 0.9}

VERSION = "1"


def conformance(page: Page) -> Score:
    """`block` with an error, `warn` with anything about portability; what is only style leaves it `ok`."""
    findings = check_subject(page.subject)
    tiers = {tier: [found for found in findings if tier_of(found) == tier] for tier in WEIGHTS}
    parts = tuple(Part(tier, REMAINS[tier] ** len(found), WEIGHTS[tier]) for tier, found in tiers.items())
    band: Band = "block" if tiers["error"] else "warn" if tiers["portability"] else "ok"
    flaws = tuple(_flaw(found, tier, len(members)) for tier, members in tiers.items() for found in members)
    return Score("conformance", weighted(parts), band, parts, flaws, VERSION)


def tier_of(finding: Finding) -> Tier:
    if finding.code in PORTABILITY:
        return "portability"
    return "error" if finding.severity == "critical" else "style"


def count_tiers(score: Score) -> dict[Tier, int]:
    """How many findings each tier of a conformance score has."""
    severe = {rule.code for rule in all_rules() if rule.severity == "critical"}
    counts: dict[Tier, int] = dict.fromkeys(WEIGHTS, 0)
    for flaw in score.flaws:
        counts["portability" if flaw.code in PORTABILITY else "error" if flaw.code in severe else "style"] += 1
    return counts


def _flaw(found: Finding, tier: Tier, count: int) -> Flaw:
    """Its cost is what the value gains when this one goes and the others of its tier stay."""
    gain = REMAINS[tier] ** (count - 1) - REMAINS[tier] ** count
    cost = gain * WEIGHTS[tier] / sum(WEIGHTS.values())
    file = found.path.name if found.path else "SKILL.md"
    return Flaw("conformance", found.code, found.message, found.hint, file, found.line, cost)
