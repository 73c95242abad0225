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

from skill_fleet.errors import AuthorError, AuthorRefused
from skill_fleet.jobs.calls import Attempt, Call
from skill_fleet.jobs.context import Event
from skill_fleet.lm.cleaning import clean_events, clean_response
from skill_fleet.lm.counting import ESTIMATED, Count, count, has_price, price, text_of_request, tokens_in
from skill_fleet.lm.endpoint import Endpoint
from skill_fleet.lm.fallback import FallbackChain, Question, Won
from skill_fleet.lm.ledger import Ledger
from skill_fleet.lm.recovery import Recovery
from skill_fleet.models.keys import redact
from skill_fleet.models.prices import Usage

T = TypeVar("T")

Listen = Callable[[Event], None]


def nobody(event: Event) -> None:
    """Listens to nothing."""
    del event


class News:
    """What keeps one decision waiting, told once about each model and kind of failure, however many questions the
    decision puts. Safe to use from several threads."""

    def __init__(self, listen: Listen = nobody) -> None:
        self._listen = listen
        self._lock = Lock()
        self._told: set[str] = set()

    def tell(self, about: str, event: Event) -> None:
        with self._lock:
            if about in self._told:
                return
            self._told.add(about)
        self._listen(event)


class RoutedEngine:
    """What `dspy.LM` is given as its engine, for one question of one decision and its repetitions.

    An answer is kept in the ledger, without keys, before it is handed up; so is what was tried in vain. Raises errors
    of our own tree, which DSPy wraps in its `LMUnexpectedError`: `ErrorRecovery.to_author_error` finds them; and
    `lm15.StreamAssemblyError` for an answer that broke off after a part of it was told, which may be asked for again.
    An answer that was cut off at its longest is handed up as it is: its `finish_reason` is `length`.

    Safe to use from several threads.
    """

    def __init__(
        self, decision: str, chain: FallbackChain, ledger: Ledger, salt: str = "", news: News | None = None
    ) -> None:
        """`salt` tells alike questions apart that shall be answered each for itself: those of voters, of candidates."""
        self._decision = decision
        self._chain = chain
        self._ledger = ledger
        self._salt = salt
        self._news = news or News()
        self._lock = Lock()
        self._asked: Counter[str] = Counter()
        self._answers: list[Call] = []

    def complete(self, request: lm15.Request) -> lm15.Response:
        question = self._question(request)
        if (kept := self._ledger.find(self._decision, question)) is not None:
            return self._recall(kept)
        asked = self._begin(question, request)
        with self._ledger.holding(*self._least(request)):
            won = self._chain.ended(self._ask(asked, lambda endpoint: endpoint.complete(request)))
            return self._keep(asked, won, won.value)

    def stream(self, request: lm15.Request) -> Generator[StreamEvent]:
        """An answer that was kept comes in one piece. Models are changed only before the first piece."""
        question = self._question(request)
        if (kept := self._ledger.find(self._decision, question)) is not None:
            yield from lm15.response_to_events(self._recall(kept))
            return
        asked = self._begin(question, request)
        with self._ledger.holding(*self._least(request)):
            won = self._ask(asked, lambda endpoint: _open(endpoint, request))
            with closing(won.value):
                yield from self._follow(asked, won)

    def close(self) -> None:
        """The connections are the process', and stay."""

    def give_up(self) -> None:
        """None of the answers was of use: when a person lets the job go on, all are asked for anew."""
        for call in self._answers:
            self._ledger.mark_useless(call)

    def _begin(self, question: str, request: lm15.Request) -> _Asked:
        return _Asked(self._ledger.key_for(self._decision, question), request, time.monotonic())

    def _ask(self, asked: _Asked, send: Callable[[Endpoint], T]) -> Won[T]:
        question = Question(asked.request, send, self._bar, self._tell)
        try:
            return self._chain.ask(question)
        except AuthorError:
            if question.attempts:
                last, nothing = question.attempts[-1].model, Count(0, 0, 0.0, is_estimated=False)
                self._ledger.keep_unanswered(self._call(asked, last, nothing, tuple(question.attempts)))
            raise

    def _follow(self, asked: _Asked, won: Won[Generator[StreamEvent]]) -> Iterator[StreamEvent]:
        whole, ended = StreamAccumulator(asked.request), False
        try:
            for event in clean_events(won.value):
                whole.push(event)
                if event.type == "end":
                    ended = True
                    self._keep(asked, self._chain.ended(won), whole.response())
                yield event
            if not ended:
                raise lm15.StreamAssemblyError("it had no end")
        except lm15.LM15Error as error:
            if ended:
                raise
            ended = True
            self._keep_broken(asked, self._chain.broke(won, error), whole.response())
            raise lm15.StreamAssemblyError(f"the answer of {won.endpoint.name} broke off") from error
        finally:
            if not ended:
                self._chain.dropped(won)

    def _question(self, request: lm15.Request) -> str:
        """The same for the same question when a step is run again: nothing of the job's id, of time or of chance.

        The n-th of equal questions to this engine is a question of its own.
        """
        first = self._chain.endpoints[0].model
        asked = request_to_dict(request) | {"model": first.name}
        parts = [asked, first.base_url, self._salt]
        digest = _digest(parts)
        with self._lock:
            number = self._asked[digest]
            self._asked[digest] += 1
        return _digest([digest, number])

    def _recall(self, call: Call) -> lm15.Response:
        self._chain.attempts.recall(call.attempts)
        if not call.is_answered:
            raise lm15.StreamAssemblyError(f"the answer of {call.model} broke off")
        self._answers.append(call)
        return self._not_refused(response_from_dict(json.loads(call.response)), call.model)

    def _keep(self, asked: _Asked, won: Won[T], response: lm15.Response) -> lm15.Response:
        used = count(won.endpoint, asked.request, response)
        *before, last = won.attempts
        attempts = (*before, replace(last, problem=ESTIMATED)) if used.is_estimated else won.attempts
        cleaned = clean_response(response)
        call = self._call(asked, won.endpoint.name, used, attempts)
        call = replace(call, response=json.dumps(response_to_dict(cleaned)))
        self._ledger.keep(call)
        self._answers.append(call)
        return self._not_refused(cleaned, won.endpoint.name)

    def _keep_broken(self, asked: _Asked, won: Won[T], part: lm15.Response) -> None:
        """Its tokens are estimated: the server counts at the end."""
        used = count(won.endpoint, asked.request, part)
        self._ledger.keep_broken(self._call(asked, won.endpoint.name, used, won.attempts))

    def _call(self, asked: _Asked, model: str, used: Count, attempts: tuple[Attempt, ...]) -> Call:
        """Without an answer."""
        return Call(
            key=asked.key,
            decision=self._decision,
            model=model,
            input_tokens=used.input_tokens,
            output_tokens=used.output_tokens,
            usd=used.usd,
            seconds=time.monotonic() - asked.started,
            attempts=attempts,
            response="",
        )

    def _not_refused(self, response: lm15.Response, model: str) -> lm15.Response:
        """Raises `AuthorRefused` when the provider says that the model, or a filter before it, will not answer this."""
        refuses = any(part.type == "refusal" for part in response.message.parts)
        if not refuses and response.finish_reason != "content_filter":
            return response
        self.give_up()
        raise AuthorRefused(
            f"`{self._decision}`: {model} will not write this; its provider marks the answer as a refusal.",
            "Change the task or its sources, or name another model.",
        )

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

    def _tell(self, about: str, what: str) -> None:
        spent = self._ledger.spent
        event = Event("lm.elsewhere", self._decision, redact(what), tokens=spent.tokens, usd=spent.usd)
        self._news.tell(about, event)


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


def _digest(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
