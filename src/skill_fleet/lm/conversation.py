"""A language model in a conversation. It chooses and words; it changes nothing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import dspy

from skill_fleet.conversation.talk import Move, Proposal, Talk
from skill_fleet.errors import NeedsPerson
from skill_fleet.jobs.calls import Calls
from skill_fleet.jobs.context import Context
from skill_fleet.jobs.prompts import Question
from skill_fleet.lm.ledger import Budget, Ledger
from skill_fleet.lm.runtime import Runtime
from skill_fleet.lm.signatures.conversation import ChooseMove, ProposalOut, SortAnswers, SpeakToPerson
from skill_fleet.settings import Settings

#: Characters of the conversation that a model is shown; the oldest go first.
MOST_SHOWN = 24_000


class LmConverser:
    """A `Converser` on the models of one run of a job."""

    def __init__(self, runtime: Runtime, again: Callable[[NeedsPerson], None]) -> None:
        self._runtime = runtime
        self._again = again

    async def move(self, talk: Talk) -> Move:
        return await asyncio.to_thread(self._move, talk)

    async def speak(self, talk: Talk) -> str:
        return await asyncio.to_thread(self._speak, talk)

    async def sort(self, text: str, questions: Sequence[Question]) -> Mapping[str, str]:
        return await asyncio.to_thread(self._sort, text, questions)

    def again(self, need: NeedsPerson) -> None:
        self._again(need)

    def _move(self, talk: Talk) -> Move:
        done = self._runtime.run(
            "chat",
            dspy.ChainOfThought(ChooseMove),
            conversation=_conversation(talk),
            found=_found(talk),
            proposal=_proposal_text(talk.proposal),
        )
        return Move(done.tool, done.argument.strip(), _proposal(done.next_proposal, talk))

    def _speak(self, talk: Talk) -> str:
        done = self._runtime.run(
            "chat", dspy.Predict(SpeakToPerson), conversation=_conversation(talk), found=_found(talk)
        )
        return str(done.message).strip()

    def _sort(self, text: str, questions: Sequence[Question]) -> dict[str, str]:
        """Words that the person did not say are dropped, and so are answers to what was not asked."""
        asked = "\n".join(f"{question.id}: {question.text}" for question in questions)
        done = self._runtime.run("chat", dspy.Predict(SortAnswers), said=text, questions=asked)
        ids = {question.id for question in questions}
        said = _plain(text)
        return {one.question: one.words for one in done.answers if one.question in ids and _plain(one.words) in said}


def take_converser(settings: Settings, context: Context, calls: Calls, cache: Path) -> LmConverser:
    """The converser of one run of a job; `cache` is the folder for what can be asked again. Raises `SettingsError`
    where no model is configured."""
    ledger = Ledger(context.job_id, calls, Budget(settings.budget_tokens, settings.budget_usd))
    runtime = Runtime(settings, context.job_id, ledger, context.tell_within, cache)
    return LmConverser(runtime, ledger.again)


def _conversation(talk: Talk) -> str:
    return "\n\n".join(f"{said.by}: {said.text}" for said in talk.history)[-MOST_SHOWN:]


def _found(talk: Talk) -> str:
    parts = [f"{one.tool} {one.argument}".strip() + f":\n{one.text}" for one in talk.found]
    return "\n\n".join(parts) or "nothing was looked at yet"


def _proposal_text(proposal: Proposal) -> str:
    return "\n".join(_lines(proposal)) if proposal.task else ""


def _lines(proposal: Proposal) -> Iterator[str]:
    yield f"task: {proposal.task}"
    yield f"sources: {', '.join(proposal.sources)}"
    yield f"name: {proposal.name}; style: {proposal.style or 'not said'}; tests: {proposal.tests}"


def _proposal(given: ProposalOut, talk: Talk) -> Proposal:
    """Sources count only as the person named them: a model may not have files read that nobody spoke of."""
    said = "\n".join(said.text for said in talk.history if said.by == "person")
    named = (*talk.proposal.sources, *(source for source in given.sources if source and source in said))
    task = given.task.strip() or talk.proposal.task
    return Proposal(task, tuple(dict.fromkeys(named)), given.name.strip(), given.style, given.tests)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
