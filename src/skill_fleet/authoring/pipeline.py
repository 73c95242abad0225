"""How a skill gets made: research → understand → (confirm) → generate → validate, as one function of a `Context`."""

from __future__ import annotations

from skill_fleet.authoring.brief import Brief, check_brief
from skill_fleet.authoring.decisions import Plan, Research
from skill_fleet.authoring.generate import generate
from skill_fleet.authoring.research import research
from skill_fleet.authoring.understand import understand
from skill_fleet.authoring.validate import validate
from skill_fleet.authoring.workshop import Outcome, Workshop
from skill_fleet.jobs.context import Context, Event, Prompt


async def create_skill(context: Context, brief: Brief, workshop: Workshop) -> Outcome:
    """A draft in the library, or an outcome without a path when the person said no to the plan.

    Raises `BriefError` for a task or topic that cannot be worked with, and `SourceError` for a source that cannot be
    read.
    """
    check_brief(brief)
    await context.tell(Event("job.started", context.job_id, brief.task))
    store, found = await research(context, brief, workshop)
    plan = await understand(context, brief, workshop, store, found)
    answer = await context.ask(confirm_prompt(plan, found))
    outcome = Outcome(context.job_id, workshop.author.name, brief, found, plan)
    if answer.action == "cancel":
        await context.tell(Event("job.finished", context.job_id))
        return outcome
    draft = await generate(context, plan, workshop, store)
    draft, report = await validate(context, plan, draft, workshop, store)
    done = Outcome(context.job_id, workshop.author.name, brief, found, plan, report)
    path = await context.step("save", workshop.save, done, draft, store)
    await context.tell(Event("job.finished", context.job_id, path))
    return Outcome(context.job_id, workshop.author.name, brief, found, plan, report, path)


async def plan_skill(context: Context, brief: Brief, workshop: Workshop) -> tuple[Plan, Research]:
    """The plan alone, topics and scores included; writes nothing."""
    check_brief(brief)
    store, found = await research(context, brief, workshop)
    return await understand(context, brief, workshop, store, found), found


def confirm_prompt(plan: Plan, found: Research) -> Prompt:
    """The plan as the person sees it before anything is written."""
    topics = [topic for topic in plan.requirements.topics if topic.core]
    place = plan.taxonomy
    lines = [
        f"**{plan.name}** in `{place.path}` ({place.rationale}, confidence {place.confidence:.2f})",
        "",
        plan.description,
        "",
        f"Readiness of the sources: {found.readiness:.2f}",
        *(f"- {gap.kind}: {gap.missing}; {gap.advice}" for gap in found.gaps),
        *(f"- overlaps with {skill.name} ({skill.similarity:.2f})" for skill in plan.dependencies.overlaps),
        "",
        "Core topics:",
        *(f"- {topic.title} ({topic.path})" for topic in topics),
    ]
    return Prompt("confirm", "Write this skill?", "\n".join(lines))
