"""Every kind of failure at every decision: what comes of it, and how many requests that took.

Run with `-s`, it prints the table: `ok` where the decision was made all the same, `without` where the job goes on
without these words and says so, else why it pauses; each with the number of requests.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import get_args

import pytest
from tests.lm.authors import BRIEF, Bench
from tests.lm.runtimes import Office
from tests.lmserver.orders import Kind
from tests.workshops import stored

from skill_fleet.authoring.decisions import Plan, Requirements, Research
from skill_fleet.authoring.draft import Draft, Problem
from skill_fleet.authoring.feedback import Feedback
from skill_fleet.errors import NeedsPerson
from skill_fleet.jobs.context import Event
from skill_fleet.lm.author import LmAuthor
from skill_fleet.lm.runtime import WITHOUT
from skill_fleet.lm.voice import LmVoice
from skill_fleet.sources.store import EvidenceStore

ATTEMPTS = 2
#: Seconds that a request may take; where the server stays silent, it does so for longer than the fewer.
PATIENCE = 30.0
IMPATIENCE = 0.5
AT_ONCE = 8

#: No use in asking the same again.
REFUSED: frozenset[Kind] = frozenset(
    {"unauthorized", "forbidden", "payment", "quota", "unknown_model", "context_length", "refusal_field"}
)
#: Later may help.
AWAY: frozenset[Kind] = frozenset({"rate_limit", "server_error", "unavailable", "reset", "timeout", "half_body"})
#: An answer, and not what was asked for.
UNREADABLE: frozenset[Kind] = frozenset({"missing_field", "empty", "null", "refusal", "length"})
#: No body of the protocol, or one that only a stream can break.
BROKEN: frozenset[Kind] = frozenset({"invalid_json", "html", "half_stream"})
#: They spoil a value of a type that not every decision has, or add what can be read past.
PARTIAL: frozenset[Kind] = frozenset({"wrong_type", "unknown_literal", "very_long", "garbage"})
#: Words ahead of the facts that a person is shown: a job can do without them.
WORDS = ("questions", "confirm", "preview", "format_results")
HARMLESS: frozenset[Kind] = frozenset({"text", "values", "delay"})
FAILURES: tuple[Kind, ...] = tuple(kind for kind in get_args(Kind) if kind not in HARMLESS)

Asked = Callable[[LmAuthor, LmVoice], Awaitable[object]]


@dataclass(frozen=True)
class Made:
    """What a job that went well came to, for the decisions to be taken again one by one."""

    store: EvidenceStore
    research: Research
    needs: Requirements
    plan: Plan
    draft: Draft

    @property
    def decisions(self) -> Mapping[str, tuple[str, Asked]]:
        """Each decision: an output field that nobody else asks for, and how it is taken."""
        store, plan, draft = self.store, self.plan, self.draft
        said = replace(plan, edits=replace(plan.edits, feedback=("Say more about stores.",)))
        flaw = Problem("OPINION", "info", "say more about stores", "SKILL.md", 1)
        parts = plan.taxonomy, plan.dependencies
        return {
            "gather_examples": ("next_tool_name", lambda a, _: a.research(BRIEF, store)),
            "requirements": ("trigger_phrases", lambda a, _: a.requirements(BRIEF, store, self.research)),
            "intent": ("audience", lambda a, _: a.intent(BRIEF, store)),
            "dependencies": ("prerequisites", lambda a, _: a.dependencies(BRIEF, store, ())),
            "taxonomy": ("recommended_path", lambda a, _: a.taxonomy(BRIEF, self.needs, plan.intent, ())),
            "plan": ("outline", lambda a, _: a.plan(BRIEF, store, self.needs, plan.intent, *parts)),
            "content": ("best_practices", lambda a, _: a.content(plan, store)),
            "incorporate_feedback": ("new_files", lambda a, _: a.content(said, store, draft)),
            "refine": ("edits", lambda a, _: a.repair(plan, draft, (flaw,), store)),
            "analyze_feedback": (
                "readings",
                lambda a, _: a.revise(BRIEF, plan, Feedback("preview", "shorter", draft), store),
            ),
            "questions": ("questions", lambda _, v: v.questions(BRIEF, self.research, self.needs, ("stores?",))),
            "confirm": ("summary", lambda _, v: v.introduce("confirm", "A plan.")),
            "preview": ("preview", lambda _, v: v.introduce("preview", "A draft.")),
            "format_results": ("report", lambda _, v: v.introduce("validate", "A report.")),
            "validate_skill": ("issues", lambda _, v: v.assess(plan, draft, store)),
            "assess": ("score", lambda _, v: v.assess(plan, draft, store)),
        }


@pytest.fixture
def made(office: Office) -> Made:
    bench, store = Bench(office), stored()
    plan = bench.plan()
    research = asyncio.run(bench.author.research(BRIEF, store))
    return Made(store, research, plan.requirements, plan, bench.draft(plan))


@dataclass(frozen=True)
class Cell:
    """What came of a failure that does not end. `requests` are those that asked for the field."""

    came_to: str
    message: str
    requests: int


def take(office: Office, kind: Kind, decision: str, field: str, asked: Asked) -> Cell:
    """Each cell is a model of its own, so that no circuit breaker of another stands in its way."""
    name = f"{kind}-{decision}"
    silent = kind == "timeout"
    seconds = IMPATIENCE + 2 if silent else None
    office.server.control.plan(kind, model=name, field=field, times=None, seconds=seconds)
    events: list[Event] = []
    settings = office.settings(
        f"openai/{name}", attempts=ATTEMPTS, timeout=IMPATIENCE if silent else PATIENCE, lm_cache=False
    )
    runtime = office.with_settings(settings, events.append)
    came_to, message = "ok", ""
    try:
        asyncio.run(_waited(asked(LmAuthor(runtime, tuple), LmVoice(runtime))))
    except NeedsPerson as need:
        came_to, message = type(need).__name__.removeprefix("Author").lower(), str(need)
    if any(event.text == WITHOUT for event in events):
        came_to = "without"
    calls = office.server.control.calls().calls
    return Cell(came_to, message, sum(call.model == name and field in call.fields for call in calls))


async def _waited(decision: Awaitable[object]) -> object:
    return await decision


def expected(kind: Kind, decision: str) -> set[str]:
    if kind in REFUSED:
        return {"refused"}
    if kind in PARTIAL:
        return {"ok", "unusable", "away", "without"}
    if decision in WORDS:
        return {"without"}
    if kind in BROKEN:
        return {"away", "unusable"}
    return {"away"} if kind in AWAY else {"unusable"}


def test_every_failure_at_every_decision(office: Office, made: Made) -> None:
    """No failure is taken for an answer, none leaves the tree of errors that pause a job, none is met with more
    requests than the profile allows; what asking again cannot mend is asked for once."""
    table: dict[Kind, dict[str, Cell]] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        tasks = {
            (kind, decision): pool.submit(take, office, kind, decision, field, asked)
            for kind in FAILURES
            for decision, (field, asked) in made.decisions.items()
        }
        for (kind, decision), task in tasks.items():
            table.setdefault(kind, {})[decision] = task.result()
    print_table(table, list(made.decisions))
    for kind, row in table.items():
        for decision, cell in row.items():
            assert cell.came_to in expected(kind, decision), (kind, decision, cell)
            assert 1 <= cell.requests
            if cell.came_to != "ok":  # an agent that goes on puts further questions
                assert cell.requests <= (1 if kind in REFUSED else ATTEMPTS), (kind, decision, cell)
            if cell.came_to in ("refused", "away", "unusable"):
                assert cell.message.endswith("."), (kind, decision, cell)


def print_table(table: Mapping[Kind, Mapping[str, Cell]], decisions: list[str]) -> None:
    out = sys.stdout.write
    out("\n" + " " * 16 + "".join(f"{name[:11]:<12}" for name in decisions) + "\n")
    for kind, row in table.items():
        cells = (f"{row[name].came_to} {row[name].requests}" for name in decisions)
        out(f"{kind:<16}" + "".join(f"{cell:<12}" for cell in cells) + "\n")
