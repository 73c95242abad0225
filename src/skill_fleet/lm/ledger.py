"""What one run of a job asked of models, and what it may still ask.

Every answer is kept where the job is kept, before anybody uses it: after a crash it is given again, and not paid for
again. What was spent is the sum of what is kept, so that it counts from the job's first run on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from skill_fleet.errors import AuthorRefused, BudgetSpent, NeedsPerson
from skill_fleet.jobs.calls import Call, Calls


@dataclass(frozen=True, slots=True)
class Budget:
    """What a job may spend on models; 0 is no limit."""

    tokens: int = 0
    usd: float = 0.0


@dataclass(frozen=True, slots=True)
class Spent:
    """`usd` is None as soon as the price of one call is not known."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float | None = 0.0

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens

    def plus(self, call: Call) -> Spent:
        usd = None if self.usd is None or call.usd is None else self.usd + call.usd
        read, written = self.input_tokens + call.input_tokens, self.output_tokens + call.output_tokens
        return Spent(self.calls + 1, read, written, usd)


class Ledger:
    """One for each run of a job. Safe to use from several threads."""

    def __init__(self, job_id: str, calls: Calls, budget: Budget) -> None:
        self._job_id = job_id
        self._calls = calls
        self._budget = budget
        self._lock = Lock()
        self._times = 1
        self._turn = 0
        self._in_flight_tokens = 0
        self._in_flight_usd = 0.0
        self._spent = Spent()
        self._known: set[str] = set()
        self._unpriced: dict[str, None] = {}
        for call in calls.of(job_id):
            self._count(call)

    @property
    def spent(self) -> Spent:
        with self._lock:
            return self._spent

    @property
    def turn(self) -> int:
        """How often a person let the job go on. Part of the key of every call: what led to the pause is asked anew."""
        with self._lock:
            return self._turn

    @property
    def limits_money(self) -> bool:
        return self._budget.usd > 0

    def again(self, need: NeedsPerson) -> None:
        """A person let the job go on. After `BudgetSpent` it may spend as much once more."""
        with self._lock:
            self._turn += 1
            if isinstance(need, BudgetSpent):
                self._times += 1

    def find(self, key: str) -> Call | None:
        return self._calls.find(self._job_id, key)

    def keep(self, call: Call) -> None:
        """Returns when it is safe."""
        self._calls.keep(self._job_id, call)
        with self._lock:
            self._count(call)

    @contextmanager
    def holding(self, tokens: int, usd: float) -> Iterator[None]:
        """One request that will take at least so much. Raises `BudgetSpent` when, with those that are on their way, it
        would be too much. What answers will take is not known before: so many of them may go beyond the limit as are on
        their way at once."""
        with self._lock:
            self._check(self._in_flight_tokens + tokens, self._in_flight_usd + usd)
            self._in_flight_tokens += tokens
            self._in_flight_usd += usd
        try:
            yield
        finally:
            with self._lock:
                self._in_flight_tokens -= tokens
                self._in_flight_usd -= usd

    def _check(self, tokens: int, usd: float) -> None:
        most_tokens, most_usd = self._budget.tokens * self._times, self._budget.usd * self._times
        if most_tokens and self._spent.tokens + tokens > most_tokens:
            raise _over(f"{self._spent.tokens:,} of {most_tokens:,} tokens", f"{tokens:,}", "budget_tokens")
        if not most_usd:
            return
        if self._spent.usd is None:
            raise AuthorRefused(
                f"what the job has spent is not known: {', '.join(self._unpriced)} has no price.",
                "Take the limit `budget_usd` away, or start the job anew with prices in the settings.",
            )
        if self._spent.usd + usd > most_usd:
            raise _over(f"${self._spent.usd:.4f} of ${most_usd:.4f}", f"${usd:.4f}", "budget_usd")

    def _count(self, call: Call) -> None:
        if call.key in self._known:
            return
        self._known.add(call.key)
        self._spent = self._spent.plus(call)
        if call.usd is None:
            self._unpriced[call.model] = None


def _over(spent: str, least: str, setting: str) -> BudgetSpent:
    return BudgetSpent(
        f"the job has spent {spent}, and its next request takes {least} at least.",
        f"Let it go on to grant as much once more, raise `{setting}`, or cancel it.",
    )
