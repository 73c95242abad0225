"""A job that lives in memory and runs here and now."""

from __future__ import annotations

import inspect
import secrets
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import ParamSpec, TypeVar, cast

from skill_fleet.codec import from_json, result_type, to_json
from skill_fleet.jobs.context import Answer, Event, Prompt

P = ParamSpec("P")
T = TypeVar("T")

Listener = Callable[[Event], None]
Asker = Callable[[Prompt], Answer]


def new_job_id() -> str:
    """A fresh id such as `j-3f9a1c07`: 32 random bits, enough to tell jobs of one fleet apart."""
    return f"j-{secrets.token_hex(4)}"


class InlineContext:
    """Runs every step at once, in order. Each result goes through JSON, as it would on an engine that persists it."""

    def __init__(self, job_id: str, ask: Asker, listen: Listener) -> None:
        self._job_id = job_id
        self._ask = ask
        self._listen = listen

    @property
    def job_id(self) -> str:
        return self._job_id

    async def step(
        self, name: str, function: Callable[P, T] | Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        self._listen(Event("step.started", name))
        started = perf_counter()
        outcome = function(*args, **kwargs)
        value = await outcome if inspect.isawaitable(outcome) else outcome
        kind = result_type(function)
        remembered = from_json(to_json(value, kind), kind)
        self._listen(Event("step.finished", name, seconds=perf_counter() - started))
        return cast("T", remembered)

    async def ask(self, prompt: Prompt) -> Answer:
        return self._ask(prompt)

    async def tell(self, event: Event) -> None:
        self._listen(event)
