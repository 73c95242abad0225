"""Words become terms, and the text that answers best comes first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_fleet.ranking import STOP_WORDS, Index, ranked, stem, terms

WORDS = st.sampled_from("gate permit limit retry pause store burst period factor jitter".split())
TEXTS = st.lists(st.lists(WORDS, max_size=12), max_size=8)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("the of and", []),
        ("Retries retrying retried", ["retri", "retri", "retri"]),
        ("read_timeout", ["read", "timeout"]),
        ("HTTPTransport", ["httptransport", "http", "transport"]),
        ("maxWait", ["maxwait", "max", "wait"]),
        ("don't", ["don't"]),
        ("Grüße 2024", ["grüße", "2024"]),
        ("設定方法", ["設定", "定方", "方法"]),
        ("窓", ["窓"]),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    """Identifiers are taken apart, stop words are gone, scripts without spaces become pairs."""
    assert expected == terms(text)


@given(st.text())
def test_any_text_has_terms(text: str) -> None:
    """No text breaks it, no term is empty, and no stop word is left."""
    found = terms(text)
    assert all(found)
    assert found == terms(text)


def test_words_of_other_scripts_are_their_own_stem() -> None:
    """Only English is stemmed."""
    assert ("настройка", "limit") == (stem("настройка"), stem("limits"))


def test_stop_words_are_in_lower_case() -> None:
    """They are compared with lower-case words, so any other could never match."""
    assert {word.lower() for word in STOP_WORDS} == STOP_WORDS


@given(TEXTS, st.lists(WORDS, max_size=5))
def test_scores_and_shares(texts: list[list[str]], query: list[str]) -> None:
    """One score a text, none negative; it is 0 exactly where no word of the query stands; shares lie in 0 to 1."""
    index = Index(texts)
    scores, shares = index.scores(query), index.coverage(query)
    assert [bool(set(query) & set(text)) for text in texts] == [score > 0 for score in scores]
    assert all(score >= 0 for score in scores)
    for share, text in zip(shares, texts, strict=True):
        assert (len(set(query) & set(text)) / len(set(query)) if query else 0) == pytest.approx(share)
    assert all(0 <= index.frequency(word) <= 1 for word in query)


@given(TEXTS, st.lists(WORDS, min_size=1, max_size=5), st.lists(st.sampled_from(["other", "words"]), max_size=9))
def test_a_text_that_holds_the_query_comes_first(texts: list[list[str]], query: list[str], others: list[str]) -> None:
    """Before every text that holds none of it, however long either is."""
    index = Index([*texts, query, others])
    scores = index.scores(query)
    assert scores[-2] > scores[-1] == 0
    assert len(texts) in ranked(scores)


def test_rare_words_count_more() -> None:
    """Of two texts with one word of the query each, the one with the rarer word wins."""
    index = Index([["gate", "limit"], ["gate", "jitter"], ["gate", "limit"], ["limit"]])
    scores = index.scores(["limit", "jitter"])
    assert 1 == ranked(scores)[0]
    assert (0.75, 0.0) == (index.frequency("gate"), index.frequency("nothing"))


def test_saying_a_word_twice_in_the_query_changes_nothing() -> None:
    """A query is a set of words."""
    index = Index([["gate", "limit"], ["limit"]])
    assert index.scores(["limit"]) == index.scores(["limit", "limit"])


def test_an_empty_index() -> None:
    """Nothing is found in nothing."""
    index = Index([])
    assert ([], [], 0.0) == (index.scores(["gate"]), index.coverage(["gate"]), index.frequency("gate"))


def test_ties_keep_their_order() -> None:
    """Best first, equals as they came, zeros left out."""
    assert [2, 0, 3] == ranked([1.0, 0.0, 2.0, 1.0])
