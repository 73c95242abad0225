"""Prose becomes sentences, and a sentence says what kind of thing it says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_fleet.sources.sentences import SentenceKind, sentence_kind, split_sentences

PROSE = st.lists(
    st.sampled_from(
        [
            "Set",
            "it",
            "to",
            "`a. B`",
            "``c`d``",
            "e.g.",
            "No.",
            "(Or",
            "not.)",
            '"Yes."',
            "1.5",
            "…",
            "\n\n",
            "窓。",
            "?",
        ]
    )
    | st.text(max_size=4)
).map(" ".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("One sentence", ["One sentence"]),
        ("One. Two! Three? Four.", ["One.", "Two!", "Three?", "Four."]),
        ("A line\nbroken in two. And more.", ["A line broken in two.", "And more."]),
        ("No full stop\n\nAnother paragraph", ["No full stop", "Another paragraph"]),
        ("Set `a. B` first. Then `c`.", ["Set `a. B` first.", "Then `c`."]),
        ("Use ``a`. B`` here. Done.", ["Use ``a`. B`` here.", "Done."]),
        ("Use a store, e.g. SQLite, or a file.", ["Use a store, e.g. SQLite, or a file."]),
        ("It waits 1.5 seconds. It stops.", ["It waits 1.5 seconds.", "It stops."]),
        ("It waits (for a while.) Then it stops.", ["It waits (for a while.)", "Then it stops."]),
        ('It says "no." Then it stops.', ['It says "no."', "Then it stops."]),
        ("It stops. `stop()` ends it.", ["It stops.", "`stop()` ends it."]),
        ("see tidegate.Gate for more", ["see tidegate.Gate for more"]),
        ("窓を開ける。閉める。", ["窓を開ける。", "閉める。"]),
        ("Odd \x000\x00 text. More.", ["Odd \x000\x00 text.", "More."]),
    ],
)
def test_split_sentences(text: str, expected: list[str]) -> None:
    """Sentences end at full stops that end a sentence, and nowhere else."""
    assert expected == split_sentences(text)


@given(PROSE)
def test_splitting_loses_nothing(text: str) -> None:
    """All characters but white space are there, in their order; no sentence is empty or broken over lines."""
    sentences = split_sentences(text)
    assert "".join(text.split()) == "".join("".join(sentences).split())
    assert all(sentence == " ".join(sentence.split()) != "" for sentence in sentences)


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("`WaitTimeoutError` is raised when no permit is free.", "error"),
        ("The name `WaitTimeoutError` is long.", None),
        ("A gate without a limit can lead to a deadlock.", "warning"),
        ("Prefer the file store for several processes.", "choice"),
        ("Use it when you need a burst.", "choice"),
        ("The burst must not be larger than the limit.", "rule"),
        ("It waits by default.", "rule"),
        ("A gate is a counter with a clock.", "definition"),
        ("Gates count.", None),
    ],
)
def test_sentence_kind(sentence: str, kind: SentenceKind | None) -> None:
    """The most specific kind wins; a sentence that only explains has none."""
    assert kind == sentence_kind(sentence)
