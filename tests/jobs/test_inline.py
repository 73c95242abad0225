"""A job in memory: steps run here and now, and their results go through JSON."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

import pytest

from skill_fleet.jobs.context import Answer, Event, Prompt
from skill_fleet.jobs.inline import InlineContext, new_job_id


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


def test_a_failing_step_is_not_told_as_finished() -> None:
    """The error comes through as it is."""
    events: list[Event] = []
    with pytest.raises(LookupError, match="nothing there"):
        asyncio.run(context(events).step("fail", fail))
    assert ["step.started"] == [event.kind for event in events]


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


def test_job_ids() -> None:
    """Short, of one form, and different."""
    ids = {new_job_id() for _ in range(100)}
    assert 100 == len(ids)
    assert all(re.fullmatch(r"j-[0-9a-f]{8}", one) for one in ids)
