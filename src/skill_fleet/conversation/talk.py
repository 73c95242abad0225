"""What a conversation is made of, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from skill_fleet.authoring.brief import SkillStyle
from skill_fleet.fleet.create_skill import AuthorName

Tool = Literal["reply", "list", "search", "show", "validate", "evaluate", "jobs", "create", "answer", "promote"]
"""reply: say something to the person · list, search, show, validate, evaluate: look at the fleet · jobs: what is being
made · create: propose a new skill · answer: go on with a job that waits for the person · promote: propose to move a
draft to its place. What changes anything is only proposed: the person has to say a clear yes."""

Speaker = Literal["person", "model", "program"]
"""program: a question or a notice that no model worded."""


@dataclass(frozen=True, slots=True)
class Said:
    by: Speaker
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a tool gave in the turn under way."""

    tool: Tool
    argument: str
    text: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A skill that could be made. `sources` are as the person wrote them; `tests` asks for scenarios that are run."""

    task: str = ""
    sources: tuple[str, ...] = ()
    name: str = ""
    style: SkillStyle | None = None
    tests: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """What the model wants to do next. `argument` is a query, a skill, a draft or a job, `proposal` goes with
    `create`."""

    tool: Tool = "reply"
    argument: str = ""
    proposal: Proposal = Proposal()


@dataclass(frozen=True, slots=True)
class Talk:
    """All that a model is shown: the latest messages, what its tools found in this turn, the proposal so far.
    `number` counts the moves before this one in the whole conversation, `replies` the messages of the model."""

    history: tuple[Said, ...]
    found: tuple[Found, ...] = ()
    proposal: Proposal = Proposal()
    number: int = 0
    replies: int = 0


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """How a conversation begins. `text` is the first message, `folder` what relative sources start from; `author`,
    `style` and `locale` are the person's settings."""

    text: str = ""
    folder: str = ""
    author: AuthorName = "extractive"
    style: SkillStyle = "comprehensive"
    locale: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class ChatOutcome:
    """What came of a conversation that is over: the jobs it began, and where drafts were promoted to."""

    job_id: str
    jobs: tuple[str, ...] = ()
    promoted: tuple[str, ...] = ()
