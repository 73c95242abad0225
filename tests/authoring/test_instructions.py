"""Feedback is taken apart into instructions, each with the words it was given in."""

from __future__ import annotations

import pytest

from skill_fleet.authoring.instructions import split_instructions


def cores(text: str) -> list[str]:
    return [instruction.core for instruction in split_instructions(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("shorter", ["shorter"]),
        ("Shorter. Drop the FAQ!", ["Shorter", "Drop the FAQ"]),
        ("shorter; drop the FAQ\nadd an example of x", ["shorter", "drop the FAQ", "add an example of x"]),
        ("drop Gotchas and make it shorter", ["drop Gotchas", "make it shorter"]),
        ("looks good, but call it foo", ["looks good", "call it foo"]),
        ("limit it to 1,200 tokens and 80 lines", ["limit it to 1,200 tokens", "80 lines"]),
        ("make it shorter, drop Errors and then call it foo", ["make it shorter", "drop Errors", "call it foo"]),
        ("- drop Steps\n- shorter\n1. call it foo", ["drop Steps", "shorter", "call it foo"]),
        ("Could you please drop Steps, please?", ["drop Steps"]),
        ("I'd like you to drop Steps, thanks", ["drop Steps"]),
        ("use guide/limits.md. At most 0.5 of it", ["use guide/limits.md", "At most 0.5 of it"]),
        ("", []),
        (" \n ;; \n . ", []),
    ],
)
def test_one_for_each_sentence_line_or_command(text: str, expected: list[str]) -> None:
    """Bullets, courtesies and full stops are no part of them."""
    assert expected == cores(text)


@pytest.mark.parametrize(
    "text",
    [
        "drop Errors and Gotchas",
        "show how to add and remove a key",
        "show how to open a gate, limit calls and close it",
        "more about timeouts and retries",
        'drop "Waiting; or refusing and drop the rest"',
        "drop `a. b`",
    ],
)
def test_what_belongs_together_stays_together(text: str) -> None:
    """An "and" between names, the verbs of a how-to, and whatever stands in quotation marks."""
    assert [text] == cores(text)


def test_a_how_to_ends_where_a_clear_command_begins() -> None:
    """A verb with its article is one."""
    assert ["show how to open a gate", "drop the FAQ"] == cores("show how to open a gate and drop the FAQ")


def test_the_words_are_kept() -> None:
    """What was said is given back to the letter, with its own quotation marks."""
    [one, two] = split_instructions("Please drop “Gotchas”!  Make it sparkle…")
    assert ("Please drop “Gotchas”!", 'drop "Gotchas"') == (one.said, one.core)
    assert "Make it sparkle…" == two.said


def test_what_is_too_long_is_left_as_it_is() -> None:
    """No line takes long to read, whatever stands in it."""
    for line in ("and , " * 20_000, "drop the " * 20_000, "x" + " please" * 20_000):
        [instruction] = split_instructions(line)
        assert line.split() == instruction.core.split()
