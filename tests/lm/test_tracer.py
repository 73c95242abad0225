"""What was asked in a job, question by question."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from tests.lm.runtimes import LETTER, MODEL, Office, ask

from skill_fleet.errors import AuthorAway, AuthorUnusable
from skill_fleet.jobs.traces import load_traces
from skill_fleet.lm.execution import Execution
from skill_fleet.lm.tracer import ExecutionTracer
from skill_fleet.lm.watch import Done


def test_an_entry_tells_a_question(office: Office) -> None:
    """Who answered, when, how long, what it took, and that nothing of its text is kept."""
    before = time.time()
    runtime = office.runtime()
    ask(runtime)
    (entry,) = office.traces
    assert (entry.decision, entry.model, entry.source, entry.outcome) == ("intent", MODEL, "model", "answered")
    (call,) = office.calls.of("j-1")
    assert (call.input_tokens, call.output_tokens) == (entry.input_tokens, entry.output_tokens)
    assert (entry.asks, entry.requests, entry.problems) == (1, 1, ())
    assert before <= entry.at <= time.time()
    assert 0 < entry.seconds < 10
    assert (entry.prompt, entry.answer) == ("", "")


def test_repetitions_and_retries_are_in_the_entry(office: Office) -> None:
    """One question, asked twice, in three requests; the tokens are those of both answers."""
    office.server.control.plan("server_error", times=1)
    office.server.control.plan("missing_field", times=1)
    runtime = office.runtime()
    ask(runtime)
    (entry,) = office.traces
    assert (entry.asks, entry.requests, entry.problems) == (2, 3, ("without tray",))
    assert entry.input_tokens == sum(call.input_tokens for call in office.calls.of("j-1"))


def test_a_failure_is_an_entry(office: Office) -> None:
    """What a person was told stands in it."""
    office.server.control.plan("missing_field", times=None)
    runtime = office.runtime(attempts=1)
    with pytest.raises(AuthorUnusable) as caught:
        ask(runtime)
    (entry,) = office.traces
    assert entry.outcome == "failed"
    assert entry.problems == ("without tray", caught.value.message)


def test_an_error_of_a_provider_is_told_in_our_words(office: Office) -> None:
    """What a person is told of it, and nothing of what was asked."""
    office.server.control.plan("server_error", times=None)
    runtime = office.runtime(attempts=1)
    with pytest.raises(AuthorAway) as caught:
        ask(runtime)
    assert office.traces[0].problems == (caught.value.message,)
    assert LETTER not in caught.value.message


def test_of_a_mistake_the_kind_alone_is_kept(tmp_path: Path) -> None:
    """The words of other errors may quote what was asked."""
    tracer = ExecutionTracer(tmp_path / "job.jsonl", text=True)
    tracer.take(Done(Execution("plan"), 0.0, 0.0, {}, {}, KeyError(LETTER)))
    assert load_traces(tmp_path / "job.jsonl")[0].problems == ("KeyError",)


def test_texts_are_kept_when_asked_for(office: Office) -> None:
    """With `trace_text`, prompt and answer are there, without keys."""
    key = "sk-abcdefghijklmnopqrstuvwxyz0123"
    runtime = office.runtime(trace_text=True)
    ask(runtime, f"{LETTER} {key}")
    (entry,) = office.traces
    assert LETTER in entry.prompt
    assert "tray: bridge" in entry.answer
    assert key not in entry.prompt + entry.answer


def test_entries_are_in_the_order_in_which_they_were_done(tmp_path: Path) -> None:
    """Also those of an earlier process; a line that a crash cut off is left out."""
    file = tmp_path / "traces" / "job.jsonl"
    for number in range(3):
        ExecutionTracer(file, text=False).take(Done(Execution("plan", number), 0.0, 0.0, {}, {}))
    with file.open("ab") as kept:
        kept.write(b'{"decision":"pl')
    assert [0, 1, 2] == [entry.rollout for entry in load_traces(file)]


def test_a_file_that_cannot_be_written_costs_the_trace_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The job goes on, and the log says so."""
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    ExecutionTracer(tmp_path / "file" / "job.jsonl", text=False).take(Done(Execution("plan"), 0.0, 0.0, {}, {}))
    assert "is not written" in caplog.text
