"""A person's words become choices that can be checked, or work for the writer, or are refused: never nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.workshops import QUOTES, drafted, script, stored, unit

from skill_fleet.authoring.brief import Edits, Target
from skill_fleet.authoring.feedback import Feedback
from skill_fleet.lm.evidence import Excerpts
from skill_fleet.lm.reading import Desk, Read, read_feedback, sentences_of
from skill_fleet.lm.signatures.review import Ask, Reading
from skill_fleet.skill.tokens import count_tokens

STORE = stored()
SOURCE = STORE.sources[0].id
HEADINGS = ("Open a gate", "Avoid long waits")


def read(said: str, *readings: Reading, edits: Edits = Edits()) -> Read:  # noqa: B008  it is frozen
    plan = replace(script(STORE).plan, edits=edits)
    feedback = Feedback("preview", said, drafted(STORE, QUOTES))
    return read_feedback(readings, sentences_of(said), Desk(plan, feedback, Excerpts(STORE, edits), HEADINGS))


def one(asks: Ask, value: str = "", said: str = "Do it.", edits: Edits = Edits()) -> Read:  # noqa: B008
    return read(said, Reading(number=1, asks=asks, value=value), edits=edits)


@pytest.mark.parametrize(
    ("asks", "value", "edits"),
    [
        ("name", "`gate-keeper`", Edits(name="gate-keeper")),
        ("path", "tool/gates/", Edits(path="tool/gates")),
        ("title", '"Keep the gate"', Edits(title="Keep the gate")),
        ("style", "Navigation hub", Edits(style="navigation_hub")),
        ("size", "120 lines", Edits(max_lines=120)),
        ("size", "about 2,000 tokens", Edits(max_tokens=2000)),
        ("size", "1 line", Edits(max_lines=20)),
        ("drop", "## open a gate", Edits(dropped=("Open a gate",))),
        ("order", "Avoid long waits", Edits(order=("Avoid long waits",))),
        ("only", f"{SOURCE} guide/limits.md", Edits(only=(Target(SOURCE, "guide/limits.md"),))),
        ("avoid", "guide/limits.md", Edits(avoid=(Target(SOURCE, "guide/limits.md"),))),
        ("avoid", SOURCE, Edits(avoid=(Target(SOURCE),))),
    ],
)
def test_a_choice_becomes_an_edit(asks: Ask, value: str, edits: Edits) -> None:
    """It is a change, and nothing is left for the writer."""
    found = one(asks, value)
    assert replace(edits, feedback=("",)) == found.edits
    assert (1, ()) == (len(found.changes), found.not_addressed)


@pytest.mark.parametrize(
    ("asks", "value"),
    [
        ("name", "Not A Name"),
        ("path", "../../etc"),
        ("title", ""),
        ("style", "baroque"),
        ("size", "a bit"),
        ("drop", "A section that is not there"),
        ("restore", "Open a gate"),
        ("order", ""),
        ("pin", "e99999"),
        ("only", "ghost.md"),
        ("avoid", "other guide/limits.md"),
        ("prefer", ""),
        ("read", "/etc/passwd"),
        ("nothing", ""),
    ],
)
def test_what_cannot_be_done_is_said_in_the_persons_words(asks: Ask, value: str) -> None:
    """With the reason, and without a change."""
    found = one(asks, value, "Do this thing.")
    assert (Edits(feedback=("",)), ()) == (found.edits, found.changes)
    assert found.not_addressed[0].startswith("Do this thing.: ")


def test_a_share_is_one_of_the_draft_as_it_is() -> None:
    """Less is less than now; more also lifts a limit of lines."""
    now = count_tokens(drafted(STORE, QUOTES).file("SKILL.md").text)
    assert now * 70 // 100 == one("size", "70%").edits.max_tokens
    more = one("size", "150%", edits=Edits(max_lines=60)).edits
    assert (now * 150 // 100, 0) == (more.max_tokens, more.max_lines)


def test_an_excerpt_is_pinned_by_the_id_that_prompts_show() -> None:
    """Kept is the id that it has in the store."""
    wanted = unit(STORE, "Retry only calls")
    found = one("pin", Excerpts(STORE, Edits()).id_of(wanted.id))
    assert (wanted.id,) == found.edits.pinned


def test_a_section_that_was_left_out_comes_back() -> None:
    """It may stand again, and the writer is told."""
    found = one("restore", "open a gate", "Bring it back.", Edits(dropped=("Open a gate", "Nets")))
    assert (("Nets",), ("Bring it back.",)) == (found.edits.dropped, found.content)


def test_a_source_is_wanted_or_avoided_not_both() -> None:
    """The last word counts."""
    page = Target(SOURCE, "guide/limits.md")
    assert () == one("only", "guide/limits.md", edits=Edits(avoid=(page,))).edits.avoid
    assert () == one("prefer", "guide/limits.md", edits=Edits(avoid=(page,))).edits.avoid
    assert ((), ()) == (
        (avoided := one("avoid", "guide/limits.md", edits=Edits(only=(page,), prefer=(page,))).edits).only,
        avoided.prefer,
    )


def test_only_a_source_that_the_person_named_is_read() -> None:
    """A model's guess is not: it could name any file."""
    found = one("read", "package:httpx", "Read package:httpx too.")
    assert (("package:httpx",), ("Read package:httpx too.",)) == (found.sources, found.content)
    assert () == one("read", "/etc/passwd", "Read more.").sources


def test_every_sentence_ends_somewhere() -> None:
    """The first reading of a sentence counts, others and those of no sentence do not; one without a reading is said."""
    said = "Call it gate-keeper. Say more about stores. It is ugly. Add cats."
    readings = (
        Reading(number=2, asks="content"),
        Reading(number=1, asks="name", value="gate-keeper"),
        Reading(number=2, asks="nothing"),
        Reading(number=3, asks="nothing", reason="taste without a measure"),
        Reading(number=9, asks="drop", value="Open a gate"),
    )
    found = read(said, *readings)
    assert ("Say more about stores.",) == found.content
    assert ("Say more about stores.",) == found.edits.feedback
    assert ("the name is gate-keeper", "the writer takes up: Say more about stores.") == found.changes
    assert ["It is ugly.: taste without a measure", "Add cats.: nothing in it can be acted on"] == [
        *found.not_addressed
    ]
