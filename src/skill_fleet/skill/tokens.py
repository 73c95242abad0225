"""How large a text is for a model's context window."""

from __future__ import annotations

#: Characters a token, for Markdown with code: calibrated against the o200k vocabulary (Markdown 3.9, code 4.4 to 4.8),
#: rounded down so that the count errs on the large side.
CHARACTERS_PER_TOKEN = 3.8


def count_tokens(text: str) -> int:
    """The estimated number of tokens of `text`."""
    return round(len(text) / CHARACTERS_PER_TOKEN)
