"""What every runner keeps: runs that end at a question, steps done once, answers that count once, events in order."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Event as Flag

import pytest
from tests.runners import DEADLINE, RUNNERS, Hands, OpenRunner, until, watched

from skill_fleet.codec import Plain
from skill_fleet.errors import (
    AlreadyAnswered,
    AuthorAway,
    AuthorRefused,
    AuthorUnusable,
    BudgetSpent,
    Conflict,
    NeedsPerson,
    NotFound,
    NotWaiting,
    SourceMissing,
)
from skill_fleet.jobs.cache import JobManager
from skill_fleet.jobs.context import Context, Event, Program
from skill_fleet.jobs.job import Failure, Job, JobRecord
from skill_fleet.jobs.ports import Runner
from skill_fleet.jobs.prompts import Answer, Prompt, Question, StoredPrompt

ODD = "Grüße — 日本語 \U0001f9ea \u202eright to left\u202c tab\t \\u0041 \"quotes\" 'and' {braces} %s"


@dataclass(frozen=True)
class Sum:
    """A result that is no plain data until it is written down."""

    value: int
    parts: tuple[int, ...] = ()


@dataclass
class Workbench:
    """Functions to take steps with. Each call is counted; a broken one fails; a held one waits to be let go."""

    calls: Counter[str] = field(default_factory=Counter)
    broken: dict[str, Exception] = field(default_factory=dict)
    begun: Flag = field(default_factory=Flag)
    let_go: Flag = field(default_factory=Flag)

    def add(self, name: str, *numbers: int) -> Sum:
        self.calls[name] += 1
        if name in self.broken:
            raise self.broken[name]
        return Sum(sum(numbers), numbers)

    async def add_later(self, name: str, *numbers: int) -> Sum:
        await asyncio.sleep(0)
        return self.add(name, *numbers)

    def hold(self, name: str) -> str:
        self.calls[name] += 1
        self.begun.set()
        assert self.let_go.wait(DEADLINE)
        return name

    def echo(self, text: str) -> str:
        self.calls["echo"] += 1
        return text


@dataclass
class Shop:
    """One runner at work, and all it works with."""

    runner: Runner
    bench: Workbench
    clock: Hands
    ids: Iterator[int] = field(default_factory=lambda: count(1))

    def start(self, kind: str, request: Plain = None, title: str = "A job") -> str:
        record = JobRecord(f"j-{next(self.ids):08x}", kind, title, request, self.clock(), owner="ada")
        assert record == self.runner.start(record)
        return record.id

    def job(self, job_id: str) -> Job:
        return JobManager(self.runner, clock=self.clock, fresh=0).get_job(job_id)

    def finished(self, job_id: str) -> JobRecord:
        until(lambda: self.runner.store.get(job_id).is_over, f"the end of {job_id}")
        return self.runner.store.get(job_id)

    def asked(self, job_id: str) -> StoredPrompt:
        """The open prompt, once the run that asked it has ended."""
        until(lambda: bool(self.runner.store.open_prompts([job_id])), f"a question of {job_id}")
        name = self.runner.store.get(job_id).run_id
        until(lambda: self.runner.run_states([name])[name] == "ended", f"the end of run {name}")
        [prompt] = self.runner.store.open_prompts([job_id])
        return prompt

    def answer(self, job_id: str, action: Answer) -> JobRecord:
        return self.runner.answer(self.asked(job_id).id, action)

    def told(self, job_id: str) -> list[tuple[str, str]]:
        return [(event.kind, event.name) for event in watched(self.runner, job_id)]


YES = Answer("proceed", "go on", actor="ada", via="test")
CONFIRM = Prompt("confirm", "Go on?", "This is the plan.")
VALIDATE = Prompt("validate", "Take it?", "", allowed=("proceed", "cancel"))


@pytest.fixture(params=RUNNERS, ids=str)
def open_runner(request: pytest.FixtureRequest) -> OpenRunner:
    return RUNNERS[str(request.param)]


@pytest.fixture
def open_shop(open_runner: OpenRunner, tmp_path: Path) -> Iterator[Callable[..., Shop]]:
    """Opens a shop with the programs that `make` makes over its workbench."""
    with ExitStack() as stack:

        def open_it(make: Callable[[Workbench], Mapping[str, Program]], prompt_days: float = 0.0) -> Shop:
            bench, clock = Workbench(), Hands()
            runner = stack.enter_context(open_runner(make(bench), tmp_path, clock, prompt_days))
            stack.callback(bench.let_go.set)
            return Shop(runner, bench, clock)

        yield open_it


@pytest.fixture
def shop(open_shop: Callable[..., Shop]) -> Shop:
    return open_shop(programs)


@dataclass(frozen=True)
class Pipelines:
    """One kind of job for each thing a pipeline may do."""

    bench: Workbench

    async def steps(self, context: Context, request: Plain) -> Plain:
        assert isinstance(request, int)
        one = await context.step("one", self.bench.add, "one", request, 1)
        two = await context.step("two", self.bench.add_later, "two", one.value, 10)
        return {"value": two.value, "parts": list(two.parts)}

    async def side_by_side(self, context: Context, request: Plain) -> Plain:
        del request
        sums = await asyncio.gather(
            context.step("left", self.bench.add, "left", 1),
            context.step("middle", self.bench.add_later, "middle", 2),
            context.step("right", self.bench.add, "right", 3),
        )
        return [one.value for one in sums]

    async def asking(self, context: Context, request: Plain) -> Plain:
        del request
        one = await context.step("one", self.bench.add, "one", 1)
        answer = await context.ask(CONFIRM)
        two = await context.step("two", self.bench.add, "two", one.value, 1)
        return {"value": two.value, "said": answer.text}

    async def revising(self, context: Context, request: Plain) -> Plain:
        del request
        wishes: list[Plain] = []
        while True:
            draft = await context.step("draft", self.bench.add, f"draft {len(wishes)}", len(wishes))
            answer = await context.ask(Prompt("preview", "Take it?", f"Draft {draft.value}", round=len(wishes)))
            if answer.action != "revise":
                return {"drafts": draft.value, "wishes": wishes}
            wishes.append(answer.text)

    async def telling(self, context: Context, request: Plain) -> Plain:
        del request
        await context.tell(Event("step.started", "same", "told"))
        await context.tell(Event("step.started", "same", "told"))
        await context.skip(CONFIRM, "review is off")
        await context.ask(VALIDATE)
        await context.tell(Event("step.started", "last", "told"))
        return None

    async def holding(self, context: Context, request: Plain) -> Plain:
        del request
        await context.step("hold", self.bench.hold, "hold")
        await context.step("after", self.bench.add, "after")
        return "done"

    async def echoing(self, context: Context, request: Plain) -> Plain:
        assert isinstance(request, str)
        text = await context.step("echo", self.bench.echo, request)
        answer = await context.ask(Prompt("clarify", text, text, (Question(text, text, (text,), text),)))
        return {text: [answer.text, dict(answer.answers), answer.actor]}

    async def needing(self, context: Context, request: Plain) -> Plain:
        """Takes a step again after each time a person let it."""
        del request
        reasons: list[Plain] = []
        while True:
            try:
                one = await context.step("one", self.bench.add, "one", 1)
            except NeedsPerson as need:
                reasons.append([type(need).__name__, need.message, need.hint])
                await context.ask(Prompt("clarify", "It stands still", need.message))
            else:
                return {"value": one.value, "reasons": reasons}

    async def telling_within(self, context: Context, request: Plain) -> Plain:
        del request

        def talk() -> str:
            said = [Event("lm.text", "talk", str(n), tokens=n, usd=0.5) for n in range(8)]
            with ThreadPoolExecutor(1) as pool:
                for event in said[:4]:
                    pool.submit(copy_context().run, context.tell_within, event).result()
            for event in said[4:]:
                context.tell_within(event)
            return "said"

        return await context.step("talk", talk)

    async def unwritable(self, context: Context, request: Plain) -> Plain:
        del context, request
        return {"value": Sum(1)}  # type: ignore[dict-item]  # what a pipeline gets wrong


def programs(bench: Workbench) -> Mapping[str, Program]:
    made = Pipelines(bench)
    kinds = [made.steps, made.side_by_side, made.asking, made.revising]
    kinds += [made.telling, made.holding, made.echoing, made.unwritable, made.needing, made.telling_within]
    return {program.__name__: program for program in kinds}


def test_a_job_runs_to_its_result(shop: Shop) -> None:
    """Steps give their results, told in order; the job ends with what the program returns."""
    job_id = shop.start("steps", 5)
    record = shop.finished(job_id)
    assert {"value": 16, "parts": [6, 10]} == record.result
    assert ("completed", 1, None) == (shop.job(job_id).state, record.run, record.failure)
    assert shop.clock() == record.finished_at
    assert {"one": 1, "two": 1} == shop.bench.calls
    assert [
        ("job.started", job_id),
        *(("step.started", "one"), ("step.finished", "one"), ("step.started", "two"), ("step.finished", "two")),
        ("job.finished", job_id),
    ] == shop.told(job_id)


def test_steps_side_by_side(shop: Shop) -> None:
    """Each has its own result, whoever is first."""
    job_id = shop.start("side_by_side")
    assert [1, 2, 3] == shop.finished(job_id).result
    assert {"left": 1, "middle": 1, "right": 1} == shop.bench.calls


def test_a_question_ends_the_run(shop: Shop) -> None:
    """A job that waits is a row: its run has ended, and its state is what the prompt says."""
    job_id = shop.start("asking")
    prompt = shop.asked(job_id)
    assert StoredPrompt(f"{job_id}.1", job_id, 1, 1, CONFIRM, shop.clock()) == prompt
    job = shop.job(job_id)
    assert ("pending_hitl", prompt, False) == (job.state, job.prompt, job.paused)


def test_an_answer_starts_the_next_run(shop: Shop) -> None:
    """It recalls what is finished: no step is done twice, nothing is told twice."""
    job_id = shop.start("asking")
    assert 2 == shop.answer(job_id, YES).run
    assert {"value": 2, "said": "go on"} == shop.finished(job_id).result
    assert {"one": 1, "two": 1} == shop.bench.calls
    assert [
        ("job.started", job_id),
        *(("step.started", "one"), ("step.finished", "one")),
        *(("review.requested", "confirm"), ("review.answered", "confirm")),
        *(("step.started", "two"), ("step.finished", "two")),
        ("job.finished", job_id),
    ] == shop.told(job_id)


def test_a_draft_is_revised_until_it_is_taken(shop: Shop) -> None:
    """Steps of one name are told apart by their order, rounds by their place."""
    job_id = shop.start("revising")
    for wish in ("shorter", "shorter still"):
        shop.answer(job_id, Answer("revise", wish))
    shop.answer(job_id, YES)
    assert {"drafts": 2, "wishes": ["shorter", "shorter still"]} == shop.finished(job_id).result
    assert {"draft 0": 1, "draft 1": 1, "draft 2": 1} == shop.bench.calls
    kept = shop.runner.store.prompts(job_id)
    assert [(1, 0, "Draft 0"), (2, 1, "Draft 1"), (3, 2, "Draft 2")] == [
        (one.seq, one.prompt.round, one.prompt.body) for one in kept
    ]
    assert ["revise", "revise", "proceed"] == [one.answer.action for one in kept if one.answer]


def test_an_answer_may_be_no(shop: Shop) -> None:
    """It ends the job in the name of who said it; the program never hears of it."""
    job_id = shop.start("asking")
    shop.answer(job_id, Answer("cancel", "not now", actor="bob"))
    assert ("cancelled", "bob") == (shop.job(job_id).state, shop.finished(job_id).cancelled_by)
    assert ("job.cancelled", job_id) == shop.told(job_id)[-1]
    assert {"one": 1} == shop.bench.calls


@pytest.mark.parametrize("kind", [AuthorAway, AuthorRefused, AuthorUnusable, BudgetSpent])
def test_a_step_that_needs_a_person_is_taken_again(shop: Shop, kind: type[NeedsPerson]) -> None:
    """Only after an answer. That it could not go on is remembered: later runs hear of it again, and do not try."""
    shop.bench.broken["one"] = kind("it is over 9,000.", "Say whether it may go on.")
    job_id = shop.start("needing")
    shop.answer(job_id, YES)
    assert "it is over 9,000." == shop.asked(job_id).prompt.body
    del shop.bench.broken["one"]
    shop.answer(job_id, YES)
    reason = [kind.__name__, "it is over 9,000.", "Say whether it may go on."]
    assert {"value": 1, "reasons": [reason, reason]} == shop.finished(job_id).result
    assert {"one": 3} == shop.bench.calls


def test_a_step_may_tell_from_within(shop: Shop) -> None:
    """From any of its threads; what is told keeps its numbers and its order."""
    job_id = shop.start("telling_within")
    assert "said" == shop.finished(job_id).result
    told = [event for event in watched(shop.runner, job_id) if event.kind == "lm.text"]
    assert [(str(n), n, 0.5) for n in range(8)] == [(event.text, event.tokens, event.usd) for event in told]


def test_what_a_program_tells_is_told_once(shop: Shop) -> None:
    """Also when the program runs from its first line again, and as often as it told the same."""
    job_id = shop.start("telling")
    shop.answer(job_id, YES)
    shop.finished(job_id)
    assert [
        ("job.started", job_id),
        *(("step.started", "same"), ("step.started", "same"), ("review.skipped", "confirm")),
        *(("review.requested", "validate"), ("review.answered", "validate"), ("step.started", "last")),
        ("job.finished", job_id),
    ] == shop.told(job_id)


def test_a_stop_that_is_passed_is_kept(shop: Shop) -> None:
    """The prompt stands in the history with the answer that a policy gave, and the reason."""
    job_id = shop.start("telling")
    assert "validate" == shop.asked(job_id).prompt.kind
    assert "pending_review" == shop.job(job_id).state
    passed = shop.runner.store.get_prompt(f"{job_id}.1")
    assert Answer("proceed", "review is off", via="policy") == passed.answer
    [entry] = [entry for entry in shop.runner.store.audit(job_id) if entry.prompt_id == passed.id]
    assert ("answered", "policy", "review is off") == (entry.event, entry.via, entry.text)


def test_events_are_told_while_they_happen(shop: Shop) -> None:
    """Who watches sees the past, then what comes, and is done when the job is."""
    job_id = shop.start("asking")
    prompt = shop.asked(job_id)
    with ThreadPoolExecutor() as pool:
        seen: list[Event] = []

        async def watch() -> None:
            async for event in shop.runner.watch(job_id):
                seen.append(event)  # noqa: PERF401  each is to be seen as it comes

        watching = pool.submit(lambda: asyncio.run(asyncio.wait_for(watch(), DEADLINE)))
        until(lambda: [event.text for event in seen[-1:]] == [prompt.id], "the question")
        assert not watching.done()
        shop.runner.answer(prompt.id, YES)
        watching.result(DEADLINE)
    assert [("review.answered", "job.finished")] == [(seen[4].kind, seen[-1].kind)]


def test_watching_goes_on_after_any_event(shop: Shop) -> None:
    """After an event comes exactly the rest, in the order of a history without gaps or repetitions."""
    job_id = shop.start("asking")
    shop.answer(job_id, YES)
    shop.finished(job_id)
    events = watched(shop.runner, job_id)
    assert 8 == len({event.id for event in events})
    for place, event in enumerate(events, start=1):
        assert events[place:] == watched(shop.runner, job_id, after=event.id)


@pytest.mark.parametrize("after", ["x", "1", "1:", ":1", "1:x", "-1:1", "1:²", "9" * 5000 + ":1"])
def test_watching_after_what_is_no_event(shop: Shop, after: str) -> None:
    """An id of another form is refused, not taken for the beginning."""
    job_id = shop.start("steps", 1)
    shop.finished(job_id)
    with pytest.raises(NotFound, match="no event"):
        watched(shop.runner, job_id, after)


def test_the_first_answer_counts(shop: Shop) -> None:
    """Who comes second is told who was first, also after the job has gone on."""
    job_id = shop.start("asking")
    prompt = shop.asked(job_id)
    shop.runner.answer(prompt.id, YES)
    for _ in range(2):
        with pytest.raises(AlreadyAnswered) as refused:
            shop.runner.answer(prompt.id, Answer("cancel", actor="eve", via="test"))
        assert refused.value.winner.startswith("ada")
        shop.finished(job_id)
    assert "go on" == shop.runner.store.get_prompt(prompt.id).answer.text  # type: ignore[union-attr]  # it was given
    assert [("refused", "eve"), ("refused", "eve")] == [
        (entry.event, entry.actor) for entry in shop.runner.store.audit(job_id)[-2:]
    ]


def test_of_many_answers_at_once_one_counts(shop: Shop) -> None:
    """The job goes on once."""
    job_id = shop.start("asking")
    prompt = shop.asked(job_id)

    def say(number: int) -> int:
        try:
            shop.runner.answer(prompt.id, Answer("proceed", str(number)))
        except AlreadyAnswered:
            return 0
        return number

    with ThreadPoolExecutor(8) as pool:
        winner = sum(pool.map(say, range(1, 9)))
    record = shop.finished(job_id)
    assert ({"value": 2, "said": str(winner)}, 2) == (record.result, record.run)
    assert {"one": 1, "two": 1} == shop.bench.calls


def test_answers_that_fit_no_prompt(shop: Shop) -> None:
    """A prompt nobody asked, and an action the prompt does not take, change nothing."""
    job_id = shop.start("telling")
    prompt = shop.asked(job_id)
    with pytest.raises(NotFound, match=r"j-foreign\.1"):
        shop.runner.answer("j-foreign.1", YES)
    with pytest.raises(NotWaiting, match="'revise'"):
        shop.runner.answer(prompt.id, Answer("revise", "shorter"))
    assert prompt == shop.asked(job_id)


def test_cancelling_a_job_that_waits(shop: Shop) -> None:
    """Its prompt is closed, and takes no answer any more; its story ends."""
    job_id = shop.start("asking")
    prompt = shop.asked(job_id)
    assert "ada" == shop.runner.cancel(job_id, "ada", "test").cancelled_by
    assert ("cancelled", None) == (shop.job(job_id).state, shop.job(job_id).prompt)
    assert "cancelled" == shop.runner.store.get_prompt(prompt.id).closed
    with pytest.raises(NotWaiting):
        shop.runner.answer(prompt.id, YES)
    with pytest.raises(Conflict, match="over"):
        shop.runner.cancel(job_id)
    assert ("job.cancelled", job_id) == shop.told(job_id)[-1]


def test_cancelling_a_job_at_work(shop: Shop) -> None:
    """It is over at once; what its step comes to is thrown away, and no other begins."""
    job_id = shop.start("holding")
    assert shop.bench.begun.wait(DEADLINE)
    assert "running" == shop.job(job_id).state
    name = shop.runner.cancel(job_id).run_id
    assert "cancelled" == shop.job(job_id).state
    shop.bench.let_go.set()
    assert ("job.cancelled", job_id) == shop.told(job_id)[-1]
    until(lambda: shop.runner.run_states([name])[name] == "ended", "the end of the run")
    assert {"hold": 1} == shop.bench.calls
    assert "cancelled" == shop.job(job_id).state


def test_a_cancelled_job_may_be_opened_again(shop: Shop) -> None:
    """It recalls its steps, and asks anew what nobody answered."""
    job_id = shop.start("asking")
    first = shop.asked(job_id)
    shop.runner.cancel(job_id)
    shop.runner.retry(job_id)
    again = shop.asked(job_id)
    assert (f"{job_id}.1-2", 1, 2) == (again.id, again.seq, again.run)
    assert "cancelled" == shop.runner.store.get_prompt(first.id).closed
    shop.runner.answer(again.id, YES)
    assert {"value": 2, "said": "go on"} == shop.finished(job_id).result
    assert {"one": 1, "two": 1} == shop.bench.calls


def test_a_step_that_fails_ends_the_job(shop: Shop) -> None:
    """Why is kept: an error of ours with its class and its hint."""
    shop.bench.broken["two"] = SourceMissing("there is no folder docs.", "Write its path.")
    job_id = shop.start("asking")
    shop.answer(job_id, YES)
    record = shop.finished(job_id)
    assert Failure("SourceMissing", "there is no folder docs.", "Write its path.") == record.failure
    assert ("failed", None) == (shop.job(job_id).state, record.result)
    assert [("step.failed", "two"), ("job.failed", job_id)] == shop.told(job_id)[-2:]


def test_a_retry_repeats_only_what_failed(shop: Shop) -> None:
    """Steps and answers of the runs before are recalled; what happens is told in one history."""
    shop.bench.broken["two"] = LookupError("nothing there")
    job_id = shop.start("asking")
    shop.answer(job_id, YES)
    assert Failure("internal", "LookupError: nothing there", "An error of the program; its traceback was logged.") == (
        shop.finished(job_id).failure
    )
    before = shop.told(job_id)
    del shop.bench.broken["two"]
    assert 3 == shop.runner.retry(job_id, "ada", "test").run
    assert {"value": 2, "said": "go on"} == shop.finished(job_id).result
    assert {"one": 1, "two": 2} == shop.bench.calls
    after = shop.told(job_id)
    assert before == after[: len(before)]
    rest = [event for event in after[len(before) :] if event[0] != "job.started"]
    assert [("step.started", "two"), ("step.finished", "two"), ("job.finished", job_id)] == rest
    with pytest.raises(Conflict, match="neither failed"):
        shop.runner.retry(job_id)


def test_what_succeeded_beside_a_failure_is_recalled(shop: Shop) -> None:
    """A retry repeats the one step of three that failed."""
    shop.bench.broken["middle"] = LookupError("nothing there")
    job_id = shop.start("side_by_side")
    assert shop.finished(job_id).failure is not None
    shop.bench.broken.clear()
    shop.runner.retry(job_id)
    assert [1, 2, 3] == shop.finished(job_id).result
    assert {"left": 1, "middle": 2, "right": 1} == shop.bench.calls


def test_a_prompt_that_expired(open_shop: Callable[..., Shop]) -> None:
    """The job pauses; resuming asks the same anew, under a new id, and that one takes the answer."""
    shop = open_shop(programs, prompt_days=90)
    job_id = shop.start("asking")
    first = shop.asked(job_id)
    shop.clock.move(timedelta(days=90))
    job = shop.job(job_id)
    assert ("pending_hitl", True) == (job.state, job.paused)
    with pytest.raises(NotWaiting, match="expired"):
        shop.runner.answer(first.id, YES)
    shop.runner.resume(job_id, "ada", "test")
    again = shop.asked(job_id)
    assert (f"{job_id}.1-2", 1, CONFIRM) == (again.id, again.seq, again.prompt)
    assert "expired" == shop.runner.store.get_prompt(first.id).closed
    assert not shop.job(job_id).paused
    shop.runner.answer(again.id, YES)
    assert {"value": 2, "said": "go on"} == shop.finished(job_id).result
    assert {"one": 1, "two": 1} == shop.bench.calls


def test_an_answer_after_a_long_time(open_shop: Callable[..., Shop]) -> None:
    """As long as the prompt has not expired it counts."""
    shop = open_shop(programs, prompt_days=90)
    job_id = shop.start("asking")
    prompt = shop.asked(job_id)
    shop.clock.move(timedelta(days=90) - timedelta(seconds=1))
    shop.runner.answer(prompt.id, YES)
    assert {"value": 2, "said": "go on"} == shop.finished(job_id).result


def test_resuming_changes_nothing_where_nothing_is_wrong(shop: Shop) -> None:
    """A job that waits goes on waiting; one that is over stays over."""
    waiting = shop.start("asking")
    prompt = shop.asked(waiting)
    assert 1 == shop.runner.resume(waiting).run
    assert prompt == shop.asked(waiting)
    over = shop.start("steps", 1)
    shop.finished(over)
    with pytest.raises(Conflict, match="over"):
        shop.runner.resume(over)


def test_any_text_comes_through(shop: Shop) -> None:
    """Titles, requests, results, prompts and answers keep every character."""
    job_id = shop.start("echoing", ODD, title=ODD)
    prompt = shop.asked(job_id)
    assert Prompt("clarify", ODD, ODD, (Question(ODD, ODD, (ODD,), ODD),)) == prompt.prompt
    shop.runner.answer(prompt.id, Answer("revise", ODD, {ODD: ODD}, actor=ODD))
    record = shop.finished(job_id)
    assert {ODD: [ODD, {ODD: ODD}, ODD]} == record.result
    assert (ODD, ODD) == (record.title, record.request)
    assert 1 == shop.bench.calls["echo"]


@pytest.mark.parametrize("kind", ["steps", "unwritable"])
def test_a_program_that_gets_it_wrong(shop: Shop, kind: str) -> None:
    """A request that is none of its own, and a result that is no plain data, fail the job and nothing else."""
    job_id = shop.start(kind, {"unexpected": True})
    failure = shop.finished(job_id).failure
    assert failure is not None
    assert ("internal", "failed") == (failure.code, shop.job(job_id).state)
    assert {"value": 12, "parts": [2, 10]} == shop.finished(shop.start("steps", 1)).result


def test_a_kind_that_nobody_makes(shop: Shop) -> None:
    """The job fails and says which kind it was."""
    failure = shop.finished(shop.start("mend")).failure
    assert failure is not None
    assert "UnknownKind" == failure.code
    assert "'mend'" in failure.message


def test_a_program_that_asks_something_else(open_shop: Callable[..., Shop]) -> None:
    """A question of another kind than the one that was answered there is a conflict, not a guess."""
    kinds = iter(("confirm", "preview"))

    async def changing(context: Context, request: Plain) -> Plain:
        del request
        return (await context.ask(Prompt(next(kinds), "?", ""))).text  # type: ignore[arg-type]  # both are kinds

    shop = open_shop(lambda _: {"changing": changing})
    job_id = shop.start("changing")
    shop.answer(job_id, YES)
    failure = shop.finished(job_id).failure
    assert failure is not None
    assert "Conflict" == failure.code


def test_ids_are_taken_once(shop: Shop) -> None:
    """A second job of an id is refused, and the first goes on."""
    job_id = shop.start("asking")
    with pytest.raises(Conflict, match=job_id):
        shop.runner.start(JobRecord(job_id, "steps", "Another", 1, shop.clock()))
    assert CONFIRM == shop.asked(job_id).prompt


def test_a_job_that_is_over_can_be_forgotten(shop: Shop) -> None:
    """Nothing is left but what was decided about it; a job that is not over stays."""
    job_id = shop.start("asking")
    prompt = shop.asked(job_id)
    with pytest.raises(Conflict, match="not over"):
        shop.runner.delete(job_id)
    shop.runner.answer(prompt.id, YES)
    name = shop.finished(job_id).run_id
    until(lambda: shop.runner.run_states([name])[name] == "ended", "the end of the run")
    shop.runner.delete(job_id)
    with pytest.raises(NotFound, match=job_id):
        shop.runner.store.get(job_id)
    with pytest.raises(NotFound, match=job_id):
        watched(shop.runner, job_id)
    assert {name: "unknown"} == shop.runner.run_states([name])
    assert ["asked", "answered"] == [entry.event for entry in shop.runner.store.audit(job_id)]


def test_jobs_nobody_knows(shop: Shop) -> None:
    """Each verb names the job that is not there."""
    verbs = (shop.runner.cancel, shop.runner.resume, shop.runner.retry, shop.runner.delete)
    for verb in verbs:
        with pytest.raises(NotFound, match="j-none"):
            verb("j-none")
    with pytest.raises(NotFound, match="j-none"):
        watched(shop.runner, "j-none")
    assert {"j-none.1": "unknown"} == shop.runner.run_states(["j-none.1"])


def test_jobs_do_not_wait_for_each_other(shop: Shop) -> None:
    """One that is held up, and others that wait for people, keep nobody from being done."""
    held = shop.start("holding")
    assert shop.bench.begun.wait(DEADLINE)
    waiting = [shop.start("asking") for _ in range(5)]
    for job_id in waiting:
        shop.answer(job_id, YES)
    for job_id in waiting:
        assert {"value": 2, "said": "go on"} == shop.finished(job_id).result
    assert "running" == shop.job(held).state
    shop.bench.let_go.set()
    assert "done" == shop.finished(held).result
