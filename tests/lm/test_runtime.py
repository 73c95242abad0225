"""A run of a job and its models: decisions, events, errors and the account."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import dspy
import pytest
from tests.lm.runtimes import LETTER, MODEL, THINKING, Office, Sorting, ask, plain
from tests.lmserver.orders import Kind

from skill_fleet.errors import AuthorAway, AuthorError, AuthorRefused, AuthorUnusable, BudgetSpent
from skill_fleet.jobs.calls import MemoryCalls
from skill_fleet.lm.ledger import Budget, Ledger
from skill_fleet.lm.robust import RobustModule
from skill_fleet.lm.runtime import Runtime
from skill_fleet.lm.wrapping import wrap_predictors
from skill_fleet.settings import load_settings


def test_a_decision_is_told_from_start_to_end(office: Office) -> None:
    """Started with its models, then the words, then finished with what the job has spent."""
    answer = ask(office.runtime())
    assert answer.tray == "bridge"
    kinds = [event.kind for event in office.events]
    assert ["lm.started", "lm.text", "lm.finished"] == list(dict.fromkeys(kinds))
    assert {"intent"} == {event.name for event in office.events}
    assert office.told("lm.started") == ["openai/test-model"]
    spent = office.events[-1]
    assert spent.tokens > 0
    assert spent.usd is None
    assert spent.seconds > 0


#: An order for ever → what the job's person is told, and in how many requests at most.
FAILURES: Mapping[Kind, tuple[type[AuthorError], int]] = {
    "unauthorized": (AuthorRefused, 1),
    "forbidden": (AuthorRefused, 1),
    "payment": (AuthorRefused, 1),
    "quota": (AuthorRefused, 1),
    "unknown_model": (AuthorRefused, 1),
    "context_length": (AuthorRefused, 1),
    "rate_limit": (AuthorAway, 2),
    "server_error": (AuthorAway, 2),
    "unavailable": (AuthorAway, 2),
    "reset": (AuthorAway, 2),
    "half_body": (AuthorAway, 2),
    "invalid_json": (AuthorAway, 2),
    "html": (AuthorAway, 2),
    "missing_field": (AuthorUnusable, 2),
}


@pytest.mark.parametrize("kind", FAILURES)
def test_every_failure_is_one_of_ours(office: Office, kind: Kind) -> None:
    """Whatever a provider does wrong, a person gets an error of our own tree, and the event says the same."""
    expected, most = FAILURES[kind]
    office.server.control.plan(kind, times=None)
    with pytest.raises(expected) as caught:
        ask(office.runtime(attempts=2, deaf=False))
    assert 1 <= office.requests <= most
    assert office.told("lm.failed") == [str(caught.value)]
    assert caught.value.hint
    assert LETTER not in str(caught.value)
    assert caught.value.__suppress_context__


def test_without_a_model_the_error_says_how_to_name_one(office: Office) -> None:
    """A decision nobody was named for is refused before anything is asked."""
    runtime = office.with_settings(load_settings({}, office.folder))
    with pytest.raises(AuthorRefused, match="No model is configured"):
        ask(runtime)


def test_a_spent_budget_stops_the_next_request(office: Office) -> None:
    """The error goes through DSPy unharmed, and nothing is sent."""
    with pytest.raises(BudgetSpent):
        ask(office.runtime(budget_tokens=10))
    assert office.requests == 0


def test_a_mistake_in_a_program_stays_what_it_is(office: Office) -> None:
    """What is no failure of a model is not dressed up as one."""

    class Wrong(dspy.Module):
        def forward(self, **inputs: object) -> dspy.Prediction:
            raise ZeroDivisionError(str(len(inputs)))

    with pytest.raises(ZeroDivisionError):
        office.runtime().run("intent", Wrong(), letter=LETTER)
    assert office.told("lm.failed") == ["ZeroDivisionError"]


def test_what_is_optional_is_done_without(office: Office) -> None:
    """The fallback is given, and nobody can overlook that."""
    office.server.control.plan("missing_field", times=None)
    runtime = office.runtime(attempts=1)
    fallback = dspy.Prediction(tray="none")
    assert runtime.optional("preview", dspy.Predict(Sorting), fallback, letter=LETTER) is fallback
    assert office.told("lm.failed")[-1] == "The job goes on without this answer."
    assert "In its last run, 1 decision nobody took; the job went on without." in runtime.account()


def test_what_a_person_must_mend_is_not_done_without(office: Office) -> None:
    """A key that is refused is refused for the next decision too."""
    office.server.control.plan("unauthorized", times=None)
    with pytest.raises(AuthorRefused):
        office.runtime().optional("preview", dspy.Predict(Sorting), dspy.Prediction(), letter=LETTER)


def test_a_program_is_not_changed(office: Office) -> None:
    """It is run as a copy: its predictors, its state and its configuration are as before."""
    program = dspy.ChainOfThought(Sorting)
    before = program.dump_state()
    office.runtime().run("intent", program, letter=LETTER)
    assert program.dump_state() == before
    assert type(program.predict) is dspy.Predict
    assert program.history == []
    assert dspy.settings.lm is None


class Nested(dspy.Module):
    """Predictors in lists, dicts and modules."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = [dspy.Predict("a -> b"), (dspy.ChainOfThought("b -> c"),)]
        self.named = {"last": dspy.Predict("c -> d")}
        self.tools = [len]
        self.seen: dict[str, int] = {}

    def forward(self, a: str) -> dspy.Prediction:
        b = self.steps[0](a=a).b
        return self.named["last"](c=self.steps[1][0](b=b).c)


def test_every_predictor_is_wrapped(office: Office) -> None:
    """Those in lists, tuples, dicts and inner modules too; everything else is shared with the program."""
    program = Nested()
    wrapped: list[dspy.Predict] = []

    def wrap(predict: dspy.Predict) -> dspy.Module:
        wrapped.append(predict)
        return predict

    clone = wrap_predictors(program, wrap)
    assert len(wrapped) == 3
    assert clone.tools is program.tools
    assert clone.seen is program.seen
    runtime = office.runtime()
    assert runtime.run("plan", program, a="the bridge").d
    assert 3 == len(office.traces)
    assert not isinstance(program.named["last"], RobustModule)


def test_decisions_run_at_the_same_time(office: Office) -> None:
    """Eight of them, from one event loop, take about as long as one; each has its own answer."""
    office.server.control.set(latency=0.2)
    runtime = office.runtime()

    async def all_at_once() -> list[dspy.Prediction]:
        asked = [asyncio.to_thread(ask, runtime, f"{LETTER} {number}") for number in range(6)]
        return list(await asyncio.gather(*asked))

    answers = asyncio.run(all_at_once())
    assert office.server.control.calls().peak >= 3
    assert len(answers) == 6
    assert office.requests == 6


def test_a_second_run_of_the_job_asks_nothing(office: Office) -> None:
    """After a crash every answer is there, whatever the cache holds."""
    first = ask(office.runtime(lm_cache=False))
    runtime = office.runtime(lm_cache=False)
    assert plain(first) == plain(ask(runtime))
    assert office.requests == 1
    assert ["model", "job"] == [entry.source for entry in office.traces]


def test_a_second_run_goes_the_way_of_the_first(office: Office) -> None:
    """A bad answer and the good one after it are both there: no third request."""
    office.server.control.plan("missing_field", times=1)
    first = ask(office.runtime(lm_cache=False))
    assert plain(first) == plain(ask(office.runtime(lm_cache=False)))
    assert office.requests == 2


def test_the_account_says_what_was_spent(office: Office) -> None:
    """Answers, tokens, money; requests by model; and the model that stood in."""
    url = office.server.base_url
    office.server.control.plan("unknown_model", times=None, model="gone")
    settings = load_settings(
        {
            "models": {"default": {"model": [f"openai/gone@{url}", f"openai/test-model@{url}"]}},
            "prices": {"openai/test-model": {"input": 1.0, "output": 2.0}},
        },
        office.folder,
    )
    runtime = office.with_settings(settings)
    ask(runtime)
    lines = runtime.account()
    (entry,) = office.traces
    assert entry.usd == pytest.approx((entry.input_tokens + 2 * entry.output_tokens) / 1_000_000)
    assert lines[0] == (
        f"The job has had 1 answer of models: {entry.input_tokens} tokens read, {entry.output_tokens} written, "
        f"for ${entry.usd:.4f}."
    )
    assert lines[1].startswith("openai/gone: 1 request, ")
    assert "1 refused" in lines[1]
    assert "1 answer came from another model than the first." in lines


def test_models_are_named_in_the_order_in_which_they_are_asked(office: Office) -> None:
    """The cheapest first, where the settings say so: the one that is named first has answered."""
    url = office.server.base_url
    names = ("openai/unknown", "openai/dear", "openai/test-model")
    settings = load_settings(
        {
            "models": {"default": {"model": [f"{name}@{url}" for name in names], "cheapest_first": True}},
            "prices": {
                "openai/dear": {"input": 5.0, "output": 9.0},
                "openai/test-model": {"input": 1.0, "output": 2.0},
            },
        },
        office.folder,
    )
    ask(office.with_settings(settings, office.events.append))
    assert office.told("lm.started") == ["openai/test-model, openai/dear, openai/unknown"]
    assert [entry.model for entry in office.traces] == ["openai/test-model"]


def test_nothing_is_printed(office: Office, capfd: pytest.CaptureFixture[str]) -> None:
    """The output of a command belongs to its result, and its talk is ours."""
    agent = dspy.ReAct(Sorting, tools=[], max_iters=2)
    for kind in ("missing_field", "length", "wrong_type"):
        office.server.control.plan(kind, times=1)
    office.runtime(THINKING, voters=2).run("gather_examples", agent, letter=LETTER)
    assert ("", "") == tuple(capfd.readouterr())


def test_an_agent_works_with_its_own_tools(office: Office) -> None:
    """Tools keep their state, because the program's copy shares them."""
    found: list[str] = []

    def look_up(query: str) -> str:
        """Looks something up."""
        found.append(query)
        return f"Nothing about {query}."

    answer = office.runtime().run("gather_examples", dspy.ReAct(Sorting, tools=[look_up], max_iters=4), letter=LETTER)
    assert answer.tray == "bridge"
    assert len(found) == 1
    assert "Nothing about" in answer.trajectory["observation_0"]


def test_an_agent_goes_on_from_the_turns_it_has(office: Office) -> None:
    """After its budget was granted once more, in another run of the job: nothing that it asked is asked again."""

    def look_up(query: str) -> str:
        """Looks something up."""
        return f"Nothing about {query}."

    def agent() -> dspy.Module:
        return dspy.ReAct(Sorting, tools=[look_up], max_iters=4)

    office.runtime(lm_cache=False).run("gather_examples", agent(), letter=LETTER)
    needed, spent = office.requests, Ledger("j-1", office.calls, Budget()).spent
    office.server.control.reset()
    office.calls = MemoryCalls()
    limit = Budget(tokens=spent.tokens * 2 // 3)
    ledger = Ledger("j-1", office.calls, limit)
    settings = office.settings(lm_cache=False)
    with pytest.raises(BudgetSpent) as raised:
        Runtime(settings, "j-1", ledger, None, office.folder).run("gather_examples", agent(), letter=LETTER)
    assert 0 < office.requests < needed
    again = Ledger("j-1", office.calls, limit)
    again.again(raised.value)
    Runtime(settings, "j-1", again, None, office.folder).run("gather_examples", agent(), letter=LETTER)
    assert needed == office.requests


def test_another_model_is_told_once_in_a_decision(office: Office) -> None:
    """However many questions it puts."""
    office.server.control.plan("unauthorized", model="away", times=None)
    runtime = office.runtime(["openai/away", MODEL], voters=3)
    ask(runtime)
    ask(runtime, "Another letter.")
    told = office.told("lm.elsewhere")
    assert 2 == len(told)
    assert all("Now openai/test-model is asked." in text for text in told)


def test_the_product_imports_no_dspy() -> None:
    """Only who asks a model loads DSPy."""
    script = "import sys, skill_fleet.wiring; sys.exit('dspy' in sys.modules)"
    assert 0 == subprocess.run([sys.executable, "-c", script], check=False, cwd=Path(__file__).parents[2]).returncode
