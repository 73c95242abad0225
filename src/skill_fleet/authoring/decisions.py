"""The decisions on the way to a skill, one record each, and their closed sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from skill_fleet.authoring.brief import NO_EDITS, Edits, SkillStyle

Domain = Literal["technical", "cognitive", "domain_knowledge", "tool", "meta"]
"""technical: code and libraries · cognitive: thinking patterns · domain_knowledge: a field · tool: one program ·
meta: about skills."""

SkillType = Literal["how_to", "reference", "concept", "workflow", "checklist", "troubleshooting"]
GapKind = Literal["missing", "left out"]
TargetLevel = Literal["beginner", "intermediate", "advanced", "expert"]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something the sources say too little about, and what would close it; or a place in them that is left out."""

    missing: str
    advice: str
    kind: GapKind = "missing"


@dataclass(frozen=True, slots=True)
class Research:
    """How ready the evidence is for the task.

    `readiness` is 0 to 1: diversity of kinds .4, clarity (share of the task's facets that evidence answers) .3, edge
    cases (warnings, errors, rules) .3. `facets` are the parts of the task; `answered` those with evidence.
    """

    readiness: float
    diversity: float
    clarity: float
    edge_cases: float
    facets: tuple[str, ...]
    answered: tuple[str, ...]
    gaps: tuple[Gap, ...]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Topic:
    """A part of the sources that can become a part of the skill. `score` orders topics; `facets` are the parts of
    the task it answers; `pinned` by the person."""

    id: str
    title: str
    path: str
    score: float
    facets: tuple[str, ...] = ()
    tokens: int = 0
    pinned: bool = False
    core: bool = False


@dataclass(frozen=True, slots=True)
class Requirements:
    """What the skill is about. `topics` are in the order in which they will be written."""

    domain: Domain
    category: str
    target_level: TargetLevel
    topics: tuple[Topic, ...]
    ambiguities: tuple[str, ...]
    trigger_phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Intent:
    """What the skill is for, in the words of the task and the sources."""

    purpose: str
    skill_type: SkillType
    product: str
    summary: str


@dataclass(frozen=True, slots=True)
class TaxonomyChoice:
    """Where the skill belongs. `path` is `domain/category`; `confidence` 0 to 1; below .8 it is said
    with the alternatives."""

    path: str
    alternatives: tuple[str, ...]
    rationale: str
    new_directories: tuple[str, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A skill already in the fleet. `similarity`, 0 to 1: BM25 of the new skill against it, relative to itself."""

    name: str
    path: str
    description: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Dependencies:
    """How the skill stands to those in the fleet. `overlaps` do much the same; `complementary` go well with it."""

    overlaps: tuple[Neighbour, ...] = ()
    complementary: tuple[Neighbour, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be written: all decisions in one record, as the person confirms them. `context` and `edits` are the
    brief's when it was planned."""

    name: str
    title: str
    description: str
    style: SkillStyle
    requirements: Requirements
    intent: Intent
    taxonomy: TaxonomyChoice
    dependencies: Dependencies
    max_lines: int
    max_tokens: int
    context: str = ""
    edits: Edits = NO_EDITS
