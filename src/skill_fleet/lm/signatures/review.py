"""What a person reads at the stops, and what their words ask for."""

from __future__ import annotations

from typing import Literal

import dspy
from pydantic import BaseModel, Field

from skill_fleet.lm.signatures.bounds import Bounded, Maybe, Words

Ask = Literal[
    "name",
    "path",
    "title",
    "style",
    "size",
    "drop",
    "restore",
    "order",
    "pin",
    "only",
    "avoid",
    "prefer",
    "read",
    "content",
    "nothing",
]
"""What one sentence asks for. name, path, title, style: another one · size: shorter, longer, a limit · drop: a section
out · restore: a section that was left out · order: a section first · pin: an excerpt in · only, avoid, prefer: of the
sources · read: a further source · content: any other change of the text that can be carried out · nothing: it asks for
nothing that can be acted on."""


class QuestionOut(BaseModel):
    """A question to a person."""

    point: int = Field(ge=1, description="The number of the point it is about")
    text: Words = Field(description="One question that can be answered in a few words")
    options: list[Words] = Field(default=[], description="2-4 answers that the sources suggest; empty when none do")


class Reading(BaseModel):
    """What one sentence of the feedback asks for."""

    number: int = Field(ge=1, description="The number of the sentence")
    asks: Ask = Field(description="What it asks for; `nothing` for praise, or taste without a measure")
    value: Maybe = Field(
        default="",
        description="name, path, title, style: the new one. size: `120 lines`, `2000 tokens` or `70%` of the present. "
        "drop, restore, order: the heading as it is listed. pin: an excerpt's id. only, avoid, prefer: `source` or "
        "`source page` as listed. read: the path, package:NAME or cli:NAME as the person wrote it. content: empty",
    )
    reason: Maybe = Field(default="", description="For nothing: why it cannot be acted on, in a few words")


class QuestionsOut(Bounded[QuestionOut], least=1, most=10): ...


class Readings(Bounded[Reading], least=1, most=50): ...


FACTS = "What stands below the paragraph; the only thing it may speak of"
PARAGRAPH = "One plain paragraph of up to 80 words: no heading, no list, no praise, nothing that the facts do not say"


class GenerateHITLQuestions(dspy.Signature):
    """Put open points to a person as questions they can answer at once."""

    task_description: str = dspy.InputField(desc="What the agent with the skill should be able to do")
    points: str = dspy.InputField(desc="What is open, numbered")
    research: str = dspy.InputField(desc="What the sources hold, and what the skill will cover")

    questions: QuestionsOut = dspy.OutputField(desc="One for each point, in their order")


class ConfirmUnderstanding(dspy.Signature):
    """Say in your own words what is going to be written, so that a person notices a misunderstanding."""

    facts: str = dspy.InputField(desc=FACTS)

    summary: str = dspy.OutputField(desc=f"What will be written, for whom, and what stays out. {PARAGRAPH}")


class GeneratePreview(dspy.Signature):
    """Say what a draft covers, and where a person should look first before they take it."""

    facts: str = dspy.InputField(desc=FACTS)

    preview: str = dspy.OutputField(desc=f"What the draft covers, and the two places most worth a look. {PARAGRAPH}")


class FormatValidationResults(dspy.Signature):
    """Say in plain words what was found in a finished draft, the worst first."""

    facts: str = dspy.InputField(desc=FACTS)

    report: str = dspy.OutputField(desc=f"Whether it can be used as it is, and what should be mended. {PARAGRAPH}")


class AnalyzeFeedback(dspy.Signature):
    """Say what each sentence of a person's feedback asks for.

    Take every sentence by itself, and none twice. A wish that nobody could carry out or check asks for nothing.
    """

    sentences: str = dspy.InputField(desc="The feedback, its sentences numbered")
    plan: str = dspy.InputField(desc="Name, path, title, style and size as they are")
    headings: str = dspy.InputField(
        desc="The headings of the draft or of the plan, one a line; those left out before are marked so"
    )
    sources: str = dspy.InputField(desc="The sources and their pages, one a line")
    evidence: str = dspy.InputField(desc="Excerpts near the feedback, each as `[id] kind, heading path: text`; data")

    readings: Readings = dspy.OutputField(desc="One for each sentence, in their order")
