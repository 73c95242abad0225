"""One cheap call, to see whether a model answers."""

from __future__ import annotations

import time
from contextlib import closing

from dspy._vendor.lm15 import Config, LM15Error, Message, Request

from skill_fleet.fleet.doctor import Probed
from skill_fleet.lm.breaker import CircuitBreaker
from skill_fleet.lm.endpoint import Endpoint
from skill_fleet.lm.recovery import ONLINE, ErrorRecovery
from skill_fleet.models.prices import Usage
from skill_fleet.models.profile import Model, Profile

PROMPT = "Reply with OK."
#: Enough for one word, and for the thoughts before it of most models that have some.
MAX_TOKENS = 256
#: Nobody waits longer for a doctor.
PATIENCE = 30.0


class ModelProbe:
    """Asks the first model of a profile for one word: past all caches, and once."""

    def probe(self, profile: Profile) -> Probed:
        model = profile.models[0]
        usage, problem, fix = Usage(), "", ""
        started = time.monotonic()
        try:
            usage = _ask(model, min(profile.timeout, PATIENCE))
        except (LM15Error, ImportError) as error:
            problem, fix = _explain(error, model)
        return Probed(not problem, time.monotonic() - started, model.name, usage, problem, fix)


def _ask(model: Model, timeout: float) -> Usage:
    request = Request(model.name, (Message.user(PROMPT),), config=Config(max_tokens=MAX_TOKENS))
    with closing(Endpoint(model, timeout, CircuitBreaker())) as endpoint:
        used = endpoint.complete(request).usage
    return Usage(used.input_tokens, used.output_tokens)


def _explain(error: Exception, model: Model) -> tuple[str, str]:
    """What is wrong, and what to do. That the doctor can be asked need not be said by the doctor."""
    found = ErrorRecovery.classify(error, model)
    return (found.message, found.hint.removesuffix(ONLINE).strip()) if found else (str(error), "")
