"""A line to the models: one question of a decision, with the attempts that it and its repetitions share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import dspy

from skill_fleet.jobs.calls import Attempt
from skill_fleet.lm.attempts import Attempts
from skill_fleet.lm.counting import count
from skill_fleet.lm.execution import Execution
from skill_fleet.lm.fallback import ChainStatistics, FallbackChain
from skill_fleet.lm.ledger import Ledger
from skill_fleet.lm.route import News, RoutedEngine
from skill_fleet.lm.stream import Hear, TappedEngine
from skill_fleet.models.profile import Adapter, Profile

#: A candidate, and a repetition, must be able to differ; 1 is what every provider takes.
SAMPLED = 1.0
#: Below this temperature they hardly do.
TOO_COLD = 0.7
#: From this repetition on the answer is asked for as JSON: a model that misses headings often keeps to braces.
JSON_FROM = 2


class _Noted(ChainStatistics):
    """Counts, and knows who answered last."""

    def __init__(self) -> None:
        super().__init__()
        self.answered_by = ""

    def note(self, attempt: Attempt) -> None:
        super().note(attempt)
        if attempt.outcome == "answered":
            self.answered_by = attempt.model


@dataclass(frozen=True, slots=True)
class Exchange:
    """Over what the lines of one run of a job go; `news` are those of one decision."""

    ledger: Ledger
    news: News = field(default_factory=News)


class Line:
    """Asks the models of `profile` what `execution` stands for, and fills it in.

    `program` names what the question belongs to, in the keys of kept replies. `hear` gets the words of the model.
    """

    def __init__(
        self, program: str, profile: Profile, execution: Execution, exchange: Exchange, hear: Hear | None
    ) -> None:
        self.program = program
        self.execution = execution
        execution.model = profile.models[0].name
        self.adapter = adapter_of(profile.adapter)
        self._profile = profile
        self._attempts = Attempts(profile.attempts)
        self._statistics = _Noted()
        self._chain = FallbackChain(profile, self._attempts, self._statistics)
        salt = str(execution.rollout or "")
        self._routed = RoutedEngine(execution.decision, self._chain, exchange.ledger, salt, exchange.news)
        self._engine = TappedEngine(self._routed, hear)
        self._lm = dspy.LM(
            f"routed/{execution.decision}",
            engine=self._engine,
            cache=False,
            num_retries=0,
            temperature=temperature_of(profile, execution.rollout),
            max_tokens=profile.max_tokens,
        )

    @property
    def parameters(self) -> Mapping[str, object]:
        """What the answer depends on beside the prompt."""
        return {
            "models": [[model.name, model.base_url] for model in self._profile.models],
            "temperature": temperature_of(self._profile, self.execution.rollout),
            "max_tokens": self._profile.max_tokens,
            "adapter": self._profile.adapter,
            "rollout": self.execution.rollout,
        }

    @contextmanager
    def ask(self, number: int) -> Iterator[None]:
        """Everything inside asks over this line, after `number` times in vain."""
        lm = self._lm if number == 0 else self._lm.copy(temperature=temperature_of(self._profile, number))
        adapter = adapter_of("json") if number >= JSON_FROM else self.adapter
        self._engine.clear()
        self._statistics.answered_by = ""
        with dspy.context(lm=lm, adapter=adapter):
            yield

    def may_ask(self) -> bool:
        """Whether a model has an attempt left. Who only waits for the answers of others uses none, and may wait no
        oftener than it might ask."""
        most = self._attempts.limit * len(self._profile.models)
        return self.execution.asks < most and self._attempts.are_left(model.name for model in self._profile.models)

    def give_up(self) -> None:
        """None of the answers was of use."""
        self._routed.give_up()

    def was_cut(self) -> bool:
        """Whether the last answer ended because it was too long."""
        answer = self._engine.answer
        return answer is not None and answer.finish_reason == "length"

    def fill_in(self) -> None:
        """What the last question took, whether its answer can be read or not. One that the job had asked before took
        nothing."""
        self.execution.requests = sum(model.requests for model in self._statistics.models.values())
        if self._engine.asked is None or self._engine.answer is None:
            return
        by = next((found for found in self._chain.endpoints if found.name == self._statistics.answered_by), None)
        if by is None:
            self.execution.source, self.execution.model = "job", self._engine.answer.model
            return
        used = count(by, self._engine.asked, self._engine.answer)
        self.execution.add(by.name, used.input_tokens, used.output_tokens, used.usd)


def temperature_of(profile: Profile, number: int) -> float | None:
    """That of the profile for what is asked first, and a sampled one for what shall differ from it."""
    if number == 0 or (profile.temperature is not None and profile.temperature >= TOO_COLD):
        return profile.temperature
    return SAMPLED


def adapter_of(name: Adapter) -> dspy.Adapter:
    """DSPy's adapter without its own second attempt, which nobody would count."""
    if name == "json":
        return dspy.JSONAdapter(use_native_function_calling=False)
    return dspy.ChatAdapter(use_json_adapter_fallback=False)
