"""An answer that cannot be read is asked for again: otherwise, and a bounded number of times."""

from __future__ import annotations

from collections.abc import Callable

import dspy
from dspy.utils.exceptions import AdapterParseError, LMStreamAssemblyError

from skill_fleet.errors import AuthorAway, AuthorError, AuthorUnusable
from skill_fleet.lm.execution import Execution, Tally
from skill_fleet.lm.line import Line
from skill_fleet.models.keys import redact


class Unreadable(Exception):
    """An answer came, was parsed, and is still not one."""


UNREADABLE = (AdapterParseError, LMStreamAssemblyError, Unreadable)


class RobustModule(dspy.Module):
    """Asks again when an answer cannot be read: a field is missing or of another type, all are empty, the answer is cut
    off at its longest, or its stream broke.

    A repetition is sampled (temperature 1, if it was below 0.7), and asks for JSON from the second on. It draws from
    the same attempts as those after failures of a provider. Raises `AuthorUnusable` when none is left. `execution` is
    the question that was put last. `inside` makes the module that asks over a line.
    """

    def __init__(
        self,
        connect: Callable[[Execution], Line],
        inside: Callable[[Line], dspy.Module],
        first: Execution,
        tally: Tally,
    ) -> None:
        super().__init__()
        self._connect = connect
        self._inside = inside
        self._tally = tally
        self.execution = first

    def forward(self, **inputs: object) -> dspy.Prediction:
        self.execution = execution = Execution(self.execution.decision, self.execution.rollout)
        line = self._connect(execution)
        while True:
            try:
                return self._ask(line, inputs)
            except UNREADABLE as error:
                execution.problems.append(redact(problem_of(error)))
                self._tally.add("unreadable")
                if not line.may_ask():
                    line.give_up()
                    raise _given_up(error, execution) from None  # its text quotes the answer
                self._tally.add("asked again")

    def _ask(self, line: Line, inputs: dict[str, object]) -> dspy.Prediction:
        number, line.execution.asks = line.execution.asks, line.execution.asks + 1
        with line.ask(number):
            return self._inside(line)(**inputs)


def check_answer(prediction: dspy.Prediction, line: Line) -> dspy.Prediction:
    """Raises `Unreadable` for an answer that was cut off, or says nothing in any field."""
    if line.was_cut():
        raise Unreadable("it was cut off, because it grew too long")
    values = [prediction[name] for name in prediction.keys()]  # noqa: SIM118  a Prediction is no mapping
    if all(value is None or value == "" for value in values):
        raise Unreadable("all its fields are empty")
    return prediction


def problem_of(error: BaseException) -> str:
    """What is wrong with an answer, in a few words that quote nothing from it."""
    if isinstance(error, Unreadable):
        return str(error)
    if not isinstance(error, AdapterParseError):
        return "it broke off"
    if "empty or null response" in error.message:
        return "it was empty"
    expected = set(error.signature.output_fields)
    missing = sorted(expected - set(error.parsed_result or ()))
    if "Failed to parse field" in error.message:
        name = error.message.partition("Failed to parse field ")[2].split()[0].rstrip(":")
        return f"the field {name} has another type than asked for"
    return f"without {', '.join(missing)}" if missing else "it had another form than asked for"


def _given_up(error: Exception, execution: Execution) -> AuthorError:
    if isinstance(error, LMStreamAssemblyError):
        return AuthorAway(
            f"`{execution.decision}`: the answer of {execution.model} broke off, {execution.asks} times in all.",
            "Try again later, or name a second model: it is asked when the first is away.",
        )
    times = f"{execution.asks} answers" if execution.asks > 1 else "The answer"
    said = dict.fromkeys(execution.problems)
    return AuthorUnusable(
        f"`{execution.decision}`: {times} of {execution.model} cannot be used: {'; '.join(said)}.",
        "Let it be tried again, or name another model for it: FLEET_MODEL_" + execution.decision.upper() + ".",
    )
