"""The words of a model while it writes: what it thinks, and what it says.

A request that somebody listens to is streamed inside its engine, in the thread that waits for the whole answer. So the
caller gets the same answer as without a listener, a listener that breaks off changes nothing for it, and nothing is
shared between requests. `dspy.streamify` is not used: in DSPy 3.4 closing its generator cancels the caller's task, and
its limit of workers is bound to one event loop, while decisions run in threads.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator
from threading import Lock
from typing import Literal, Protocol

from dspy import lm15

LOG = logging.getLogger("skill_fleet.lm")

#: A heading of DSPy's ChatAdapter, alone on its line.
HEADING = re.compile(r"[ \t]*\[\[ ## (\w+) ## \]\][ \t]*\n?")
LINE = re.compile(r"[^\n]*\n|[^\n]+")
#: The longest start of a line that may still become a heading: a field's name of 60 letters.
LONGEST = 76
#: The field that ends an answer.
LAST = "completed"
#: The field that holds a model's thoughts when they are asked for, as `dspy.ChainOfThought` does.
THOUGHTS = "reasoning"
#: Seconds between two events of one decision: each is a row in the job's history.
GAP = 0.25

Kind = Literal["lm.thinking", "lm.text"]
Hear = Callable[[Kind, str], None]
"""Takes the next words of a model."""


class Engine(Protocol):
    """What answers requests; `lm15.Request` in, `lm15.Response` or its events out."""

    def complete(self, request: lm15.Request) -> lm15.Response: ...

    def stream(self, request: lm15.Request) -> Iterator[lm15.StreamEvent]: ...


def safe_stream(engine: Engine, request: lm15.Request, hear: Hear) -> lm15.Response:
    """The answer to a request, as `engine.complete` gives it, while `hear` gets its words as they come.

    Raises what the engine raises, and `lm15.StreamAssemblyError` for a stream that ends early. An error of `hear` ends
    the listening, not the answer.
    """
    listener = _Listener(hear)
    with lm15.ResponseStream(engine.stream(request), request) as answer:
        for event in answer.events():
            if event.type == "delta":
                listener.take(event.delta)
        listener.close()
        return answer.response


class _Listener:
    """Sorts the deltas of one stream into thoughts and text."""

    def __init__(self, hear: Hear) -> None:
        self._hear: Hear | None = hear
        self._fields = FieldSplitter()

    def take(self, delta: lm15.Delta) -> None:
        if delta.type == "thinking":
            self._say("lm.thinking", delta.text or "")
        elif delta.type == "text":
            for field, text in self._fields.feed(delta.text or ""):
                self._say(_kind_of(field), text)

    def close(self) -> None:
        for field, text in self._fields.close():
            self._say(_kind_of(field), text)

    def _say(self, kind: Kind, text: str) -> None:
        if self._hear is None or not text:
            return
        try:
            self._hear(kind, text)
        except Exception:  # the answer is paid for: whoever listens cannot spoil it
            LOG.exception("a listener failed; the rest of this answer is not streamed")
            self._hear = None


def _kind_of(field: str) -> Kind:
    return "lm.thinking" if field == THOUGHTS else "lm.text"


class FieldSplitter:
    """The text of an answer by fields, however it is cut into chunks: `[[ ## name ## ]]` alone on a line begins one.

    Text before the first heading, and an answer in JSON, belong to the field "". What follows the last heading is left
    out.
    """

    def __init__(self) -> None:
        self._field = ""
        self._rest = ""
        self._at_start = True

    def feed(self, chunk: str) -> list[tuple[str, str]]:
        """The pieces of text that are certain by now, with their fields."""
        lines = LINE.findall(self._rest + chunk)
        at_start = self._at_start if len(lines) == 1 else True
        self._rest = lines.pop() if lines and at_start and _may_be_heading(lines[-1]) else ""
        return self._sorted(lines)

    def close(self) -> list[tuple[str, str]]:
        """What was kept back."""
        lines, self._rest = [self._rest] if self._rest else [], ""
        return self._sorted(lines)

    def _sorted(self, lines: list[str]) -> list[tuple[str, str]]:
        pieces: list[tuple[str, str]] = []
        for line in lines:
            heading = HEADING.fullmatch(line) if self._at_start else None
            self._at_start = line.endswith("\n")
            if heading:
                self._field = heading[1]
            elif self._field != LAST:
                pieces.append((self._field, line))
        return pieces


def _may_be_heading(line: str) -> bool:
    """Whether the last line, which has not ended, may become a heading."""
    start = line.lstrip(" \t")
    return not line.endswith("\n") and len(line) <= LONGEST and ("[[ ## ".startswith(start[:6]) or start == "")


class Pace:
    """Joins the words of one decision to a few pieces a second; safe to use from several threads."""

    def __init__(self, hear: Hear, clock: Callable[[], float] = time.monotonic) -> None:
        self._hear = hear
        self._clock = clock
        self._waiting: list[tuple[Kind, str]] = []
        self._next = clock() + GAP
        self._lock = Lock()

    def hear(self, kind: Kind, text: str) -> None:
        with self._lock:
            if self._waiting and self._waiting[-1][0] == kind:
                self._waiting[-1] = (kind, self._waiting[-1][1] + text)
            else:
                self._waiting.append((kind, text))
            if self._clock() >= self._next:
                self._flush()

    def close(self) -> None:
        """Hand on what is left."""
        with self._lock:
            self._flush()

    def _flush(self) -> None:
        told, self._waiting = self._waiting, []
        self._next = self._clock() + GAP * len(told)
        for kind, text in told:
            self._hear(kind, text)


class TappedEngine:
    """An engine that streams when somebody listens, and keeps its last question and answer to be looked at."""

    def __init__(self, engine: Engine, hear: Hear | None) -> None:
        self._engine = engine
        self._hear = hear
        self.asked: lm15.Request | None = None
        self.answer: lm15.Response | None = None

    def complete(self, request: lm15.Request) -> lm15.Response:
        self.asked, self.answer = request, None
        if self._hear is None:
            self.answer = self._engine.complete(request)
        else:
            self.answer = safe_stream(self._engine, request, self._hear)
        return self.answer

    def clear(self) -> None:
        self.asked = self.answer = None
