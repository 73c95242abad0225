"""The stops `confirm`, `preview` and `validate`: the plan, the draft and its report, each until the person takes it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from skill_fleet.authoring.draft import Draft
from skill_fleet.authoring.edits import with_edits
from skill_fleet.authoring.feedback import Feedback, Revised, Revision
from skill_fleet.authoring.prompts import confirm_prompt, preview_prompt, report_prompt
from skill_fleet.authoring.session import Planned, Session, Written, actions, words_of
from skill_fleet.authoring.understand import plan_again, read_more, understand_again
from skill_fleet.authoring.validate import validate
from skill_fleet.jobs.prompts import Prompt

NOTHING_SAID = "the revision said nothing, and nothing was changed"


T = TypeVar("T")


async def confirm(session: Session, planned: Planned) -> Planned:
    """The plan as the person takes it."""

    async def again(stage: Planned, text: str) -> Planned:
        return await _revised(session, stage, Feedback("confirm", text))

    return await _settle(session, planned, confirm_prompt, again)


async def preview(session: Session, written: Written) -> Written:
    """The draft as the person takes it."""

    async def again(stage: Written, text: str) -> Written:
        return await _rewritten(session, stage, Feedback("preview", text, stage.draft))

    return await _settle(session, written, preview_prompt, again)


async def judge(session: Session, written: Written) -> Written:
    """The checked draft as the person takes it, with the report on it."""

    async def again(stage: Written, text: str) -> Written:
        return await rewrite(session, stage, Feedback("validate", text, stage.draft))

    return await _settle(session, await check(session, replace(written, before=None)), report_prompt, again)


async def write(session: Session, planned: Planned, before: Draft | None = None) -> Written:
    """Phase 2: the draft of a plan; after feedback on a draft, `before` is that draft."""
    desk = planned.grounds.desk(session)
    draft = await session.step("content", desk.content, planned.plan, before)
    return Written(planned if before else planned.with_outcome("confirm", draft), draft, before)


async def rewrite(session: Session, written: Written, feedback: Feedback) -> Written:
    """The next draft, checked; the same one when nothing is to be otherwise."""
    rewritten = await _rewritten(session, written, feedback)
    return rewritten if rewritten.draft is written.draft else await check(session, rewritten)


async def check(session: Session, written: Written) -> Written:
    """The draft validated, and repaired where that is possible."""
    planned = written.planned
    draft, report = await validate(session, planned.grounds.desk(session), planned.plan, written.draft)
    return replace(written, draft=draft, report=report)


async def _settle(
    session: Session, stage: T, show: Callable[[T], Prompt], again: Callable[[T, str], Awaitable[T]]
) -> T:
    """Show, and make anew for each revision, until the person proceeds."""
    while True:
        prompt = await session.with_lead(show(stage))
        answer = await session.ask(replace(prompt, allowed=actions(prompt.round)))
        if answer.action == "proceed":
            return stage
        stage = await again(stage, words_of(answer))


async def _rewritten(session: Session, written: Written, feedback: Feedback) -> Written:
    """The next draft; the same one when nothing is to be otherwise."""
    planned = await _revised(session, written.planned, feedback)
    revision = planned.last(feedback.stop)
    if revision is None or not revision.changes:
        return replace(written, planned=planned, before=written.draft)
    rewritten = await write(session, planned, written.draft)
    return replace(rewritten, planned=planned.with_outcome(feedback.stop, rewritten.draft))


async def _revised(session: Session, planned: Planned, feedback: Feedback) -> Planned:
    """The plan with the feedback worked in, and on record what came of it."""
    number = planned.rounds(feedback.stop) + 1
    if not feedback.text:
        return planned.after(Revision(feedback.stop, number, "", (), (NOTHING_SAID,)))
    grounds = planned.grounds
    name = "revise plan" if feedback.stop == "confirm" else "revise draft"
    revised = await session.step(name, grounds.desk(session).revise, grounds.brief, planned.plan, feedback)
    brief = replace(grounds.brief, edits=revised.plan.edits)
    plan = with_edits(revised.plan, brief, grounds.fleet)
    changed = Planned(replace(grounds, brief=brief), plan)
    changed, read, problems = await _with_sources(session, changed, revised)
    changes, failed = (*revised.changes, *read), (*revised.not_addressed, *problems)
    return changed.after(Revision(feedback.stop, number, feedback.text, changes, failed))


async def _with_sources(
    session: Session, planned: Planned, revised: Revised
) -> tuple[Planned, tuple[str, ...], tuple[str, ...]]:
    """The plan on what the further sources hold too, which of them were read, and what could not be."""
    if not revised.sources:
        return planned, (), ()
    brief = planned.grounds.brief
    reading = await read_more(session, brief, revised.sources)
    if reading.problem:
        return planned, (), (reading.problem,)
    brief = replace(brief, sources=tuple(dict.fromkeys([*brief.sources, *revised.sources])))
    grounds = await understand_again(session, planned.grounds, brief, reading.key)
    return await plan_again(session, grounds, planned), tuple(f"{one} is read" for one in revised.sources), ()
