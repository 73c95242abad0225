"""Phase 1: what the skill is about, why, where it belongs, what it builds on, and the plan of it."""

from __future__ import annotations

import dspy
from pydantic import BaseModel, Field

from skill_fleet.authoring.brief import SkillStyle
from skill_fleet.authoring.decisions import Domain, SkillLength, SkillType, TargetLevel
from skill_fleet.lm.signatures.bounds import (
    EVIDENCE,
    IDS,
    Bounded,
    FiveToSeven,
    Ids,
    Share,
    ThreeToFive,
    ThreeToTwelve,
    TwoOrThree,
    UpToEight,
    UpToFive,
    UpToThree,
    UpToTwo,
    Words,
)


class TopicOut(BaseModel):
    """A part of the skill."""

    title: Words = Field(description="2 to 6 words, as a heading: `Retry with backoff`, not `Retries and other things`")
    evidence: Ids = Field(default=[], description=IDS)


class PlannedFile(BaseModel):
    """A file beside SKILL.md."""

    path: Words = Field(description="`references/NAME.md`, `scripts/NAME.py` or `assets/NAME`; names in kebab case")
    purpose: Words = Field(description="When the agent opens it, in one sentence")


class Topics(Bounded[TopicOut], least=3, most=7): ...


class PlannedFiles(Bounded[PlannedFile], most=8): ...


TASK = "What the agent with the skill should be able to do"
CONTEXT = "What the person has said beside the task, or nothing"
SKILLS = "The skills of the fleet, one a line as `path/name: description`, or nothing"


class GatherRequirements(dspy.Signature):
    """Say what a skill for this task has to cover.

    A skill is a file of instructions for an agent. Stay with what task, person and sources say; what they leave open is
    an ambiguity, and is not decided here.
    """

    task_description: str = dspy.InputField(desc=TASK)
    user_context: str = dspy.InputField(desc=CONTEXT)
    research: str = dspy.InputField(desc="Parts of the task, those the sources answer, and the words of the subject")
    evidence: str = dspy.InputField(desc=EVIDENCE)

    domain: Domain = dspy.OutputField(
        desc="technical: code and libraries; cognitive: thinking patterns; domain_knowledge: a field; tool: one "
        "program; meta: about skills"
    )
    category: str = dspy.OutputField(desc="One folder name in kebab case, such as `networking`; a field, not a product")
    target_level: TargetLevel = dspy.OutputField(desc="Who the instructions are written for")
    topics: Topics = dspy.OutputField(
        desc="3-7 parts of the skill in the order in which they will be written, each with the excerpts it rests on. "
        "A good topic is something to do or to know for the task; `Introduction` and `Conclusion` are none"
    )
    constraints: UpToFive = dspy.OutputField(desc="Up to 5 things that the skill must heed or must not do")
    ambiguities: UpToThree = dspy.OutputField(
        desc="Up to 3 points on which task and sources say nothing or contradict each other; none is a good answer"
    )
    trigger_phrases: FiveToSeven = dspy.OutputField(
        desc="5-7 requests in the words of a person who does not know the skill: `calls fail with 429`; not its title"
    )
    negative_triggers: UpToFive = dspy.OutputField(
        desc="Up to 5 requests that sound alike and that the skill is not for"
    )


class AnalyzeIntent(dspy.Signature):
    """Say why somebody wants this skill, and how one would know that it works."""

    task_description: str = dspy.InputField(desc=TASK)
    user_context: str = dspy.InputField(desc=CONTEXT)
    evidence: str = dspy.InputField(desc=EVIDENCE)

    purpose: str = dspy.OutputField(desc="What the skill lets an agent do, in one sentence that begins with a verb")
    problem: str = dspy.OutputField(desc="What goes wrong without it, in one sentence")
    audience: str = dspy.OutputField(desc="Whose agents use it, in a few words")
    value: str = dspy.OutputField(desc="What is better with it, in one sentence without praise")
    skill_type: SkillType = dspy.OutputField(
        desc="how_to: a task; reference: facts to look up; concept: an explanation; workflow: steps with decisions; "
        "checklist: points to tick off; troubleshooting: from symptom to cause"
    )
    scope: str = dspy.OutputField(desc="What is in and what is out, in one sentence")
    success_criteria: ThreeToFive = dspy.OutputField(
        desc="3-5 things one can observe when the skill works: `a refused call is tried again at most 4 times`"
    )


class FindTaxonomyPath(dspy.Signature):
    """Say where in the taxonomy a skill belongs. A folder that exists and fits goes before a new one."""

    task_description: str = dspy.InputField(desc=TASK)
    requirements: str = dspy.InputField(desc="Domain, category, topics and purpose of the skill")
    taxonomy: str = dspy.InputField(desc="Every folder there is, one a line as `path (number of skills)`, or nothing")
    existing_skills: str = dspy.InputField(desc=SKILLS)

    recommended_path: str = dspy.OutputField(desc="`domain/category` in lower case with hyphens, at most three levels")
    alternatives: TwoOrThree = dspy.OutputField(desc="2-3 other paths, the best first")
    rationale: str = dspy.OutputField(desc="Why there, in a few words that name the folder or the neighbours")
    new_directories: UpToThree = dspy.OutputField(desc="Those of these paths that do not exist yet")
    confidence: Share = dspy.OutputField(
        desc="0 to 1. Above 0.8 the path is taken without a word, below 0.6 the person is asked"
    )


class AnalyzeDependencies(dspy.Signature):
    """Say how a new skill stands to those in the fleet. Name only skills that are listed."""

    task_description: str = dspy.InputField(desc=TASK)
    user_context: str = dspy.InputField(desc=CONTEXT)
    existing_skills: str = dspy.InputField(desc=SKILLS)

    prerequisites: UpToThree = dspy.OutputField(desc="0-3 listed skills that an agent needs first, by `path/name`")
    complementary: UpToFive = dspy.OutputField(desc="0-5 listed skills that go well with it, by `path/name`")
    overlaps: UpToFive = dspy.OutputField(desc="Listed skills that do much the same, by `path/name`")
    missing: UpToTwo = dspy.OutputField(desc="Up to 2 skills that the fleet lacks for it, in plain words")


class SynthesizePlan(dspy.Signature):
    """Make one plan of a skill from what was decided about it, and from what the person wants otherwise.

    What the person said goes before everything else.
    """

    task_description: str = dspy.InputField(desc=TASK)
    user_context: str = dspy.InputField(desc=CONTEXT)
    requirements: str = dspy.InputField(desc="What the skill has to cover")
    intent: str = dspy.InputField(desc="Why the skill is wanted")
    taxonomy: str = dspy.InputField(desc="Where it will be filed, and why")
    dependencies: str = dspy.InputField(desc="How it stands to the skills of the fleet")
    confirmation: str = dspy.InputField(desc="What the person wants otherwise, in their words, or nothing")
    layout: str = dspy.InputField(desc="The style that was asked for, with the room it leaves")
    evidence: str = dspy.InputField(desc=EVIDENCE)

    name: str = dspy.OutputField(
        desc="2 to 5 words in kebab case: the product and what is done with it; up to 48 letters"
    )
    title: str = dspy.OutputField(desc="A heading of up to 8 words that begins with a verb")
    description: str = dspy.OutputField(
        desc="What the skill does in one sentence, then `Use when ...` with the situations, names in code and error "
        "messages by which it is found; up to 600 characters, third person, no praise"
    )
    outline: ThreeToTwelve = dspy.OutputField(desc="3-12 headings of SKILL.md in order, without numbers")
    writing_instructions: UpToEight = dspy.OutputField(desc="Up to 8 things that the writer has to mind")
    success_criteria: ThreeToFive = dspy.OutputField(desc="3-5 things one can observe when the skill works")
    files: PlannedFiles = dspy.OutputField(
        desc="Up to 8 files beside SKILL.md; none when all of it fits in. A navigation_hub has at least two references"
    )
    length: SkillLength = dspy.OutputField(desc="short: under 500 lines; medium: up to 1,500; long: more; all files")
    style: SkillStyle = dspy.OutputField(desc="The style that was asked for, or the one that would suit better")
