"""A runtime at a test server, and programs for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import dspy
from tests.lmserver import LanguageServer

from skill_fleet.jobs.calls import MemoryCalls
from skill_fleet.jobs.context import Event
from skill_fleet.jobs.traces import TraceEntry, load_traces, trace_file
from skill_fleet.lm.ledger import Budget, Ledger
from skill_fleet.lm.runtime import Runtime
from skill_fleet.settings import Settings, load_settings

MODEL = "openai/test-model"
THINKING = "openai/test-thinking"


class Sorting(dspy.Signature):
    """Sort the letter into a tray."""

    letter: str = dspy.InputField(desc="what was written")
    tray: Literal["harbour", "bridge"] = dspy.OutputField(desc="where it belongs")
    urgent: bool = dspy.OutputField()
    words: list[str] = dspy.OutputField(desc="3-5 words")


LETTER = "The bridge has to be painted before the ships come."


@dataclass
class Office:
    """One job at a server. `events` is everything that was told."""

    server: LanguageServer
    folder: Path
    events: list[Event] = field(default_factory=list)
    calls: MemoryCalls = field(default_factory=MemoryCalls)

    def settings(self, model: str | list[str] = MODEL, /, **options: object) -> Settings:
        """`options` are those of `[models.default]`, and settings whose name begins with `lm_` or `trace_`."""
        own = {name: value for name, value in options.items() if name.startswith(("lm_", "trace_", "budget_"))}
        table = {name: value for name, value in options.items() if name not in own}
        default = {"model": model, "base_url": self.server.base_url, "timeout": 10, **table}
        return load_settings({"models": {"default": default}, **own}, self.folder)

    def runtime(self, model: str | list[str] = MODEL, /, *, deaf: bool = False, **options: object) -> Runtime:
        listen = None if deaf else self.events.append
        return self.with_settings(self.settings(model, **options), listen)

    def with_settings(self, settings: Settings, listen: Callable[[Event], None] | None = None) -> Runtime:
        ledger = Ledger("j-1", self.calls, Budget(settings.budget_tokens, settings.budget_usd))
        return Runtime(settings, "j-1", ledger, listen, self.folder)

    def told(self, kind: str) -> list[str]:
        return [event.text for event in self.events if event.kind == kind]

    @property
    def traces(self) -> list[TraceEntry]:
        """What was written down of the job."""
        return load_traces(trace_file(self.folder, "j-1"))

    @property
    def requests(self) -> int:
        return len(self.server.control.calls().calls)


def ask(runtime: Runtime, letter: str = LETTER) -> dspy.Prediction:
    return runtime.run("intent", dspy.Predict(Sorting), letter=letter)


def plain(prediction: dspy.Prediction) -> Mapping[str, object]:
    return dict(prediction.items())
