"""How many tokens a text is taken for."""

from __future__ import annotations

import pytest

from skill_fleet.skill.tokens import count_tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("x" * 38, 10), ("é" * 38, 10), ("日本語です", 5), ("한국어", 3), ("x" * 38 + "中文字", 13)],
)
def test_wide_characters_count_one_each(text: str, tokens: int) -> None:
    assert tokens == count_tokens(text)
