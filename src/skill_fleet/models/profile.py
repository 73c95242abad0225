"""What a decision is given: the models to try, and how to ask them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import get_args

from skill_fleet.settings import Adapter, Role, Task

__all__ = ["ROLES", "ROLE_OF", "Adapter", "Model", "Profile", "Role", "Task"]

ROLES: tuple[Role, ...] = get_args(Role)

#: Who takes a decision for which no model of its own is named.
ROLE_OF: Mapping[Task, Role] = MappingProxyType(
    {
        "gather_examples": "planner",
        "requirements": "planner",
        "intent": "router",
        "taxonomy": "router",
        "dependencies": "router",
        "plan": "planner",
        "content": "worker",
        "incorporate_feedback": "worker",
        "refine": "worker",
        "validate_skill": "judge",
        "assess": "judge",
        "questions": "planner",
        "confirm": "planner",
        "preview": "router",
        "analyze_feedback": "router",
        "format_results": "router",
        "chat": "worker",
    }
)


@dataclass(frozen=True, slots=True)
class Model:
    """One model at one place. `name` is `provider/model`, as DSPy spells it. Prices are in US dollars for a million
    tokens; None is not known."""

    name: str
    base_url: str = ""
    api_key_env: str = ""
    input_price: float | None = None
    output_price: float | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """`models` as the settings order them; the first is the one meant, the rest stand in for it. With `cheapest_first`
    they are tried in the order of their prices.

    `temperature` None leaves it to the provider. `max_tokens` bounds one reply, `timeout` is the seconds of one request
    as a whole, `attempts` the most requests to one model for one question of a decision: an agent puts several, and
    voters and candidates one each. More than one of `voters` decide a choice among given words by majority, and
    `min_agreement` is the share of them that is enough; of more than one of `candidates` the best draft is taken.
    """

    role: Role
    models: tuple[Model, ...]
    temperature: float | None
    max_tokens: int
    timeout: float
    attempts: int
    voters: int
    candidates: int
    cheapest_first: bool
    adapter: Adapter
    min_agreement: float
