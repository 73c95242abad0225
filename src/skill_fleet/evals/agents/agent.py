"""The port: what an agent is given, and what it answers."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

Ended = Literal["done", "too slow"]
"""done: the agent stopped by itself · too slow: it was stopped, and is judged by what it had done."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A skill an agent may use: a folder with a SKILL.md, which it may copy to where it looks for skills."""

    name: str
    description: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Assignment:
    """One trial. `folder` is fresh, holds the case's files and is the agent's to work in.

    `skills` are on offer: the agent sees name and description, and reads what it likes. `forced` is text put before
    the prompt whether it wants it or not. `stop` is set when nobody waits any more.
    """

    prompt: str
    folder: Path
    skills: tuple[Offered, ...] = ()
    forced: str = ""
    seed: int = 0
    seconds: float = 600.0
    stop: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class Answer:
    """The agent's last words, and what it cost. None is what the agent does not tell.

    `read` names the skills it read; `tokens` counts all that were sent and received; `cost` is in US dollars.
    """

    text: str
    read: tuple[str, ...] | None = None
    tokens: int | None = None
    cost: float | None = None
    ended: Ended = "done"
    transcript: str = ""


class Agent(Protocol):
    """`name`, `model` and `recipe` say what was measured; trials of one recipe are compared and reused, so it changes
    with everything that may change an answer, and holds no key."""

    @property
    def name(self) -> str: ...

    @property
    def model(self) -> str: ...

    @property
    def recipe(self) -> str: ...

    def work(self, assignment: Assignment) -> Answer:
        """Do it. Called from several threads at a time. Raises `AgentAway` when the provider does not answer and
        `AgentError` when asking again is of no use: such a trial is void."""
        ...
