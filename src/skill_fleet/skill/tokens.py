"""How large a text is for a model's context window."""

from __future__ import annotations

import re

#: Characters a token, for Markdown with code: calibrated against the o200k vocabulary (Markdown 3.9, code 4.4 to 4.8),
#: rounded down so that the count errs on the large side. It holds for alphabets.
CHARACTERS_PER_TOKEN = 3.8

#: Han, kana, hangul and full-width forms.
_WIDE = re.compile("[\u2e80-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]")


def count_tokens(text: str) -> int:
    """The estimated number of tokens: one for each character of Chinese, Japanese and Korean, 3.8 others make one."""
    wide = 0 if text.isascii() else len(_WIDE.findall(text))
    return round(wide + (len(text) - wide) / CHARACTERS_PER_TOKEN)
