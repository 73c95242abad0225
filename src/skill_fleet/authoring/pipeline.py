"""How a skill gets made, as one function of a `Context`.

research → understand → generate → validate, with the stops between them in this order: deep_understanding, clarify,
structure_fix, confirm, preview, validate, tdd_red, tdd_green, tdd_refactor. A stop that has nothing to ask is left out;
one that the policy does not ask is recorded as passed.
"""

from __future__ import annotations

from skill_fleet.authoring.brief import Brief, check_brief
from skill_fleet.authoring.clarify import clarify
from skill_fleet.authoring.decisions import Plan, Research
from skill_fleet.authoring.interview import interview
from skill_fleet.authoring.revise import confirm, judge, preview, write
from skill_fleet.authoring.session import Session, Stops
from skill_fleet.authoring.structure import fix_structure
from skill_fleet.authoring.tdd import try_out
from skill_fleet.authoring.understand import look, make_plan, read, understand
from skill_fleet.authoring.workshop import Outcome, Workshop
from skill_fleet.jobs.context import Context

EVERYWHERE = Stops()


async def create_skill(context: Context, brief: Brief, workshop: Workshop, stops: Stops = EVERYWHERE) -> Outcome:
    """A draft in the library. A person who ends the job at a stop ends it there: nothing is written.

    Raises `BriefError` for a task or topic that cannot be worked with, and `SourceError` for a source that cannot be
    read.
    """
    check_brief(brief, with_model=workshop.voice is not None)
    session = Session(context, workshop, stops)
    fleet = await look(session)
    brief = await interview(session, brief)
    grounds = await understand(session, brief, fleet, await read(session, brief))
    grounds = await clarify(session, grounds)
    planned = await fix_structure(session, await make_plan(session, grounds))
    planned = await confirm(session, planned)
    written = await preview(session, await write(session, planned))
    written = await judge(session, written)
    written = await try_out(session, written)
    done, desk = written.outcome(session), written.planned.grounds.desk(session)
    return done.kept(await session.context.step("save", desk.save, done, written.draft))


async def plan_skill(context: Context, brief: Brief, workshop: Workshop) -> tuple[Plan, Research]:
    """The plan alone, topics and scores included; asks nothing and writes nothing."""
    check_brief(brief)
    session = Session(context, workshop, EVERYWHERE)
    fleet = await look(session)
    grounds = await understand(session, brief, fleet, await read(session, brief))
    planned = await make_plan(session, grounds)
    return planned.plan, grounds.research
