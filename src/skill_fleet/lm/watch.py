"""What is told of each question when it is over: to the monitor, the tracer, and whoever else keeps count."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

import dspy
from dspy.utils.callback import BaseCallback

from skill_fleet.lm.execution import Execution
from skill_fleet.lm.recovery import ErrorRecovery
from skill_fleet.lm.robust import RobustModule


@dataclass(frozen=True, slots=True)
class Done:
    """A question that is over. `at` is when it began, in seconds since 1970. After an `error`, which is one of ours
    where one says the same, `answer` is empty."""

    execution: Execution
    at: float
    seconds: float
    inputs: Mapping[str, object]
    answer: Mapping[str, object]
    error: BaseException | None = None


class Watch(BaseCallback):
    """A callback of DSPy that hears of each `RobustModule` when it is done, in the thread that asked."""

    def __init__(self) -> None:
        self._begun: dict[str, tuple[RobustModule, float, Mapping[str, object]]] = {}
        self._begun_lock = Lock()

    def on_module_start(self, call_id: str, instance: dspy.Module, inputs: Mapping[str, object]) -> None:
        if isinstance(instance, RobustModule):
            given = inputs.get("kwargs", inputs)
            with self._begun_lock:
                self._begun[call_id] = (instance, time.time(), given if isinstance(given, Mapping) else {})

    def on_module_end(
        self, call_id: str, outputs: dspy.Prediction | None, exception: BaseException | None = None
    ) -> None:
        with self._begun_lock:
            begun = self._begun.pop(call_id, None)
        if begun is not None:
            module, at, inputs = begun
            answer = {} if outputs is None else dict(outputs.items())
            error = exception and (ErrorRecovery.to_author_error(exception) or exception)
            self.take(Done(module.execution, at, time.time() - at, inputs, answer, error))

    def take(self, done: Done) -> None:
        """What it is for. An error here is logged by DSPy, and spoils no answer."""
        raise NotImplementedError
