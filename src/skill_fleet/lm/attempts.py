"""How many requests one decision has made, to which model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from threading import Lock

from skill_fleet.jobs.calls import Attempt


class Attempts:
    """The one counter of a decision: retries on the way and questions that are put again after an unreadable answer
    draw from it alike. At most `limit` requests to each model. Safe to use from several threads."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._lock = Lock()
        self._used: Counter[str] = Counter()

    def take(self, model: str) -> bool:
        """Count a request to the model, made next; False, and nothing is counted, when it has had its share."""
        with self._lock:
            if self._used[model] >= self.limit:
                return False
            self._used[model] += 1
            return True

    def used(self, model: str) -> int:
        with self._lock:
            return self._used[model]

    def recall(self, attempts: Iterable[Attempt]) -> None:
        """Count what an answer took that was kept by an earlier run of the job, as if it had been asked for now: so a
        second run goes the way of the first."""
        with self._lock:
            self._used.update(attempt.model for attempt in attempts if attempt.outcome != "skipped")

    def are_left(self, models: Iterable[str]) -> bool:
        """Whether one of the models may be asked once more."""
        return any(self.used(model) < self.limit for model in models)
