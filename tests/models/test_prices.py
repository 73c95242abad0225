"""What calls cost, and that an unknown price is never nothing."""

from __future__ import annotations

import pytest

from skill_fleet.models.prices import Usage, cost_of, is_listed
from skill_fleet.models.profile import Model

PRICED = Model("openai/a", input_price=0.25, output_price=2.0)


def test_prices_are_for_a_million_tokens() -> None:
    """Input and output each have theirs; nothing used costs nothing, and a price may be zero."""
    assert 0.25 * 3 + 2.0 == pytest.approx(cost_of(PRICED, Usage(3_000_000, 1_000_000)))
    assert 0.0 == cost_of(PRICED, Usage(0, 0))
    assert 0.0 == cost_of(Model("ollama/a", input_price=0, output_price=0), Usage(5, 5))


@pytest.mark.parametrize(
    ("model", "usage"),
    [
        (Model("openai/a"), Usage(1, 1)),
        (Model("ollama/a"), Usage(1, 1)),
        (Model("openai/a"), Usage(0, 0)),
        (Model("openai/a", input_price=1.0), Usage(1, 1)),
        (PRICED, Usage(None, 1)),
        (PRICED, Usage(1, None)),
    ],
)
def test_what_is_not_known_has_no_cost(model: Model, usage: Usage) -> None:
    """A price or a count is missing; servers of one's own are not free by themselves."""
    assert cost_of(model, usage) is None


def test_a_public_list_holds_at_the_providers_own_address() -> None:
    """At another address, and on a server of one's own, somebody else says what it costs."""
    assert is_listed(Model("openai/a"))
    assert not is_listed(Model("openai/a", base_url="http://a:1/v1"))
    assert not is_listed(Model("ollama/a"))
