"""Spans: one trace for a job, whichever process it runs in, and nothing of prompts in it."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.fleets import TASK, write_docs
from tests.lm.commands import run_command
from tests.lm.runtimes import LETTER, MODEL, Office, ask

from skill_fleet.errors import AuthorUnusable
from skill_fleet.lm.execution import Execution
from skill_fleet.lm.telemetry import ERROR, INPUT_TOKENS, JOB, RESPONSE_MODEL, USD, Spans, Value, find_spans
from skill_fleet.lm.watch import Done


@dataclass
class KeptSpan:
    """A span that stays where it was made."""

    name: str
    context: object
    attributes: dict[str, Value]
    start_time: int
    end_time: int = 0

    def end(self, end_time: int | None = None) -> None:
        self.end_time = end_time or 0


@dataclass
class KeepingTracer:
    """A tracer in memory."""

    spans: list[KeptSpan] = field(default_factory=list)

    def start_span(self, name: str, context: object, *, attributes: dict[str, Value], start_time: int) -> KeptSpan:
        span = KeptSpan(name, context, attributes, start_time)
        self.spans.append(span)
        return span


def done(error: Exception | None = None) -> Done:
    execution = Execution("plan", model=MODEL, input_tokens=10, output_tokens=5, usd=None)
    return Done(execution, 100.0, 1.5, {"letter": LETTER}, {"tray": "bridge"}, error)


def test_a_question_is_a_span() -> None:
    """With its times, model and tokens; a price that is not known is not there, and no text."""
    tracer = KeepingTracer()
    Spans("j-1", tracer, "parent").take(done())
    (span,) = tracer.spans
    assert (span.name, span.context) == ("chat plan", "parent")
    assert (span.start_time, span.end_time) == (100_000_000_000, 101_500_000_000)
    assert (span.attributes[RESPONSE_MODEL], span.attributes[INPUT_TOKENS]) == (MODEL, 10)
    assert span.attributes[JOB] == "j-1"
    assert USD not in span.attributes
    assert ERROR not in span.attributes
    assert LETTER not in str(span)
    assert "bridge" not in str(span)


def test_a_failure_has_its_kind() -> None:
    """The kind, and not the text, which may quote."""
    tracer = KeepingTracer()
    Spans("j-1", tracer, None).take(done(AuthorUnusable(LETTER)))
    assert tracer.spans[0].attributes[ERROR] == "AuthorUnusable"
    assert LETTER not in str(tracer.spans[0])


def test_all_runs_of_a_job_are_one_trace() -> None:
    """The id of the trace comes from the job's."""
    trace = pytest.importorskip("opentelemetry.trace")

    def id_of(job_id: str) -> int:
        spans = find_spans(job_id)
        assert spans is not None
        found: int = trace.get_current_span(spans._parent).get_span_context().trace_id  # noqa: SLF001
        return found

    assert id_of("j-1") == id_of("j-1") != id_of("j-2")


def test_without_the_package_there_are_no_spans(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenTelemetry is not needed, and what is not there is not missed."""
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", None)
    assert find_spans("j-1") is None
    assert ask(office.runtime()).tray


def test_without_an_exporter_nothing_happens(office: Office) -> None:
    """The API alone costs an answer nothing."""
    assert ask(office.runtime()).tray


def test_a_job_is_one_trace_over_all_its_processes(office: Office) -> None:
    """A span a question, in the trace of the job, with model, tokens and times; nothing of prompts and answers."""
    for name in ("home", "fleet"):
        (office.folder / name).mkdir()
    docs = str(write_docs(office.folder / "docs"))
    table = {"model": MODEL, "base_url": office.server.base_url}
    exported = {"OTEL_TRACES_EXPORTER": "console", "SKILL_FLEET_MODELS": json.dumps({"default": table})}
    created = run_command(office.folder, "create", TASK, "--from", docs, "--review", "final", **exported)
    assert 5 == created.returncode, created.stderr
    found = run_command(office.folder, "review", "list", "--json").stdout
    prompt = json.loads(found)["prompts"][0]["id"]
    answered = run_command(office.folder, "review", "answer", prompt, "revise", "--text", "shorter", **exported)
    assert "revise draft" in answered.stderr or answered.returncode == 5, answered.stderr
    spans = [*spans_in(created.stderr), *spans_in(answered.stderr)]
    assert {"chat content", "chat analyze_feedback"} <= {span["name"] for span in spans}
    assert 1 == len({span["context"]["trace_id"] for span in spans})
    for span in spans:
        assert span["attributes"][RESPONSE_MODEL] == MODEL
        assert span["attributes"][INPUT_TOKENS] > 0
        assert span["start_time"] < span["end_time"]
    assert "depot" not in json.dumps(spans)


def spans_in(text: str) -> list[dict[str, Any]]:
    """The spans that the console exporter printed among other lines."""
    decoder, found, at = json.JSONDecoder(), [], text.find("{")
    while at >= 0:
        try:
            span, end = decoder.raw_decode(text, at)
        except ValueError:
            end = at + 1
        else:
            found.append(span)
        at = text.find("{", end)
    return found
