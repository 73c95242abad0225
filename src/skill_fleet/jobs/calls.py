"""What a job asked of language models: every answer is kept before it is used, so that none is paid for twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Outcome = Literal["answered", "away", "refused", "skipped"]
"""answered: there is a response · away: no answer, and asking again may help · refused: no answer, and asking the same
again does not help · skipped: its breaker was open, so it was not asked."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request to one model; none where it was `skipped`. `problem` names the failure, no prompt and no key."""

    model: str
    outcome: Outcome
    problem: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Call:
    """One answered request, however many attempts it took; or what came of one that nobody answered.

    `key` is the SHA-256 of what was asked; `decision` what it was asked for; `model` who answered, or was asked last;
    `usd` is None when the price is not known. `response` is the provider's answer as JSON, empty where there is none.
    """

    key: str
    decision: str
    model: str
    input_tokens: int
    output_tokens: int
    usd: float | None
    seconds: float
    attempts: tuple[Attempt, ...]
    response: str

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens

    @property
    def is_answered(self) -> bool:
        return bool(self.response)


class Calls(Protocol):
    """The calls of all jobs, forgotten with their job. Safe to use from several threads and processes."""

    def find(self, job_id: str, key: str) -> Call | None: ...

    def keep(self, job_id: str, call: Call) -> None:
        """Keep an answer; of two with the same key the first stays."""
        ...

    def of(self, job_id: str) -> Sequence[Call]:
        """Every call of the job in the order in which they were kept; empty for an unknown job."""
        ...


class MemoryCalls:
    """`Calls` in memory, gone with the process."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Call]] = {}

    def find(self, job_id: str, key: str) -> Call | None:
        return self._kept.get(job_id, {}).get(key)

    def keep(self, job_id: str, call: Call) -> None:
        self._kept.setdefault(job_id, {}).setdefault(call.key, call)

    def of(self, job_id: str) -> Sequence[Call]:
        return tuple(self._kept.get(job_id, {}).values())
