"""The order in which models are asked, how long is waited between, and when no more is asked."""

from __future__ import annotations

import random
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from dspy import lm15
from tests.lm.routes import Bench, a_bench, ask_for, model_at, outcomes, profile_of, text
from tests.lmserver import LanguageServer

from skill_fleet.errors import AuthorAway, AuthorRefused
from skill_fleet.lm.attempts import Attempts
from skill_fleet.lm.breaker import FAILURES, CircuitBreaker
from skill_fleet.lm.endpoint import Endpoint
from skill_fleet.lm.fallback import FIRST_PAUSE, LONGEST_PAUSE, FallbackChain, Question
from skill_fleet.models.profile import Model


@pytest.fixture(scope="module")
def running() -> Iterator[LanguageServer]:
    with LanguageServer(seed=0) as server:
        yield server


@pytest.fixture
def server(running: LanguageServer) -> LanguageServer:
    running.control.reset()
    return running


@pytest.fixture
def bench() -> Iterator[Bench]:
    with a_bench() as made:
        yield made


def question(send: Callable[[Endpoint], object]) -> Question[object]:
    return Question(ask_for(), send, lambda _: None, lambda *_: None)


def asked(server: LanguageServer) -> list[str]:
    return [call.model for call in server.control.calls().calls]


def test_a_wish_to_wait_is_granted(server: LanguageServer, bench: Bench) -> None:
    """To the second."""
    server.control.plan("rate_limit", retry_after=7)
    assert text(bench.engine(profile_of(model_at(server))).complete(ask_for()))
    assert [7.0] == bench.pauses
    assert ["It is asked again in 7 s."] == [event.text.partition(". ")[2][-25:] for event in bench.events]


def test_a_long_wish_is_passed_on(server: LanguageServer, bench: Bench) -> None:
    """To the next model; without one, to the person, with the time it takes."""
    server.control.plan("rate_limit", retry_after=3600, model="test-model", times=None)
    bench.engine(profile_of(model_at(server), model_at(server, "openai/second"))).complete(ask_for())
    assert ["test-model", "second"] == asked(server)
    with pytest.raises(AuthorAway, match="left alone for 60 minutes"):
        bench.engine(profile_of(model_at(server))).complete(ask_for("Another?"))
    assert [] == bench.pauses


def test_pauses_are_drawn_by_lot_and_bounded(server: LanguageServer, bench: Bench) -> None:
    """From 0 to a length that doubles, up to a limit."""
    server.control.plan("rate_limit", times=None)
    drawn: list[tuple[float, float]] = []
    slept: list[float] = []

    def draw(low: float, high: float) -> float:
        drawn.append((low, high))
        return random.Random(0).uniform(low, high)  # noqa: S311  no secret

    profile = profile_of(model_at(server), attempts=8)
    # The breaker would end it after five: each attempt is told as a success to see them all.
    breaker = bench.endpoints.get(profile.models[0], profile.timeout).breaker

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        breaker.succeeded()

    chain = FallbackChain(profile, Attempts(8), None, bench.endpoints, sleep=sleep, draw=draw)
    with pytest.raises(AuthorAway, match="takes no more requests for now"):
        chain.ask(question(lambda endpoint: endpoint.complete(ask_for())))
    longest = [min(FIRST_PAUSE * 2**number, LONGEST_PAUSE) for number in range(7)]
    assert [(0.0, length) for length in longest] == drawn
    assert all(0 < pause < length for pause, length in zip(slept, longest, strict=True))


def test_a_wrong_request_is_put_to_nobody_else(server: LanguageServer, bench: Bench) -> None:
    """It would be as wrong there."""
    profile = profile_of(model_at(server), model_at(server, "openai/second"))

    def refuse(endpoint: object) -> object:
        raise lm15.InvalidRequestError(f"field `x` of {type(endpoint).__name__} is not known", status=400)

    with pytest.raises(AuthorRefused, match="HTTP 400"):
        bench.chain(profile).ask(question(refuse))
    assert {"openai/test-model"} == set(bench.statistics.models)


def test_all_failures_are_told(server: LanguageServer, bench: Bench) -> None:
    """Later may help as soon as one of them is only away."""
    server.control.plan("unauthorized", model="test-model", times=None)
    server.control.plan("unavailable", model="second", times=None)
    profile = profile_of(model_at(server), model_at(server, "openai/second"), attempts=2)
    with pytest.raises(AuthorAway) as raised:
        bench.engine(profile).complete(ask_for())
    assert "openai refuses the key for openai/test-model (HTTP 401)." in raised.value.message
    assert "the server of openai/second failed (HTTP 503)." in raised.value.message
    assert ["test-model", "second", "second"] == asked(server)


def test_where_nothing_listens_the_reason_is_told(bench: Bench) -> None:
    """As the system says it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    with pytest.raises(AuthorAway, match=rf"nothing answers at http://127\.0\.0\.1:{free}/v1.*Connection refused"):
        bench.engine(profile_of(Model("openai/m", f"http://127.0.0.1:{free}/v1"))).complete(ask_for())


def test_the_cheapest_may_come_first(server: LanguageServer, bench: Bench) -> None:
    """Those without a price last, in their order."""
    dear = replace(model_at(server, "openai/dear"), input_price=5.0, output_price=5.0)
    cheap = replace(model_at(server, "openai/cheap"), input_price=1.0, output_price=2.0)
    profile = profile_of(model_at(server, "openai/unknown"), dear, cheap, cheapest_first=True)
    assert ["openai/cheap", "openai/dear", "openai/unknown"] == [one.name for one in bench.chain(profile).endpoints]
    bench.engine(profile).complete(ask_for())
    assert ["cheap"] == asked(server)
    unsorted = replace(profile, cheapest_first=False)
    assert "openai/unknown" == bench.chain(unsorted).endpoints[0].name


def test_listed_prices_hold_at_first_hand_only(bench: Bench) -> None:
    """A server of one's own that calls itself like a known model has not its price."""
    own = Model("openai/gpt-4o", "http://127.0.0.1:9/v1")
    dear, cheap = Model("openai/gpt-4o"), Model("openai/gpt-4o-mini")
    chain = bench.chain(profile_of(own, dear, cheap, cheapest_first=True))
    assert [cheap, dear, own] == [endpoint.model for endpoint in chain.endpoints]


def test_a_breaker_is_shared_by_all_decisions(server: LanguageServer, bench: Bench) -> None:
    """Once it is open nobody asks, and the next model is asked at once."""
    server.control.plan("server_error", model="test-model", times=None)
    alone = profile_of(model_at(server))
    for number in range(2):
        with pytest.raises(AuthorAway):
            bench.engine(alone).complete(ask_for(f"Question {number}?"))
    assert FAILURES == len(outcomes(server))
    with pytest.raises(AuthorAway, match="failed 5 times in a row, and it is left alone for 30 s"):
        bench.engine(alone).complete(ask_for("One more?"))
    bench.engine(profile_of(model_at(server), model_at(server, "openai/second"))).complete(ask_for("Again?"))
    assert FAILURES + 1 == len(outcomes(server))
    assert ["skipped", "answered"] == [attempt.outcome for attempt in bench.calls.of("j-1")[-1].attempts]
    assert 3 == bench.statistics.models["openai/test-model"].skipped


def test_refusals_open_no_breaker(server: LanguageServer, bench: Bench) -> None:
    """Who refuses is there."""
    server.control.plan("unauthorized", times=None)
    for number in range(FAILURES + 1):
        with pytest.raises(AuthorRefused):
            bench.engine(profile_of(model_at(server))).complete(ask_for(f"Question {number}?"))
    assert FAILURES + 1 == len(outcomes(server))


def test_a_mistake_of_ours_comes_out_as_it_is(server: LanguageServer, bench: Bench) -> None:
    """It is no failure of the model, and its breaker knows nothing of it."""

    def stumble(endpoint: object) -> object:
        raise ZeroDivisionError(str(endpoint))

    with pytest.raises(ZeroDivisionError):
        bench.chain(profile_of(model_at(server))).ask(question(stumble))
    assert {} == bench.statistics.models


def test_while_one_request_tries_others_do_not_wait(server: LanguageServer, bench: Bench) -> None:
    """They are told so."""
    breaker = CircuitBreaker(failures=1, pause=0.0)
    breaker.failed()
    assert breaker.allow()
    profile = profile_of(model_at(server))
    chain = bench.chain(profile)
    chain.endpoints[0].breaker = breaker
    with pytest.raises(AuthorAway, match="one request is trying it"):
        chain.ask(question(lambda endpoint: endpoint.complete(ask_for())))
    assert [] == outcomes(server)


def test_the_same_model_at_two_places(server: LanguageServer, bench: Bench) -> None:
    """Each place has its own attempts; they are told apart as in the settings."""
    with LanguageServer(seed=0) as other:
        server.control.plan("unavailable", times=None)
        bench.engine(profile_of(model_at(server), model_at(other))).complete(ask_for())
        assert (3, 1) == (len(outcomes(server)), len(outcomes(other)))
        here = f"openai/test-model@{server.base_url}"
        assert [here] * 3 == [attempt.model for attempt in bench.calls.of("j-1")[0].attempts[:3]]
        assert 3 == bench.statistics.models[here].away


def test_time_is_counted_by_model(server: LanguageServer, bench: Bench) -> None:
    """And how each request went."""
    server.control.plan("unavailable")
    bench.engine(profile_of(model_at(server))).complete(ask_for())
    found = bench.statistics.models["openai/test-model"]
    assert (1, 1, 0, 0, 2) == (found.answered, found.away, found.refused, found.skipped, found.requests)
    assert 0 < found.seconds < 5
