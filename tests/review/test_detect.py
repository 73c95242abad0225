"""Only a whole reply that stands in a table has an action, and nothing else ever proceeds."""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_fleet.jobs.prompts import ACTIONS, Action
from skill_fleet.review.detect import Detected, detect_action
from skill_fleet.review.keywords import load_keywords

KEYWORDS = load_keywords()
LOCALES = ["", *KEYWORDS.languages]


def hedges(kind: str) -> dict[str, list[str]]:
    with (Path(__file__).parent / "hedges.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["language"]: row["words"].split("|") for row in rows if row["kind"] == kind}


NEGATORS = hedges("negator")
HESITATIONS = hedges("hesitation")

#: Every entry of every table: language, action, word.
ENTRIES: list[tuple[str, Action, str]] = [
    (table.language, action, word)
    for table in KEYWORDS.tables
    for action in ACTIONS
    for word in (*table.words[action], *table.letters[action])
]


def skeleton(text: str) -> str:
    """Letters and digits only, without the marks that typists leave out: our own measure of sameness, looser than the
    product's and not made of its code."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = [
        char
        for char in plain.translate({0x131: "i", 0x640: None})
        if unicodedata.category(char)[0] in "LN" or 0x900 <= ord(char) < 0x980
    ]
    return "".join(kept)


APPROVING = {skeleton(word) for _, action, word in ENTRIES if action == "proceed"}

#: Texts made of what replies are made of, so that many come close to a table entry.
NEAR = st.lists(
    st.one_of(
        st.sampled_from([word for _, _, word in ENTRIES]),
        st.sampled_from([word for words in (*NEGATORS.values(), *HESITATIONS.values()) for word in words]),
        st.sampled_from(
            [*"!?.,:;-()/~'\"*+", "\u2026", "\u200b", "\u202e", "\U0001f44d", "\U0001f644", "\n", "\u3000"]
        ),
        st.text(max_size=3),
    ),
    max_size=4,
)


@given(st.text(), st.sampled_from(LOCALES))
def test_no_text_outside_the_tables_proceeds(text: str, locale: str) -> None:
    """Whatever a person writes, in whatever locale."""
    assert detect_action(text, KEYWORDS, locale).action != "proceed" or skeleton(text) in APPROVING


@given(NEAR, st.sampled_from(["", " ", ", ", "\n"]), st.sampled_from(LOCALES))
def test_no_text_near_the_tables_proceeds(parts: list[str], glue: str, locale: str) -> None:
    """Words of the tables with others, or with marks between, say yes only when together they are an entry."""
    text = glue.join(parts)
    assert detect_action(text, KEYWORDS, locale).action != "proceed" or skeleton(text) in APPROVING


@given(st.sampled_from(ENTRIES), st.text(min_size=1, max_size=3), st.integers(0, 40), st.sampled_from(LOCALES))
def test_a_word_with_something_in_it_is_another_word(
    entry: tuple[str, Action, str], extra: str, place: int, locale: str
) -> None:
    """Letters put into an entry make it another reply, which proceeds only when that is an entry too."""
    word = entry[2]
    text = word[:place] + extra + word[place:]
    assert detect_action(text, KEYWORDS, locale).action != "proceed" or skeleton(text) in APPROVING


@pytest.mark.parametrize("language", KEYWORDS.languages)
def test_every_entry_counts_in_its_language(language: str) -> None:
    """As it stands, in capitals, in full width, between quotes, with marks, blanks and invisible characters around."""
    wide = {char: char + 0xFEE0 for char in range(0x21, 0x7F)}
    for _, action, word in (entry for entry in ENTRIES if entry[0] == language):
        ways = [
            word,
            word.upper(),
            word.translate(wide),
            f"“{word}”",
            f"  {word}!\r\n",
            f"\ufeff{word.rstrip('.')}.",
            f"*{word}*",
        ]
        assert {action} == {detect_action(way, KEYWORDS, language).action for way in ways}, word


@pytest.mark.parametrize("language", KEYWORDS.languages)
def test_a_denied_word_never_has_its_action(language: str) -> None:
    """A negation before or behind a word, with or without a comma, is never read as the word nor as a yes: "don't stop"
    does not cancel, "not ok" does not proceed. Words that deny by themselves are left out: two denials say no."""
    negators = NEGATORS[language]
    glues = ("", " ", ", ") if language in {"zh", "ja", "ko"} else (" ", ", ")
    words = [(action, word) for code, action, word in ENTRIES if code == language and not denies(word, negators)]
    wrong = [
        text
        for action, word in words
        for negator in negators
        for glue in glues
        for text in (f"{negator}{glue}{word}", f"{word}{glue}{negator}")
        if detect_action(text, KEYWORDS, language).action in {"proceed", action}
    ]
    assert [] == wrong


def denies(word: str, negators: list[str]) -> bool:
    return word in negators or any(word.startswith(f"{negator} ") for negator in negators)


@pytest.mark.parametrize("language", NEGATORS)
def test_no_negation_proceeds_in_another_language(language: str) -> None:
    """No negation of any language, alone or before the commonest yes, proceeds in any locale."""
    texts = [text for word in NEGATORS[language] for text in (word, f"{word} ok", f"{word}, yes", f"{word} {word}")]
    found = {(text, locale): detect_action(text, KEYWORDS, locale).action for text in texts for locale in LOCALES}
    assert {} == {key: action for key, action in found.items() if action == "proceed"}


@pytest.mark.parametrize("language", HESITATIONS)
def test_hesitation_is_in_no_table(language: str) -> None:
    """Waiting, doubt and delay are unclear in their own language, and elsewhere unless they are a short form there."""
    found = {
        (word, locale): detect_action(word, KEYWORDS, locale) for word in HESITATIONS[language] for locale in LOCALES
    }
    taken = {key: each.action for key, each in found.items() if each.action}
    assert {} == {key: action for key, action in taken.items() if key[1] in {"", language}}
    assert {} == {key: action for key, action in taken.items() if skeleton(key[0]) not in LOCAL}


#: Forms that count only for people of one language.
LOCAL = {skeleton(word) for table in KEYWORDS.tables for action in ACTIONS for word in table.letters[action]}


@pytest.mark.parametrize(
    "text",
    [
        *("no changes, looks good", "don't stop", "don't stop, go on", "maybe not", "wait", "I have doubts", "reject"),
        *("the credit card part is wrong", "not ok", "nicht abbrechen", "yes but", "yes, but shorter", "ok?", "ok…"),
        *("no changes", "not bad", "yes and no", "no, go ahead", "stop? no", "", " ", "?", "proceed with caution"),
        *("do not stop", "never cancel", "no cancel", "can't approve", "unapproved", "yesterday", "okapi", "nova"),
    ],
)
def test_traps_are_unclear(text: str) -> None:
    """What the contract names, what the old system got wrong, and their neighbours."""
    assert Detected() == detect_action(text, KEYWORDS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nein", Detected("cancel", "nein", "de")),
        ("いいえ", Detected("cancel", "いいえ", "ja")),
        ("no", Detected("cancel", "no", "en")),
        ("N", Detected("cancel", "n", "en")),
        ("Refine!", Detected("revise", "refine", "en")),
        ("LGTM", Detected("proceed", "lgtm", "en")),
        ("NAO", Detected("cancel", "nao", "pt")),
    ],
)
def test_the_matched_word_is_told(text: str, expected: Detected) -> None:
    """As the table has it, with the table's language: that is what gets counted."""
    assert expected == detect_action(text, KEYWORDS)


def test_ones_own_language_is_counted_first() -> None:
    """A word of several tables is a word of the person's own, else of English, else of the first that has it."""
    found = [detect_action("continue", KEYWORDS, locale).language for locale in ("fr_CA", "", "ja", "pt-BR")]
    assert ["fr", "en", "en", "pt"] == found


@pytest.mark.parametrize(
    ("letter", "expected"),
    [
        ("s", {"es": "proceed", "it": "proceed", "pt": "proceed"}),
        ("si", {"es": "proceed", "it": "proceed"}),
        ("j", {"de": "proceed", "nl": "proceed"}),
        ("o", {"fr": "proceed"}),
        ("e", {"tr": "proceed"}),
        ("h", {"tr": "cancel"}),
        ("t", {"pl": "proceed"}),
        ("\u0434", {"ru": "proceed"}),
        ("\u043d", {}),
        ("\u0442\u0430\u043a", {"uk": "proceed"}),
        ("ne", {"de": "cancel"}),
        ("y", dict.fromkeys(LOCALES, "proceed")),
        ("n", dict.fromkeys(LOCALES, "cancel")),
    ],
)
def test_letters_count_in_their_own_locale(letter: str, expected: dict[str, Action]) -> None:
    """And nowhere else, but for y and n. The Russian letter of "no" lies on the key of the Latin y, so it is none."""
    found = {locale: detect_action(letter, KEYWORDS, locale).action for locale in LOCALES}
    assert expected == {locale: action for locale, action in found.items() if action}


@pytest.mark.parametrize("locale", ["de", "de_AT", "de-AT", "de_AT.UTF-8", "de-AT.UTF-8", "DE", "de_DE@euro"])
def test_a_locale_may_be_spelled_in_every_way(locale: str) -> None:
    """As the system, the web and people write it."""
    assert "proceed" == detect_action("J", KEYWORDS, locale).action


@pytest.mark.parametrize(
    ("text", "locale"), [("no", "pl"), ("no", "pt_BR"), ("ja", "es"), ("fine", "it"), ("pare", "it"), ("basta", "de")]
)
def test_false_friends_are_unclear_at_home(text: str, locale: str) -> None:
    """A Polish "no" is a yes and a Spanish "ja" is a laugh, so neither has an action there."""
    assert None is detect_action(text, KEYWORDS, locale).action
