"""What is ordered for calls that match: failures, and answers word for word."""

from __future__ import annotations

import threading
from typing import Literal

from pydantic import BaseModel, ConfigDict
from tests.lmserver.prompt import Prompt

Kind = Literal[
    # an answer with an error status
    "unauthorized",
    "forbidden",
    "payment",
    "quota",
    "unknown_model",
    "context_length",
    "rate_limit",
    "server_error",
    "unavailable",
    # a connection that breaks, or stays silent for `seconds`
    "reset",
    "timeout",
    "half_stream",
    "half_body",
    # a body that is none
    "invalid_json",
    "html",
    # an answer that is not what was asked for
    "wrong_type",
    "missing_field",
    "unknown_literal",
    "empty",
    "null",
    "refusal",
    "refusal_field",
    "length",
    "very_long",
    "garbage",
    # no failure: `text` as the whole answer; `values` for some fields; nothing but `seconds` of delay
    "text",
    "values",
    "delay",
]


class Order(BaseModel):
    """One order. It holds for calls that match all of `prompt` (a text in the messages), `field` (an output field that
    is asked for) and `model` (a name), each of them any when empty; not for the first `skip` of those, then for `times`
    of them, for all when that is None.

    `seconds` is how long a call stays silent (`timeout`: 30 when not given), `retry_after` a header in seconds,
    `chunks` how many pieces of a stream arrive before it is cut, `spoiled` the field whose value is spoiled (the first
    that fits when empty)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    prompt: str = ""
    field: str = ""
    model: str = ""
    times: int | None = 1
    skip: int = 0
    seconds: float | None = None
    retry_after: float | None = None
    chunks: int = 2
    text: str = ""
    values: dict[str, object] = {}
    spoiled: str = ""

    def matches(self, prompt: Prompt) -> bool:
        return (
            (not self.model or self.model == prompt.model)
            and (not self.field or self.field in prompt.names)
            and (not self.prompt or self.prompt in prompt.text)
        )


class Orders:
    """The orders that are open. The first that matches is carried out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: list[Order] = []

    def add(self, order: Order) -> None:
        with self._lock:
            self._open.append(order)

    def clear(self) -> None:
        with self._lock:
            self._open.clear()

    def left(self) -> list[Order]:
        with self._lock:
            return [*self._open]

    def take(self, prompt: Prompt) -> Order | None:
        """The order for this call, counted down."""
        with self._lock:
            for place, order in enumerate(self._open):
                if not order.matches(prompt):
                    continue
                if order.skip:
                    self._open[place] = order.model_copy(update={"skip": order.skip - 1})
                    continue
                if order.times == 1:
                    del self._open[place]
                elif order.times is not None:
                    self._open[place] = order.model_copy(update={"times": order.times - 1})
                return order
        return None
