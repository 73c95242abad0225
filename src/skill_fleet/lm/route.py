"""The engine below DSPy: a request is looked up among what the job has asked before, else put to the chain."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain as chained
from threading import Lock
from typing import TypeVar

from dspy import lm15
from dspy._vendor.lm15.result import StreamAccumulator
from dspy._vendor.lm15.serde import request_to_dict, response_from_dict, response_to_dict
from dspy._vendor.lm15.types import StreamEvent

from skill_fleet.errors import AuthorRefused
from skill_fleet.jobs.calls import Call
from skill_fleet.jobs.context import Event
from skill_fleet.lm.counting import ESTIMATED, count, has_price, price, text_of_request, tokens_in
from skill_fleet.lm.endpoint import Endpoint
from skill_fleet.lm.fallback import FallbackChain, Won
from skill_fleet.lm.ledger import Ledger
from skill_fleet.lm.recovery import Recovery
from skill_fleet.models.prices import Usage

T = TypeVar("T")

Listen = Callable[[Event], None]


def nobody(event: Event) -> None:
    """Listens to nothing."""
    del event


class RoutedEngine:
    """What `dspy.LM` is given as its engine, for one question of one decision and its repetitions.

    An answer is kept in the ledger before it is handed up. Raises errors of our own tree, which DSPy wraps in its
    `LMUnexpectedError`: `ErrorRecovery.to_author_error` finds them; and `lm15.StreamAssemblyError` for an answer that
    broke off after a part of it was told, which may be asked for again. An answer that was cut off at its longest is
    handed up as it is: its `finish_reason` is `length`.

    Safe to use from several threads.
    """

    def __init__(
        self, decision: str, chain: FallbackChain, ledger: Ledger, salt: str = "", listen: Listen = nobody
    ) -> None:
        """`salt` tells alike questions apart that shall be answered each for itself: those of voters, of candidates."""
        self._decision = decision
        self._chain = chain
        self._ledger = ledger
        self._salt = salt
        self._listen = listen
        self._lock = Lock()
        self._asked: Counter[str] = Counter()

    def complete(self, request: lm15.Request) -> lm15.Response:
        key = self._key(request)
        if (kept := self._ledger.find(key)) is not None:
            return self._recall(kept)
        started = time.monotonic()
        with self._ledger.holding(*self._least(request)):
            won = self._chain.ask(request, lambda endpoint: endpoint.complete(request), self._bar, self._tell)
            return self._keep(_Asked(key, request, started), won, won.value)

    def stream(self, request: lm15.Request) -> Generator[StreamEvent]:
        """An answer that was kept comes in one piece. Models are changed only before the first piece."""
        key = self._key(request)
        if (kept := self._ledger.find(key)) is not None:
            yield from lm15.response_to_events(self._recall(kept))
            return
        asked = _Asked(key, request, time.monotonic())
        with self._ledger.holding(*self._least(request)):
            won = self._chain.ask(request, lambda endpoint: _open(endpoint, request), self._bar, self._tell)
            with closing(won.value):
                yield from self._follow(asked, won)

    def close(self) -> None:
        """The connections are the process', and stay."""

    def _follow(self, asked: _Asked, won: Won[Generator[StreamEvent]]) -> Iterator[StreamEvent]:
        whole = StreamAccumulator(asked.request)
        for event in self._unbroken(asked, won):
            whole.push(event)
            if event.type == "end":
                self._keep(asked, won, whole.response())
            yield event

    def _unbroken(self, asked: _Asked, won: Won[Generator[StreamEvent]]) -> Iterator[StreamEvent]:
        try:
            yield from won.value
        except lm15.LM15Error as error:
            self._chain.broke(won.endpoint, error, time.monotonic() - asked.started)
            raise lm15.StreamAssemblyError(f"the answer of {won.endpoint.name} broke off") from error

    def _key(self, request: lm15.Request) -> str:
        """The same for the same question when a step is run again: nothing of the job's id, of time or of chance.

        The n-th of equal questions to this engine is a question of its own.
        """
        first = self._chain.endpoints[0].model
        asked = request_to_dict(request) | {"model": first.name}
        parts = [asked, first.base_url, self._decision, self._salt, self._ledger.turn]
        digest = _digest(parts)
        with self._lock:
            number = self._asked[digest]
            self._asked[digest] += 1
        return _digest([digest, number])

    def _recall(self, call: Call) -> lm15.Response:
        self._chain.attempts.recall(call.attempts)
        return _not_refused(response_from_dict(json.loads(call.response)), call.model)

    def _keep(self, asked: _Asked, won: Won[T], response: lm15.Response) -> lm15.Response:
        used = count(won.endpoint, asked.request, response)
        *before, last = won.attempts
        attempts = (*before, replace(last, problem=ESTIMATED)) if used.is_estimated else won.attempts
        self._ledger.keep(
            Call(
                key=asked.key,
                decision=self._decision,
                model=won.endpoint.name,
                input_tokens=used.input_tokens,
                output_tokens=used.output_tokens,
                usd=used.usd,
                seconds=time.monotonic() - asked.started,
                attempts=attempts,
                response=json.dumps(response_to_dict(response)),
            )
        )
        return _not_refused(response, won.endpoint.name)

    def _least(self, request: lm15.Request) -> tuple[int, float]:
        """Tokens and dollars that the prompt alone takes, as far as can be told."""
        tokens = tokens_in(text_of_request(request))
        if not self._ledger.limits_money:
            return tokens, 0.0
        known = (price(endpoint, Usage(tokens, 0)) for endpoint in self._chain.endpoints)
        return tokens, next((usd for usd in known if usd is not None), 0.0)

    def _bar(self, endpoint: Endpoint) -> Recovery | None:
        """What a model without a price takes can be held to no limit of money."""
        if not self._ledger.limits_money or has_price(endpoint):
            return None
        return Recovery(
            "refused",
            f"{endpoint.name} has no price, and what the job may spend is limited in dollars.",
            f'Say its price in the settings, [prices."{endpoint.name}"], or take `budget_usd` away.',
            elsewhere=True,
        )

    def _tell(self, what: str) -> None:
        spent = self._ledger.spent
        self._listen(Event("lm.failed", self._decision, what, tokens=spent.tokens, usd=spent.usd))


@dataclass(frozen=True, slots=True)
class _Asked:
    key: str
    request: lm15.Request
    started: float


def _open(endpoint: Endpoint, request: lm15.Request) -> Generator[StreamEvent]:
    """The events of a stream whose first piece is there."""
    events = endpoint.stream(request)
    first: list[StreamEvent] = []
    for event in events:
        first.append(event)
        if event.type != "start":
            break
    return _together(first, events)


def _together(first: list[StreamEvent], events: Generator[StreamEvent]) -> Generator[StreamEvent]:
    with closing(events):
        yield from chained(first, events)


def _not_refused(response: lm15.Response, model: str) -> lm15.Response:
    """Raises `AuthorRefused` when the provider says that the model, or a filter before it, will not answer this."""
    refuses = any(part.type == "refusal" for part in response.message.parts)
    if refuses or response.finish_reason == "content_filter":
        raise AuthorRefused(
            f"{model} will not write this: its provider marks the answer as a refusal.",
            "Change the task or its sources, or name another model.",
        )
    return response


def _digest(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
