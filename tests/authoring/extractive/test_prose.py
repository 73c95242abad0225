"""Sentences that can be quoted alone."""

import pytest

from skill_fleet.authoring.extractive.prose import (
    is_meta,
    leads_in,
    leans_back,
    readable,
    stands_alone,
    thoughts,
    worth,
)


@pytest.mark.parametrize(
    "sentence",
    [
        "The chamber cools by 40 degrees an hour.",
        "Never open the lid above 200 degrees.",
        "If the wire is broken, `Sensor.read()` raises an error.",
        "Pots on the top shelf are fired hotter (by 20 degrees).",
    ],
)
def test_a_whole_thought_stands_alone(sentence: str) -> None:
    assert stands_alone(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "This makes the chamber cool more slowly.",
        "However, the chamber cools more slowly then.",
        "In that case the chamber cools more slowly.",
        "Unlike this, the chamber cools more slowly.",
        "It also cools the chamber more slowly.",
        "The following example cools the chamber slowly.",
        "Because of that the chamber cools slowly.",
    ],
)
def test_a_sentence_that_leans_back_does_not(sentence: str) -> None:
    """Its first words stand for something that is not there."""
    assert leans_back(sentence)
    assert not stands_alone(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The rate is described in the next section of the guide.",
        "The chamber has a rate, see also the list of clays.",
        "In this tutorial the chamber is cooled by hand.",
        "We think that the chamber should cool slowly.",
        "The chamber is cooled as shown above by the fan.",
        "Thanks to everybody who fired pots for the project.",
        "Please report a cracked chamber on the issue tracker.",
        "The lid of the chamber, see `lid.md` for its size.",
    ],
)
def test_a_sentence_about_the_page_or_its_people_does_not(sentence: str) -> None:
    """It speaks of what the reader of a skill does not have before them."""
    assert is_meta(sentence)
    assert not stands_alone(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Cool it.",
        "The chamber cools by these rates:",
        "Does the chamber cool by 40 degrees an hour?",
        "The chamber cools (by 40 degrees an hour.",
        "The chamber cools by `rate degrees an hour.",
        "`rate` `speed` `door` `lid` `fan` `wire` cool.",
        " ".join(["clay"] * 60) + ".",
    ],
    ids=["short", "open", "question", "bracket", "backtick", "code", "ramble"],
)
def test_a_fragment_or_a_ramble_does_not(sentence: str) -> None:
    assert not stands_alone(sentence)


def test_code_is_not_read_as_talk() -> None:
    """`our` in a code span is a name."""
    assert stands_alone("The chamber reads `our.issue_tracker` every minute.")


@pytest.mark.parametrize("sentence", ["Set the rate:", "Set the rate...", "Set the rate…"])
def test_an_open_end_leads_in(sentence: str) -> None:
    assert leads_in(sentence)
    assert not leads_in("Set the rate.")


FIRST = "The chamber cools by 40 degrees an hour."
LEANING = "This keeps the glaze from cracking."
META = "See the next section for more."


def test_a_thought_is_a_sentence_with_those_that_lean_on_it() -> None:
    """A leaning sentence without anything to lean on is left out."""
    assert [[FIRST, LEANING]] == thoughts([LEANING, FIRST, LEANING, META, LEANING])


def test_what_is_readable_keeps_its_order() -> None:
    """The same for a box, up to 75 words in all."""
    assert [FIRST, LEANING] == readable([FIRST, LEANING, META])
    assert 9 == len(readable([FIRST] * 20))


@pytest.mark.parametrize(
    ("better", "plainer"),
    [
        ("Never open the lid above 200 degrees.", "People open the lid above their heads."),
        ("The rate is 40 by default for porcelain.", "The rate is known to most for porcelain."),
        ("The lid closes `Chamber.top` slowly.", "The lid closes the chamber slowly."),
        ("The lid closes within 20 seconds.", "The lid closes within some seconds."),
        ("Cooling takes the whole night here.", "Heating takes the whole night here."),
    ],
    ids=["rule", "default", "name", "number", "task"],
)
def test_what_says_more_is_worth_more(better: str, plainer: str) -> None:
    """Rules, defaults, names, numbers, and the words of the task."""
    assert worth(better, {"cool": 1.0}) > worth(plainer, {"cool": 1.0})
