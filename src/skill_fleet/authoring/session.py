"""One run of the pipeline, and how far it has come."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, ParamSpec, TypeVar, cast

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import Dependencies, Intent, Plan, Requirements, Research
from skill_fleet.authoring.desk import Desk
from skill_fleet.authoring.draft import Draft, Report
from skill_fleet.authoring.feedback import TAKEN_UP, Revision
from skill_fleet.authoring.workshop import Outcome, Workshop
from skill_fleet.errors import BudgetSpent, NeedsPerson, NotWaiting
from skill_fleet.jobs.context import Context
from skill_fleet.jobs.prompts import ACTIONS, Action, Answer, Prompt, PromptKind
from skill_fleet.library.catalog import Entry
from skill_fleet.review.policy import ReviewPolicy, is_asked
from skill_fleet.review.reply import parse_reply
from skill_fleet.review.tdd import ScenarioResult

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")

#: How often a person may ask for another version at one stop.
MAX_REVISIONS = 5


@dataclass(frozen=True, slots=True)
class Stops:
    """Where the pipeline asks: at the stops of the policy, in an `interview` before it begins, and, for `tdd`, about
    scenarios that are run with and without the skill."""

    review: ReviewPolicy = "all"
    interview: bool = False
    tdd: bool = False


@dataclass(frozen=True, slots=True)
class Work(Generic[T_co]):
    """A step that can be begun, and begun anew."""

    name: str
    begin: Callable[[], Awaitable[T_co]]


@dataclass(frozen=True, slots=True)
class Session:
    """What a run of the pipeline acts through."""

    context: Context
    workshop: Workshop
    stops: Stops

    async def step(self, name: str, function: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """As the context's; a step that a person has to decide about is begun anew when they say `proceed`."""
        (value,) = await self._settle([self.work(name, function, *args, **kwargs)])
        return cast("T", value)

    async def together(self, a: Work[A], b: Work[B], c: Work[C]) -> tuple[A, B, C]:
        """Steps that do not depend on each other, at the same time; one question for all that need a person."""
        return cast("tuple[A, B, C]", tuple(await self._settle([a, b, c])))

    async def all(self, works: Sequence[Work[T]]) -> list[T]:
        """As `together`, of one kind and as many as there are."""
        return cast("list[T]", await self._settle(works))

    def work(self, name: str, function: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> Work[T]:
        return Work(name, lambda: self.context.step(name, function, *args, **kwargs))

    async def with_lead(self, prompt: Prompt) -> Prompt:
        """The prompt with a few words of the voice ahead of the facts, for a person who will see them."""
        voice = self.workshop.voice
        if voice is None or not is_asked(self.stops.review, prompt.kind):
            return prompt
        lead = await self.step(f"introduce {prompt.kind}", voice.introduce, prompt.kind, prompt.body)
        return replace(prompt, body=f"{lead}\n\n{prompt.body}" if lead else prompt.body)

    async def _settle(self, works: Sequence[Work[object]]) -> list[object]:
        done: dict[int, object] = {}
        while len(done) < len(works):
            left = [n for n in range(len(works)) if n not in done]
            outcomes = await asyncio.gather(*(_tried(works[n]) for n in left))
            needs = {n: outcome for n, outcome in zip(left, outcomes, strict=True) if isinstance(outcome, NeedsPerson)}
            done.update({n: value for n, value in zip(left, outcomes, strict=True) if n not in needs})
            if needs:
                await self._wait_for_person([(works[n].name, need) for n, need in needs.items()])
        return [done[n] for n in range(len(works))]

    async def _wait_for_person(self, needs: Sequence[tuple[str, NeedsPerson]]) -> None:
        """No policy answers this question: nobody but a person may spend more, or try again what failed."""
        prompt = need_prompt(needs)
        _checked(await self.context.ask(prompt), prompt)
        for need in _once_each([need for _, need in needs]):
            self.workshop.again(need)

    async def ask(self, prompt: Prompt) -> Answer:
        """The answer of a person, or the policy's: `proceed`, or `revise` where the prompt allows it."""
        if is_asked(self.stops.review, prompt.kind):
            answer = await self.context.ask(prompt)
        else:
            answer = await self.context.skip(prompt, f"review policy {self.stops.review}")
        return _checked(answer, prompt)


def _checked(answer: Answer, prompt: Prompt) -> Answer:
    """A runner ends a cancelled job by itself; one that does not must not have it go on."""
    if answer.action == "cancel" or answer.action not in prompt.allowed:
        raise NotWaiting(f"the stop {prompt.kind} takes no {answer.action}.", f"Say {' or '.join(prompt.allowed)}.")
    return answer


async def _tried(work: Work[object]) -> object:
    """What the step came to, a `NeedsPerson` included."""
    try:
        return await work.begin()
    except NeedsPerson as need:
        return need


def _once_each(needs: Sequence[NeedsPerson]) -> Iterator[NeedsPerson]:
    """What the person agreed to with one answer: the budget once, however many steps have come to its end."""
    spent = [need for need in needs if isinstance(need, BudgetSpent)]
    yield from spent[:1]
    yield from (need for need in needs if need not in spent)


def need_prompt(needs: Sequence[tuple[str, NeedsPerson]]) -> Prompt:
    """Why the job stands still. `proceed` tries the steps again, `cancel` ends the job."""
    reasons = [f"- {name}: {need.message} {need.hint}".rstrip() for name, need in needs]
    spent = any(isinstance(need, BudgetSpent) for _, need in needs)
    last = "Proceed allows the budget once more" if spent else "Proceed tries again"
    body = "\n".join([*reasons, "", f"{last}; cancel ends the job. Nothing that was finished is done or paid twice."])
    title = "The budget is spent" if spent else "The author cannot go on"
    return Prompt("clarify", title, body, allowed=("proceed", "cancel"))


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a plan is made from: the brief, the evidence by its key, and what was understood of both."""

    brief: Brief
    fleet: tuple[Entry, ...]
    key: str
    research: Research
    requirements: Requirements
    intent: Intent
    dependencies: Dependencies
    revisions: tuple[Revision, ...] = ()

    def desk(self, session: Session) -> Desk:
        return Desk(session.workshop, self.key, self.fleet)

    def after(self, revision: Revision) -> Grounds:
        return replace(self, revisions=(*self.revisions, revision))


@dataclass(frozen=True, slots=True)
class Planned:
    """Grounds, and the plan made from them."""

    grounds: Grounds
    plan: Plan

    def after(self, revision: Revision) -> Planned:
        return replace(self, grounds=self.grounds.after(revision))

    def with_outcome(self, stop: PromptKind, draft: Draft) -> Planned:
        """What the draft's writer made of the last revision at that stop, added to what its plan made of it."""
        last = self.last(stop)
        if last is None or not (draft.changes or draft.not_addressed):
            return self
        settled = [change for change in last.changes if not change.startswith(TAKEN_UP)]
        told = replace(
            last,
            changes=tuple(dict.fromkeys([*settled, *draft.changes])),
            not_addressed=tuple(dict.fromkeys([*last.not_addressed, *draft.not_addressed])),
        )
        revisions = tuple(told if one is last else one for one in self.grounds.revisions)
        return replace(self, grounds=replace(self.grounds, revisions=revisions))

    def rounds(self, stop: PromptKind) -> int:
        """How often the person asked for another version at that stop."""
        return sum(revision.stop == stop for revision in self.grounds.revisions)

    def last(self, stop: PromptKind) -> Revision | None:
        """The latest of those revisions."""
        return next((one for one in reversed(self.grounds.revisions) if one.stop == stop), None)


@dataclass(frozen=True, slots=True)
class Written:
    """A plan and its draft; `before` is the draft that the person saw last, `report` what was found in this one,
    `trials` are runs of its scenarios."""

    planned: Planned
    draft: Draft
    before: Draft | None = None
    report: Report | None = None
    trials: tuple[ScenarioResult, ...] = ()

    def outcome(self, session: Session) -> Outcome:
        """What came of the job. Raises `ValueError` for a draft that was not checked."""
        if self.report is None:
            raise ValueError("only a checked draft is kept")
        job, author, grounds = session.context.job_id, session.workshop.author.name, self.planned.grounds
        plan, revisions = self.planned.plan, grounds.revisions
        brief, research = grounds.brief, grounds.research
        return Outcome(job, author, brief, research, plan, self.report, revisions=revisions, trials=self.trials)


def actions(rounds: int) -> tuple[Action, ...]:
    """What a stop takes after so many revisions."""
    return ACTIONS if rounds < MAX_REVISIONS else ("proceed", "cancel")


def words_of(answer: Answer) -> str:
    """What a person said beside the action: answers to questions, and with `revise` the text, unless it is no more than
    the keyword that it was read by."""
    is_keyword = bool(answer.word) and parse_reply(answer.text) == parse_reply(answer.word)
    said = [answer.text] if answer.action == "revise" and not is_keyword else []
    return "\n".join(text.strip() for text in [*said, *answer.answers.values()] if text.strip())
