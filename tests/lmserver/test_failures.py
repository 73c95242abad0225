"""Each failure on command, as the error it becomes in DSPy, and the orders that bring it about."""

from __future__ import annotations

import asyncio
import time
from typing import Any, get_args

import dspy
import pytest
from dspy.utils import exceptions as errors
from tests.lmserver import LanguageServer, Order
from tests.lmserver.orders import Kind
from tests.lmserver.programs import ADAPTERS, Sorting, using
from tests.lmserver.rulebook import Question, answers

LETTER = "The bridge is closed today. Send a boat to the bridge at once."

#: Kind of order, what DSPy raises, the status it saw.
RAISED: dict[str, tuple[type[Exception], int | None]] = {
    "unauthorized": (errors.LMAuthError, 401),
    "forbidden": (errors.LMAuthError, 403),
    "payment": (errors.LMBillingError, 402),
    "quota": (errors.LMBillingError, 429),
    "unknown_model": (errors.LMUnsupportedModelError, 404),
    "context_length": (errors.ContextWindowExceededError, 400),
    "rate_limit": (errors.LMRateLimitError, 429),
    "server_error": (errors.LMServerError, 500),
    "unavailable": (errors.LMServerError, 503),
    "reset": (errors.LMTransportError, None),
    "timeout": (errors.LMTransportError, None),
    "half_stream": (errors.LMTransportError, None),
    "half_body": (errors.LMTransportError, None),
    "invalid_json": (errors.LMProviderError, 200),
    "html": (errors.LMProviderError, 200),
    "wrong_type": (errors.AdapterParseError, None),
    "missing_field": (errors.AdapterParseError, None),
    "unknown_literal": (errors.AdapterParseError, None),
    "empty": (errors.AdapterParseError, None),
    "null": (errors.AdapterParseError, None),
    "refusal": (errors.AdapterParseError, None),
    "refusal_field": (errors.AdapterParseError, None),
    "length": (errors.AdapterParseError, None),
    "text": (errors.AdapterParseError, None),
}
#: What DSPy takes as an answer.
TAKEN = {"very_long", "garbage", "values", "delay"}


@pytest.mark.parametrize("adapter", ADAPTERS)
@pytest.mark.parametrize("kind", RAISED)
def test_failures_reach_dspy(server: LanguageServer, kind: Kind, adapter: str) -> None:
    """A failure becomes the error DSPy has for it; the call after it is answered."""
    server.control.plan(kind, seconds=0.6 if kind == "timeout" else None, text="hello")
    expected, status = RAISED[kind]
    patience = 0.3 if kind == "timeout" else 20
    with using(server, adapter, timeout=patience), pytest.raises(expected) as raised:
        dspy.Predict(Sorting)(letter=LETTER)
    assert expected is type(raised.value)
    with using(server, adapter):
        assert "bridge" == dspy.Predict(Sorting)(letter=LETTER).tray
    assert status == raised.value.status  # type: ignore[attr-defined]  # pytest knows it as an exception only
    first, second = (call.outcome for call in server.control.calls().calls)
    assert first in ({"open", "gone"} if kind == "timeout" else {kind})
    assert "answered" == second


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_odd_answers_are_taken(server: LanguageServer, adapter: str) -> None:
    """A megabyte, garbage after the end and ordered values are answers."""
    with using(server, adapter):
        server.control.plan("very_long")
        assert 1_000_000 <= len(dspy.Predict(Sorting)(letter=LETTER).answer)
        server.control.plan("garbage")
        assert "bridge" == dspy.Predict(Sorting)(letter=LETTER).tray
        server.control.plan("values", values={"tray": "harbour", "other": 1})
        assert "harbour" == dspy.Predict(Sorting)(letter=LETTER).tray
        server.control.plan("delay", seconds=0.2)
        dspy.Predict(Sorting)(letter=LETTER)
    calls = server.control.calls().calls
    assert 0.2 <= calls[-1].seconds
    assert ["very_long", "garbage", "values", "delay"] == [call.outcome for call in calls]


def test_every_kind_is_tried() -> None:
    """No kind of order is without a test."""
    assert set(get_args(Kind)) == set(RAISED) | TAKEN


@pytest.mark.parametrize("seconds", [None, 7, 3600])
def test_how_long_to_wait(server: LanguageServer, seconds: float | None) -> None:
    """A limit says after how many seconds to come back, or does not."""
    server.control.plan("rate_limit", retry_after=seconds)
    with using(server), pytest.raises(errors.LMRateLimitError) as raised:
        dspy.Predict(Sorting)(letter=LETTER)
    assert seconds == raised.value.retry_after


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("half_stream", errors.LMTransportError),
        ("invalid_json", errors.LMUnexpectedError),
        ("server_error", errors.LMServerError),
    ],
)
def test_broken_streams(server: LanguageServer, kind: Kind, expected: type[Exception]) -> None:
    """A stream that ends too soon or makes no sense is an error, after the pieces that came. What makes no sense is
    no error of the provider there, other than in a whole answer."""
    server.control.plan(kind, chunks=6)
    with using(server):
        pieces, error = asyncio.run(listen())
    assert isinstance(error, expected)
    assert server.control.last().streamed
    assert bool(pieces) is (kind == "half_stream")


async def listen() -> tuple[list[str], BaseException | None]:
    listeners = [dspy.streaming.StreamListener(signature_field_name="answer")]
    program = dspy.streamify(dspy.Predict(Sorting), stream_listeners=listeners)
    pieces = list[str]()
    try:
        async for value in program(letter=LETTER):
            pieces += [value.chunk] if isinstance(value, dspy.streaming.StreamResponse) else []
    except BaseExceptionGroup as group:
        found: BaseException = group
        while isinstance(found, BaseExceptionGroup):
            found = found.exceptions[0]
        return pieces, found
    except errors.LMError as error:
        return pieces, error
    return pieces, None


@pytest.mark.parametrize(
    ("match", "hit"),
    [
        ({}, [True, True]),
        ({"model": "second"}, [False, True]),
        ({"prompt": "closed today"}, [True, True]),
        ({"prompt": "closed tomorrow"}, [False, False]),
        ({"field": "tray"}, [True, True]),
        ({"field": "tray", "model": "first"}, [True, False]),
        ({"field": "other"}, [False, False]),
    ],
    ids=str,
)
def test_orders_match(server: LanguageServer, match: dict[str, Any], hit: list[bool]) -> None:
    """An order holds for a model, for a text of the prompt, for an output field, for all of them or for any call."""
    server.control.plan("server_error", times=None, **match)
    assert hit == [fails(server, name) for name in ("first", "second")]


def test_orders_are_counted(server: LanguageServer) -> None:
    """An order lets calls pass before it begins, is carried out as often as it says, and gives way to the next."""
    server.control.plan("server_error", skip=1, times=2)
    server.control.order(Order(kind="unavailable"))
    assert [True, True, True, False] == [fails(server) for _ in range(4)]
    assert {"unavailable": 1, "server_error": 2, "answered": 1} == server.control.calls().outcomes
    server.control.plan("server_error", times=None)
    assert [True] * 5 == [fails(server) for _ in range(5)]
    assert [Order(kind="server_error", times=None)] == server.control.planned()
    server.control.reset()
    assert not fails(server)


def test_who_hangs_up_is_gone(server: LanguageServer) -> None:
    """A call whose client did not wait for the answer is recorded as gone."""
    server.control.plan("timeout", seconds=0.4)
    with using(server, timeout=0.1), pytest.raises(errors.LMTransportError):
        dspy.Predict(Sorting)(letter=LETTER)
    until = time.monotonic() + 20
    while server.control.calls().calls[0].outcome == "open" and time.monotonic() < until:
        time.sleep(0.05)
    assert {"gone": 1} == server.control.calls().outcomes


def test_a_broken_rule_says_so(server: LanguageServer) -> None:
    """What a rule raises reaches the program that asked, with the rule's name."""

    @answers("only_for_broken_rules")
    def broken(question: Question) -> dict[str, object]:
        return {"only_for_broken_rules": question.inputs["nothing"]}

    with using(server), pytest.raises(errors.LMServerError, match=r"broken, line \d+: KeyError\('nothing'\)"):
        dspy.Predict("letter -> only_for_broken_rules")(letter=LETTER)
    assert {"rule failed": 1} == server.control.calls().outcomes


def fails(server: LanguageServer, model: str = "first") -> bool:
    with using(server, name=model):
        try:
            dspy.Predict(Sorting)(letter=LETTER)
        except errors.LMServerError:
            return True
    return False
