"""How large a text is: `skill.tokens` says it, under the name that authors know."""

from skill_fleet.skill.tokens import CHARACTERS_PER_TOKEN, count_tokens

__all__ = ["CHARACTERS_PER_TOKEN", "count_tokens"]
