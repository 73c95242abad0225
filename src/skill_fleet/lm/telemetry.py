"""Spans of OpenTelemetry: one trace for a job, a span for each question in it.

Only the API is used, which does nothing until an SDK with an exporter is set up, by the process or by the variables of
`lm.exporting`; without the package nothing is told at all. The conventions for generative AI are still in development,
so their names stand here alone.
"""

from __future__ import annotations

import hashlib
from importlib import import_module
from typing import Protocol, cast

from skill_fleet.lm.exporting import set_up_export
from skill_fleet.lm.watch import Done, Watch

#: OpenTelemetry's semantic conventions for generative AI, as of 2026.
OPERATION = "gen_ai.operation.name"
REQUEST_MODEL = "gen_ai.request.model"
RESPONSE_MODEL = "gen_ai.response.model"
INPUT_TOKENS = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
ERROR = "error.type"
#: Ours.
JOB = "skill_fleet.job"
DECISION = "skill_fleet.decision"
ROLLOUT = "skill_fleet.rollout"
SOURCE = "skill_fleet.source"
ASKS = "skill_fleet.asks"
REQUESTS = "skill_fleet.requests"
USD = "skill_fleet.usd"

NANOSECONDS = 1_000_000_000
Value = str | int | float | bool


class Span(Protocol):
    """What is used of OpenTelemetry's span."""

    def end(self, end_time: int | None = None) -> None: ...


class Tracer(Protocol):
    """What is used of OpenTelemetry's tracer."""

    def start_span(self, name: str, context: object, *, attributes: dict[str, Value], start_time: int) -> Span: ...


class Spans(Watch):
    """A span for each question, below the trace of the job: its id comes from the job's, so that all runs of a job are
    one trace, whichever process they are in. No text of prompts or answers is in it."""

    def __init__(self, job_id: str, tracer: Tracer, parent: object) -> None:
        """`parent` is the context that holds the trace."""
        super().__init__()
        self._job_id = job_id
        self._tracer = tracer
        self._parent = parent

    def take(self, done: Done) -> None:
        span = self._tracer.start_span(
            f"chat {done.execution.decision}",
            self._parent,
            attributes=self._attributes(done),
            start_time=int(done.at * NANOSECONDS),
        )
        span.end(end_time=int((done.at + done.seconds) * NANOSECONDS))

    def _attributes(self, done: Done) -> dict[str, Value]:
        asked = done.execution
        known: dict[str, Value | None] = {
            OPERATION: "chat",
            REQUEST_MODEL: asked.model or None,
            RESPONSE_MODEL: asked.model or None,
            INPUT_TOKENS: asked.input_tokens,
            OUTPUT_TOKENS: asked.output_tokens,
            JOB: self._job_id,
            DECISION: asked.decision,
            ROLLOUT: asked.rollout,
            SOURCE: asked.source,
            ASKS: asked.asks,
            REQUESTS: asked.requests,
            USD: asked.usd,
            ERROR: type(done.error).__name__ if done.error else None,
        }
        return {name: value for name, value in known.items() if value is not None}


def find_spans(job_id: str) -> Spans | None:
    """Spans for a job, or None where OpenTelemetry is not installed."""
    try:
        trace = import_module("opentelemetry.trace")
    except ImportError:
        return None
    set_up_export()
    digest = hashlib.sha256(job_id.encode()).digest()
    place = trace.SpanContext(
        int.from_bytes(digest[:16], "big"),
        int.from_bytes(digest[16:24], "big"),
        is_remote=True,
        trace_flags=trace.TraceFlags(trace.TraceFlags.SAMPLED),
    )
    parent = trace.set_span_in_context(trace.NonRecordingSpan(place))
    return Spans(job_id, cast("Tracer", trace.get_tracer("skill_fleet")), parent)
