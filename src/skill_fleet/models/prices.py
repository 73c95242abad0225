"""What calls cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from skill_fleet.models.profile import Model

#: Prices are for so many tokens.
PER = 1_000_000


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a provider counted, those from its own cache and those of thoughts included; None where it did not
    say."""

    input_tokens: int | None = None
    output_tokens: int | None = None


def cost_of(model: Model, usage: Usage) -> float | None:
    """US dollars by the prices in the settings; None, never 0, where a price or a count is not known."""
    read, written = _part(usage.input_tokens, model.input_price), _part(usage.output_tokens, model.output_price)
    return None if read is None or written is None else read + written


def _part(count: int | None, price: float | None) -> float | None:
    return None if count is None or price is None else count * price / PER


def by_price(models: Iterable[Model]) -> tuple[Model, ...]:
    """The cheapest first, by input and output together; those whose price is not known stay in order behind them."""
    return tuple(sorted(models, key=_price_or_last))


def _price_or_last(model: Model) -> float:
    if model.input_price is None or model.output_price is None:
        return float("inf")
    return model.input_price + model.output_price
