"""The three verbs of a pipeline: `step`, `ask`, `tell`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, ParamSpec, Protocol, TypeVar, overload

P = ParamSpec("P")
T = TypeVar("T")

EventKind = Literal["job.started", "step.started", "step.finished", "job.finished"]
Action = Literal["proceed", "cancel"]
"""proceed: go on as proposed · cancel: end the job and write nothing."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a job. `seconds` is the time a finished step took."""

    kind: EventKind
    name: str = ""
    text: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question to a person, at one stop of the pipeline. `body` is Markdown."""

    kind: Literal["confirm"]
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person decided, and their own words."""

    action: Action
    text: str = ""


class Context(Protocol):
    """What a pipeline may do to the world. Only plain JSON data crosses `step` and `ask`."""

    @property
    def job_id(self) -> str: ...

    @overload
    async def step(self, name: str, function: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T: ...
    @overload
    async def step(self, name: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T: ...
    async def step(
        self, name: str, function: Callable[P, T] | Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `function` once under `name` and remember its result; a second run of the job gets the remembered one."""
        ...

    async def ask(self, prompt: Prompt) -> Answer:
        """Wait for a person, however long it takes."""
        ...

    async def tell(self, event: Event) -> None:
        """Report progress."""
        ...
