"""What is printed, and how."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from skill_fleet.cli.screen import clean, columns, plural, shorten

TEXT = st.text(st.characters() | st.sampled_from("\x1b\x9b[]P;m\x07\\\u202e0"))


@given(TEXT)
def test_clean_text_holds_no_control_code(text: str) -> None:
    """Only tab and line feed are left, and a second pass finds nothing."""
    cleaned = clean(text)
    assert {char for char in cleaned if unicodedata.category(char) == "Cc"} <= {"\t", "\n"}
    assert cleaned == clean(cleaned)


@given(st.text(st.characters(exclude_categories=("Cc", "Cf"))))
def test_clean_text_stays_as_it_is(text: str) -> None:
    """Letters, marks and symbols of every script pass through."""
    assert text == clean(text)


def test_escape_sequences_go_as_a_whole() -> None:
    """Nothing of a colour, a title or a link is left behind."""
    assert "a b c d" == clean("\x1b[1;31ma\x1b[0m \x1b]0;title\x07b \x1b]8;;http://x\x1b\\c \x1bPdcs\x1b\\d")


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    """The last column runs free and no line ends in blanks."""
    assert ["a    bb  c", "ddd  e"] == columns([["a", "bb", "c"], ["ddd", "e", ""]])


@given(TEXT, st.integers(1, 30))
def test_short_text_fits(text: str, width: int) -> None:
    """At most `width` characters on one line; what fits is only freed of extra blanks."""
    short = shorten(text, width)
    assert len(short) <= width
    assert 1 >= len(short.splitlines())


def test_counts_are_words() -> None:
    """One is singular, thousands are separated."""
    assert ["0 skills", "1 skill", "1,000 skills"] == [plural(count, "skill") for count in (0, 1, 1000)]
