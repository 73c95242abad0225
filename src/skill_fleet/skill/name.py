"""Skill names: 1 to 64 lower-case ASCII letters, digits and single hyphens."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from skill_fleet.errors import BadName

MAX_NAME_LENGTH = 64
"""The specification's limit (agentskills.io/specification)."""

NameFlaw = Literal["empty", "characters", "too-long", "hyphens"]
"""empty: nothing there · characters: something beside a-z, 0-9 and `-` · too-long: over 64 characters ·
hyphens: a hyphen at an end, or two in a row."""

_VALID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NOT_ALLOWED = re.compile(r"[^a-z0-9-]")
_BAD_HYPHEN = re.compile(r"^-|-$|--")
_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")


def is_valid_name(name: str) -> bool:
    return len(name) <= MAX_NAME_LENGTH and _VALID.fullmatch(name) is not None


def find_flaws(name: str) -> tuple[NameFlaw, ...]:
    """Every way in which `name` breaks the specification; none for a valid name."""
    if not name.strip():
        return ("empty",)
    found: dict[NameFlaw, bool] = {
        "characters": _NOT_ALLOWED.search(name) is not None,
        "too-long": len(name) > MAX_NAME_LENGTH,
        "hyphens": _BAD_HYPHEN.search(name) is not None,
    }
    return tuple(flaw for flaw, present in found.items() if present)


def slugify(text: str, *, max_length: int = MAX_NAME_LENGTH) -> str:
    """The nearest valid name: accents dropped, other characters become hyphens, cut between words.

    Raises BadName when no ASCII letter or digit is left.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = _NOT_IN_SLUG.sub("-", plain.replace("'", "")).strip("-")
    if not slug:
        message = f"No skill name can be made of {text!r}."
        raise BadName(message, "Give a name of lower-case letters, digits and hyphens.")
    return slug if len(slug) <= max_length else _cut(slug, max_length)


def _cut(slug: str, limit: int) -> str:
    # A hyphen right behind the limit means the cut already falls between words.
    whole_words, _, _ = slug[: limit + 1].rpartition("-")
    return whole_words or slug[:limit]
