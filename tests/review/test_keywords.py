"""The tables, and what configuration may do to them."""

from __future__ import annotations

import json

import pytest

from skill_fleet.errors import SettingsError
from skill_fleet.jobs.prompts import ACTIONS, Action
from skill_fleet.review.detect import detect_action
from skill_fleet.review.keywords import Table, declines, language_of, load_keywords, parse_table, says_nothing
from skill_fleet.review.reply import parse_reply

KEYWORDS = load_keywords()
LANGUAGES = "en ar de es fr hi it ja ko nl pl pt ru tr uk zh".split()

PROMISED: dict[Action, list[str]] = {
    "proceed": "proceed yes ok okay continue approve accept save y".split(),
    "revise": "revise change edit modify fix update".split(),
    "cancel": "cancel abort stop quit no n".split(),
}


def test_there_is_a_table_for_every_language() -> None:
    """English first, then by code; the tables carry their own code."""
    assert tuple(LANGUAGES) == KEYWORDS.languages


@pytest.mark.parametrize("table", KEYWORDS.tables, ids=lambda table: table.language)
def test_tables_say_each_thing_once(table: Table) -> None:
    """Every entry has a form, in a table no form has two entries, and no action is without words."""
    entries = [*(word for action in ACTIONS for word in (*table.words[action], *table.letters[action]))]
    forms = [parse_reply(word) for word in entries]
    assert [] == [word for word, form in zip(entries, forms, strict=True) if not form or forms.count(form) > 1]
    assert all(len(table.words[action]) >= 6 for action in ACTIONS)
    answers = [parse_reply(word) for word in table.no_answer]
    assert len(answers) == len(set(answers) - {""})


@pytest.mark.parametrize("table", KEYWORDS.tables, ids=lambda table: table.language)
def test_single_letters_belong_to_their_language(table: Table) -> None:
    """No table has a letter of an alphabet among the words that count for everybody."""
    words = [word for action in ACTIONS for word in table.words[action]]
    assert [] == [word for word in words if len(word) == 1 and table.language not in {"zh", "ja", "ko"}]


@pytest.mark.parametrize("table", KEYWORDS.tables, ids=lambda table: table.language)
def test_a_word_never_means_two_things(table: Table) -> None:
    """In every language's locale each word has the action of its own table, or is known to be unclear there."""
    for action in ACTIONS:
        for word in table.words[action]:
            found = {language: KEYWORDS.find(parse_reply(word), language) for language in ["", *LANGUAGES]}
            assert {} == {
                place: entry for place, entry in found.items() if not entry or entry.action not in {action, None}
            }


def test_the_promised_words_come_first() -> None:
    """The contract's English words have their actions, and head the list that clients get."""
    config = KEYWORDS.config()
    for action, words in PROMISED.items():
        assert {action} == {detect_action(word, KEYWORDS).action for word in words}
        whole = [word for word in words if len(word) > 1]
        assert whole == config["action_keywords"][action][: len(whole)]
        assert set(words) <= set(config["action_keywords"][action])


@pytest.mark.parametrize("language", ["", *LANGUAGES])
def test_clients_read_the_words_as_we_do(language: str) -> None:
    """Every word of the list for a locale has its action there, once; the list is plain JSON."""
    config = KEYWORDS.config(language)
    listed = [(word, action) for action in ACTIONS for word in config["action_keywords"][action]]
    assert len(listed) == len({word for word, _ in listed})
    assert [] == [pair for pair in listed if detect_action(pair[0], KEYWORDS, language).action != pair[1]]
    assert config == json.loads(json.dumps(config))


def test_clients_get_the_letters_of_their_locale() -> None:
    """And none of another; a word that is unclear in a locale is not on its list."""
    lists = {locale: KEYWORDS.config(locale)["action_keywords"] for locale in ("", "de_AT", "pl")}
    assert [False, True, False] == ["j" in lists[locale]["proceed"] for locale in lists]
    assert [True, True, False] == ["no" in lists[locale]["cancel"] for locale in lists]


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        *(("de", "de"), ("de_AT", "de"), ("de-AT.UTF-8", "de"), ("DE", "de"), ("de_DE@euro", "de"), ("de.UTF-8", "de")),
        *(("pt-BR", "pt"), ("zh-Hans-CN", "zh"), ("gsw", "gsw"), ("de:en", "de")),
        *(("", ""), ("C", ""), ("C.UTF-8", ""), ("POSIX", ""), ("german", "")),
    ],
)
def test_locales_name_a_language(locale: str, expected: str) -> None:
    """In the spellings of POSIX and of the web; the locales without a language name none."""
    assert expected == language_of(locale)


def test_words_can_be_added() -> None:
    """To a language, or with a language of one's own; what was there stays."""
    keywords = load_keywords({"de": {"proceed": {"add": ["jo", "basst scho"]}}, "sv": {"proceed": {"add": ["kör på"]}}})
    found = [detect_action(text, keywords) for text in ("Jo!", "basst scho", "KÖR PÅ", "passt")]
    assert ["proceed"] * 4 == [each.action for each in found]
    assert ["de", "de", "sv", "de"] == [each.language for each in found]
    assert None is detect_action("jo", KEYWORDS).action
    assert (*KEYWORDS.languages, "sv") == keywords.languages


def test_words_can_be_replaced() -> None:
    """Then nothing else of that language has the action, its letters neither."""
    keywords = load_keywords({"en": {"cancel": {"replace": ["kill it"]}, "proceed": {"replace": ["engage"]}}})
    found = {
        text: detect_action(text, keywords).action for text in ("kill it", "engage", "ship it", "abort it", "n", "y")
    }
    assert {"kill it": "cancel", "engage": "proceed", "ship it": None, "abort it": None, "n": None, "y": None} == found


def test_a_word_can_be_moved() -> None:
    """From one action to another, when it is taken away there in the same breath."""
    keywords = load_keywords({"en": {"proceed": {"replace": ["yes"]}, "revise": {"add": ["ship it"]}}})
    assert "revise" == detect_action("ship it", keywords).action


def test_an_added_letter_counts_in_its_own_locale() -> None:
    """As the bundled letters do."""
    keywords = load_keywords({"de": {"revise": {"add": ["ä"]}}})
    assert ["revise", None] == [detect_action("ä", keywords, locale).action for locale in ("de", "fr")]


def test_an_added_word_is_no_longer_unclear() -> None:
    """What a person says of their own language outweighs our doubt."""
    keywords = load_keywords({"it": {"proceed": {"add": ["fine"]}}})
    assert "proceed" == detect_action("fine", keywords, "it").action
    assert None is detect_action("fine", KEYWORDS, "it").action


@pytest.mark.parametrize(
    ("overrides", "places"),
    [
        ({"de": {"proceed": {"add": ["Stopp!"]}}}, ["keywords.de.proceed.add", "the bundled keywords.de.cancel"]),
        ({"sv": {"proceed": {"add": ["no"]}}}, ["keywords.sv.proceed.add", "the bundled keywords.en.cancel"]),
        ({"it": {"cancel": {"add": ["S"]}}}, ["keywords.it.cancel.add", "the bundled keywords.it.proceed"]),
        ({"el": {"proceed": {"add": ["n"]}}}, ["keywords.el.proceed.add", "the bundled keywords.en.cancel"]),
        (
            {"de": {"revise": {"add": ["hm"]}, "cancel": {"add": ["hm"]}}},
            ["keywords.de.revise.add", "keywords.de.cancel.add"],
        ),
        (
            {"de": {"revise": {"add": ["hm"]}}, "nl": {"cancel": {"replace": ["HM."]}}},
            ["keywords.de.revise.add", "keywords.nl.cancel.replace"],
        ),
    ],
)
def test_a_word_with_two_actions_is_refused(overrides: dict[str, object], places: list[str]) -> None:
    """Both places are named, whether they are ours or the person's."""
    with pytest.raises(SettingsError) as caught:
        load_keywords(overrides)
    assert [] == [place for place in places if place not in caught.value.message]


@pytest.mark.parametrize(
    ("overrides", "place"),
    [
        ({"Deutsch": {}}, "keywords.Deutsch"),
        ({"DE": {"proceed": {"add": ["jo"]}}}, "keywords.DE"),
        ({"de": ["jo"]}, "keywords.de"),
        ({"de": {"approve": {"add": ["jo"]}}}, "keywords.de"),
        ({"de": {"proceed": ["jo"]}}, "keywords.de.proceed"),
        ({"de": {"proceed": {"remove": ["ja"]}}}, "keywords.de.proceed.remove"),
        ({"de": {"proceed": {"add": "jo"}}}, "keywords.de.proceed.add"),
        ({"de": {"proceed": {"add": [1]}}}, "keywords.de.proceed.add"),
        ({"de": {"proceed": {"add": ["?"]}}}, "keywords.de.proceed.add"),
        ({"de": {"proceed": {"add": ["\U0001f44d"]}}}, "keywords.de.proceed.add"),
    ],
)
def test_another_shape_is_refused(overrides: dict[str, object], place: str) -> None:
    """The message begins with the place, and a hint says what to write."""
    with pytest.raises(SettingsError) as caught:
        load_keywords(overrides)
    assert f"{place}:" == caught.value.message[: len(place) + 1]
    assert caught.value.hint


def test_the_version_changes_with_the_words() -> None:
    """The same words have the same version, in whatever process; one more word has another."""
    overrides: list[dict[str, object]] = [{}, {"de": {}}, {"de": {"proceed": {"add": ["jo"]}}}]
    versions = [load_keywords().version, *(load_keywords(each).version for each in overrides)]
    assert versions[0] == versions[1] == versions[2] != versions[3]
    assert 12 == len(versions[0])


def test_a_table_is_read() -> None:
    """Letters and unclear words may be missing."""
    text = (
        'language = "xx"\nproceed = ["a b"]\nrevise = []\ncancel = ["c"]\nno_answer = ["d"]\n[letters]\ncancel = ["e"]'
    )
    table = parse_table(text)
    assert ("xx", ("a b",), (), ("c",)) == (table.language, *(table.words[action] for action in ACTIONS))
    assert ((), (), ("e",), ()) == (*(table.letters[action] for action in ACTIONS), table.unclear)


@pytest.mark.parametrize(
    "text", ["don't know", "Skip.", "weiß nicht", "je ne sais pas", "わかりません", "n/a", "no idea!"]
)
def test_a_person_may_decline(text: str) -> None:
    """In any of the languages; that says nothing about the question."""
    assert declines(text)
    assert says_nothing(text)


@pytest.mark.parametrize("text", ["", "  ", "-", "...", "?", "\U0001f44d", "yes", "OK!", "nein", "はい", "j"])
def test_a_bare_yes_or_no_says_nothing(text: str) -> None:
    """Neither does a blank; but nobody declined."""
    assert says_nothing(text)
    assert not declines(text)


@pytest.mark.parametrize(
    "text", ["httpx 0.28", "yes, on Windows", "I don't know the version, but it is httpx", "None at all"]
)
def test_other_words_say_something(text: str) -> None:
    """Only the whole of an answer can say nothing."""
    assert not says_nothing(text)
