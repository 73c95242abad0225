"""The formula of an earlier prototype, `skill_quality`, for comparison: it rewards what a skill looks like.

A reconstruction from its published checks and weights (Qredence/skill-fleet, `metrics/skill_quality.py`, January 2026),
none of its code. In a study of 399 skills and 24 kinds of damage the original put the undamaged skill above the damaged
one in .654 of the pairs (mean of the kinds, ties one half), and an empty skill with 97 words of boilerplate got .985.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from skill_fleet.skill.model import Skill
from skill_fleet.skill.parse import scan_skill

CROSS, TICK = "\u274c", "\u2705"

PRESENCE: Mapping[str, tuple[float, str]] = {
    "anti-patterns": (0.06, rf"{CROSS}|common\s+mistake|anti[- ]?pattern|don'?t"),
    "key insights": (0.06, r"\*\*(?:key\s+)?insights?:?\*\*|key\s+takeaway"),
    "real-world impact": (0.06, r"##\s*(?:real[- ]world\s+impact|impact|benefits)"),
    "quick reference": (0.04, r"##\s*quick\s+reference"),
    "common mistakes": (0.04, r"##\s*common\s+mistake"),
    "red flags": (0.03, r"##\s*red\s+flag"),
    "core principle": (0.08, r"core\s+principle(?::|\.|\*\*)"),
    "strong guidance": (
        0.07,
        r"no\s+\w+\s+without|iron\s+law|\*\*(?:always|never):?\*\*|you\s+must|mandatory",
    ),
    "good and bad": (
        0.06,
        rf"(?s:\A(?:(?=.*<good>)(?=.*<bad>)|(?=.*{CROSS})(?=.*{TICK})|.*common\s+mistake.*production\s+pattern))",
    ),
    "when to use this skill": (0.06, r"##\s*when\s+to\s+use\s+(?:this\s+)?skill"),
    "quick start": (0.04, r"##\s*(?:quick\s+(?:start|examples?)|getting\s+started)"),
    "progressive disclosure": (
        0.04,
        (
            r"\]\((?:references|guides|templates|scripts|examples)/"
            r"|(?:see|check|refer\s+to)\s+(?:the\s+)?`?(?:references|guides|templates|scripts|examples)/"
            r"|(?m:##\s*(?:reference\s+files?|guides?|templates?|scripts?|examples?)\s*$)"
        ),
    ),
}
"""Weight and pattern of what only has to be there."""

PATTERNS_WEIGHT, HEADER_WEIGHT, CODE_WEIGHT, DESCRIPTION_WEIGHT = 0.08, 0.08, 0.08, 0.04
ENOUGH_PATTERNS = 5
CRITICAL = ("core principle", "strong guidance", "good and bad")
REMAINS = (0.70, 0.85, 0.95, 1.0)
"""What is left of the score with none, one, two or three of the critical checks passed."""

HEADER_FIELDS = {"name": 0.2, "description": 0.2, "keywords": 0.05, "license": 0.05}
HEADER_FIELDS |= {"compatibility": 0.05, "see_also": 0.05}
METADATA_FIELDS = {"skill_id": 0.1, "version": 0.1, "type": 0.05, "weight": 0.05}
TRIGGERS = ("before", "after", "during", "when encountering", "if", "while")
ACTIONS = ("implementing", "building", "creating", "debugging", "fixing", "writing")
RIGHT_LENGTH = range(8, 31)
SUBSTANTIAL_LINES = 3
SUBSTANTIAL_SHARE = 0.7

_PATTERN = re.compile(r"###\s+(?:Pattern\s+)?\d*\.?\s*\w+")
_BLOCK = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)
_HOLE = re.compile(r"\.\..*\.\.\.|#\s*TODO|pass\s*$|raise\s+NotImplementedError", re.MULTILINE)
_WHEN = re.compile(r"##\s*when\s+(?:to\s+)?use", re.IGNORECASE)


def prototype(text: str) -> float:
    """The score of a SKILL.md, 0 to 1."""
    scanned = scan_skill(text)
    skill = scanned if isinstance(scanned, Skill) else None
    body = skill.body if skill else text
    passed = {name for name, (_, pattern) in PRESENCE.items() if re.search(pattern, body, re.IGNORECASE)}
    total = sum(PRESENCE[name][0] for name in passed)
    total += PATTERNS_WEIGHT * min(len(_PATTERN.findall(body)) / ENOUGH_PATTERNS, 1)
    total += CODE_WEIGHT * _rate_code(body)
    if skill:
        total += HEADER_WEIGHT * _rate_header(skill) + DESCRIPTION_WEIGHT * _rate_description(skill.description)
    critical = len(passed & set(CRITICAL)) - (_WHEN.search(body) is None)
    return total / _full() * REMAINS[max(critical, 0)]


def _full() -> float:
    weights = (PATTERNS_WEIGHT, HEADER_WEIGHT, CODE_WEIGHT, DESCRIPTION_WEIGHT)
    return sum(weights) + sum(weight for weight, _ in PRESENCE.values())


def _rate_header(skill: Skill) -> float:
    fields = sum(worth for key, worth in HEADER_FIELDS.items() if skill.find_field(key))
    metadata = sum(worth for key, worth in METADATA_FIELDS.items() if skill.metadata.get(key))
    return fields + metadata + 0.1 * _says_use_when(skill.description)


def _rate_description(description: str) -> float:
    if not description:
        return 0
    words = description.lower()
    rate = 0.2 + 0.3 * _says_use_when(description)
    rate += 0.2 * any(trigger in words for trigger in TRIGGERS) + 0.15 * any(action in words for action in ACTIONS)
    return rate + 0.15 * (len(words.split()) in RIGHT_LENGTH)


def _says_use_when(description: str) -> bool:
    return description.lower().startswith("use when")


def _rate_code(body: str) -> float:
    blocks = _BLOCK.findall(body)
    if not blocks:
        return 0
    tagged = sum(bool(language) for language, _ in blocks)
    rate = 0.3 + (0.2 if tagged == len(blocks) else 0.1 if tagged else 0)
    rate += 0.3 * (not any(_HOLE.search(code) for _, code in blocks))
    long = sum(len(code.strip().split("\n")) >= SUBSTANTIAL_LINES for _, code in blocks)
    return rate + 0.2 * (long >= SUBSTANTIAL_SHARE * len(blocks))
