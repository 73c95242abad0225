"""The three verbs of a pipeline: `step`, `ask`, `tell`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, ParamSpec, Protocol, TypeVar, overload

from skill_fleet.codec import Plain
from skill_fleet.jobs.prompts import Answer, Prompt

P = ParamSpec("P")
T = TypeVar("T")

EventKind = Literal[
    "job.started",
    "step.started",
    "step.finished",
    "step.failed",
    "lm.started",
    "lm.thinking",
    "lm.text",
    "lm.decided",
    "lm.elsewhere",
    "lm.finished",
    "lm.failed",
    "review.requested",
    "review.answered",
    "review.skipped",
    "job.finished",
    "job.failed",
    "job.cancelled",
]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a job.

    `name` is the step's, the prompt's kind, or the decision that a model is asked for; `text` says more: the task, the
    prompt's id, the draft's folder, the error, the next words of a model. `seconds` is the time a finished step took.
    `tokens` and `usd` are what the job has spent on models so far; `usd` is None when a price is not known. `id` is its
    place in the job's history, `run:number`, empty while nobody keeps it.
    """

    kind: EventKind
    name: str = ""
    text: str = ""
    seconds: float = 0.0
    id: str = ""
    tokens: int = 0
    usd: float | None = None


class Context(Protocol):
    """What a pipeline may do to the world. Only plain JSON data crosses `step` and `ask`.

    A job may be run again from its first line, after a crash or after a person's answer: steps that finished give the
    remembered result, and prompts that were answered the remembered answer. So a pipeline must come to the same steps
    in the same order from the same results: no clock, no chance and no look at the world outside of a step. Steps that
    run at the same time (`asyncio.gather`) have names of their own; `ask` and `tell` are called one at a time.
    """

    @property
    def job_id(self) -> str: ...

    @overload
    async def step(self, name: str, function: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T: ...
    @overload
    async def step(self, name: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T: ...
    async def step(
        self, name: str, function: Callable[P, T] | Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `function` once under `name` and remember its result; a second run of the job gets the remembered one.

        The n-th step of a name is its own step. A step that fails is not remembered, but for one that raises
        `NeedsPerson`: that is a result too, and a second run gets it again, as a `NeedsPerson` of the same `kind`.
        """
        ...

    async def ask(self, prompt: Prompt) -> Answer:
        """Wait for a person, however long it takes. Gives `proceed` or `revise`: a `cancel` ends the job."""
        ...

    async def skip(self, prompt: Prompt, reason: str) -> Answer:
        """Record that a stop was passed without asking, by policy or for want of something; it gives `proceed`."""
        ...

    async def tell(self, event: Event) -> None:
        """Report progress."""
        ...

    def tell_within(self, event: Event) -> None:
        """Report progress from inside a step, from any of its threads; told once more when the step is done once
        more."""
        ...


class Program(Protocol):
    """What a kind of job does: request in, result out, both plain data."""

    async def __call__(self, context: Context, request: Plain) -> Plain: ...
