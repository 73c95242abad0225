"""How far a job is: a spinner on a terminal, a line for each step that took its time elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.status import Status

from skill_fleet.cli.bill_text import TOLD, money
from skill_fleet.cli.screen import Screen, clean, wants_color
from skill_fleet.jobs.context import Event

#: A step that took less is not worth a line.
SHORTEST = 0.1


class Progress:
    """Shows the events of a job on stderr, and makes room for a question."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        talks = not (screen.quiet or screen.json)
        spins = talks and sys.stderr.isatty() and wants_color(screen.color, sys.stderr)
        self._status = Status("", console=Console(stderr=True)) if spins else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pause()

    def listen(self, event: Event) -> None:
        if event.kind in ("step.started", "lm.started", "lm.finished") and self._status:
            self._status.update(clean(f"{event.name}{_spent(event)}"))
            self._status.start()
        elif event.kind in TOLD:
            self._screen.say(f"{event.name}: {event.text}")
        elif event.kind == "step.finished" and event.seconds >= SHORTEST:
            self._screen.say(f"{event.name:<14} {event.seconds:5.1f} s")

    def pause(self) -> None:
        """Until the next step begins, the spinner is out of the way."""
        if self._status:
            self._status.stop()


def _spent(event: Event) -> str:
    """What the job has spent on models so far, where it has."""
    return f" ({event.tokens:,} tokens, {money(event.usd)})" if event.tokens else ""
