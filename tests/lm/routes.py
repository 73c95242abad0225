"""Requests to a test server the way the product makes them, put together by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from dspy import lm15
from dspy._vendor.lm15.result import StreamAccumulator
from tests.lmserver import Control, LanguageServer

from skill_fleet.jobs.calls import MemoryCalls
from skill_fleet.jobs.context import Event
from skill_fleet.lm.attempts import Attempts
from skill_fleet.lm.endpoint import Endpoints
from skill_fleet.lm.fallback import ChainStatistics, FallbackChain
from skill_fleet.lm.ledger import Budget, Ledger
from skill_fleet.lm.route import News, RoutedEngine
from skill_fleet.models.profile import Model, Profile

PROMPT = "Which tray does the letter about the bridge belong to?"


def ask_for(prompt: str = PROMPT, max_tokens: int = 500) -> lm15.Request:
    return lm15.Request("routed/intent", (lm15.Message.user(prompt),), config=lm15.Config(max_tokens=max_tokens))


def profile_of(*models: Model, attempts: int = 3, timeout: float = 10.0, cheapest_first: bool = False) -> Profile:
    return Profile("router", models, None, 500, timeout, attempts, 1, 1, cheapest_first, "chat", 0.5)


@dataclass
class Bench:
    """One job's calls, and what its engines are made of. `pauses` are the seconds that would have been slept."""

    calls: MemoryCalls = field(default_factory=MemoryCalls)
    endpoints: Endpoints = field(default_factory=Endpoints)
    statistics: ChainStatistics = field(default_factory=ChainStatistics)
    pauses: list[float] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    budget: Budget = field(default_factory=Budget)

    def ledger(self) -> Ledger:
        """That of another run of the job."""
        return Ledger("j-1", self.calls, self.budget)

    def chain(self, profile: Profile) -> FallbackChain:
        return FallbackChain(
            profile,
            Attempts(profile.attempts),
            self.statistics,
            self.endpoints,
            sleep=self.pauses.append,
            draw=lambda _, longest: longest,
        )

    def engine(self, profile: Profile, ledger: Ledger | None = None, salt: str = "") -> RoutedEngine:
        return RoutedEngine("intent", self.chain(profile), ledger or self.ledger(), salt, News(self.events.append))


@contextmanager
def a_bench(budget: Budget | None = None) -> Iterator[Bench]:
    bench = Bench(budget=budget or Budget())
    try:
        yield bench
    finally:
        bench.endpoints.close()


def model_at(server: LanguageServer | Control, name: str = "openai/test-model") -> Model:
    return Model(name, server.base_url)


def streamed(engine: RoutedEngine, request: lm15.Request) -> lm15.Response:
    whole = StreamAccumulator(request)
    for event in engine.stream(request):
        whole.push(event)
    return whole.response()


Ask = Callable[[RoutedEngine, lm15.Request], lm15.Response]
WAYS: dict[str, Ask] = {"whole": RoutedEngine.complete, "streamed": streamed}


def outcomes(server: LanguageServer) -> Sequence[str]:
    return [call.outcome for call in server.control.calls().calls]


def text(response: lm15.Response) -> str:
    return "".join(part.text for part in response.message.parts if part.type == "text")


def kept_text(response: str) -> str:
    """What a kept answer says, as the call holds it."""
    return str(json.loads(response)["message"]["parts"][0]["text"])
