"""Jobs that live in memory and run in this process."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from threading import RLock, Thread
from time import perf_counter
from typing import ParamSpec, TypeVar, cast

from skill_fleet.clock import Clock, now
from skill_fleet.codec import Plain, from_json, result_type, to_json
from skill_fleet.errors import Conflict, NeedsPerson, NotFound
from skill_fleet.jobs.context import Event, Program
from skill_fleet.jobs.history import History
from skill_fleet.jobs.job import Failure, JobRecord, RunState, run_id
from skill_fleet.jobs.memory import MemoryJobs
from skill_fleet.jobs.ports import Enqueue, JobStore
from skill_fleet.jobs.prompts import Answer, AuditEntry, Prompt
from skill_fleet.jobs.replay import (
    TELL,
    Recall,
    Stops,
    Suspended,
    event_place,
    failure_of,
    message_of,
    no_program,
    policy_answer,
)

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

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
        kind = result_type(function)
        text = await _perform(name, lambda: _call_here(function, *args, **kwargs), kind, self._listen)
        return cast("T", from_json(text, kind))

    async def ask(self, prompt: Prompt) -> Answer:
        return self._ask(prompt)

    async def skip(self, prompt: Prompt, reason: str) -> Answer:
        self._listen(Event("review.skipped", prompt.kind, reason))
        return policy_answer(reason)

    async def tell(self, event: Event) -> None:
        self._listen(event)

    def tell_within(self, event: Event) -> None:
        self._listen(event)


class _RunContext:
    """A `Context` within one run of an `InlineRunner`. Plain functions run in a thread, so that jobs do not wait for
    each other."""

    def __init__(self, history: History, job_id: str, stops: Stops, tell: Listener) -> None:
        self._job_id = job_id
        self._stops = stops
        self._tell = tell
        self._finished = history.finished
        self._recall = Recall(history.finished)
        self._working: set[asyncio.Future[None]] = set()
        self._is_over = False

    @property
    def job_id(self) -> str:
        return self._job_id

    async def step(
        self, name: str, function: Callable[P, T] | Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        kind = result_type(function)
        text = self._recall.find(self._recall.next_key(name))
        if text is None:
            with self._at_work():
                text = await self._finish(name, lambda: _call_in_thread(function, *args, **kwargs), kind)
                self._finished.append((name, text))
        return cast("T", from_json(text, kind))

    async def _finish(self, name: str, call: Callable[[], Awaitable[object]], kind: type[object]) -> str:
        try:
            return await _perform(name, call, kind, self._tell)
        except NeedsPerson as need:
            self._finished.append((name, failure_of(need)))
            raise

    async def ask(self, prompt: Prompt) -> Answer:
        try:
            return self._stops.ask(prompt)
        finally:
            self._tell_news()

    async def skip(self, prompt: Prompt, reason: str) -> Answer:
        answer = self._stops.skip(prompt, reason)
        self._tell_news()
        return answer

    async def tell(self, event: Event) -> None:
        if self._recall.find(self._recall.next_key(TELL)) is None:
            self._tell(event)
            self._finished.append((TELL, "null"))

    def tell_within(self, event: Event) -> None:
        self._tell(event)

    async def settle(self) -> None:
        """Wait for the steps that are still at work when one beside them failed, and begin no other."""
        self._is_over = True
        while self._working:
            await asyncio.wait(self._working)

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        if self._is_over:
            raise asyncio.CancelledError
        work = asyncio.get_running_loop().create_future()
        self._working.add(work)
        try:
            yield
        finally:
            self._working.discard(work)
            work.set_result(None)

    def _tell_news(self) -> None:
        if self._stops.news is not None:
            self._tell(self._stops.news)


class InlineRunner:
    """A `Runner` whose jobs live in memory and run here, on an event loop of their own. They end with the process.

    All else is as on a durable engine: a job runs from its first line after every answer and every retry, recalls what
    is finished, and while it waits for a person nothing of it is running.
    """

    def __init__(
        self,
        programs: Mapping[str, Program],
        open_store: Callable[[Enqueue], JobStore] = MemoryJobs,
        clock: Clock = now,
    ) -> None:
        """`open_store` gets what hands a run to this engine, and gives the store that calls it."""
        self._programs = programs
        self._clock = clock
        self._store = open_store(self._enqueue)
        self._lock = RLock()
        """Held while a job ends and while it is looked at, so that nobody sees an end without its last event. Taken
        before the store's own lock, never after it."""
        self._histories: dict[str, History] = {}
        self._states: dict[str, RunState] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._is_closed = False
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="jobs", daemon=True)
        self._thread.start()

    @property
    def store(self) -> JobStore:
        return self._store

    def run_states(self, run_ids: Sequence[str]) -> Mapping[str, RunState]:
        return {one: self._states.get(one, "unknown") for one in run_ids}

    def start(self, record: JobRecord) -> JobRecord:
        self._store.add(record)
        return record

    def answer(self, prompt_id: str, answer: Answer) -> JobRecord:
        with self._lock:
            record = self._store.answer(prompt_id, answer, self._clock())
            if record.is_over:
                self._tell_end(record, Event("job.cancelled", record.id, record.cancelled_by))
        return record

    def cancel(self, job_id: str, actor: str = "", via: str = "") -> JobRecord:
        """A plain function in progress runs on in its thread; its result is thrown away."""
        with self._lock:
            record = self._store.cancel(job_id, actor, via, self._clock())
            self._tell_end(record, Event("job.cancelled", job_id, record.cancelled_by))
        if not self._is_closed:
            self._loop.call_soon_threadsafe(self._stop, record.run_id)
        return record

    def resume(self, job_id: str, actor: str = "", via: str = "") -> JobRecord:
        with self._lock:
            record = self._store.get(job_id)
            if record.is_over:
                raise Conflict(f"job {job_id} is over.", "`skill-fleet jobs retry` opens a failed or cancelled job.")
            at = self._clock()
            if any(prompt.has_expired(at) for prompt in self._store.open_prompts([job_id])):
                asked = self._store.ask_again(job_id, at)
                self._store.note(AuditEntry(at, job_id, asked.id, "resumed", actor, via))
                self._tell(job_id, record.run, Event("review.requested", asked.prompt.kind, asked.id))
        return self._store.get(job_id)

    def retry(self, job_id: str, actor: str = "", via: str = "") -> JobRecord:
        return self._store.retry(job_id, actor, via, self._clock())

    def delete(self, job_id: str) -> None:
        with self._lock:
            record = self._store.get(job_id)
            if not record.is_over:
                raise Conflict(f"job {job_id} is not over.", "Cancel it first: `skill-fleet jobs cancel`.")
            self._store.delete(job_id)
            for number in range(1, record.run + 1):
                self._states.pop(run_id(job_id, number), None)
            self._histories.pop(job_id, History()).ring()

    async def watch(self, job_id: str, after: str = "") -> AsyncIterator[Event]:
        place = event_place(after)
        self._store.get(job_id)
        with self._history(job_id).bell() as bell:
            is_over = False
            while not is_over:
                bell.clear()
                events, is_over = self._news(job_id, place)
                for event in events:
                    yield event
                    place = event_place(event.id)
                if not is_over:
                    await bell.wait()

    def close(self) -> None:
        """A run in progress is broken off; its job stays, and its finished steps with it."""
        if self._is_closed:
            return
        self._is_closed = True
        asyncio.run_coroutine_threadsafe(self._stop_all(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _news(self, job_id: str, after: tuple[int, int]) -> tuple[Sequence[Event], bool]:
        """Events that came after that place, and whether they are the last."""
        with self._lock:
            if job_id not in self._histories:  # deleted while somebody watched
                return (), True
            return self._histories[job_id].after(after), self._store.get(job_id).is_over

    def _history(self, job_id: str) -> History:
        with self._lock:
            return self._histories.setdefault(job_id, History())

    def _tell(self, job_id: str, run: int, event: Event) -> None:
        with self._lock:
            if job_id in self._histories:  # nobody hears a run whose job was deleted
                self._histories[job_id].tell(run, event)

    def _tell_end(self, record: JobRecord, event: Event) -> None:
        history = self._history(record.id)
        history.tell(record.run, event)
        history.last_run = record.run

    def _enqueue(self, _: object, job_id: str, run: int) -> None:
        if self._is_closed:
            raise Conflict("this runner is closed.", "Another one may take the job.")
        self._states[run_id(job_id, run)] = "queued"
        self._loop.call_soon_threadsafe(self._begin, job_id, run)

    def _begin(self, job_id: str, run: int) -> None:
        name = run_id(job_id, run)
        self._tasks[name] = task = self._loop.create_task(self._run(job_id, run))
        task.add_done_callback(lambda done: self._end(name, done))

    def _end(self, name: str, task: asyncio.Task[None]) -> None:
        del self._tasks[name]
        self._states[name] = "queued" if self._is_closed and task.cancelled() else "ended"
        if not task.cancelled() and (error := task.exception()):
            log.error("run %s broke", name, exc_info=error)

    def _stop(self, name: str) -> None:
        if name in self._tasks:
            self._tasks[name].cancel()

    async def _stop_all(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, job_id: str, run: int) -> None:
        """One run of a job. The store gives the record when the transaction that set off the run is through."""
        record = self._find_current(job_id, run)
        if record is None:
            return
        self._states[record.run_id] = "running"
        stops = Stops(self._store, job_id, run, self._clock)
        context = _RunContext(self._history(job_id), job_id, stops, lambda event: self._tell(job_id, run, event))
        await context.tell(Event("job.started", job_id, record.title))
        ending = await _ending_of(self._programs.get(record.kind), context, record)
        await context.settle()
        if ending is None:
            return
        result, failure = ending
        last = Event("job.failed", job_id, failure.message) if failure else Event("job.finished", job_id)
        with self._lock:
            if self._store.finish(job_id, run, result, failure, self._clock()):
                self._tell_end(record, last)

    def _find_current(self, job_id: str, run: int) -> JobRecord | None:
        with suppress(NotFound):  # cancelled and deleted before it began
            record = self._store.get(job_id)
            return record if record.run == run and not record.is_over else None
        return None


async def _ending_of(
    program: Program | None, context: _RunContext, record: JobRecord
) -> tuple[Plain, Failure | None] | None:
    """Result or failure of the run; None when it came to a question. Request and result are copies, as if they had
    been read from a database."""
    if program is None:
        return None, no_program(record.kind)
    try:
        return _copy(await program(context, _copy(record.request))), None
    except Suspended:
        return None
    except SystemExit as error:  # it would end the thread that all jobs run on
        return None, failure_of(RuntimeError(f"the program left with status {error.code}"))
    except Exception as error:  # noqa: BLE001  a job may fail in any way; the others go on
        return None, failure_of(error)


def _copy(value: Plain) -> Plain:
    return cast("Plain", json.loads(json.dumps(value, allow_nan=False)))


async def _perform(name: str, call: Callable[[], Awaitable[object]], kind: type[object], tell: Listener) -> str:
    """The result of a step as JSON, with its beginning and its end told."""
    tell(Event("step.started", name))
    started = perf_counter()
    try:
        text = to_json(await call(), kind).decode()
    except Exception as error:
        tell(Event("step.failed", name, message_of(error), perf_counter() - started))
        raise
    tell(Event("step.finished", name, seconds=perf_counter() - started))
    return text


async def _call_here(function: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> object:
    outcome = function(*args, **kwargs)
    return await outcome if inspect.isawaitable(outcome) else outcome


async def _call_in_thread(function: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> object:
    if inspect.iscoroutinefunction(function):
        return await _call_here(function, *args, **kwargs)
    outcome = await asyncio.to_thread(function, *args, **kwargs)
    return await outcome if inspect.isawaitable(outcome) else outcome
