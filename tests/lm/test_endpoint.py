"""One request to one model: where it goes, with which key, and that it ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from dspy import lm15
from dspy._vendor.lm15.transports import ReadError, TransportRequest
from tests.lm.raw import HEAD, RawServer, completion, events, raw_server
from tests.lm.routes import ask_for, text
from tests.lmserver import LanguageServer

from skill_fleet.lm.breaker import CircuitBreaker
from skill_fleet.lm.endpoint import Endpoint, Endpoints
from skill_fleet.lm.transport import BoundedTransport
from skill_fleet.models.profile import Model
from skill_fleet.models.providers import NATIVE

KEY = "sk-of-a-test-0123456789"


@pytest.fixture
def raw() -> Iterator[RawServer]:
    with raw_server() as server:
        yield server


def endpoint_at(url: str, timeout: float = 5.0, variable: str = "") -> Endpoint:
    return Endpoint(Model("openai/m", url, variable), timeout, CircuitBreaker())


def take(endpoint: Endpoint) -> object:
    return endpoint.complete(ask_for())


def drain(endpoint: Endpoint) -> object:
    return list(endpoint.stream(ask_for()))


ASKS: dict[str, Callable[[Endpoint], object]] = {"whole": take, "streamed": drain}


def test_a_request_goes_where_the_settings_say(raw: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables that redirect other programs redirect nothing here, and lend no key either."""
    for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    raw.reply(completion("here"))
    assert "here" == text(endpoint_at(raw.base_url).complete(ask_for()))
    (head,) = raw.heads
    assert head.startswith("POST /v1/chat/completions ")
    assert KEY not in head


@pytest.mark.parametrize("provider", sorted(NATIVE))
def test_every_provider_takes_an_address(raw: RawServer, provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the settings, but for one, whose own variable names it; the request arrives there."""
    raw.reply(completion("here"))
    address = raw.base_url
    if provider == "azure":
        monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", raw.base_url.removesuffix("/v1"))
        monkeypatch.setenv("AZURE_OPENAI_API_KEY", KEY)
        address = ""
    Endpoint(Model(f"{provider}/m", address), 5.0, CircuitBreaker()).complete(ask_for())
    (head,) = raw.heads
    assert "/v1/" in head.partition("\r\n")[0]
    assert (KEY in head) == (provider == "azure")


def test_the_key_is_the_one_that_is_named(raw: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked for at each request, and stands in no text about the endpoint."""
    raw.reply(completion("here"))
    endpoint = endpoint_at(raw.base_url, variable="KEY_OF_A_TEST")
    monkeypatch.setenv("KEY_OF_A_TEST", KEY)
    endpoint.complete(ask_for())
    monkeypatch.setenv("KEY_OF_A_TEST", "another-0123456789")
    endpoint.complete(ask_for())
    assert [KEY in head for head in raw.heads] == [True, False]
    assert "Bearer another-0123456789" in raw.heads[1]
    assert KEY not in repr(vars(endpoint))


def test_without_a_key_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider's own address is not even called; the error names the variable."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    endpoint = Endpoint(Model("openai/gpt-5-mini"), 5.0, CircuitBreaker())
    with pytest.raises(lm15.NotConfiguredError) as raised:
        endpoint.complete(ask_for())
    assert ("OPENAI_API_KEY",) == raised.value.env_keys


@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
@pytest.mark.parametrize(
    "slow",
    [HEAD[:20], HEAD + b"Content-Length: 1000\r\n\r\n", HEAD + b"Transfer-Encoding: chunked\r\n\r\n"],
    ids=["head", "body", "chunks"],
)
def test_a_reply_that_drips_is_cut_off(raw: RawServer, slow: bytes, ask: Callable[[Endpoint], object]) -> None:
    """Each byte comes in time, and all of them never would."""
    drops = [b"1\r\n \r\n"] * 100 if b"chunked" in slow else [b"x"] * 100
    raw.pieces, raw.pace = [slow, *drops], 0.05
    started = time.monotonic()
    with pytest.raises(lm15.TimeoutError, match=r"not complete after 0\.3 s"):
        ask(endpoint_at(raw.base_url, timeout=0.3))
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
def test_a_server_that_stays_silent_is_late(raw: RawServer, ask: Callable[[Endpoint], object]) -> None:
    """Not away: the error says how long was waited."""
    raw.pieces, raw.pace = [b""], 1.0
    with pytest.raises(lm15.TimeoutError, match=r"not complete after 0\.2 s"):
        ask(endpoint_at(raw.base_url, timeout=0.2))


def test_a_stream_that_never_ends_is_cut_off(raw: RawServer) -> None:
    """What came until then was told."""
    raw.pieces, raw.pace = [HEAD + b"\r\n", *events(*["on "] * 100)], 0.05
    seen: list[object] = []
    with pytest.raises(lm15.TimeoutError):
        seen.extend(endpoint_at(raw.base_url, timeout=0.3).stream(ask_for()))
    assert 3 < len(seen) < 10


def test_a_reply_without_end_is_cut_off(raw: RawServer) -> None:
    """At so many bytes, whether it says how long it is or not."""
    raw.pieces = [HEAD + b"\r\n", *[b"x" * 1_000] * 1_000]
    transport = BoundedTransport(5.0, largest=10_000)
    request = TransportRequest("POST", f"{raw.base_url}/chat/completions", [], b"{}")
    with pytest.raises(ReadError, match="larger than 10,000 bytes"):
        transport.stream(request).read()
    transport.close()


@pytest.mark.parametrize(
    "body", [b"[]", b'"words"', b"7", b'{"choices": 3}', b"", b"<html></html>", b'{"choices": [{"mess', b"\xff\xfe"]
)
def test_a_body_of_another_form_is_an_error(raw: RawServer, body: bytes) -> None:
    """Of the provider, not of ours."""
    raw.reply_bytes(body)
    with pytest.raises(lm15.ProviderError):
        endpoint_at(raw.base_url).complete(ask_for())


@pytest.mark.parametrize(
    "pieces",
    [
        [b"data: {not json\n\n"],
        [b"data: [1, 2]\n\n"],
        [b"<html>Sign in</html>"],
        [],
        events("some", "words"),
        [b'data: {"error": {"message": "overloaded", "code": "server_error"}}\n\n'],
    ],
    ids=["no json", "no object", "html", "nothing", "no end", "an error inside"],
)
def test_a_stream_of_another_form_is_an_error(raw: RawServer, pieces: list[bytes]) -> None:
    """Also one that stops without having ended."""
    raw.pieces = [HEAD + b"\r\n", *pieces]
    with pytest.raises(lm15.LM15Error):
        drain(endpoint_at(raw.base_url))


def test_a_mistake_of_ours_stays_one() -> None:
    """What breaks before anything is sent is no failure of the server."""
    with pytest.raises(TypeError):
        endpoint_at("http://127.0.0.1:9/v1").complete("no request")


def test_an_endpoint_is_made_once() -> None:
    """After `close` it takes no more requests."""
    with LanguageServer() as server:
        endpoints = Endpoints()
        model = Model("openai/test-model", server.base_url)
        endpoint = endpoints.get(model, 5.0)
        assert endpoint is endpoints.get(model, 5.0)
        endpoint.complete(ask_for())
        endpoints.close()
        with pytest.raises(lm15.TransportError):
            endpoint.complete(ask_for())


def test_one_breaker_for_a_model_at_a_place() -> None:
    """Whatever else its profiles say; another place has its own."""
    endpoints = Endpoints()
    here = [endpoints.get(Model("openai/m", "http://127.0.0.1:9/v1"), timeout) for timeout in (1.0, 2.0)]
    assert here[0] is not here[1]
    assert here[0].breaker is here[1].breaker
    there = endpoints.get(Model("openai/m", "http://127.0.0.2:9/v1"), 1.0)
    assert there.breaker is not here[0].breaker
    endpoints.close()
