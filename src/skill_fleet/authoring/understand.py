"""Phases 0 and 1: what the sources hold, what the skill is about, where it belongs, and the plan."""

from __future__ import annotations

from dataclasses import replace

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import TaxonomyChoice
from skill_fleet.authoring.desk import Desk
from skill_fleet.authoring.edits import with_edits
from skill_fleet.authoring.session import Grounds, Planned, Session
from skill_fleet.authoring.workshop import Reading
from skill_fleet.library.catalog import Entry


async def look(session: Session) -> tuple[Entry, ...]:
    """The fleet as it is when the job begins; for this job it stays so."""
    return await session.context.step("look at the fleet", session.workshop.look)


async def read(session: Session, brief: Brief) -> str:
    """The key of the evidence. Raises a `SourceError`."""
    return await session.context.step("read sources", session.workshop.read, brief.sources)


async def read_more(session: Session, brief: Brief, origins: tuple[str, ...]) -> Reading:
    """The sources of the brief and further ones, as one."""
    every = tuple(dict.fromkeys([*brief.sources, *origins]))
    return await session.context.step("read more sources", session.workshop.try_read, every)


async def understand(session: Session, brief: Brief, fleet: tuple[Entry, ...], key: str) -> Grounds:
    work, desk = session.work, Desk(session.workshop, key, fleet)
    found = await session.step("research", desk.research, brief)
    needs, intent, dependencies = await session.together(
        work("requirements", desk.requirements, brief, found),
        work("intent", desk.intent, brief),
        work("dependencies", desk.dependencies, brief),
    )
    return Grounds(brief, fleet, key, found, needs, intent, dependencies)


async def understand_again(session: Session, grounds: Grounds, brief: Brief, key: str) -> Grounds:
    """The same job with more said or read; what was revised before stays on record."""
    return replace(await understand(session, brief, grounds.fleet, key), revisions=grounds.revisions)


async def make_plan(session: Session, grounds: Grounds) -> Planned:
    taxonomy = await session.step(
        "taxonomy", grounds.desk(session).taxonomy, grounds.brief, grounds.requirements, grounds.intent
    )
    return await _plan(session, grounds, taxonomy)


async def plan_again(session: Session, grounds: Grounds, before: Planned) -> Planned:
    """The plan on new grounds. What the skill is for, its name, title and place were agreed on and stay."""
    grounds = replace(grounds, intent=before.plan.intent)
    planned = await _plan(session, grounds, before.plan.taxonomy)
    agreed = replace(planned.plan, name=before.plan.name, title=before.plan.title)
    return Planned(grounds, with_edits(agreed, grounds.brief, grounds.fleet))


async def _plan(session: Session, grounds: Grounds, taxonomy: TaxonomyChoice) -> Planned:
    plan = await session.step(
        "plan",
        grounds.desk(session).plan,
        grounds.brief,
        grounds.requirements,
        grounds.intent,
        taxonomy,
        grounds.dependencies,
    )
    return Planned(grounds, with_edits(plan, grounds.brief, grounds.fleet))
