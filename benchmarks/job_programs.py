"""Programs for jobs to measure with: one of the shape of `create`, and some that do next to nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from threading import Condition, Event
from time import perf_counter
from typing import cast

from skill_fleet.codec import Plain
from skill_fleet.jobs import context as verbs
from skill_fleet.jobs.context import Context, Program
from skill_fleet.jobs.prompts import Prompt, PromptKind

#: A `create` over a small documentation, as one left it in the tables: the steps before, between and after the stops
#: with the characters of their results, the stops with the characters of their prompts, and those of the job's result.
#: The results of three steps are cut, from 20,000 (requirements, plan) and 300,000 (content): a hundred thousand of
#: them would take 35 GB, and nothing that is measured reads them.
STEPS: tuple[tuple[tuple[str, int], ...], ...] = (
    (("look at the fleet", 14), ("read sources", 80), ("research", 308), ("requirements", 2_030), ("intent", 195)),
    (("dependencies", 50), ("taxonomy", 273), ("plan", 2_150)),
    (("content", 6_000),),
    (("validate", 105),),
    (("save", 75),),
)
STOPS: tuple[tuple[PromptKind, int], ...] = (("clarify", 600), ("confirm", 900), ("preview", 18_900), ("validate", 340))
SKIPPED: frozenset[PromptKind] = frozenset({"clarify"})
RESULT = 19_800
REQUEST: Plain = {"brief": {"task": "Limit the rate of calls", "sources": ["docs"]}, "review": {"stops": "all"}}

EMPTY_STEPS = 50
TOLD = 500
#: Events after each of which the clock is read.
TOLD_AT_A_TIME = 50
BEATS = 100
#: The name of an event whose text is the time at which it was told.
BEAT = "beat"

#: Seconds after which something that should have happened will not.
PATIENCE = 300.0

_WORDS = "gate store retry limit call rate window token bucket header client server clock burst quota".split()


class Moments:
    """When a job came to the place its program notes, for whoever measures it in the same process."""

    def __init__(self) -> None:
        self._noted: dict[str, list[float]] = {}
        self._news = Condition()

    def note(self, job_id: str) -> None:
        at = perf_counter()
        with self._news:
            self._noted.setdefault(job_id, []).append(at)
            self._news.notify_all()

    def wait(self, job_id: str, number: int = 1) -> float:
        """The time of the n-th note of a job, on the clock `perf_counter`."""
        with self._news:
            if not self._news.wait_for(lambda: len(self._noted.get(job_id, ())) >= number, PATIENCE):
                raise TimeoutError(f"job {job_id} got nowhere within {PATIENCE:.0f} s")
            return self._noted[job_id][number - 1]


def make_programs(moments: Moments, gate: Event) -> Mapping[str, Program]:
    """`gate`: what the programs of the kind `hold` wait for."""

    async def first(context: Context, request: Plain) -> Plain:
        del request
        await context.step("first", moments.note, context.job_id)
        return None

    async def ask(context: Context, request: Plain) -> Plain:
        del request
        moments.note(context.job_id)
        await context.ask(Prompt("confirm", "Go on?", "Nothing has happened so far."))
        return None

    def held() -> bool:
        return gate.wait(PATIENCE)

    async def hold(context: Context, request: Plain) -> Plain:
        del request
        moments.note(context.job_id)
        await context.step("hold", held)
        return None

    return {"make": make, "first": first, "ask": ask, "hold": hold, "steps": steps, "tell": tell, "beat": beat}


async def make(context: Context, request: Plain) -> Plain:
    """What `create` does, without its thoughts: steps, stops and sizes are the same."""
    del request
    for number, group in enumerate(STEPS):
        for name, size in group:
            await context.step(name, filled, size)
        if number < len(STOPS):
            await _stop(context, *STOPS[number])
    return cast("Plain", filled(RESULT))


async def _stop(context: Context, kind: PromptKind, size: int) -> None:
    prompt = Prompt(kind, f"What about the {kind}?", "\n".join(line["text"] for line in filled(size)))
    if kind in SKIPPED:
        await context.skip(prompt, "nothing to ask")
    else:
        await context.ask(prompt)


async def steps(context: Context, request: Plain) -> Plain:
    """Steps that do nothing, one after the other; the seconds of each."""
    del request
    seconds: list[Plain] = []
    for number in range(EMPTY_STEPS):
        begun = perf_counter()
        await context.step(f"empty {number}", nothing)
        seconds.append(perf_counter() - begun)
    return seconds


async def tell(context: Context, request: Plain) -> Plain:
    """Events one after the other; how many a second, taken over every few."""
    del request
    rates: list[Plain] = []
    for _round in range(TOLD // TOLD_AT_A_TIME):
        begun = perf_counter()
        for _number in range(TOLD_AT_A_TIME):
            await context.tell(verbs.Event("step.finished", "nothing"))
        rates.append(TOLD_AT_A_TIME / (perf_counter() - begun))
    return rates


async def beat(context: Context, request: Plain) -> Plain:
    """Events with pauses of many lengths between them, so that they meet every moment between two looks of a watcher.
    They begin when the question is answered."""
    del request
    await context.ask(Prompt("confirm", "Is somebody watching?", "If so, go on."))
    for number in range(BEATS):
        await asyncio.sleep(0.02 + 0.0013 * (number * 7 % 31))
        await context.tell(verbs.Event("step.finished", BEAT, repr(time.time())))
    return None


def nothing() -> None:
    return None


def filled(size: int) -> list[dict[str, str]]:
    """Data whose JSON has about that many characters, of words in an order of its own at every place."""
    lines: list[dict[str, str]] = []
    length = 2
    while length < size:
        number = len(lines)
        chosen = (_WORDS[(number * number + place * 7 + place // 3) % len(_WORDS)] for place in range(12))
        text = " ".join(chosen)[: max(size - length - 25, 0)]
        lines.append({"id": f"t{number:04}", "text": text})
        length += len(text) + 27
    return lines
