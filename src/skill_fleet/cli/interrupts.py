"""Signals, and when they may act: nothing that is half done is torn apart."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Self

#: Presses after which nothing is waited for any more.
ENOUGH = 3
_BLINK = 0.05


class Interrupts:
    """Ctrl-C while a job is worked on: once leaves the job to others, twice cancels it.

    The first press raises `KeyboardInterrupt`, and only where it is `allowed`, so that nothing is left half done; one
    that came before is raised on the way in. The third raises it anywhere.
    """

    def __init__(self) -> None:
        self.presses = 0
        self._allowed = False
        self._before = signal.getsignal(signal.SIGINT)

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGINT, self._before)

    @contextmanager
    def allowed(self) -> Iterator[None]:
        """Waiting, which Ctrl-C ends."""
        self._allowed = True
        try:
            if self.presses:
                raise KeyboardInterrupt
            yield
        finally:
            self._allowed = False

    def come_again(self, seconds: float) -> bool:
        """Whether Ctrl-C was pressed a second time, or is within so many seconds."""
        end = time.monotonic() + seconds
        while self.presses < ENOUGH - 1 and time.monotonic() < end:
            time.sleep(_BLINK)
        return self.presses >= ENOUGH - 1

    def _press(self, number: int, frame: FrameType | None) -> None:
        self.presses += 1
        if self._allowed or self.presses >= ENOUGH:
            self._allowed = False
            raise KeyboardInterrupt(number, frame)


class Stop:
    """SIGTERM or Ctrl-C for a process that works until it is told to end: the first is noted, the next acts as ever."""

    def __init__(self) -> None:
        self.by = 0
        self._before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def __enter__(self) -> Self:
        for number in self._before:
            signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._restore()

    def wait(self, seconds: float = math.inf) -> None:
        """Until a signal comes, or that long."""
        until = time.monotonic() + seconds
        while not self.by and time.monotonic() < until:
            time.sleep(_BLINK)

    def _note(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  what `signal` calls takes both
        self.by = number
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
