"""Jobs in memory: steps run here and now, and their results go through JSON."""

from __future__ import annotations

import asyncio
import logging
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

import pytest
from tests.runners import DEADLINE, until, watched

from skill_fleet.clock import now
from skill_fleet.codec import Plain
from skill_fleet.errors import Conflict, NotFound
from skill_fleet.jobs.context import Context, Event, Program
from skill_fleet.jobs.inline import InlineContext, InlineRunner, new_job_id
from skill_fleet.jobs.job import JobRecord
from skill_fleet.jobs.memory import MemoryAttachments
from skill_fleet.jobs.prompts import Answer, Prompt


@dataclass(frozen=True)
class Sum:
    """A result."""

    value: int


def add(left: int, right: int) -> Sum:
    return Sum(left + right)


async def add_later(left: int, right: int) -> Sum:
    await asyncio.sleep(0)
    return Sum(left + right)


def fail() -> Sum:
    raise LookupError("nothing there")


def unfitting() -> Sum:
    return "no sum"  # type: ignore[return-value]  # what an author gets wrong


YES = Answer("proceed")


def context(events: list[Event], answer: Answer = YES) -> InlineContext:
    return InlineContext("j-1", lambda _: answer, events.append)


def test_steps_give_their_result_and_are_told() -> None:
    """Plain and asynchronous functions alike; each is told when it starts and when it is done."""
    events: list[Event] = []
    job = context(events)

    async def run() -> tuple[Sum, Sum]:
        return await job.step("now", add, 1, right=2), await job.step("later", add_later, 3, 4)

    assert (Sum(3), Sum(7)) == asyncio.run(run())
    starts_and_ends = [("step.started", "now"), ("step.finished", "now")]
    starts_and_ends += [("step.started", "later"), ("step.finished", "later")]
    assert starts_and_ends == [(event.kind, event.name) for event in events]
    assert all(event.seconds > 0 for event in events if event.kind == "step.finished")


def test_a_result_is_a_copy() -> None:
    """What a step returns is what an engine would have read back, never the object itself."""
    made = Sum(1)

    def give() -> Sum:
        return made

    got = asyncio.run(context([]).step("give", give))
    assert made == got
    assert made is not got


def test_a_failing_step_is_told_as_failed() -> None:
    """The error comes through as it is, and its words stand in the event."""
    events: list[Event] = []
    with pytest.raises(LookupError, match="nothing there"):
        asyncio.run(context(events).step("fail", fail))
    assert [("step.started", ""), ("step.failed", "LookupError: nothing there")] == [
        (event.kind, event.text) for event in events
    ]


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
def test_a_result_of_another_type_is_an_error() -> None:
    """A step that breaks its own signature is found out at once."""
    with pytest.raises(ValueError, match="Sum"):
        asyncio.run(context([]).step("odd", unfitting))


def test_ask_and_tell() -> None:
    """A question gets the person's answer, an event reaches the listener."""
    events: list[Event] = []
    job = context(events, Answer("cancel", "not now"))

    async def run() -> Answer:
        await job.tell(Event("job.started", job.job_id))
        return await job.ask(Prompt("confirm", "Go on?", ""))

    assert Answer("cancel", "not now") == asyncio.run(run())
    assert [Event("job.started", "j-1")] == events


def test_a_stop_that_is_passed_is_told() -> None:
    """It counts as `proceed`, said by a policy for a reason."""
    events: list[Event] = []
    answer = asyncio.run(context(events).skip(Prompt("tdd_red", "Go on?", ""), "no model to run them"))
    assert Answer("proceed", "no model to run them", via="policy") == answer
    assert [Event("review.skipped", "tdd_red", "no model to run them")] == events


def test_job_ids() -> None:
    """Short, of one form, and different."""
    ids = {new_job_id() for _ in range(100)}
    assert 100 == len(ids)
    assert all(re.fullmatch(r"j-[0-9a-f]{8}", one) for one in ids)


@dataclass
class Bench:
    """A step that waits to be let go, and what was begun."""

    begun: list[str] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)

    def hold(self, name: str) -> str:
        self.begun.append(name)
        assert self.let_go.wait(DEADLINE)
        return name

    def fail(self) -> str:
        until(lambda: bool(self.begun))
        raise LookupError("nothing there")


@contextmanager
def opened(**programs: Program) -> Iterator[InlineRunner]:
    with closing(InlineRunner(programs)) as runner:
        yield runner


def start(runner: InlineRunner, kind: str, job_id: str = "j-1") -> None:
    runner.start(JobRecord(job_id, kind, "A job", None, now()))


def end(runner: InlineRunner, job_id: str = "j-1") -> JobRecord:
    until(lambda: runner.store.get(job_id).is_over)
    return runner.store.get(job_id)


async def ask(context: Context, request: Plain) -> Plain:
    del request
    return (await context.ask(Prompt("confirm", "Go on?", ""))).text


def holding(bench: Bench) -> Program:
    async def hold(context: Context, request: Plain) -> Plain:
        del request
        return await context.step("hold", bench.hold, "hold")

    return hold


def test_jobs_that_wait_cost_no_thread() -> None:
    """Nothing of them is running: no thread, no task, only what is kept."""
    with opened(ask=ask) as runner:
        before = threading.active_count()
        for number in range(500):
            start(runner, "ask", f"j-{number}")
        until(lambda: len(runner.store.open_prompts()) == 500)
        names = [f"j-{number}.1" for number in range(500)]
        until(lambda: set(runner.run_states(names).values()) == {"ended"})
        assert before == threading.active_count()


def test_closing_breaks_off_what_is_running() -> None:
    """The job stays as it was, its run waits for a worker; nothing new is taken on."""
    bench = Bench()
    with opened(hold=holding(bench), ask=ask) as runner:
        start(runner, "hold")
        until(lambda: bool(bench.begun))
        runner.close()
        runner.close()
        assert {"j-1.1": "queued"} == runner.run_states(["j-1.1"])
        assert not runner.store.get("j-1").is_over
        with pytest.raises(Conflict, match="closed"):
            start(runner, "ask", "j-2")
        with pytest.raises(NotFound, match="j-2"):
            runner.store.get("j-2")
        assert "ada" == runner.cancel("j-1", "ada").cancelled_by
    bench.let_go.set()


def test_an_answer_to_a_closed_runner_is_not_kept() -> None:
    """The answer and the run that it sets off are one change: neither or both."""
    with opened(ask=ask) as runner:
        start(runner, "ask")
        until(lambda: bool(runner.store.open_prompts()))
        runner.close()
        with pytest.raises(Conflict, match="closed"):
            runner.answer("j-1.1", YES)
        assert runner.store.get_prompt("j-1.1").is_open
        assert 1 == runner.store.get("j-1").run


def test_a_program_that_leaves_takes_nobody_along(caplog: pytest.LogCaptureFixture) -> None:
    """`sys.exit` in a step or between steps fails its own job."""

    def leave() -> str:
        sys.exit(3)

    async def leaving(context: Context, request: Plain) -> Plain:
        del request
        return await context.step("leave", leave)

    with opened(leaving=leaving, ask=ask) as runner, caplog.at_level(logging.CRITICAL):
        start(runner, "leaving")
        failure = end(runner).failure
        assert failure is not None
        assert "RuntimeError: the program left with status 3" == failure.message
        start(runner, "ask", "j-2")
        until(lambda: bool(runner.store.open_prompts()))


def test_steps_beside_a_failed_one_come_to_their_end(caplog: pytest.LogCaptureFixture) -> None:
    """The job has failed when they are done, not before; what would have followed them is not begun."""
    bench = Bench()

    async def branch(context: Context) -> str:
        await context.step("hold", bench.hold, "hold")
        return await context.step("next", bench.hold, "next")

    async def branching(context: Context, request: Plain) -> Plain:
        del request
        await asyncio.gather(branch(context), context.step("fail", bench.fail))
        return None

    with opened(branching=branching) as runner, caplog.at_level(logging.CRITICAL):
        start(runner, "branching")
        until(lambda: ("step.failed", "fail") in [(event.kind, event.name) for event in told_by_now(runner)])
        assert not runner.store.get("j-1").is_over
        bench.let_go.set()
        assert end(runner).failure is not None
        last = [(event.kind, event.name) for event in watched(runner, "j-1")[-2:]]
        assert [("step.finished", "hold"), ("job.failed", "j-1")] == last
        assert ["hold"] == bench.begun


def told_by_now(runner: InlineRunner) -> list[Event]:
    """What a watcher gets before it has to wait."""

    async def collect() -> list[Event]:
        events: list[Event] = []
        watching = runner.watch("j-1")
        while True:
            try:
                events.append(await asyncio.wait_for(anext(watching), 0.01))
            except TimeoutError:
                return events

    return asyncio.run(collect())


def test_a_watcher_may_leave_at_any_time() -> None:
    """The job goes on, and others go on watching it."""
    with opened(ask=ask) as runner:
        start(runner, "ask")
        for _ in range(3):
            told_by_now(runner)
        until(lambda: bool(runner.store.open_prompts()))
        runner.answer("j-1.1", YES)
        assert "job.finished" == watched(runner, "j-1")[-1].kind


def test_watching_a_job_that_is_deleted_ends() -> None:
    """It was over, and there is nothing more to tell."""
    with opened(ask=ask) as runner:
        start(runner, "ask")
        until(lambda: bool(runner.store.open_prompts()))

        async def watch() -> list[str]:
            kinds: list[str] = []
            async for event in runner.watch("j-1"):
                kinds.append(event.kind)
                if event.kind == "review.requested":
                    runner.cancel("j-1")
                    runner.delete("j-1")
            return kinds

        assert ["job.started", "review.requested"] == asyncio.run(asyncio.wait_for(watch(), DEADLINE))


def test_nothing_is_told_after_the_end() -> None:
    """A cancelled program may clean up; what it still tells comes too late."""

    async def stubborn(context: Context, request: Plain) -> Plain:
        del request
        try:
            await asyncio.Event().wait()
        finally:
            await context.tell(Event("step.finished", "late"))
        return None

    with opened(stubborn=stubborn) as runner:
        start(runner, "stubborn")
        until(lambda: len(told_by_now(runner)) == 1)
        runner.cancel("j-1")
        until(lambda: runner.run_states(["j-1.1"]) == {"j-1.1": "ended"})
        assert ["job.started", "job.cancelled"] == [event.kind for event in watched(runner, "j-1")]


def test_requests_and_results_are_copies() -> None:
    """What anybody does to their own, nobody else sees: as if it had been read from a database."""
    made: list[Plain] = [1]

    async def spoil(context: Context, request: Plain) -> Plain:
        del context
        assert isinstance(request, dict)
        request["spoilt"] = True
        return made

    with opened(spoil=spoil) as runner:
        request: dict[str, Plain] = {"spoilt": False}
        runner.start(JobRecord("j-1", "spoil", "A job", request, now()))
        request["spoilt"] = True
        record = end(runner)
        made.append(2)
        assert ({"spoilt": False}, [1]) == (record.request, record.result)


def test_attachments_are_kept_once_and_as_long_as_needed() -> None:
    """The same data has the same key; it goes with the last job that needs it."""
    kept = MemoryAttachments()
    key = kept.keep("j-1", b"evidence")
    assert key == kept.keep("j-2", b"evidence") == kept.keep("j-2", b"evidence")
    assert "ee8250fb76e094b34b471f13a73dbbe51d1ae142e9df59d7c0d31ec20f0a0a8e" == key
    other = kept.keep("j-2", b"")
    kept.release("j-1")
    assert (b"evidence", b"") == (kept.load(key), kept.load(other))
    kept.release("j-2")
    kept.release("j-2")
    for gone in (key, other):
        with pytest.raises(NotFound, match=gone):
            kept.load(gone)
