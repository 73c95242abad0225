"""One form for every way to write the same reply."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_fleet.review.reply import LONGEST, parse_reply

INVISIBLE = {
    "byte order mark": "\ufeff",
    "zero width space": "\u200b",
    "zero width joiner": "\u200d",
    "soft hyphen": "\u00ad",
    "left to right mark": "\u200e",
    "right to left embedding": "\u202b",
    "variation selector": "\ufe0f",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes", "yes"),
        ("  yes \r\n", "yes"),
        ("Looks   good\tto\nme", "looks good to me"),
        ("\uff39\uff25\uff33！", "yes"),
        ("\uff8a\uff72", "ハイ"),
        ("¡Sí!", "sí"),
        ("si\u0301", "sí"),
        ("“yes.”", "yes"),
        ("«Oui» ", "oui"),
        ("(y)", "y"),
        ("**yes**", "yes"),
        ("`ok`", "ok"),
        ("はい。", "はい"),
        ("हाँ।", "हाँ"),
        ("let’s go", "lets go"),
        ("D'ACCORD", "daccord"),
        ("o.k.", "o k"),
        ("no,thanks", "no thanks"),
        ("vas-y", "vas y"),
        ("STRASSE", "strasse"),
        ("straße", "strasse"),
        ("HAYIR", "hayir"),
        ("hay\u0131r", "hayir"),
        ("\u0130PTAL", "iptal"),
        ("\u0451\u0436", "\u0435\u0436"),
        ("\u0623\u0648\u0627\u0641\u0642", "\u0627\u0648\u0627\u0641\u0642"),
        ("\u0646\u064e\u0639\u064e\u0645", "\u0646\u0639\u0645"),
        ("\u0646\u0639\u0640\u0640\u0645", "\u0646\u0639\u0645"),
        ("ok :)", "ok"),
        ("ok))", "ok"),
        ("ok \U0001f44d\U0001f3fd", "ok"),
        ("\u2705 ok", "ok"),
        ("+1", "+1"),
        ("!ok", "!ok"),
        ("ok -", "ok -"),
    ],
)
def test_the_same_reply_has_one_form(text: str, expected: str) -> None:
    """Width, case, accents typed apart, white space, quotes, emphasis and full stops make no difference."""
    assert expected == parse_reply(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "!", "...", "\U0001f44d", "\U0001f44d\U0001f3fd", "-", "()", "\ufeff"),
        *("ok?", "ok\uff1f", "\u00bfok", "ok\u061f", "ok?!", "yes \u2049", "ok?)"),
        *("ok...", "ok\u2026", "yes .. go", "はい\u3002\u3002", "\u2026 ok"),
        *("\u202eok", "o\u202dk"),
        "y" * (LONGEST + 1),
    ],
)
def test_some_replies_have_no_form(text: str) -> None:
    """Nothing but marks and pictures, a question, a reply that trails off, text drawn backwards, and a long text."""
    assert parse_reply(text) in {"", "-"}


@pytest.mark.parametrize(
    "text",
    [
        *("!ok", "-ok", "- ok", "> ok", "/ok", "~ok~", "#ok", "@ok", ".ok", "\u2260 ok", "\u00acok"),
        *("ok -", "ok \u2014", "ok (", "ok :(", "ok :/", "ok /s", "ok %", "ok >"),
        *("ok \U0001f644", "ok \U0001f44e", "\u274c ok", "ok \U0001f62c"),
        *("o\u0336k\u0336", "ok\x00", "ok\x08\x08no", "\x1b[8mok", "o\u3164k"),
        *("'ok' 'ok'", "is 'ok'", "y/n"),
    ],
)
def test_what_says_something_of_its_own_stays(text: str) -> None:
    """A mark that denies, a dash that breaks off, a frown, another picture, a word struck out, a control code."""
    assert parse_reply(text) not in {"ok", "ok ok", "is ok", "y", "n", "y n"}


@pytest.mark.parametrize("char", INVISIBLE.values(), ids=INVISIBLE)
def test_invisible_characters_do_not_count(char: str) -> None:
    """Neither around a reply nor inside a word: nobody sees them, and keyboards and pasting leave them behind."""
    assert "yes please" == parse_reply(f"{char}y{char}es ple{char}ase{char}")


@given(st.text())
def test_any_text_has_a_form(text: str) -> None:
    """No text breaks it, and a form has neither white space around it nor capitals."""
    form = parse_reply(text)
    assert form.strip() == form
    assert form.casefold() == form
