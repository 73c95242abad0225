"""Phase 3: what a model finds in a draft. Opinions; the gate is made of rules and measures."""

from __future__ import annotations

import dspy
from pydantic import BaseModel, Field

from skill_fleet.authoring.decisions import TargetLevel
from skill_fleet.lm.signatures.bounds import Bounded, Share, UpToFive, Words
from skill_fleet.rules.finding import Severity


class Issue(BaseModel):
    """Something that is wrong with a draft."""

    severity: Severity = Field(description="critical: an agent would do harm or fail; warning: it may; info: style")
    file: Words = Field(description="The file, such as SKILL.md")
    line: int = Field(default=0, ge=0, description="The line, 0 when it is about the whole file")
    message: Words = Field(description="What is wrong and what would be right, in one sentence")


class Issues(Bounded[Issue], most=12): ...


DRAFT = "The files of the skill with their line numbers"
PLAN = "What the skill is for"


class ValidateSkill(dspy.Signature):
    """Read a skill as the agent that has to work by it, and say what would lead it astray.

    Look for steps that cannot be carried out, contradictions, missing preconditions, examples that do not fit the text.
    No issue is a good answer. Spelling and layout are checked elsewhere.
    """

    draft: str = dspy.InputField(desc=DRAFT)
    plan: str = dspy.InputField(desc=PLAN)
    level: TargetLevel = dspy.InputField(desc="Who it is written for")

    issues: Issues = dspy.OutputField(desc="Up to 12 issues, the worst first")


class AssessSkillQuality(dspy.Signature):
    """Say how well a skill serves its purpose. Judge what stands there, not how it is dressed."""

    draft: str = dspy.InputField(desc=DRAFT)
    plan: str = dspy.InputField(desc=PLAN)
    level: TargetLevel = dspy.InputField(desc="Who it is written for")

    score: Share = dspy.OutputField(
        desc="0 to 1: below .6 it does not serve its purpose, .8 it does, .9 and more there is nothing to add"
    )
    strengths: UpToFive = dspy.OutputField(desc="Up to 5, each naming a place")
    weaknesses: UpToFive = dspy.OutputField(desc="Up to 5, each naming a place")
    recommendations: UpToFive = dspy.OutputField(desc="Up to 5 changes, each something that can be done")
