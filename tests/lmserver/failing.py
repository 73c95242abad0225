"""Each failure, carried out: as an error with a status, as a broken body, or as an answer that is not as asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.lmserver.answering import Said, with_values
from tests.lmserver.orders import Order
from tests.lmserver.prompt import Field, Prompt
from tests.lmserver.wire import error

LONG = 1_000_000
"""Characters of a very long answer."""

REFUSAL = "I'm sorry, but I can't help with that."
HTML = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Sign in to the network</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Refused:
    status: int
    message: str
    kind: str
    code: str | None

    def document(self, key: str = "") -> dict[str, object]:
        """`key`, the one that was sent, stands in the message, as providers have it."""
        return error(self.message.replace("KEY", key or "none"), self.kind, self.code)


REFUSED = {
    "unauthorized": Refused(401, "Incorrect API key provided: KEY.", "invalid_request_error", "invalid_api_key"),
    "forbidden": Refused(403, "Your project has no access to this model.", "invalid_request_error", None),
    "payment": Refused(402, "Payment is required.", "billing_error", None),
    "quota": Refused(
        429, "You exceeded your current quota, please check your plan.", "insufficient_quota", "insufficient_quota"
    ),
    "unknown_model": Refused(404, "The model does not exist.", "invalid_request_error", "model_not_found"),
    "context_length": Refused(
        400,
        "This model's maximum context length is 8192 tokens; your messages have more.",
        "invalid_request_error",
        "context_length_exceeded",
    ),
    "rate_limit": Refused(429, "Rate limit reached, try again later.", "rate_limit_error", "rate_limit_exceeded"),
    "server_error": Refused(500, "The server had an error while processing your request.", "server_error", None),
    "unavailable": Refused(503, "The engine is overloaded, please try again later.", "server_error", None),
}


def spoil(order: Order, prompt: Prompt, said: Said) -> Said:
    """The answer as the order wants it; as it is for an order that does not change answers."""
    change = _CHANGES.get(order.kind)
    return change(order, prompt, said) if change else said


def _change_values(spoils: Callable[[Field], object], fits: Callable[[Field], bool]) -> Callable[..., Said]:
    """A change that gives one field a value it cannot have: `spoiled`, or the first that fits."""

    def change(order: Order, prompt: Prompt, said: Said) -> Said:
        found = next(
            (one for one in prompt.fields if (one.name == order.spoiled if order.spoiled else fits(one))), None
        )
        if found is None or said.values is None:
            return replace(said, text=f"There is nothing to spoil in: {said.text}", values=None)
        return with_values(prompt, said, {**said.values, found.name: spoils(found)})

    return change


def _wrong_value(field: Field) -> object:
    return {"not": ["what", "was", "asked"]} if field.schema.get("type") != "object" else "no object at all"


def _missing(order: Order, prompt: Prompt, said: Said) -> Said:
    values = dict(said.values or {})
    name = order.spoiled or next(iter(values), "")
    return with_values(prompt, said, {key: value for key, value in values.items() if key != name})


def _cut(_order: Order, _prompt: Prompt, said: Said) -> Said:
    return replace(said, text=said.text[: len(said.text) // 2], finish="length")


def _very_long(_order: Order, prompt: Prompt, said: Said) -> Said:
    """The first text among the values grows; without one the answer does."""
    name = next((one.name for one in prompt.fields if one.schema.get("type") == "string"), "")
    if said.values is None or not name:
        return replace(said, text=(said.text + " ") * (LONG // (len(said.text) + 1) + 1))
    grown = f"{said.values[name]} " * (LONG // (len(str(said.values[name])) + 1) + 1)
    return with_values(prompt, said, {**said.values, name: grown})


def _with_some(order: Order, prompt: Prompt, said: Said) -> Said:
    """The ordered values instead of those of the same name; without fields, the values as JSON."""
    if said.values is None:
        return replace(said, text=json.dumps(order.values))
    kept = {name: value for name, value in order.values.items() if name in prompt.names}
    return with_values(prompt, said, {**said.values, **kept})


_CHANGES: dict[str, Callable[[Order, Prompt, Said], Said]] = {
    "wrong_type": _change_values(_wrong_value, lambda field: field.schema.get("type") != "string"),
    "unknown_literal": _change_values(lambda _: "none-of-these", lambda field: bool(field.options)),
    "missing_field": _missing,
    "empty": lambda _order, _prompt, said: replace(said, text="", values=None),
    "null": lambda _order, _prompt, said: replace(said, text="", values=None, silent=True),
    "refusal": lambda _order, _prompt, said: replace(said, text=REFUSAL, values=None),
    "refusal_field": lambda _order, _prompt, said: replace(said, text="", values=None, silent=True, refusal=REFUSAL),
    "length": _cut,
    "very_long": _very_long,
    "garbage": lambda _order, _prompt, said: replace(said, text=f"{said.text}\n\n}}]] %$ and then some \x00 more {{["),
    "text": lambda order, _prompt, said: replace(said, text=order.text, values=None),
    "values": _with_some,
}
