"""The author with a language model: it decides and writes from evidence, and each citation has to hold."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import dspy

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import Dependencies, Intent, Plan, Requirements, Research, TaxonomyChoice
from skill_fleet.authoring.draft import Draft, Problem
from skill_fleet.authoring.edits import with_edits
from skill_fleet.authoring.examine import examine
from skill_fleet.authoring.extractive.budgets import BUDGETS
from skill_fleet.authoring.extractive.readiness import assess
from skill_fleet.authoring.extractive.shelves import Shelves
from skill_fleet.authoring.feedback import Feedback, Revised
from skill_fleet.library.catalog import Entry
from skill_fleet.lm import briefing, decided, programs
from skill_fleet.lm.assembly import (
    OWN_HEADINGS,
    Said,
    description_in,
    finished,
    manuscript_of,
    style_in,
    unwritten,
    with_files,
)
from skill_fleet.lm.evidence import MUCH, Excerpts
from skill_fleet.lm.findings import findings_text
from skill_fleet.lm.gathering import ExampleGatheringConfig
from skill_fleet.lm.grounding import piece_of
from skill_fleet.lm.manuscript.changing import changed, told
from skill_fleet.lm.manuscript.pages import read_manuscript
from skill_fleet.lm.plain import one_line
from skill_fleet.lm.reading import Desk, read_feedback, sentences_of
from skill_fleet.lm.reward import reward_of
from skill_fleet.lm.runtime import Runtime
from skill_fleet.lm.signatures.generate import GenerateSkillContent, IncorporateFeedback, RefineSkillFromFeedback
from skill_fleet.lm.signatures.review import AnalyzeFeedback
from skill_fleet.lm.signatures.understand import (
    AnalyzeDependencies,
    AnalyzeIntent,
    FindTaxonomyPath,
    GatherRequirements,
    SynthesizePlan,
)
from skill_fleet.models.profile import Task
from skill_fleet.sources.store import EvidenceStore

NOTHING_CHANGED = "the writer changed nothing"


class LmAuthor:
    """An `Author` on the models of one run of a job. `fleet` gives the skills there are now."""

    name = "lm"

    def __init__(
        self,
        runtime: Runtime,
        fleet: Callable[[], Sequence[Entry]],
        *,
        max_tokens: int = 5000,
        max_lines: int = 500,
        gathering: ExampleGatheringConfig | None = None,
    ) -> None:
        self._runtime = runtime
        self._fleet = fleet
        self._max_tokens = max_tokens
        self._max_lines = max_lines
        self._gathering = gathering or ExampleGatheringConfig()
        self._shelves = Shelves()

    async def _ask(self, task: Task, program: dspy.Module, **inputs: object) -> dspy.Prediction:
        return await asyncio.to_thread(partial(self._runtime.run, task, program, **inputs))

    async def research(self, brief: Brief, store: EvidenceStore) -> Research:
        excerpts = Excerpts(store, brief.edits)
        program = programs.gather(excerpts, self._fleet(), self._gathering)
        said, measured = await asyncio.gather(
            self._ask(
                "gather_examples",
                program,
                task_description=brief.task,
                user_responses=briefing.context_of(brief),
                collected_examples=excerpts.told(brief.task),
                gathering_config=self._gathering.told(),
            ),
            asyncio.to_thread(self._measured, brief, store),
        )
        return self._gathering.settled(decided.researched(said, measured, excerpts))

    def _measured(self, brief: Brief, store: EvidenceStore) -> Research:
        """What is counted in the sources; no model has a say in it."""
        return assess(self._shelves.get(brief.task, brief.context, brief.edits, store))

    async def requirements(self, brief: Brief, store: EvidenceStore, research: Research) -> Requirements:
        excerpts = Excerpts(store, brief.edits)
        said = await self._ask(
            "requirements",
            programs.think(GatherRequirements),
            task_description=briefing.task_of(brief, research),
            user_context=briefing.context_of(brief),
            research=briefing.research_text(research),
            evidence=excerpts.told(f"{brief.task} {brief.context}"),
        )
        return decided.required(said, brief, excerpts)

    async def intent(self, brief: Brief, store: EvidenceStore) -> Intent:
        said = await self._ask(
            "intent",
            programs.think(AnalyzeIntent),
            task_description=brief.task,
            user_context=briefing.context_of(brief),
            evidence=Excerpts(store, brief.edits).told(f"{brief.task} {brief.context}"),
        )
        return decided.intended(said, store)

    async def taxonomy(
        self, brief: Brief, requirements: Requirements, intent: Intent, fleet: Sequence[Entry]
    ) -> TaxonomyChoice:
        said = await self._ask(
            "taxonomy",
            programs.think(FindTaxonomyPath),
            task_description=brief.task,
            requirements=f"{briefing.requirements_text(requirements)}\npurpose: {intent.purpose}",
            taxonomy=briefing.taxonomy_text(fleet),
            existing_skills=briefing.skills_text(brief.task, fleet),
        )
        return decided.placed(said, requirements, fleet)

    async def dependencies(
        self,
        brief: Brief,
        store: EvidenceStore,  # noqa: ARG002  skills are compared with the task, not with its sources
        fleet: Sequence[Entry],
    ) -> Dependencies:
        said = await self._ask(
            "dependencies",
            programs.predict(AnalyzeDependencies),
            task_description=brief.task,
            user_context=briefing.context_of(brief),
            existing_skills=briefing.skills_text(brief.task, fleet),
        )
        return decided.related(said, brief.task, fleet)

    async def plan(
        self,
        brief: Brief,
        store: EvidenceStore,
        requirements: Requirements,
        intent: Intent,
        taxonomy: TaxonomyChoice,
        dependencies: Dependencies,
    ) -> Plan:
        style = brief.edits.style or brief.style
        excerpts = Excerpts(store, brief.edits)
        said = await self._ask(
            "plan",
            programs.think(SynthesizePlan),
            task_description=brief.task,
            user_context=briefing.context_of(brief),
            requirements=briefing.requirements_text(requirements),
            intent=briefing.intent_text(intent),
            taxonomy=briefing.place_text(taxonomy),
            dependencies=briefing.neighbours_text(dependencies),
            confirmation=briefing.wishes_of(brief.edits),
            layout=f"{style}: up to {BUDGETS[style].lines} lines and {BUDGETS[style].tokens} tokens in SKILL.md",
            evidence=excerpts.told(f"{brief.task} {brief.context}"),
        )
        other = f"{style} was asked for; {said.style} was proposed"
        title = decided.heading_of(said.title, brief.task)
        plan = Plan(
            name=brief.name or decided.name_of(said.name, brief.task),
            title=title,
            description=decided.description_of(said.description, title, requirements.trigger_phrases),
            style=style,
            requirements=requirements,
            intent=intent,
            taxonomy=taxonomy,
            dependencies=dependencies,
            max_lines=0,
            max_tokens=0,
            outline=decided.headings_of(said.outline),
            instructions=(*said.writing_instructions, *([other] if said.style != style else [])),
            success_criteria=tuple(said.success_criteria),
            files=tuple(one_line(f"{file.path}: {file.purpose}") for file in said.files),
            length=said.length,
        )
        return decided.with_room(with_edits(plan, brief), self._max_lines, self._max_tokens)

    async def content(self, plan: Plan, store: EvidenceStore, before: Draft | None = None) -> Draft:
        if before is None or style_in(before) != plan.style:
            return await self._written(plan, store)
        return await self._rewritten(plan, store, before)

    async def _written(self, plan: Plan, store: EvidenceStore) -> Draft:
        excerpts = Excerpts(store, plan.edits)

        def draft_of(said: dspy.Prediction) -> Draft:
            manuscript = manuscript_of(said, plan, excerpts)
            done = Said(plan.description, not_addressed=unwritten(plan, manuscript))
            return finished(manuscript, plan, excerpts, done)

        ask = partial(
            self._runtime.best,
            "content",
            programs.think(GenerateSkillContent),
            lambda said: reward_of(examine(draft_of(said), store)),
            plan=briefing.plan_text(plan),
            style=plan.style,
            wishes=briefing.wishes_of(plan.edits),
            neighbours=briefing.neighbours_text(plan.dependencies),
            evidence=excerpts.told(_query(plan), MUCH),
        )
        return draft_of(await asyncio.to_thread(ask))

    async def _rewritten(self, plan: Plan, store: EvidenceStore, before: Draft) -> Draft:
        """The draft before, changed by the last feedback; without any, only the plan's own choices are carried out."""
        words = plan.edits.feedback[-1] if plan.edits.feedback else ""
        excerpts, manuscript = Excerpts(store, plan.edits), read_manuscript(before)
        if not words:
            return finished(manuscript, plan, excerpts, Said(description_in(before)))
        said = await self._ask(
            "incorporate_feedback",
            programs.think(IncorporateFeedback),
            draft=told(manuscript, excerpts.id_of),
            feedback=words,
            plan=briefing.plan_text(plan),
            evidence=excerpts.told(f"{words} {words} {_query(plan)}", MUCH),
        )
        after, problems = changed(manuscript, said.edits, partial(piece_of, excerpts=excerpts))
        after = with_files(after, said.new_files, excerpts)
        described = said.description.strip()
        is_same = after == manuscript and not described
        done = Said(
            decided.description_of(described or description_in(before), plan.title, plan.requirements.trigger_phrases),
            () if is_same else tuple(said.changes),
            (*said.not_addressed, *problems, *([f"{words}: {NOTHING_CHANGED}"] if is_same else [])),
        )
        return finished(after, plan, excerpts, done)

    async def repair(self, plan: Plan, draft: Draft, problems: Sequence[Problem], store: EvidenceStore) -> Draft:
        excerpts, manuscript = Excerpts(store, plan.edits), read_manuscript(draft)
        findings = findings_text(problems, draft, manuscript)
        if not findings:
            return draft
        said = await self._ask(
            "refine",
            programs.predict(RefineSkillFromFeedback),
            draft=told(manuscript, excerpts.id_of),
            findings=findings,
            plan=briefing.plan_text(plan),
            evidence=excerpts.told(_query(plan), MUCH),
        )
        after, _ = changed(manuscript, said.edits, partial(piece_of, excerpts=excerpts))
        described = said.description.strip()
        if after == manuscript and not described:
            return draft
        described = decided.description_of(
            described or description_in(draft), plan.title, plan.requirements.trigger_phrases
        )
        return finished(after, plan, excerpts, Said(described, draft.changes, draft.not_addressed))

    async def revise(self, brief: Brief, plan: Plan, feedback: Feedback, store: EvidenceStore) -> Revised:
        excerpts = Excerpts(store, plan.edits)
        sentences = sentences_of(feedback.text)
        headings = _headings(plan, feedback.draft)
        said = await self._ask(
            "analyze_feedback",
            programs.predict(AnalyzeFeedback),
            sentences="\n".join(f"{number}. {one}" for number, one in enumerate(sentences, start=1)),
            plan=briefing.plan_text(plan),
            headings=briefing.headings_text(headings, plan.edits.dropped),
            sources=briefing.sources_text(store),
            evidence=excerpts.told(feedback.text),
        )
        found = read_feedback(said.readings, sentences, Desk(plan, feedback, excerpts, headings))
        styled = replace(plan, style=found.edits.style or plan.style)
        again = decided.with_chapters(with_edits(styled, replace(brief, edits=found.edits)))
        limited = decided.with_room(again, self._max_lines, self._max_tokens)
        return Revised(limited, found.changes, found.not_addressed, found.sources)


def _headings(plan: Plan, draft: Draft | None) -> list[str]:
    """What a person may call a section: the headings of what they look at."""
    if draft is None:
        return [*plan.outline, *OWN_HEADINGS]
    return [section.title for section in read_manuscript(draft).skill.sections[1:]]


def _query(plan: Plan) -> str:
    """What the evidence for a draft is chosen by."""
    topics = " ".join(topic.title for topic in plan.requirements.topics)
    return f"{plan.intent.purpose} {topics} {' '.join(plan.outline)} {plan.context} {' '.join(plan.edits.feedback)}"
