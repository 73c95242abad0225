"""Technical entities: what is one, what it is normalised to, and how two texts agree in them."""

from __future__ import annotations

import pytest

from skill_fleet.metrics.entities import MOST_TEXT, Entity, entities, entity_f1


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("Pass --dry-run now.", "flag", "--dry-run"),
        ("Pass `-o FILE` now.", "flag", "-o"),
        ("Pass --level=3 now.", "flag", "--level"),
        ("Call `do the thing`.", "code", "do the thing"),
        ("See https://example.org/Guide/.", "url", "https://example.org/guide"),
        ("Open references/guide.md.", "path", "references/guide.md"),
        ("Open ./run.py.", "path", "run.py"),
        ("Set requests.Session there.", "name", "requests.Session"),
        ("Set max_retries there.", "name", "max_retries"),
        ("Set maxRetries there.", "name", "maxRetries"),
        ("Set API_KEY there.", "name", "API_KEY"),
        ("Wait 30 seconds.", "number", "30 s"),
        ("Wait 30s.", "number", "30 s"),
        ("Send 10,000 rows.", "number", "10000"),
        ("Needs v1.2.3.", "number", "1.2.3"),
        ("Retry three times.", "number", "3"),
        ("等待 30 秒", "number", "30"),
        ("You must not retry the call.", "polarity", "must not retry the call"),
        ("You mustn’t retry the call.", "polarity", "must not retry the call"),
        ("It does **not** retry.", "polarity", "do not retry"),
        ("Do this _before_ the upload.", "polarity", "before the upload"),
    ],
)
def test_an_entity_has_its_kind_and_spelling(text: str, kind: str, said: str) -> None:
    """Each kind is found in a sentence and normalised."""
    assert (kind, said) in {entity.key for entity in entities(text)}


@pytest.mark.parametrize(
    "text",
    ["Read and/or write.", "A plain sentence, e.g. this one.", "1. First\n2. Second\n", "well-known words", "", "----"],
)
def test_plain_prose_has_no_entities(text: str) -> None:
    """Ordinary words, list numbers and rules are none."""
    assert () == entities(text)


def test_lines_are_those_of_the_text() -> None:
    """A line counts from the number that is given, whatever the line ends are."""
    expected = (Entity("flag", "--a", 5), Entity("flag", "--b", 7))
    assert expected == entities("--a\r\n\r\n--b", 5) == entities("--a\n\n--b", 5) == entities("--a\r\r--b", 5)


def test_a_statement_ends_with_its_sentence() -> None:
    """Words behind a full stop or a blank line are not part of what is forbidden."""
    texts = {entity.text for entity in entities("Never wait. Go on.\n\nAlways\n\nask\n")}
    assert {"never wait", "always"} == texts


def test_other_scripts_have_everything_but_polarity() -> None:
    """Chinese and Arabic texts have flags, code, names and numbers."""
    text = "运行 `load data` 时必须使用 --force,超时 5 秒。\nلا تستخدم max_retries أبدا 7"  # noqa: RUF001 - Arabic is meant
    assert {"code", "flag", "name", "number"} == {entity.kind for entity in entities(text)}


def test_equal_texts_agree() -> None:
    """A text agrees fully with itself, and so do two that hold nothing."""
    text = "Never use --force with max_retries 3."
    agreement = entity_f1(text, text)
    assert (1.0, 1.0, 1.0, 1.0) == (agreement.precision, agreement.recall, agreement.f1, agreement.above_chance)
    assert 1.0 == entity_f1("", "plain words").f1


def test_weights_and_what_is_missing() -> None:
    """A lost flag counts two, a number one; what is missing and what is new is named with its line."""
    agreement = entity_f1("--a\n7\n", "7\n--b\n")
    assert pytest.approx(1 / 3) == agreement.recall == agreement.precision
    assert (Entity("flag", "--a", 1),) == agreement.missing
    assert (Entity("flag", "--b", 2),) == agreement.extra


def test_nothing_in_common_is_below_chance() -> None:
    """Below the floor of unrelated texts the value stays at zero."""
    agreement = entity_f1("--a", "--b")
    assert (0.0, 0.0) == (agreement.f1, agreement.above_chance)


def test_a_turned_statement_is_another_entity() -> None:
    """Always for never changes the agreement."""
    assert entity_f1("Never retry the call.", "Always retry the call.").f1 == 0.0


def test_a_text_beyond_the_limit_is_cut() -> None:
    """What stands behind the limit is not read."""
    assert () == entities(" " * MOST_TEXT + "--late")


@pytest.mark.parametrize(
    "text", ["a" * 50_000, "a." * 25_000, "`" * 25_000, "-" * 25_000, "a/" * 25_000, "1," * 25_000, "_" * 50_000]
)
def test_hostile_texts_come_back(text: str) -> None:
    """Long runs of one mark are read without taking time by the square."""
    assert len(entities(text)) <= len(text)
