"""What one run of a job asked of models, and what it may still ask.

Every answer is kept where the job is kept, before anybody uses it: after a crash, and after a pause, it is given again,
and not paid for again. What was spent is the sum of what is kept, so that it counts from the job's first run on.

What a decision failed over is asked anew when a person lets the job go on, and nothing else is. The pause's message
begins with the decision's name; from it on the decision is in its next turn, in every process that does the job's past
again. In a turn its questions have keys of their own, and answers of earlier turns count unless they were of no use.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Lock

from skill_fleet.errors import AuthorRefused, BudgetSpent, NeedsPerson
from skill_fleet.jobs.calls import Call, Calls

#: How the message of a pause begins that one decision led to.
_DECISION = re.compile(r"`(\w+)`: ")


@dataclass(frozen=True, slots=True)
class Budget:
    """What a job may spend on models; 0 is no limit."""

    tokens: int = 0
    usd: float = 0.0


@dataclass(frozen=True, slots=True)
class Spent:
    """`calls` are answers; tokens and money are also those of answers that broke off. `usd` is None as soon as one
    price is not known."""

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
        return Spent(self.calls + call.is_answered, read, written, usd)


class Ledger:
    """One for each run of a job. Safe to use from several threads."""

    def __init__(self, job_id: str, calls: Calls, budget: Budget) -> None:
        self._job_id = job_id
        self._calls = calls
        self._budget = budget
        self._lock = Lock()
        self._granted = Budget()
        self._turns: Counter[str] = Counter()
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
    def limits_money(self) -> bool:
        return self._budget.usd > 0

    def again(self, need: NeedsPerson) -> None:
        """A person let the job go on. After `BudgetSpent` it may spend the budget once more; after a pause that names a
        decision, what that one failed over is asked anew."""
        with self._lock:
            if isinstance(need, BudgetSpent):
                granted = self._granted
                self._granted = Budget(granted.tokens + self._budget.tokens, granted.usd + self._budget.usd)
            elif named := _DECISION.match(need.message):
                self._turns[named[1]] += 1

    def key_for(self, decision: str, question: str) -> str:
        """Under which the answer to a question is kept in this turn of the decision."""
        with self._lock:
            return _digest(decision, question, self._turns[decision])

    def find(self, decision: str, question: str) -> Call | None:
        """What came of the question in this turn, an answer that broke off included; else the last answer of an earlier
        turn that was of use."""
        key = self.key_for(decision, question)
        return self._find(key) or self._find(_broken(key)) or self._find_earlier(decision, question)

    def keep_broken(self, call: Call) -> None:
        """Keep what an answer took that broke off. It is no answer: in this turn the question breaks off again, without
        a request; in the next one it is asked anew."""
        self.keep(replace(call, key=_broken(call.key), response=""))

    def keep_unanswered(self, call: Call) -> None:
        """Keep what was tried in vain, for the record: it is not found again."""
        self.keep(replace(call, key=secrets.token_hex(32), response=""))

    def mark_useless(self, call: Call) -> None:
        """From the next turn on, the answer does not count."""
        nothing = replace(call, input_tokens=0, output_tokens=0, usd=0.0, seconds=0.0, attempts=(), response="")
        self.keep(replace(nothing, key=_useless(call.key)))

    def calls(self) -> Sequence[Call]:
        """Everything the job asked, in this run and before."""
        return self._calls.of(self._job_id)

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
            self._check(tokens, usd)
            self._in_flight_tokens += tokens
            self._in_flight_usd += usd
        try:
            yield
        finally:
            with self._lock:
                self._in_flight_tokens -= tokens
                self._in_flight_usd -= usd

    def _find(self, key: str) -> Call | None:
        return self._calls.find(self._job_id, key)

    def _find_earlier(self, decision: str, question: str) -> Call | None:
        with self._lock:
            turns = range(self._turns[decision])
        keys = (_digest(decision, question, turn) for turn in reversed(turns))
        found = (call for key in keys if (call := self._find(key)) is not None)
        return next((call for call in found if self._find(_useless(call.key)) is None), None)

    def _check(self, tokens: int, usd: float) -> None:
        """With so much more than what is on its way."""
        most_tokens, most_usd = self._budget.tokens + self._granted.tokens, self._budget.usd + self._granted.usd
        if most_tokens and self._spent.tokens + self._in_flight_tokens + tokens > most_tokens:
            flight = f"{self._in_flight_tokens:,}" if self._in_flight_tokens else ""
            raise _over(f"{self._spent.tokens:,} of {most_tokens:,} tokens", flight, f"{tokens:,}", "budget_tokens")
        if not most_usd:
            return
        if self._spent.usd is None:
            raise AuthorRefused(
                f"what the job has spent is not known: {', '.join(self._unpriced)} has no price.",
                "Take the limit `budget_usd` away, or start the job anew with prices in the settings.",
            )
        if self._spent.usd + self._in_flight_usd + usd > most_usd:
            flight = f"${self._in_flight_usd:.4f}" if self._in_flight_usd else ""
            raise _over(f"${self._spent.usd:.4f} of ${most_usd:.4f}", flight, f"${usd:.4f}", "budget_usd")

    def _count(self, call: Call) -> None:
        if call.key in self._known:
            return
        self._known.add(call.key)
        self._spent = self._spent.plus(call)
        if call.usd is None:
            self._unpriced[call.model] = None


def _over(spent: str, flight: str, least: str, setting: str) -> BudgetSpent:
    flying = f" requests on their way take {flight} at least," if flight else ""
    return BudgetSpent(
        f"the job has spent {spent},{flying} and its next request takes {least} at least.",
        f"Let it go on to grant the budget once more, raise `{setting}`, or cancel it.",
    )


def _broken(key: str) -> str:
    return _digest("broken", key)


def _useless(key: str) -> str:
    return _digest("useless", key)


def _digest(*parts: str | int) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
