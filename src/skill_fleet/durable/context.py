"""The three verbs on the engine. One call of an author is one step; its result is kept before the next begins."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractContextManager
from threading import Lock
from time import perf_counter
from typing import ParamSpec, TypeVar, cast

from skill_fleet.codec import from_json, result_type, to_json, to_plain
from skill_fleet.durable.engine import DBOS, EVENTS
from skill_fleet.errors import NeedsPerson
from skill_fleet.jobs.context import Event
from skill_fleet.jobs.job import Failure
from skill_fleet.jobs.prompts import Answer, Prompt
from skill_fleet.jobs.replay import TELL, Kept, Recall, Stops, failure_of, need_of

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger(__name__)

#: How the result of a step is kept: the JSON of its value, why it failed, or why a person has to decide first.
VALUE = "value"
FAILURE = "failure"
NEED = "need"


class StepFailed(Exception):
    """A step came to an error: the run ends with it."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure


class DurableContext:
    """A `Context` within one run. `slots` bounds how many steps this process works on at a time."""

    def __init__(self, job_id: str, recall: Recall, stops: Stops, slots: AbstractContextManager[object]) -> None:
        self._job_id = job_id
        self._recall = recall
        self._stops = stops
        self._slots = slots
        self._in_progress: set[asyncio.Future[object]] = set()
        self._telling = Lock()

    @property
    def job_id(self) -> str:
        return self._job_id

    async def step(
        self, name: str, function: Callable[P, T] | Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        kind = result_type(function)
        remembered = self._recall.find(self._recall.next_key(name))
        if remembered is None:

            def work() -> dict[str, object]:
                with self._slots:
                    return _perform(name, lambda: function(*args, **kwargs), kind)

            remembered = _unpacked(await self._followed(DBOS.run_step_async({"name": name}, work)))
        return cast("T", from_json(remembered, kind))

    async def settle(self) -> None:
        """Wait for steps that are still at work beside one that failed: what they come to is remembered, too."""
        while self._in_progress:
            await asyncio.wait(self._in_progress)

    async def _followed(self, work: Coroutine[object, object, T]) -> T:
        task = asyncio.ensure_future(work)
        self._in_progress.add(cast("asyncio.Future[object]", task))
        task.add_done_callback(self._in_progress.discard)
        return await task

    async def ask(self, prompt: Prompt) -> Answer:
        try:
            return await asyncio.to_thread(self._stops.ask, prompt)
        finally:
            await self._tell_news()

    async def skip(self, prompt: Prompt, reason: str) -> Answer:
        answer = await asyncio.to_thread(self._stops.skip, prompt, reason)
        await self._tell_news()
        return answer

    async def tell(self, event: Event) -> None:
        """A step like any other: what an earlier run told is not told again."""
        if self._recall.find(self._recall.next_key(TELL)) is None:
            await DBOS.run_step_async({"name": TELL}, _told, event)

    def tell_within(self, event: Event) -> None:
        with self._telling:
            _tell(event)

    async def announce(self, event: Event) -> None:
        """Tell what this run does, whatever earlier ones told."""
        await DBOS.write_stream_async(EVENTS, plain_event(event))

    async def _tell_news(self) -> None:
        if self._stops.news is not None:
            await self.announce(self._stops.news)


def plain_event(event: Event) -> dict[str, object]:
    return cast("dict[str, object]", to_plain(event, Event))


def _perform(name: str, call: Callable[[], object], kind: type[object]) -> dict[str, object]:
    """Runs in a thread of its own. An error is a result too: thrown, it would come back after a crash without its
    class and its hint."""
    _tell(Event("step.started", name))
    started = perf_counter()
    try:
        outcome = call()
        value = asyncio.run(_awaited(outcome)) if inspect.isawaitable(outcome) else outcome
        text = to_json(value, kind).decode()
    except Exception as error:  # whatever an author gets wrong ends this job, not its worker
        failure = failure_of(error)
        logger.debug("step %s failed", name, exc_info=error)
        _tell(Event("step.failed", name, failure.message, perf_counter() - started))
        return {NEED if isinstance(error, NeedsPerson) else FAILURE: to_plain(failure, Failure)}
    _tell(Event("step.finished", name, seconds=round(perf_counter() - started, 4)))
    return {VALUE: text}


async def _awaited(outcome: Awaitable[object]) -> object:
    return await outcome


def _tell(event: Event) -> None:
    """From inside a step: told once more when the step has to be done once more."""
    DBOS.write_stream(EVENTS, plain_event(event))


def _unpacked(kept: dict[str, object]) -> str:
    if NEED in kept:
        raise need_of(_read_failure(kept[NEED]))
    if FAILURE in kept:
        raise StepFailed(_read_failure(kept[FAILURE]))
    return str(kept[VALUE])


def _read_failure(plain: object) -> Failure:
    return from_json(json.dumps(plain), Failure)


def _told(event: Event) -> dict[str, object]:
    _tell(event)
    return {VALUE: "null"}


def remembered(kept: object) -> Kept | None:
    """What a finished step came to, from what the engine kept; None for what failed or is no step of a program."""
    if not isinstance(kept, dict):
        return None
    if NEED in kept:
        return _read_failure(kept[NEED])
    text = kept.get(VALUE)
    return text if isinstance(text, str) else None
