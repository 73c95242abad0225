"""From a proposal to a job: questions until enough is known, a clear yes, and then the job's own questions."""

from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.conversation.hands import child_id
from skill_fleet.conversation.promoting import offer
from skill_fleet.conversation.relay import relay
from skill_fleet.conversation.session import CANCEL, GO, Session
from skill_fleet.conversation.talk import Proposal
from skill_fleet.jobs.prompts import Answer, Prompt
from skill_fleet.review.understanding import Understanding, absorb, begin, next_prompt, readiness, render_context

STOPPED = "Nothing is made. What else?"


async def make(session: Session, proposal: Proposal) -> str:
    """What the person says when this is over, or instead of a clear yes."""
    session.proposal = proposal
    if not proposal.task.strip():
        return await session.hear("What should an agent be able to do? Say it in a sentence.")
    if not await _ask(session, proposal.task):
        return await session.hear(STOPPED)
    said = await session.hear(_summary(session, proposal), "Make this skill?")
    if said.strip() == CANCEL:
        return await session.hear(STOPPED)
    means = await session.means(said)
    if means == "cancel":
        return await session.hear(STOPPED)
    if means != "proceed":
        return said  # whatever it is, it is no yes: the model hears it as the next message
    return await _begin(session, proposal)


async def _begin(session: Session, proposal: Proposal) -> str:
    job_id = child_id(session.context.job_id, len(session.jobs) + 1)
    context = render_context(_known(session, proposal.task))
    done = await session.context.step("begin the job", session.hands.create, job_id, session.request, proposal, context)
    if not done.is_done:
        return await session.hear(f"It could not be begun: {done.text}")
    session.jobs.append(job_id)
    session.proposal, session.understanding = Proposal(), None
    told = await relay(session, job_id)
    standing = await session.context.step("look at the job", session.hands.stand, job_id)
    if not standing.draft:
        return await session.hear(told)
    session.note("program", told)
    return await offer(session, job_id, told)


async def _ask(session: Session, task: str) -> bool:
    """Rounds of questions about the task, bounded over the whole conversation; False when the person stops."""
    known = _known(session, task)
    while prompt := next_prompt(known, task):
        said = await session.hear("\n".join(_question_lines(prompt)), prompt.title)
        if said.strip() == CANCEL:
            return False
        known = session.understanding = absorb(known, await _answer(session, prompt, said))
    session.understanding = known
    return True


def _known(session: Session, task: str) -> Understanding:
    return session.understanding or begin(task)


async def _answer(session: Session, prompt: Prompt, said: str) -> Answer:
    """The reply by question, as far as the model can tell which words of it answer which."""
    if said.strip() in (GO, ""):
        return Answer("proceed")
    sorted_ = await session.model("sort the answers", session.converser.sort, said, prompt.questions)
    return Answer("proceed", answers=sorted_) if sorted_ else Answer("revise", said)


def _question_lines(prompt: Prompt) -> Iterator[str]:
    yield from (prompt.title, "", prompt.body, "")
    yield from (f"{number}. {question.text}" for number, question in enumerate(prompt.questions, 1))
    yield from ("", f"Answer in your own words, or by number. {GO} goes on without, {CANCEL} makes nothing.")


def _tests(session: Session, proposal: Proposal) -> str:
    if not proposal.tests:
        return "none"
    return "run without and with the skill" if session.request.author == "lm" else "not run, they take the lm author"


def _summary(session: Session, proposal: Proposal) -> str:
    known = _known(session, proposal.task)
    style = proposal.style or session.request.style
    lines = [
        f"Task: {proposal.task}",
        f"Sources: {', '.join(proposal.sources) or 'none'}",
        f"Name: {proposal.name or 'chosen from the task'}",
        f"Style: {style}; written by the {session.request.author} author",
        f"Scenarios: {_tests(session, proposal)}",
        f"Readiness: {readiness(known):.2f} of 1",
        *render_context(known).splitlines(),
        "",
        "Only a clear yes begins it; anything else is talked about. Every stop on the way is asked here.",
    ]
    return "\n".join(["This will be made:", "", *lines])
