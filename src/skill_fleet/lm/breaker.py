"""A model that keeps failing is left alone for a while, by everybody in the process."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Literal

#: Failures in a row: more than one decision with three attempts sees, so that one unlucky decision closes no door.
FAILURES = 5
#: Seconds without a request, once it is open.
PAUSE = 30.0

State = Literal["closed", "open", "half_open"]
"""closed: requests go through · open: none does · half_open: one is on its way, and decides."""


@dataclass(frozen=True, slots=True)
class BreakerStatistics:
    """`opened`: how often it opened · `rejected`: how many requests it held back."""

    state: State
    opened: int
    rejected: int


class CircuitBreaker:
    """Opens after `failures` in a row for `pause` seconds; then one request is let through: its success closes the
    breaker, its failure opens it anew. Safe to use from several threads."""

    def __init__(
        self, failures: int = FAILURES, pause: float = PAUSE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.limit = failures
        self._pause = pause
        self._clock = clock
        self._lock = Lock()
        self._in_a_row = 0
        self._opened_at: float | None = None
        self._is_trying = False
        self._opened = 0
        self._rejected = 0

    def allow(self) -> bool:
        """Whether a request may be made now; who is allowed to tells how it went: `succeeded`, `failed` or `let_go`."""
        with self._lock:
            if self._opened_at is None:
                return True
            if self._is_trying or self._clock() - self._opened_at < self._pause:
                self._rejected += 1
                return False
            self._is_trying = True
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._in_a_row = 0
            self._opened_at = None
            self._is_trying = False

    def failed(self) -> None:
        with self._lock:
            self._in_a_row += 1
            if self._is_trying or (self._opened_at is None and self._in_a_row >= self.limit):
                self._opened_at = self._clock()
                self._opened += 1
            self._is_trying = False

    def let_go(self) -> None:
        """The request was given up before anything could be said about the model."""
        with self._lock:
            self._is_trying = False

    @property
    def seconds_left(self) -> float:
        """Until the next request may be made."""
        with self._lock:
            return 0.0 if self._opened_at is None else max(0.0, self._opened_at + self._pause - self._clock())

    @property
    def statistics(self) -> BreakerStatistics:
        with self._lock:
            closed: State = "closed" if self._opened_at is None else "open"
            return BreakerStatistics("half_open" if self._is_trying else closed, self._opened, self._rejected)
