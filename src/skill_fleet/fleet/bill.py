"""What a job asked of models, who answered, and what that cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from skill_fleet.jobs.calls import Attempt, Call

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Charge:
    """What was spent under one name. `calls` are answers; tokens and money are also those of answers that broke off.
    `usd` is None as soon as one price is not known; `seconds` include waiting."""

    name: str
    calls: int
    input_tokens: int
    output_tokens: int
    usd: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """How one model did: requests to it by their outcome; `skipped` are those its open circuit breaker kept back."""

    charge: Charge
    answered: int = 0
    away: int = 0
    refused: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Bill:
    """All calls of a job: in sum, by decision in the order of their first call, and by model."""

    total: Charge
    decisions: tuple[Charge, ...] = ()
    models: tuple[ModelRecord, ...] = ()


def bill_of(calls: Sequence[Call]) -> Bill:
    tried = [attempt for call in calls for attempt in call.attempts]
    asked = dict.fromkeys([*(attempt.model for attempt in tried), *(call.model for call in calls)])
    spent = _grouped(calls, lambda call: call.model)
    requests = _grouped(tried, lambda attempt: attempt.model)
    return Bill(
        _charge("all", calls),
        tuple(_charge(name, some) for name, some in _grouped(calls, lambda call: call.decision).items()),
        tuple(_record(model, spent.get(model, []), requests.get(model, [])) for model in asked),
    )


def _record(model: str, calls: Sequence[Call], attempts: Sequence[Attempt]) -> ModelRecord:
    count = Counter(attempt.outcome for attempt in attempts)
    return ModelRecord(_charge(model, calls), count["answered"], count["away"], count["refused"], count["skipped"])


def _charge(name: str, calls: Sequence[Call]) -> Charge:
    prices = [call.usd for call in calls]
    known = [price for price in prices if price is not None]
    return Charge(
        name,
        sum(call.is_answered for call in calls),
        sum(call.input_tokens for call in calls),
        sum(call.output_tokens for call in calls),
        sum(known) if len(known) == len(prices) else None,
        round(sum(call.seconds for call in calls), 3),
    )


def _grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups
