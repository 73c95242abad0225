"""What an answer took: tokens as we count them, and money."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from dspy import lm15
from dspy.clients.costs import estimate_cost

from skill_fleet.lm.endpoint import Endpoint, Endpoints
from skill_fleet.models.prices import Usage, cost_of, is_listed
from skill_fleet.models.profile import Profile

#: Where a provider counts nothing: about four characters of English a token, rounded up.
CHARACTERS_A_TOKEN = 4
#: Written beside an answer whose tokens nobody counted but us.
ESTIMATED = "tokens estimated from characters: the server counted none"

#: Providers whose input leaves out what came from their cache, and those whose output leaves out thoughts.
CACHE_APART = ("anthropic",)
THOUGHTS_APART = ("gemini", "xai")


@dataclass(frozen=True, slots=True)
class Count:
    """`usd` is None when a price is not known."""

    input_tokens: int
    output_tokens: int
    usd: float | None
    is_estimated: bool


def count(endpoint: Endpoint, request: lm15.Request, response: lm15.Response) -> Count:
    used = counted(endpoint.provider, response.usage)
    is_estimated = used.input_tokens is None or used.output_tokens is None
    whole = Usage(
        tokens_in(text_of_request(request)) if used.input_tokens is None else used.input_tokens,
        tokens_in(text_of(response)) if used.output_tokens is None else used.output_tokens,
    )
    usd = price(endpoint, whole, request, response)
    return Count(whole.input_tokens or 0, whole.output_tokens or 0, usd, is_estimated)


def counted(provider: str, usage: lm15.Usage) -> Usage:
    """What the provider said, with its own cache and with thoughts."""
    read, written = usage.input_tokens, usage.output_tokens
    if read is not None and provider in CACHE_APART:
        read += (usage.cache_read_tokens or 0) + (usage.cache_write_tokens or 0)
    if written is not None and provider in THOUGHTS_APART:
        written += usage.reasoning_tokens or 0
    return Usage(read, written)


def price(
    endpoint: Endpoint, used: Usage, request: lm15.Request | None = None, response: lm15.Response | None = None
) -> float | None:
    """US dollars by the settings, else by the list that comes with DSPy, which holds for the providers' own addresses
    only; None where neither knows."""
    usd = cost_of(endpoint.model, used)
    if usd is not None or not is_listed(endpoint.model):
        return usd
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "true")  # DSPy would fetch the list from a public host
    told = response if response is not None and response.usage.input_tokens is not None else _as_told(endpoint, used)
    listed, _ = estimate_cost(told, provider=endpoint.provider, requested_model=endpoint.wire_name, request=request)
    return None if listed is None else float(listed)


def has_price(endpoint: Endpoint) -> bool:
    return price(endpoint, Usage(1, 1)) is not None


def line_up(profile: Profile, endpoints: Endpoints) -> Sequence[Endpoint]:
    """Where the models of the profile are reached, in the order in which they are asked."""
    found = [endpoints.get(model, profile.timeout) for model in profile.models]
    return sorted(found, key=rank_by_price) if profile.cheapest_first else found


def rank_by_price(endpoint: Endpoint) -> float:
    """Dollars for as much input as output; unknown prices come last."""
    usd = price(endpoint, Usage(1_000, 1_000))
    return float("inf") if usd is None else usd


def tokens_in(text: str) -> int:
    return -(-len(text) // CHARACTERS_A_TOKEN)


def text_of_request(request: lm15.Request) -> str:
    system = request.system if isinstance(request.system, str) else ""
    return "\n".join([system, *(_words(message) for message in request.messages)])


def text_of(response: lm15.Response) -> str:
    return _words(response.message)


def _words(message: lm15.Message) -> str:
    """Text, thoughts and what tools are called with, and answered."""
    return "\n".join(str(getattr(part, "text", None) or getattr(part, "input", "") or "") for part in message.parts)


def _as_told(endpoint: Endpoint, used: Usage) -> lm15.Response:
    usage = lm15.Usage(input_tokens=used.input_tokens, output_tokens=used.output_tokens)
    return lm15.Response(None, endpoint.wire_name, lm15.Message.assistant(""), "stop", usage)
