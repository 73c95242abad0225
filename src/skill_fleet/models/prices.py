"""What calls cost."""

from __future__ import annotations

from dataclasses import dataclass

from skill_fleet.models.profile import Model
from skill_fleet.models.providers import provider_of

#: Prices are for so many tokens.
PER = 1_000_000


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a provider counted, those from its own cache and those of thoughts included; None where it did not
    say."""

    input_tokens: int | None = None
    output_tokens: int | None = None


def cost_of(model: Model, usage: Usage) -> float | None:
    """US dollars by the prices in the settings; None, never 0, where they do not say one, or a count is not known."""
    read, written = _part(usage.input_tokens, model.input_price), _part(usage.output_tokens, model.output_price)
    return None if read is None or written is None else read + written


def _part(count: int | None, price: float | None) -> float | None:
    return None if count is None or price is None else count * price / PER


def is_listed(model: Model) -> bool:
    """Whether a public list of prices holds for it: at the provider's own address, where the client knows that. The
    list that comes with DSPy need not have the model. Raises `SettingsError` as `provider_of`."""
    provider = provider_of(model.name)
    return not model.base_url and provider.is_native and provider.needs_key
