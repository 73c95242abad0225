"""How the questions of a job go: how many, how long, how well; and a line in the log for each."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Lock

from skill_fleet.lm.logbook import Write
from skill_fleet.lm.watch import Done, Watch
from skill_fleet.models.keys import redact
from skill_fleet.models.profile import Task
from skill_fleet.settings import LogLevel

#: Loggers of DSPy whose warnings say less than our events do, and may quote what a model wrote. DSPy prints them.
TALKATIVE = ("dspy.clients.lm", "dspy.predict.predict", "dspy.predict.react")

#: Of one text, no more characters than this are logged.
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Health:
    """The questions of one decision so far. `seconds` and tokens are sums; `quality` is the mean of `rated` scores."""

    asked: int = 0
    failed: int = 0
    kept: int = 0
    seconds: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    rated: int = 0
    quality: float = 0.0

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens


class ModuleMonitor(Watch):
    """Counts by decision, and logs each question: `none`, how long the texts are (`sizes`), or the texts (`text`)."""

    def __init__(self, level: LogLevel, write: Write) -> None:
        super().__init__()
        self._level = level
        self._write = write
        self._health: dict[Task, Health] = {}
        self._lock = Lock()

    def take(self, done: Done) -> None:
        asked = done.execution
        with self._lock:
            old = self._health.get(asked.decision, Health())
            self._health[asked.decision] = replace(
                old,
                asked=old.asked + 1,
                failed=old.failed + (done.error is not None),
                kept=old.kept + asked.is_kept,
                seconds=old.seconds + done.seconds,
                input_tokens=old.input_tokens + asked.input_tokens,
                output_tokens=old.output_tokens + asked.output_tokens,
            )
        if self._level != "none":
            self._write(self._line(done))

    def rate(self, decision: Task, score: float) -> None:
        """An answer was found to be so good: the reward of a candidate, the agreement of voters."""
        with self._lock:
            old = self._health.get(decision, Health())
            rated = old.rated + 1
            quality = old.quality + (score - old.quality) / rated
            self._health[decision] = replace(old, rated=rated, quality=quality)

    def health(self) -> Mapping[Task, Health]:
        with self._lock:
            return dict(self._health)

    def _line(self, done: Done) -> str:
        asked = done.execution
        end = "answered" if done.error is None else f"failed ({type(done.error).__name__})"
        head = f"{asked.decision}: {end} by {asked.model or 'nobody'} ({asked.source}) after {done.seconds:.2f} s"
        told = f"{redact(head)}, {_size(done.inputs)} characters asked, {_size(done.answer)} answered"
        if self._level == "text":
            return f"{told}\n  asked: {_texts(done.inputs)}\n  answer: {_texts(done.answer)}"
        return told


def hush_dspy() -> None:
    """Leave out warnings of DSPy, in the whole process, that a person is told by us."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.ERROR)


def _size(values: Mapping[str, object]) -> int:
    return sum(len(str(value)) for value in values.values())


def _texts(values: Mapping[str, object]) -> str:
    """A key is taken out before the text is cut, which might leave half of it. Lines of a text are set in, so that none
    looks like one of the log's own."""
    return "; ".join(f"{name} = {redact(str(value))[:LONGEST]}" for name, value in values.items()).replace(
        "\n", "\n    "
    )
