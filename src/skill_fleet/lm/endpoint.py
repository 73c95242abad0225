"""Where one model is reached: the connection, the key, the breaker. One request is one attempt; nobody asks again here.

Requests go through DSPy's own client to the providers that it knows, and to every server that speaks as OpenAI does;
through LiteLLM, where it is installed, to the rest. Addresses come from the settings alone: variables such as
OPENAI_BASE_URL redirect nothing. For `azure` the address is AZURE_OPENAI_ENDPOINT, as `models.resolve` says.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import cache
from threading import Lock
from typing import Protocol

from dspy import lm15
from dspy._vendor.lm15.types import StreamEvent
from dspy.clients.engines.litellm_engine import LiteLLMEngine
from dspy.clients.engines.lm15_engine import (
    LITELLM_PROVIDER_PREFIXES,
    LM15Engine,
)

from skill_fleet.lm.breaker import CircuitBreaker
from skill_fleet.lm.transport import BoundedTransport, Watch
from skill_fleet.models.keys import find_key, key_variables
from skill_fleet.models.profile import Model
from skill_fleet.models.providers import provider_of

#: The name under which DSPy's client knows a server from the settings that speaks as OpenAI does.
FOREIGN = "openai-server"
#: What a server without keys is sent: the client sends none but some.
NO_KEY = "none"
#: What the client raises when a reply is JSON, and still not what the protocol says.
MISSHAPEN = (TypeError, ValueError, KeyError, AttributeError, IndexError)


class Client(Protocol):
    """What DSPy calls an engine."""

    def complete(self, request: lm15.Request) -> lm15.Response: ...

    def stream(self, request: lm15.Request) -> Generator[StreamEvent]: ...


class Endpoint:
    """One model at one place. Safe to use from several threads; closed by whoever made it."""

    def __init__(self, model: Model, timeout: float, breaker: CircuitBreaker) -> None:
        """`timeout`: seconds for one request as a whole."""
        self.model = model
        self.breaker = breaker
        self.provider = provider_id(model)
        self._timeout = timeout
        self._routed_name = f"{FOREIGN}/{self.wire_name}" if self.provider == FOREIGN else model.name
        self._transport = BoundedTransport(timeout)
        self._engine = self._make_engine() if provider_of(model.name).is_native else None

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def wire_name(self) -> str:
        """The model as its provider calls it."""
        return self.model.name.partition("/")[2]

    def complete(self, request: lm15.Request) -> lm15.Response:
        """Raises errors of `dspy.lm15`, and what a mistake of ours raises before anything is sent."""
        with self._bounded():
            return self._client().complete(replace(request, model=self._routed_name))

    def stream(self, request: lm15.Request) -> Generator[StreamEvent]:
        """One `start`, what comes, one `end`; raises what `complete` raises, also half-way."""
        asked = replace(request, model=self._routed_name)
        with self._bounded() as watch, closing(self._client().stream(asked)) as events:
            for event in events:
                refused = event.type == "end" and watch.refuses
                yield replace(event, finish_reason="content_filter") if refused else event

    def close(self) -> None:
        self._transport.close()

    @contextmanager
    def _bounded(self) -> Iterator[Watch]:
        """A reply that cannot be read, or is not whole in time, is an error of `dspy.lm15` as well."""
        with self._transport.within(self._timeout) as watch:
            try:
                yield watch
            except Exception as error:
                if watch.is_over:
                    late = f"the reply was not complete after {self._timeout:g} s"
                    raise lm15.TimeoutError(late, provider=self.provider) from error
                if watch.was_used and isinstance(error, MISSHAPEN):
                    raise lm15.ProviderError("the reply has not the form it should have") from error
                raise

    def _client(self) -> Client:
        if self._engine is not None:
            return self._engine
        address = {"api_base": self.model.base_url} if self.model.base_url else {}
        client: Client = LiteLLMEngine(api_key=self._reveal_key(), timeout=self._timeout, **address)
        return client

    def _make_engine(self) -> Client:
        address = self.model.base_url
        declared = (_declare(address),) if self.provider == FOREIGN else ()
        client: Client = LM15Engine(
            lm15.RouterConfig(
                env=_azure_address() if self.provider.startswith("azure") else {},
                api_keys={self.provider: self._reveal_key},
                base_urls={self.provider: address} if address and not declared else None,
                providers=declared,
                transport=self._transport,
            )
        )
        return client

    def _reveal_key(self) -> str:
        """Looked for at each request, so that a key that was put right is found by whoever runs already."""
        key = find_key(self.model)
        if key is not None:
            return key.reveal()
        if self.model.base_url or not provider_of(self.name).needs_key:
            return NO_KEY
        raise lm15.NotConfiguredError("there is no key", provider=self.provider, env_keys=key_variables(self.model))


class Endpoints:
    """The endpoints of a process, each made when it is first asked for. One breaker for each model at each place."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._made: dict[tuple[str, str, str, float], Endpoint] = {}
        self._breakers: dict[tuple[str, str], CircuitBreaker] = {}

    def get(self, model: Model, timeout: float) -> Endpoint:
        """Raises `SettingsError` for a provider that takes what is not installed."""
        key = (model.name, model.base_url, model.api_key_env, timeout)
        with self._lock:
            breaker = self._breakers.setdefault(key[:2], CircuitBreaker())
            if key not in self._made:
                self._made[key] = Endpoint(model, timeout, breaker)
            return self._made[key]

    def close(self) -> None:
        with self._lock:
            for endpoint in self._made.values():
                endpoint.close()
            self._made.clear()


@cache
def shared_endpoints() -> Endpoints:
    """Those of this process, closed at its end."""
    endpoints = Endpoints()
    atexit.register(endpoints.close)
    return endpoints


def provider_id(model: Model) -> str:
    """How DSPy's client calls the provider; for one that only LiteLLM knows, its own name."""
    prefix = model.name.partition("/")[0]
    if prefix == "openai" and model.base_url:
        return FOREIGN
    return str(LITELLM_PROVIDER_PREFIXES.get(prefix, prefix))


def _declare(address: str) -> lm15.ProviderDefinition:
    """A server that takes what most take; vLLM's spelling is the plainest that the client has, and keeps `max_tokens`,
    which all such servers know."""
    access = lm15.AccessPolicy(provider=FOREIGN, base_url=address)
    return lm15.ProviderDefinition.chat(access, compat=lm15.OpenAIChatCompat.preset("vllm"))


def _azure_address() -> Mapping[str, str]:
    return {name: value for name, value in os.environ.items() if name == "AZURE_OPENAI_ENDPOINT"}
