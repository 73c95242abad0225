"""What was asked in a job, question by question."""

from __future__ import annotations

import time

import pytest
from tests.lm.runtimes import LETTER, MODEL, Office, ask

from skill_fleet.errors import AuthorAway, AuthorUnusable
from skill_fleet.lm.execution import Execution
from skill_fleet.lm.tracer import ExecutionTracer
from skill_fleet.lm.watch import Done


def test_an_entry_tells_a_question(office: Office) -> None:
    """Who answered, when, how long, what it took, and that nothing of its text is kept."""
    before = time.time()
    runtime = office.runtime()
    ask(runtime)
    (entry,) = runtime.entries()
    assert (entry.decision, entry.model, entry.source, entry.outcome) == ("intent", MODEL, "model", "answered")
    (call,) = office.calls.of("j-1")
    assert (call.input_tokens, call.output_tokens) == (entry.input_tokens, entry.output_tokens)
    assert (entry.asks, entry.requests, entry.problems) == (1, 1, ())
    assert before <= entry.at <= time.time()
    assert 0 < entry.seconds < 10
    assert not entry.is_kept
    assert (entry.prompt, entry.answer) == ("", "")


def test_repetitions_and_retries_are_in_the_entry(office: Office) -> None:
    """One question, asked twice, in three requests; the tokens are those of both answers."""
    office.server.control.plan("server_error", times=1)
    office.server.control.plan("missing_field", times=1)
    runtime = office.runtime()
    ask(runtime)
    (entry,) = runtime.entries()
    assert (entry.asks, entry.requests, entry.problems) == (2, 3, ("without tray",))
    assert entry.input_tokens == sum(call.input_tokens for call in office.calls.of("j-1"))


def test_a_failure_is_an_entry(office: Office) -> None:
    """What a person was told stands in it."""
    office.server.control.plan("missing_field", times=None)
    runtime = office.runtime(attempts=1)
    with pytest.raises(AuthorUnusable) as caught:
        ask(runtime)
    (entry,) = runtime.entries()
    assert entry.outcome == "failed"
    assert entry.problems == ("without tray", caught.value.message)


def test_an_error_of_a_provider_is_no_text_of_a_prompt(office: Office) -> None:
    """Of errors that are not ours, the kind alone is kept: they may quote what was asked."""
    office.server.control.plan("server_error", times=None)
    runtime = office.runtime(attempts=1)
    with pytest.raises(AuthorAway):
        ask(runtime)
    assert all(LETTER not in problem for problem in runtime.entries()[0].problems)


def test_texts_are_kept_when_asked_for(office: Office) -> None:
    """With `trace_text`, prompt and answer are there, without keys."""
    key = "sk-abcdefghijklmnopqrstuvwxyz0123"
    runtime = office.runtime(trace_text=True)
    ask(runtime, f"{LETTER} {key}")
    (entry,) = runtime.entries()
    assert LETTER in entry.prompt
    assert "tray: bridge" in entry.answer
    assert key not in entry.prompt + entry.answer


def test_entries_are_in_the_order_in_which_they_were_done() -> None:
    """The tracer adds, and forgets nothing."""
    tracer = ExecutionTracer(text=False)
    for number in range(3):
        tracer.take(Done(Execution("plan", number), 0.0, 0.0, {}, {}))
    assert [0, 1, 2] == [entry.rollout for entry in tracer.entries()]
