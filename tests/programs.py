"""Programs for jobs to test with, made anew in every process that runs them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

from skill_fleet.authoring.extractive.author import ExtractiveAuthor
from skill_fleet.codec import Plain
from skill_fleet.durable.patience import PatientAttachments
from skill_fleet.fleet.create_skill import make_program
from skill_fleet.fleet.ports import Workbench
from skill_fleet.jobs.context import Context, Program
from skill_fleet.jobs.prompts import Prompt
from skill_fleet.library.folder import FleetFolder
from skill_fleet.sources.read import read_sources
from skill_fleet.store.database import open_database


def add(left: int, right: int) -> int:
    return left + right


async def add_later(left: int, right: int) -> int:
    await asyncio.sleep(0.001)
    return left + right


async def sums(context: Context, request: Plain) -> Plain:
    """Steps one after the other and side by side, and two questions."""
    start = request["start"] if isinstance(request, dict) else 0
    assert isinstance(start, int)
    one = await context.step("one", add, start, 1)
    sides = await asyncio.gather(
        context.step("left", add, one, 1), context.step("middle", add_later, one, 2), context.step("right", add, one, 3)
    )
    first = await context.ask(Prompt("confirm", "Go on?", f"It is {sum(sides)} so far."))
    two = await context.step("two", add_later, sum(sides), len(first.text))
    second = await context.ask(Prompt("validate", "Take it?", f"It is {two}."))
    three = await context.step("three", add, two, 100)
    return {"sum": three, "answers": [first.text, second.text]}


def pause(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


async def slow(context: Context, request: Plain) -> Plain:
    """Ten steps of a given length, no question."""
    seconds = request["seconds"] if isinstance(request, dict) else 0
    assert isinstance(seconds, int | float)
    for number in range(10):
        await context.step(f"pause {number}", pause, float(seconds))
    return {"paused": 10}


async def question(context: Context, request: Plain) -> Plain:
    """Nothing but a question."""
    answer = await context.ask(Prompt("confirm", "Well?", f"It is about {request}."))
    return {"said": answer.text}


def toys(_url: str, _home: Path) -> Mapping[str, Program]:
    return {"sums": sums, "slow": slow, "question": question}


def creating(url: str, home: Path) -> Mapping[str, Program]:
    """The making of skills as the product does it, for the fleet in `home`."""
    database = open_database(url)
    bench = Workbench(ExtractiveAuthor, read_sources)
    return {"create": make_program(FleetFolder(home), bench, PatientAttachments(database))}
