"""Where spans go: what OpenTelemetry's own variables say, for a process that nobody set up before."""

from __future__ import annotations

import logging
import os
import sys
from functools import cache
from importlib import import_module

logger = logging.getLogger(__name__)

#: Of OpenTelemetry's specification: which exporter, and where a collector listens.
EXPORTER = "OTEL_TRACES_EXPORTER"
ADDRESSES = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
SERVICE = "skill-fleet"
#: Seconds that a collector may take for a span; whoever asked waits for it.
PATIENCE = 2


@cache
def set_up_export() -> None:
    """Set up the SDK once, for `otlp` or `console` (to standard error); nothing where no variable asks for it."""
    wanted = os.environ.get(EXPORTER) or ("otlp" if any(map(os.environ.get, ADDRESSES)) else "none")
    if wanted == "none":
        return
    try:
        _export(wanted)
    except ImportError as error:
        logger.warning("spans are not exported: %s is not installed; install skill-fleet[otel]", error.name)


def _export(wanted: str) -> None:
    trace, sdk = import_module("opentelemetry.trace"), import_module("opentelemetry.sdk.trace")
    if not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        return
    exports = import_module("opentelemetry.sdk.trace.export")
    if wanted == "console":
        exporter = exports.ConsoleSpanExporter(out=sys.stderr)
    elif wanted == "otlp":
        place = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
        exporter = place.OTLPSpanExporter(timeout=PATIENCE)
    else:
        logger.warning("%s is %r: only otlp, console and none are known here", EXPORTER, wanted)
        return
    resource = import_module("opentelemetry.sdk.resources").Resource.create({"service.name": SERVICE})
    provider = sdk.TracerProvider(resource=resource)
    # One by one: a batch would be sent by a thread, which a command does not wait for when it ends.
    provider.add_span_processor(exports.SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
