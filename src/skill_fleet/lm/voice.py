"""What the models of a job say at the stops: questions, a paragraph ahead of the facts, an opinion of the draft."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

import dspy

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import Plan, Requirements, Research
from skill_fleet.authoring.draft import Assessment, Draft
from skill_fleet.jobs.prompts import PromptKind, Question
from skill_fleet.lm import briefing, programs
from skill_fleet.lm.plain import one_line
from skill_fleet.lm.runtime import Runtime
from skill_fleet.lm.signatures.review import (
    ConfirmUnderstanding,
    FormatValidationResults,
    GenerateHITLQuestions,
    GeneratePreview,
    QuestionOut,
)
from skill_fleet.lm.signatures.validate import AssessSkillQuality, Issue, ValidateSkill
from skill_fleet.models.profile import Task
from skill_fleet.sources.store import EvidenceStore

#: Characters of a paragraph that a person reads before the facts, and options of a question.
LONGEST, MOST_OPTIONS = 800, 4


_MARK = re.compile(r"^(?:(?:#{1,6}|[-*+>]|\d{1,3}[.)])\s+)+")


class LmVoice:
    """A `Voice` on the models of one run of a job."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def _ask(self, task: Task, program: dspy.Module, **inputs: object) -> dspy.Prediction:
        return await asyncio.to_thread(partial(self._runtime.run, task, program, **inputs))

    async def _hear(
        self, task: Task, program: dspy.Module, silence: dspy.Prediction, **inputs: object
    ) -> dspy.Prediction:
        """As `_ask`, for what a person can do without: `silence` where no model answers."""
        return await asyncio.to_thread(partial(self._runtime.optional, task, program, silence, **inputs))

    async def questions(
        self, brief: Brief, research: Research, requirements: Requirements, points: Sequence[str]
    ) -> tuple[Question, ...]:
        """A point that the model has no question for is put as it is, as all are where no model answers."""
        if not points:
            return ()
        said = await self._hear(
            "questions",
            programs.predict(GenerateHITLQuestions),
            dspy.Prediction(questions=[]),
            task_description=brief.task,
            points="\n".join(f"{number}. {point}" for number, point in enumerate(points, start=1)),
            research=f"{briefing.research_text(research)}\n{briefing.requirements_text(requirements)}",
        )
        found: dict[int, QuestionOut] = {one.point: one for one in reversed(said.questions)}
        return tuple(_question(number, point, found.get(number)) for number, point in enumerate(points, start=1))

    async def introduce(self, stop: PromptKind, facts: str) -> str:
        """Empty at a stop that speaks for itself, and where no model answers."""
        match stop:
            case "confirm":
                return await self._paragraph("confirm", ConfirmUnderstanding, "summary", facts)
            case "preview":
                return await self._paragraph("preview", GeneratePreview, "preview", facts)
            case "validate":
                return await self._paragraph("format_results", FormatValidationResults, "report", facts)
        return ""

    async def _paragraph(self, task: Task, signature: type, field: str, facts: str) -> str:
        said = await self._hear(task, programs.predict(signature), dspy.Prediction(**{field: ""}), facts=facts)
        return _paragraph(said[field])

    async def assess(
        self,
        plan: Plan,
        draft: Draft,
        store: EvidenceStore,  # noqa: ARG002  what the draft says is judged, not what its sources say
    ) -> Assessment:
        inputs = {
            "draft": briefing.numbered_files(draft),
            "plan": briefing.plan_text(plan),
            "level": plan.requirements.target_level,
        }
        found, said = await asyncio.gather(
            self._ask("validate_skill", programs.think(ValidateSkill), **inputs),
            self._ask("assess", programs.think(AssessSkillQuality), **inputs),
        )
        return Assessment(
            round(float(said.score), 2),
            tuple(said.strengths),
            tuple(said.weaknesses),
            tuple(dict.fromkeys([*_placed(found.issues, draft), *said.recommendations])),
        )


def _question(number: int, point: str, said: QuestionOut | None) -> Question:
    if said is None:
        return Question(f"q{number}", point[:1].upper() + point[1:])
    options = tuple(dict.fromkeys(one_line(option) for option in said.options))[:MOST_OPTIONS]
    return Question(f"q{number}", one_line(said.text), options)


def _paragraph(said: str) -> str:
    """One paragraph, without what would look like a heading or a list of ours."""
    text = " ".join(_MARK.sub("", line.strip()) for line in said.split("\n") if line.strip())
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " …"


def _placed(issues: Iterable[Issue], draft: Draft) -> Iterator[str]:
    """Each issue with its place, as far as the place is there."""
    lines = {file.path: file.text.count("\n") for file in draft.files}
    for issue in issues:
        if issue.file not in lines:
            yield issue.message
        elif 1 <= issue.line <= lines[issue.file]:
            yield f"{issue.file}:{issue.line} {issue.message}"
        else:
            yield f"{issue.file}: {issue.message}"
