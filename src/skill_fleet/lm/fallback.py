"""One question, put to the models of a profile until one of them answers."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Generic, TypeVar

from dspy import lm15

from skill_fleet.errors import AuthorError
from skill_fleet.jobs.calls import Attempt, Outcome
from skill_fleet.lm.attempts import Attempts
from skill_fleet.lm.counting import line_up, text_of_request
from skill_fleet.lm.endpoint import Endpoint, Endpoints, shared_endpoints
from skill_fleet.lm.recovery import ErrorRecovery, Recovery, author_error
from skill_fleet.models.profile import Profile

T = TypeVar("T")

#: Seconds; the pause before the n-th repetition is drawn from 0 to twice the last one's longest.
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0
#: Who asks to be left alone for longer is: the next model is asked, or a person.
LONGEST_WISH = 30.0
#: Shorter pauses are not worth a word.
NOTED_PAUSE = 3.0

Bar = Callable[[Endpoint], Recovery | None]
"""Why a model must not be asked, or None."""
Tell = Callable[[str, str], None]
"""Told what keeps an answer waiting, in short and in words: that another model is asked, or the same in a while."""


@dataclass(frozen=True, slots=True)
class ModelStatistics:
    """Requests by how they went, `seconds` together. `skipped` were not made."""

    answered: int = 0
    away: int = 0
    refused: int = 0
    skipped: int = 0
    seconds: float = 0.0

    @property
    def requests(self) -> int:
        return self.answered + self.away + self.refused

    def plus(self, attempt: Attempt) -> ModelStatistics:
        counted = {attempt.outcome: getattr(self, attempt.outcome) + 1}
        return replace(self, seconds=self.seconds + attempt.seconds, **counted)


class ChainStatistics:
    """What chains did together. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._models: dict[str, ModelStatistics] = {}

    def note(self, attempt: Attempt) -> None:
        with self._lock:
            self._models[attempt.model] = self._models.get(attempt.model, ModelStatistics()).plus(attempt)

    @property
    def models(self) -> Mapping[str, ModelStatistics]:
        with self._lock:
            return dict(self._models)


@dataclass(frozen=True, slots=True)
class Won(Generic[T]):
    """What came of a question: `value` from `endpoint`, after `attempts`; the last one, begun at `started`, is among
    them as soon as the chain knows how it ended."""

    value: T
    endpoint: Endpoint
    attempts: tuple[Attempt, ...]
    started: float


@dataclass(slots=True)
class Question(Generic[T]):
    """What a chain is asked; it fills in `attempts`, and `failures` by model, the last of each."""

    request: lm15.Request
    send: Callable[[Endpoint], T]
    bar: Bar
    tell: Tell
    attempts: list[Attempt] = field(default_factory=list)
    failures: dict[str, Recovery] = field(default_factory=dict)

    @property
    def last_failure(self) -> tuple[str, Recovery] | None:
        return next(reversed(self.failures.items()), None)


class FallbackChain:
    """The models of one decision, in the profile's order or the cheapest first.

    The same model is asked again when later may help, after a pause that grows and is drawn by lot, or the one that
    the provider asks for; the next one when this one is away or refuses for a reason of its own, but not when the
    request is wrong. One decision, one chain: `attempts` bounds what it asks of each model.
    """

    def __init__(
        self,
        profile: Profile,
        attempts: Attempts,
        statistics: ChainStatistics | None = None,
        endpoints: Endpoints | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        draw: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self.endpoints = tuple(line_up(profile, endpoints or shared_endpoints()))
        self._names = Counter(endpoint.name for endpoint in self.endpoints)
        self.attempts = attempts
        self.statistics = statistics or ChainStatistics()
        self._sleep = sleep
        self._draw = draw

    def ask(self, question: Question[T]) -> Won[T]:
        """What `send` gives for the first endpoint that begins to answer; who asks then tells how that went on: it
        `ended`, `broke` off, or was `dropped`. Raises `AuthorAway`, `AuthorRefused`, or `AuthorUnusable` when there is
        no attempt left; and as it is whatever is a mistake of ours."""
        for endpoint in self.endpoints:
            if question.last_failure:
                name, last = question.last_failure
                question.tell(f"{name} {last.kind}", f"{last.message} Now {self.label(endpoint)} is asked.")
            won = self._ask_one(endpoint, question, question.bar(endpoint))
            if won is not None:
                return won
            failure = question.failures.get(self.label(endpoint))
            if failure and not failure.elsewhere:
                raise author_error(failure.kind, failure.message, failure.hint)
        raise self._give_up(question)

    def label(self, endpoint: Endpoint) -> str:
        """Its name, with its address where the chain has the same model at several places."""
        return f"{endpoint.name}@{endpoint.model.base_url}" if self._names[endpoint.name] > 1 else endpoint.name

    def ended(self, won: Won[T]) -> Won[T]:
        """The answer is there as a whole."""
        won.endpoint.breaker.succeeded()
        return self._closed(won, "answered", "")

    def broke(self, won: Won[T], error: Exception) -> Won[T]:
        """The answer broke off."""
        won.endpoint.breaker.failed()
        return self._closed(won, "away", _problem_of(error, won.endpoint))

    def dropped(self, won: Won[T]) -> None:
        """Whoever asked wants no more of it, which says nothing of the model."""
        won.endpoint.breaker.let_go()

    def _closed(self, won: Won[T], outcome: Outcome, problem: str) -> Won[T]:
        last = Attempt(self.label(won.endpoint), outcome, problem, time.monotonic() - won.started)
        self.statistics.note(last)
        return replace(won, attempts=(*won.attempts, last))

    def _ask_one(self, endpoint: Endpoint, question: Question[T], barred: Recovery | None) -> Won[T] | None:
        name, retry = self.label(endpoint), 0
        while self.attempts.are_left([name]):
            barred = barred or _rest(endpoint)
            if barred is not None:
                question.failures.setdefault(name, barred)
                self._note(question, Attempt(name, "skipped", barred.message))
                return None
            if not self.attempts.take(name):
                endpoint.breaker.let_go()
                return None
            outcome = self._try(endpoint, question)
            if isinstance(outcome, Won):
                return outcome
            question.failures[name] = outcome
            pause = self._pause(outcome, retry) if self.attempts.are_left([name]) else None
            if pause is None:
                return None
            if pause >= NOTED_PAUSE:
                question.tell(f"{name} waits", f"{outcome.message} It is asked again in {pause:.0f} s.")
            self._sleep(pause)
            retry += 1
        return None

    def _try(self, endpoint: Endpoint, question: Question[T]) -> Won[T] | Recovery:
        name, started = self.label(endpoint), time.monotonic()
        try:
            value = question.send(endpoint)
        except BaseException as error:
            # Whatever it is, the breaker has to be told; what is no failure of a model goes on as it is.
            failure = ErrorRecovery.classify(error, endpoint.model, text_of_request(question.request))
            if failure is None:
                endpoint.breaker.let_go()
                raise
            self._tell_breaker(endpoint, failure)
            outcome: Outcome = "away" if failure.kind == "away" else "refused"
            self._note(question, Attempt(name, outcome, failure.message, time.monotonic() - started))
            return failure
        return Won(value, endpoint, tuple(question.attempts), started)

    def _tell_breaker(self, endpoint: Endpoint, failure: Recovery) -> None:
        """Who refuses is there."""
        if failure.kind == "away":
            endpoint.breaker.failed()
        else:
            endpoint.breaker.succeeded()

    def _note(self, question: Question[T], attempt: Attempt) -> None:
        question.attempts.append(attempt)
        self.statistics.note(attempt)

    def _pause(self, failure: Recovery, retry: int) -> float | None:
        """Seconds before the same model is asked again; None when it is not."""
        if not failure.retryable:
            return None
        if failure.retry_after is not None:
            return failure.retry_after if failure.retry_after <= LONGEST_WISH else None
        return self._draw(0.0, min(FIRST_PAUSE * 2**retry, LONGEST_PAUSE))

    def _give_up(self, question: Question[T]) -> AuthorError:
        failures = list(question.failures.values())
        if not failures:
            names = ", ".join(map(self.label, self.endpoints))
            return author_error(
                "unusable",
                f"{names}: all {self.attempts.limit} attempts of this question are used.",
                "Raise `attempts` of the profile, or name another model.",
            )
        kind = "away" if any(failure.kind == "away" for failure in failures) else failures[0].kind
        message = " ".join(dict.fromkeys(_sentence(failure) for failure in failures))
        hint = " ".join(dict.fromkeys(failure.hint for failure in failures))
        return author_error(kind, message, hint)


def _rest(endpoint: Endpoint) -> Recovery | None:
    """Why the breaker lets no request through; None when it lets this one."""
    if endpoint.breaker.allow():
        return None
    is_trying = endpoint.breaker.statistics.state == "half_open"
    rest = "one request is trying it" if is_trying else f"it is left alone for {endpoint.breaker.seconds_left:.0f} s"
    message = f"{endpoint.name} failed {endpoint.breaker.limit} times in a row, and {rest}."
    return Recovery("away", message, "Try again then, or name a second model.", elsewhere=True)


def _sentence(failure: Recovery) -> str:
    if failure.retry_after is None:
        return failure.message
    return f"{failure.message} It asks to be left alone for {_duration(failure.retry_after)}."


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} minutes"  # noqa: PLR2004


def _problem_of(error: Exception, endpoint: Endpoint) -> str:
    failure = ErrorRecovery.classify(error, endpoint.model)
    return failure.message if failure else type(error).__name__
