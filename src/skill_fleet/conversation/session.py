"""One run of a conversation: what was said so far, and the ways to say more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from skill_fleet.conversation.converser import Converser
from skill_fleet.conversation.hands import Hands
from skill_fleet.conversation.talk import ChatRequest, Found, Move, Proposal, Said, Speaker, Talk
from skill_fleet.errors import BudgetSpent, NeedsPerson
from skill_fleet.jobs.context import Context
from skill_fleet.jobs.prompts import Answer, Prompt, Question
from skill_fleet.review.understanding import Understanding

P = ParamSpec("P")
T = TypeVar("T")

#: What a person types when no words of theirs are meant: ends the job under way, or else the conversation.
CANCEL = "/cancel"
#: Goes on as proposed.
GO = "/go"
#: Leaves; a face that knows it does not send it.
QUIT = "/quit"

MESSAGE = Question("message", "What do you say?")
#: The question of a prompt that waits for a job and not for a person; its default is the job's id.
LOOK = "look"

#: What a model is shown of a conversation: messages, and characters of one.
MOST_MESSAGES = 40
MOST_OF_ONE = 4_000


#: The steps in which a model says what to do next, and says something to the person.
MOVE, SPEAK = "move", "speak"


class Ended(Exception):
    """The person ends the conversation where it cannot go on."""


class Session:
    """What a run of the program acts through. It remembers what was said in this run, and a run begins with the first
    message: so it is the same in every process."""

    def __init__(self, context: Context, hands: Hands, converser: Converser, request: ChatRequest) -> None:
        self.context = context
        self.hands = hands
        self.converser = converser
        self.request = request
        self.history: list[Said] = []
        self.found: list[Found] = []
        self.proposal = Proposal()
        self.understanding: Understanding | None = None
        self.jobs: list[str] = []
        self.promoted: list[str] = []
        self._moves = 0
        self._remarks: list[str] = []

    async def hear(self, text: str, title: str = "", by: Speaker = "program") -> str:
        """Say something, and give what the person says then: their words, or a command that begins with a slash."""
        self.note(by, text)
        notice = "".join(f"{remark}\n\n" for remark in self._remarks)
        self._remarks.clear()
        while True:
            said = await self._ask(
                Prompt("deep_understanding", title or _first_line(text), f"{notice}{text}", (MESSAGE,))
            )
            if said.strip() != QUIT:
                self.note("person", said)
                return said
            notice = f"The conversation stays as it is; come back to it any time. {CANCEL} ends it.\n\n"

    async def wait_for(self, job_id: str) -> str:
        """Let a job work; whoever shows the conversation comes back when the job has news."""
        text = f"Job {job_id} is at work. Its questions come here; say anything to look again, {CANCEL} ends that job."
        question = Question(LOOK, "Look again?", default=job_id)
        return await self._ask(Prompt("deep_understanding", f"Job {job_id} is at work", text, (question,)))

    async def means(self, text: str) -> str:
        """The action that the whole of a reply clearly is, or nothing."""
        if text.strip() == GO:
            return "proceed"
        return await self.context.step("read the reply", self.hands.understand, text, self.request.locale)

    async def model(self, name: str, function: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """A step of the model. When it cannot go on, the person is told why, and it is tried again when they say
        anything. Raises `Ended` when they end the conversation instead."""
        while True:
            try:
                value = await self.context.step(name, function, *args, **kwargs)
            except NeedsPerson as need:
                if (await self.hear(_why(need), "The model cannot go on")).strip() == CANCEL:
                    raise Ended from need
                self.converser.again(need)
            else:
                self._moves += name == MOVE
                return value

    def talk(self) -> Talk:
        latest = tuple(Said(said.by, _cut(said.text)) for said in self.history[-MOST_MESSAGES:])
        replies = sum(said.by == "model" for said in self.history)
        return Talk(latest, tuple(self.found), self.proposal, self._moves, replies)

    def note(self, by: Speaker, text: str) -> None:
        self.history.append(Said(by, text))

    def remark(self, text: str) -> None:
        """Told ahead of whatever is said next."""
        self._remarks.append(text)
        self.note("program", text)

    def keep(self, move: Move, text: str) -> None:
        self.found.append(Found(move.tool, move.argument, text))

    async def _ask(self, prompt: Prompt) -> str:
        return _words(await self.context.ask(_bounded(prompt)))


def _words(answer: Answer) -> str:
    """What was typed; a bare `proceed` from another face is no word of the person."""
    return answer.answers.get(MESSAGE.id, "") or answer.text


def _bounded(prompt: Prompt) -> Prompt:
    return Prompt(prompt.kind, prompt.title, prompt.body, prompt.questions, allowed=("proceed", "cancel"))


def _why(need: NeedsPerson) -> str:
    more = (
        "Say anything to allow the budget once more" if isinstance(need, BudgetSpent) else "Say anything to try again"
    )
    return f"{need.message} {need.hint}\n\n{more}; {QUIT} leaves, {CANCEL} ends the conversation.".strip()


def _first_line(text: str) -> str:
    line = next((line.strip(" #*") for line in text.splitlines() if line.strip(" #*")), "")
    return line if len(line) <= 80 else f"{line[:79]}…"  # noqa: PLR2004  a line of a list


def _cut(text: str) -> str:
    return text if len(text) <= MOST_OF_ONE else f"{text[:MOST_OF_ONE]}\n[…]"
