"""What happened in one job, kept in memory, and who waits for more."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

from skill_fleet.jobs.context import Event
from skill_fleet.jobs.replay import Kept, event_id, event_place


@dataclass(slots=True)
class History:
    """What happened in a job, which steps it finished, and who waits for more."""

    events: list[Event] = field(default_factory=list)
    finished: list[tuple[str, Kept]] = field(default_factory=list)
    counts: Counter[int] = field(default_factory=Counter)
    last_run: int = 0
    """The run with which the job ended; whatever that one, or one before it, still tells came too late."""
    bells: dict[asyncio.Event, asyncio.AbstractEventLoop] = field(default_factory=dict)

    def tell(self, run: int, event: Event) -> None:
        if run > self.last_run:
            self.counts[run] += 1
            self.events.append(replace(event, id=event_id(run, self.counts[run])))
            self.ring()

    def after(self, place: tuple[int, int]) -> Sequence[Event]:
        return self.events[bisect_right(self.events, place, key=lambda event: event_place(event.id)) :]

    @contextmanager
    def bell(self) -> Iterator[asyncio.Event]:
        """A bell on the caller's event loop that rings at every event."""
        bell = asyncio.Event()
        self.bells[bell] = asyncio.get_running_loop()
        try:
            yield bell
        finally:
            del self.bells[bell]

    def ring(self) -> None:
        for bell, loop in list(self.bells.items()):
            with suppress(RuntimeError):  # the loop was closed while somebody watched
                loop.call_soon_threadsafe(bell.set)
