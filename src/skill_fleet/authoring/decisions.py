"""The decisions on the way to a skill, one record each, and their closed sets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from skill_fleet.authoring.brief import NO_EDITS, Edits, SkillStyle

Domain = Literal["technical", "cognitive", "domain_knowledge", "tool", "meta"]
"""technical: code and libraries · cognitive: thinking patterns · domain_knowledge: a field · tool: one program ·
meta: about skills."""

SkillType = Literal["how_to", "reference", "concept", "workflow", "checklist", "troubleshooting"]
GapKind = Literal["missing", "left out"]
TargetLevel = Literal["beginner", "intermediate", "advanced", "expert"]
SkillLength = Literal["short", "medium", "long"]
"""short: under 500 lines · medium: 500 to 1,500 · long: more, all files together."""


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
    cases (warnings, errors, rules) .3. `facets` are the parts of the task; `answered` those with evidence. `questions`
    are for the person; `examples` are ids of evidence; `terminology` maps a term to what it means here.
    """

    readiness: float
    diversity: float
    clarity: float
    edge_cases: float
    facets: tuple[str, ...]
    answered: tuple[str, ...]
    gaps: tuple[Gap, ...]
    counts: dict[str, int]
    questions: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    terminology: dict[str, str] = field(default_factory=dict)
    refined_task: str = ""


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
    """What the skill is about. `topics` are in the order in which they will be written. `negative_triggers` are
    requests that it is not for."""

    domain: Domain
    category: str
    target_level: TargetLevel
    topics: tuple[Topic, ...]
    ambiguities: tuple[str, ...]
    trigger_phrases: tuple[str, ...]
    constraints: tuple[str, ...] = ()
    negative_triggers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Intent:
    """What the skill is for, in the words of the task and the sources."""

    purpose: str
    skill_type: SkillType
    product: str
    summary: str
    problem: str = ""
    audience: str = ""
    value: str = ""
    scope: str = ""
    success_criteria: tuple[str, ...] = ()


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
    """How the skill stands to those in the fleet. `overlaps` do much the same; `complementary` go well with it;
    `prerequisites` come first. `missing` are skills that the fleet lacks for it, in plain words."""

    overlaps: tuple[Neighbour, ...] = ()
    complementary: tuple[Neighbour, ...] = ()
    prerequisites: tuple[Neighbour, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be written: all decisions in one record, as the person confirms them. `context` and `edits` are the
    brief's when it was planned. `outline` are the sections in order, `instructions` what the writer has to mind,
    `files` what stands beside SKILL.md; an author that derives them from its topics leaves them empty."""

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
    outline: tuple[str, ...] = ()
    instructions: tuple[str, ...] = ()
    success_criteria: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    length: SkillLength = "short"
