"""One question of a program to its models, and what became of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from threading import Lock
from typing import Literal

from skill_fleet.jobs.traces import Source
from skill_fleet.models.profile import Task


@dataclass(slots=True)
class Execution:
    """Filled while the question is asked. `model` is the one that answered, or would be asked first. `asks` counts
    questions to the chain, those after an unreadable answer included; `requests` what went to providers for them. `usd`
    is None when a price is not known."""

    decision: Task
    rollout: int = 0
    source: Source = "model"
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float | None = 0.0
    asks: int = 0
    requests: int = 0
    problems: list[str] = field(default_factory=list)

    def add(self, model: str, input_tokens: int, output_tokens: int, usd: float | None) -> None:
        """One answer more, from `model`, which was asked."""
        self.source, self.model = "model", model
        self.input_tokens += input_tokens
        self.output_tokens += output_tokens
        self.usd = None if self.usd is None or usd is None else self.usd + usd

    @property
    def is_kept(self) -> bool:
        """Whether no model was asked."""
        return self.source != "model"


Counted = Literal[
    "model",
    "job",
    "memory",
    "disk",
    "shared",
    "unreadable",
    "asked again",
    "votes",
    "drafts",
    "disagreed",
    "failed members",
    "done without",
]
"""The sources of answers · answers that could not be read, and questions put again for that · decisions by vote, by the
best of several, without a majority; members of them that failed · optional decisions that nobody took."""


class Tally:
    """Counts of one run of a job; safe to use from several threads."""

    def __init__(self) -> None:
        self._counts: Counter[Counted] = Counter()
        self._lock = Lock()

    def add(self, name: Counted, count: int = 1) -> None:
        with self._lock:
            self._counts[name] += count

    def __getitem__(self, name: Counted) -> int:
        with self._lock:
            return self._counts[name]
