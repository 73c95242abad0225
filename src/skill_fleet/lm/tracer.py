"""What was asked in a job, question by question: who answered, how long it took, what it cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Literal

from skill_fleet.errors import SkillFleetError
from skill_fleet.lm.execution import Source
from skill_fleet.lm.watch import Done, Watch
from skill_fleet.models.keys import redact
from skill_fleet.models.profile import Task

Outcome = Literal["answered", "failed"]


@dataclass(frozen=True, slots=True)
class TraceEntry:
    """One question. `rollout` numbers those that were asked for several answers; `asks` counts it and its repetitions,
    `requests` what went to providers for them. `at` is when it began, in seconds since 1970. `prompt` and `answer` are
    empty unless the setting `trace_text` is on."""

    decision: Task
    rollout: int
    model: str
    source: Source
    input_tokens: int
    output_tokens: int
    usd: float | None
    asks: int
    requests: int
    outcome: Outcome
    problems: tuple[str, ...]
    at: float
    seconds: float
    prompt: str = ""
    answer: str = ""

    @property
    def is_kept(self) -> bool:
        """Whether the answer was there, and no model was asked."""
        return self.source != "model"


class ExecutionTracer(Watch):
    """Keeps an entry for each question of a run of a job."""

    def __init__(self, *, text: bool) -> None:
        """`text`: whether prompts and answers are kept too, which may be personal."""
        super().__init__()
        self._text = text
        self._entries: list[TraceEntry] = []
        self._lock = Lock()

    def take(self, done: Done) -> None:
        entry = self._entry(done)
        with self._lock:
            self._entries.append(entry)

    def entries(self) -> tuple[TraceEntry, ...]:
        """In the order in which they were done."""
        with self._lock:
            return tuple(self._entries)

    def _entry(self, done: Done) -> TraceEntry:
        asked = done.execution
        return TraceEntry(
            asked.decision,
            asked.rollout,
            asked.model,
            asked.source,
            asked.input_tokens,
            asked.output_tokens,
            asked.usd,
            asked.asks,
            asked.requests,
            "answered" if done.error is None else "failed",
            (*asked.problems, *_named(done.error)),
            done.at,
            done.seconds,
            _texts(done.inputs) if self._text else "",
            _texts(done.answer) if self._text else "",
        )


def _named(error: BaseException | None) -> tuple[str, ...]:
    """Our own errors are written for people; of others the kind alone, because they may quote the prompt."""
    if error is None:
        return ()
    return (redact(error.message) if isinstance(error, SkillFleetError) else type(error).__name__,)


def _texts(values: Mapping[str, object]) -> str:
    return redact("\n".join(f"{name}: {value}" for name, value in values.items()))
