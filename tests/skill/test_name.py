"""Names of skills."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_fleet.errors import BadName
from skill_fleet.skill.name import find_flaws, is_valid_name, slugify


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Fill PDF forms", "fill-pdf-forms"),
        ("  C++ & Rust!  ", "c-rust"),
        ("Café déjà vu", "cafe-deja-vu"),
        ("don't panic", "dont-panic"),
        ("x" * 70, "x" * 64),
        ("word " * 20, "-".join(["word"] * 12) + "-word"),
        ("a" * 63 + " tail", "a" * 63),
    ],
)
def test_a_text_becomes_the_nearest_name(text: str, slug: str) -> None:
    assert slugify(text) == slug


@given(st.text())
def test_a_slug_is_valid_or_refused(text: str) -> None:
    """Whatever the text, the result is a valid name or BadName is raised."""
    try:
        assert is_valid_name(slugify(text))
    except BadName:
        assert not any(character.isascii() and character.isalnum() for character in text)


@given(st.from_regex(r"[a-z0-9]{1,10}(-[a-z0-9]{1,10}){0,4}", fullmatch=True))
def test_a_valid_name_is_its_own_slug(name: str) -> None:
    assert slugify(name) == name


@pytest.mark.parametrize(
    ("name", "flaws"),
    [
        ("pdf-forms", ()),
        ("", ("empty",)),
        ("PDF", ("characters",)),
        ("-pdf", ("hyphens",)),
        ("pdf-", ("hyphens",)),
        ("pdf--forms", ("hyphens",)),
        ("pdf\n", ("characters",)),
        ("Ab--" + "c" * 61, ("characters", "too-long", "hyphens")),
    ],
)
def test_every_flaw_of_a_name_is_told(name: str, flaws: tuple[str, ...]) -> None:
    assert find_flaws(name) == flaws
    assert is_valid_name(name) == (not flaws)
