"""Texts that look like keys, so that none is kept or shown."""

from __future__ import annotations

import re

HIDDEN = "***"

#: A name that says what stands behind it, and its quotes: `api_key=`, `"x-api-key": "`, `Authorization: Bearer `.
_NAMED = re.compile(
    r"""((?:api[-_]?key|access[-_]?(?:key|token)|auth[-_]?token|secret[-_]?(?:key)?|password|passwd|authorization)
    \\?["']?[ \t]*[:=][ \t]*\\?["']?(?:(?:bearer|basic)[ \t]+)?)[^\s"'\\,;&)}\]]{3,}""",
    re.IGNORECASE | re.VERBOSE,
)
_PARAMETER = re.compile(r"([?&](?:key|token|sig|signature)=)[^\s\"'&#]+", re.IGNORECASE)
_BEARER = re.compile(r"\b((?:bearer|basic)[ \t]+)(?:(?=[^\s\"']*\d)[\w.~+/=-]{6,}|[\w.~+/=-]{20,})", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"(?<=://)[^\s/?#@]{0,200}:[^\s/?#]{1,500}@")
#: What providers begin their keys with, and signed tokens: three parts, the first of which is `{"`.
_SHAPES = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?:sk|pk|rk|gsk|xai|hf|ghp|gho|r8|pplx|nvapi)[-_](?:(?=[\w-]{0,200}\d)[\w-]{6,}|[\w-]{20,})"
    r"|AIza[\w-]{20,}|AKIA[A-Z0-9]{12,}|eyJ[\w-]{5,4000}\.[\w-]{5,8000}\.[\w-]*)"
)


def hide_keys(text: str) -> str:
    """`text` with *** in the place of everything that has the look of a key, a token or a password in an address."""
    text = _IN_ADDRESS.sub(f"{HIDDEN}@", text)
    for shape in (_NAMED, _PARAMETER, _BEARER):
        text = shape.sub(rf"\1{HIDDEN}", text)
    return _SHAPES.sub(HIDDEN, text)


def is_key_like(text: str) -> bool:
    return hide_keys(text) != text
