"""A job may be run again from its first line at any moment: it comes to the same steps, questions and draft."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import pytest
from tests.fleets import put_skill, skill_text, tree
from tests.workshops import MARKDOWN, QUOTES, TASK, YES, Said, revise, script, stored

from skill_fleet.authoring.author import Author
from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import Gap
from skill_fleet.authoring.extractive.author import ExtractiveAuthor
from skill_fleet.authoring.scripted import ScriptedAuthor
from skill_fleet.authoring.workshop import Outcome
from skill_fleet.clock import now
from skill_fleet.codec import Plain, from_json, result_type, to_json, to_plain
from skill_fleet.errors import BadName, BriefError, SourceMissing
from skill_fleet.fleet.create_skill import MOST_OF_A_BODY, CreateRequest, make_program, plan_draft, request_for
from skill_fleet.fleet.ports import Workbench
from skill_fleet.jobs.context import Event, Program
from skill_fleet.jobs.inline import InlineRunner
from skill_fleet.jobs.job import JobRecord
from skill_fleet.jobs.memory import MemoryAttachments
from skill_fleet.jobs.prompts import Answer, Prompt
from skill_fleet.jobs.replay import Recall
from skill_fleet.library.catalog import Entry
from skill_fleet.library.folder import FleetFolder
from skill_fleet.sources.read import read_sources
from skill_fleet.sources.store import EvidenceStore

P = ParamSpec("P")
T = TypeVar("T")

SAID: Said = {
    "deep_understanding": [revise("Problem: several processes share one limit"), YES],
    "clarify": [revise(q1="no coffee, but the file store")],
    "structure_fix": [revise("call it Tide"), revise("call it tide-gates")],
    "confirm": [revise("drop Steps"), revise("style navigation_hub")],
    "preview": [revise("shorter; add an example of jitter"), revise(), revise("prefer guide/stores.md")],
    "validate": [revise("bring back Steps")],
}


class Died(BaseException):
    """The process ended."""


@dataclass
class Memory:
    """What outlives a process: results of steps, answers, attachments, and the fleet's folder."""

    folder: FleetFolder
    finished: list[tuple[str, str]] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    asked: list[Prompt] = field(default_factory=list)
    answered: list[Answer] = field(default_factory=list)
    attachments: MemoryAttachments = field(default_factory=MemoryAttachments)


class Process:
    """A `Context` of one run, in a process that dies at its n-th sign of life."""

    job_id = "j-1"

    def __init__(self, memory: Memory, said: Said, lives: int) -> None:
        self._memory = memory
        self._said = said
        self._lives = lives
        self._recall = Recall(memory.finished)
        self._stop = 0

    async def step(
        self, name: str, function: Callable[P, T] | Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        kind = result_type(function)
        text = self._recall.find(self._recall.next_key(name))
        if text is None:
            self._live()
            self._memory.begun.append(name)
            outcome = function(*args, **kwargs)
            value = await outcome if isinstance(outcome, Awaitable) else outcome
            self._live()
            text = to_json(value, kind).decode()
            self._memory.finished.append((name, text))
        return cast("T", from_json(text, kind))

    async def ask(self, prompt: Prompt) -> Answer:
        self._stop += 1
        if self._stop > len(self._memory.answered):
            self._live()
            number = sum(other.kind == prompt.kind for other in self._memory.asked)
            answers = self._said.get(prompt.kind, ())
            self._memory.asked.append(prompt)
            self._memory.answered.append(answers[number] if number < len(answers) else YES)
        assert prompt == self._memory.asked[self._stop - 1]
        return self._memory.answered[self._stop - 1]

    async def skip(self, prompt: Prompt, reason: str) -> Answer:
        return await self.ask(prompt) if not reason else Answer("proceed", reason, via="policy")

    async def tell(self, event: Event) -> None:
        raise AssertionError(event)

    def tell_within(self, event: Event) -> None:
        raise AssertionError(event)

    def _live(self) -> None:
        self._lives -= 1
        if self._lives < 0:
            raise Died


def scripted() -> ScriptedAuthor:
    """An author with something to ask at every stop, who takes no time."""
    made = script(stored(), retakes=[QUOTES, {}, QUOTES, {}])
    place = replace(made.plan.taxonomy, confidence=0.2)
    gap = Gap("nothing about coffee", "add it")
    return ScriptedAuthor(
        replace(made, plan=replace(made.plan, taxonomy=place), research=replace(made.research, gaps=(gap,)))
    )


def bench(reads: list[tuple[str, ...]], author: Callable[[], Author] = ExtractiveAuthor) -> Workbench:
    """Sources are read, and counted; every author is a new one."""

    def read(origins: tuple[str, ...]) -> EvidenceStore:
        reads.append(origins)
        return stored(origins[0]) if origins == (str(MARKDOWN),) else read_sources(origins)

    return Workbench(author, read)


def fleet(folder: Path) -> FleetFolder:
    """One that holds a skill of the name which the task leads to."""
    found = FleetFolder(folder / "fleet")
    put_skill(found, "tool/tidegate-limit-rate-calls-retries-stores-brew")
    return found


REQUEST = to_plain(
    request_for(Brief(f"{TASK}, and brew coffee", (str(MARKDOWN),)), "all", interview=True), CreateRequest
)


def run(memory: Memory, lives: int = 10_000, author: Callable[[], Author] = ExtractiveAuthor) -> Outcome | None:
    """What a process makes of the job; None when it dies over it."""
    program = make_program(memory.folder, bench([], author), memory.attachments)
    try:
        result = asyncio.run(program(Process(memory, SAID, lives), REQUEST))
    except Died:
        return None
    return from_json(json.dumps(result), Outcome)


def test_a_job_may_die_anywhere(tmp_path: Path) -> None:
    """Between any two steps, in the midst of one, at any question: it ends with the same draft and the same answers,
    no finished step is done twice, and at most the interrupted one is done again."""
    whole = Memory(fleet(tmp_path / "whole"))
    expected = run(whole, author=scripted)
    assert expected is not None
    moments = 2 * len(whole.begun) + len(whole.asked)
    assert moments > 50
    for moment in range(moments):
        memory = Memory(fleet(tmp_path / str(moment)), attachments=whole.attachments)
        assert run(memory, moment, scripted) is None
        outcome = run(memory, author=scripted)
        assert outcome == replace(expected, path=str(memory.folder.drafts / "j-1" / "tide-gates"))
        assert whole.asked == memory.asked
        assert Counter(name for name, _ in whole.finished) == Counter(name for name, _ in memory.finished)
        assert len(memory.begun) <= len(whole.begun) + 3
        assert tree(whole.folder.drafts) == tree(memory.folder.drafts)
        shutil.rmtree(memory.folder.root)


def test_a_process_that_only_lives_for_a_moment(tmp_path: Path) -> None:
    """A job moves on by one step in each of as many processes as it takes; each begins with a new author."""
    whole, memory = Memory(fleet(tmp_path / "whole")), Memory(fleet(tmp_path / "other"))
    expected = run(whole)
    runs = 0
    while (outcome := run(memory, 2)) is None:
        runs += 1
        assert runs < 200
    assert expected == replace(outcome, path=expected.path if expected else "")
    assert tree(whole.folder.drafts) == tree(memory.folder.drafts)


def test_the_world_may_change_while_a_job_waits(tmp_path: Path) -> None:
    """The sources are gone and the fleet is another: what was read and seen when the job began is what counts."""
    docs = tmp_path / "docs"
    shutil.copytree(MARKDOWN, docs)
    request = to_plain(request_for(Brief(TASK, (str(docs),)), "all"), CreateRequest)
    memory, reads = Memory(FleetFolder(tmp_path)), list[tuple[str, ...]]()

    def go(lives: int) -> Plain:
        program = make_program(memory.folder, bench(reads), memory.attachments)
        return asyncio.run(program(Process(memory, {}, lives), request))

    with pytest.raises(Died):
        go(17)
    assert ["structure_fix"] == [prompt.kind for prompt in memory.asked]
    shutil.rmtree(docs)
    put_skill(memory.folder, "technical/general/tidegate-limit-rate-calls-retries-stores")
    outcome = from_json(json.dumps(go(1000)), Outcome)
    assert (Path(outcome.path).is_dir(), 1) == (True, len(reads))
    assert ["structure_fix", "confirm", "preview", "validate"] == [prompt.kind for prompt in memory.asked]


def forgetful(folder: FleetFolder, reads: list[tuple[str, ...]], attachments: MemoryAttachments) -> Program:
    """A program that each run begins with nothing in memory."""

    async def program(context: object, request: Plain) -> Plain:
        return await make_program(folder, bench(reads), attachments)(context, request)  # type: ignore[arg-type]

    return program


def test_on_a_runner(tmp_path: Path) -> None:
    """Every question ends a run; the next one recalls all steps, and what nobody was asked is recorded as passed."""
    reads: list[tuple[str, ...]] = []
    whole = Memory(fleet(tmp_path / "whole"))
    expected = run(whole)
    folder = fleet(tmp_path / "other")
    with closing(InlineRunner({"create": forgetful(folder, reads, MemoryAttachments())})) as runner:
        runner.start(JobRecord("j-1", "create", TASK, REQUEST, now()))
        answer_all(runner, SAID)
        record = runner.store.get("j-1")
        assert record.failure is None
        outcome = from_json(json.dumps(record.result), Outcome)
        events = asyncio.run(history(runner))
        kinds = [stored_prompt.prompt.kind for stored_prompt in runner.store.prompts("j-1")]
    assert outcome == replace(expected or outcome, path=outcome.path)
    assert Counter(whole.begun) == Counter(event.name for event in events if event.kind == "step.started")
    assert ([(str(MARKDOWN),)], len(whole.asked) + 1) == (reads, record.run)
    assert [prompt.kind for prompt in whole.asked] == kinds


def answer_all(runner: InlineRunner, said: Said) -> None:
    """Say at each stop what there is to say, until the job is over."""
    asked: Counter[str] = Counter()
    deadline = time.monotonic() + 60
    while not runner.store.get("j-1").is_over:
        assert time.monotonic() < deadline
        for waiting in runner.store.open_prompts(["j-1"]):
            kind = waiting.prompt.kind
            answers = said.get(kind, ())
            runner.answer(waiting.id, answers[asked[kind]] if asked[kind] < len(answers) else YES)
            asked[kind] += 1
        time.sleep(0.002)


async def history(runner: InlineRunner) -> list[Event]:
    return [event async for event in runner.watch("j-1")]


def test_a_policy_leaves_its_mark(tmp_path: Path) -> None:
    """Every stop that was passed is among the job's prompts, answered by the policy."""
    request = replace(from_json(json.dumps(REQUEST), CreateRequest), review="none", tdd=True)
    program = make_program(fleet(tmp_path), bench([]), MemoryAttachments())
    with closing(InlineRunner({"create": program})) as runner:
        runner.start(JobRecord("j-1", "create", TASK, to_plain(request, CreateRequest), now()))
        answer_all(runner, {})
        passed = runner.store.prompts("j-1")
    assert 9 == len(passed)
    assert {"policy"} == {prompt.answer.via for prompt in passed if prompt.answer}
    texts = [prompt.answer.text for prompt in passed if prompt.answer]
    assert ["review policy none"] * 6 == texts[:6]


@pytest.mark.parametrize("request_", [None, {}, {"brief": {"task": 1}}, {"brief": {}, "review": "some"}, "x"])
def test_a_request_that_is_none(request_: Plain, tmp_path: Path) -> None:
    """It is refused with what to do."""
    program = make_program(fleet(tmp_path), bench([]), MemoryAttachments())
    with pytest.raises(BriefError, match="not one that `create` understands") as caught:
        asyncio.run(program(Process(Memory(fleet(tmp_path / "m")), {}, 9), request_))
    assert "start it anew" in caught.value.hint


def test_paths_are_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker may stand in another folder; names of packages and commands stay as they are."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    brief = Brief(TASK, ("docs", "./docs", "~/more", "package:httpx", "cli:uv"))
    request = request_for(brief, "final", tdd=True)
    home = str(tmp_path / "home" / "more")
    assert (str(tmp_path / "docs"), home, "package:httpx", "cli:uv") == request.brief.sources
    assert ("final", False, True) == (request.review, request.interview, request.tdd)
    assert request == from_json(json.dumps(to_plain(request, CreateRequest)), CreateRequest)


@pytest.mark.parametrize(
    ("brief", "error"),
    [
        (Brief("retries", ("docs",)), BriefError),
        (Brief(TASK, ()), BriefError),
        (Brief(TASK, ("docs",), name="No Name"), BadName),
        (Brief(TASK, ("",)), SourceMissing),
    ],
)
def test_a_bad_brief_makes_no_job(brief: Brief, error: type[Exception], tmp_path: Path) -> None:
    """It is refused before there is one, and before topics are listed."""
    with pytest.raises(error):
        request_for(brief, "all")
    if error is not SourceMissing:
        with pytest.raises(error):
            asyncio.run(plan_draft(FleetFolder(tmp_path), bench([]), brief, lambda _: None))


def test_planning_keeps_nothing(tmp_path: Path) -> None:
    """It gives what the job would plan."""
    folder = fleet(tmp_path)
    before = tree(folder.root)
    brief = Brief(TASK, (str(MARKDOWN),))
    plan, found = asyncio.run(plan_draft(folder, bench([]), brief, lambda _: None))
    assert before == tree(folder.root)
    program = make_program(folder, bench([]), MemoryAttachments())
    request = to_plain(request_for(brief, "none"), CreateRequest)
    memory = Memory(folder)
    outcome = from_json(json.dumps(asyncio.run(program(Process(memory, {}, 1000), request))), Outcome)
    assert (plan, found) == (outcome.plan, outcome.research)


def test_a_job_remembers_the_fleet_in_short(tmp_path: Path) -> None:
    """As much of each skill as others are compared with, once a job."""
    memory = Memory(FleetFolder(tmp_path))
    put_skill(memory.folder, "tool/long", skill_text("long", body="A long story. " * 1000))
    put_skill(memory.folder, "tool/short", skill_text("short", body="A short story."))
    run(memory)
    [text] = [text for name, text in memory.finished if name == "look at the fleet"]
    bodies = {entry.name: entry.body for entry in from_json(text, tuple[Entry, ...])}
    assert (MOST_OF_A_BODY, True) == (len(bodies["long"]), "A short story." in bodies["short"])


def test_the_record_tells_the_revisions(tmp_path: Path) -> None:
    """`draft.json` says what was asked for and what came of it; it names no job."""
    memory = Memory(fleet(tmp_path))
    outcome = run(memory)
    assert outcome is not None
    record: Mapping[str, Sequence[Mapping[str, object]]] = json.loads(
        (Path(outcome.path).parent / "draft.json").read_text(encoding="utf-8")
    )
    assert [(one.stop, one.round) for one in outcome.revisions] == [
        (one["stop"], one["round"]) for one in record["revisions"]
    ]
    assert os.fspath(memory.folder.root) not in json.dumps(record)
    assert "j-1" not in json.dumps(record)
