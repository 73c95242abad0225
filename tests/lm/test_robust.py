"""Answers that cannot be read are asked for again, and a bounded number of times."""

from __future__ import annotations

from collections.abc import Mapping

import dspy
import pytest
from tests.lm.runtimes import LETTER, THINKING, Office, Sorting, ask
from tests.lmserver.orders import Kind

from skill_fleet.errors import AuthorAway, AuthorRefused, AuthorUnusable

#: What is ordered from the server → how the answer is described to a person.
UNREADABLE: Mapping[Kind, str] = {
    "wrong_type": "the field words has another type than asked for",
    "missing_field": "without tray",
    "unknown_literal": "the field tray has another type than asked for",
    "empty": "",
    "length": "",
    "null": "",
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_an_unreadable_answer_is_asked_for_again(office: Office, kind: Kind) -> None:
    """One bad answer costs one request more, and nobody is asked about it."""
    office.server.control.plan(kind, spoiled="words" if kind == "wrong_type" else "", times=1)
    runtime = office.runtime()
    assert ask(runtime).tray in {"harbour", "bridge"}
    assert office.requests == 2


@pytest.mark.parametrize("adapter", ["chat", "json"])
@pytest.mark.parametrize("kind", UNREADABLE)
@pytest.mark.parametrize("attempts", [1, 3])
def test_attempts_are_counted_once(office: Office, kind: Kind, attempts: int, adapter: str) -> None:
    """Whatever is wrong for ever, a model gets no more requests for a decision than its profile allows."""
    office.server.control.plan(kind, times=None)
    with pytest.raises((AuthorUnusable, AuthorAway)) as caught:
        ask(office.runtime(attempts=attempts, adapter=adapter))
    assert office.requests == attempts
    assert "test-model" in caught.value.message
    assert LETTER not in str(caught.value)


@pytest.mark.parametrize("kind", ["wrong_type", "missing_field", "unknown_literal"])
def test_a_person_learns_what_was_wrong(office: Office, kind: Kind) -> None:
    """The error names decision, model and field, and quotes nothing of the answer."""
    office.server.control.plan(kind, spoiled="words" if kind == "wrong_type" else "", times=None)
    with pytest.raises(AuthorUnusable) as caught:
        ask(office.runtime(attempts=2))
    assert caught.value.message == (f"`intent`: 2 answers of openai/test-model cannot be used: {UNREADABLE[kind]}.")
    assert "FLEET_MODEL_INTENT" in caught.value.hint
    assert caught.value.__cause__ is None


def test_an_answer_that_is_cut_off_is_never_used(office: Office) -> None:
    """An answer that ended because it was too long may look whole, and is not taken."""
    office.server.control.plan("length", times=1)
    runtime = office.runtime()
    ask(runtime)
    assert office.traces[0].problems == ("it was cut off, because it grew too long",)


def test_the_second_repetition_asks_for_json(office: Office) -> None:
    """A model that misses the headings twice is asked for JSON, which every profile can read."""
    office.server.control.plan("missing_field", times=2)
    assert ask(office.runtime()).urgent in {True, False}
    assert ["chat", "chat", "json"] == [call.form for call in office.server.control.calls().calls]


def test_a_repetition_is_sampled(office: Office) -> None:
    """At temperature 0 the same answer would come again."""
    office.server.control.plan("missing_field", times=1)
    runtime = office.runtime(temperature=0.0)
    ask(runtime)
    first, second = office.server.control.calls().calls
    assert first.digest != second.digest
    assert "In its last run, 1 answer could not be read; asked again: 1." in runtime.account()


def test_a_broken_stream_is_asked_for_again(office: Office) -> None:
    """A stream that breaks off is no answer, and the next one is taken."""
    office.server.control.plan("half_stream", times=1, chunks=3)
    assert ask(office.runtime(THINKING)).tray
    assert office.requests == 2


def test_repetitions_and_retries_share_attempts(office: Office) -> None:
    """A failure of the server and an unreadable answer draw from the same three."""
    office.server.control.plan("server_error", times=1)
    office.server.control.plan("missing_field", times=None)
    with pytest.raises(AuthorUnusable):
        ask(office.runtime(attempts=3))
    assert office.requests == 3


def test_the_next_model_is_asked_when_one_cannot_write_the_form(office: Office) -> None:
    """When a model has used its attempts, the next of the chain gets its own."""
    office.server.control.plan("missing_field", times=None, model="test-model")
    second = f"openai/second@{office.server.base_url}"
    runtime = office.runtime([f"openai/test-model@{office.server.base_url}", second], attempts=2)
    assert ask(runtime).tray
    assert ["test-model", "test-model", "second"] == [call.model for call in office.server.control.calls().calls]
    assert office.traces[0].model == "openai/second"


def test_a_refusal_is_not_asked_again(office: Office) -> None:
    """Whoever will not answer is not pressed."""
    office.server.control.plan("refusal_field", times=None)
    with pytest.raises(AuthorRefused):
        ask(office.runtime())
    assert office.requests == 1


def test_the_questions_of_an_agent_are_asked_again_each_for_itself(office: Office) -> None:
    """Inside `ReAct` one bad step is repeated, not the whole way."""
    seen: list[str] = []

    def look(query: str) -> str:
        """Looks something up."""
        seen.append(query)
        return "The bridge is closed."

    office.server.control.plan("missing_field", field="next_tool_name", times=1)
    agent = dspy.ReAct(Sorting, tools=[look], max_iters=3)
    runtime = office.runtime()
    assert runtime.run("gather_examples", agent, letter=LETTER).tray
    assert len(seen) == 1
    assert [2, 1, 1] == [entry.asks for entry in office.traces]
