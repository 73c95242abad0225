"""Advice, gotchas and errors beyond the core."""

import pytest
from tests.shelves import page, shelf_of

from skill_fleet.authoring.extractive.errors import error_notes, pick_errors
from skill_fleet.authoring.extractive.notes import Note, all_notes, pick, rank_notes
from skill_fleet.authoring.extractive.shelf import Shelf

TASK = "Turn a knob and lift the lid of the chamber"
ADVICE = "Prefer `slow_cool` to `cool` when the walls are thicker than 2 centimetres."
WARNING = "Never lift the lid of the chamber before `degrees` is below 200."


def ranked(text: str, task: str = TASK) -> list[Note]:
    shelf = shelf_of(page(text), task)
    return rank_notes(all_notes(shelf, shelf.nodes), ("choice", "warning", "rule"))


def sentences(notes: list[Note]) -> list[str]:
    return [note.sentence for note in notes]


def test_a_note_says_where_it_belongs() -> None:
    """With its section's title, unless the sentence has the title's words itself."""
    [note] = ranked(f"## Doors\n\n{WARNING}")
    assert f"- **Doors:** {WARNING}" == note.passage().text
    [plain] = ranked(f"## The lid\n\n{WARNING}")
    assert f"- {WARNING}" == plain.passage().text


def test_every_note_cites_its_lines() -> None:
    """Also one that was an item of a list, or stood in a box."""
    notes = ranked(
        f"- a\n- {ADVICE}\n- Wet clay must never be put into a chamber of 100 degrees.\n\n!!! danger\n    {WARNING}\n"
    )
    assert {ADVICE, WARNING} <= set(sentences(notes))
    assert all(note.evidence for note in notes)


def test_a_box_makes_a_sentence_worth_more() -> None:
    """Whoever wrote the page set it apart for a reason."""
    [plain] = ranked(WARNING)
    [boxed] = ranked(f"!!! danger\n    {WARNING}\n")
    assert boxed.value > plain.value


def test_at_most_two_of_a_section_are_picked() -> None:
    """And no more than asked for."""
    rules = (
        "The lid must never be lifted by a single hand.\n\n"
        "A knob must never be turned past 20 degrees.\n\n"
        "Never stand before the chamber when it opens."
    )
    many = ranked(f"{rules}\n\n## Lids\n\n{WARNING}")
    assert 4 == len(many)
    assert 3 == len(pick(many, 9, ""))
    assert 1 == len(pick(many, 1, ""))


def test_what_is_said_is_not_said_again() -> None:
    """Neither in the same words nor in nearly the same."""
    twice = ranked(f"{WARNING}\n\n## Lids\n\n{WARNING.replace('200', '210')}")
    assert 1 == len(pick(twice, 9, ""))
    assert [] == pick(ranked(WARNING), 9, f"Before. {WARNING} After.")


ERROR = "A `SensorError` is raised when the wire of a sensor is broken or has come loose."


def errors(text: str, limit: int = 9, said: str = "") -> list[str]:
    shelf: Shelf = shelf_of(page(text))
    return [passage.text for passage in pick_errors(error_notes(shelf), limit, said)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (ERROR, f"- `SensorError`: {ERROR}"),
        (f"- one\n    - {ERROR}", f"- `SensorError`: {ERROR}"),
        ("`SensorError` is raised when the wire is broken.", "- `SensorError` is raised when the wire is broken."),
        (
            "A `kiln.SensorError` is raised when the wire breaks.",
            "- `SensorError`: A `kiln.SensorError` is raised when the wire breaks.",
        ),
    ],
    ids=["sentence", "nested item", "name first", "module"],
)
def test_an_error_says_when_it_comes(text: str, line: str) -> None:
    """Its name leads, without its module, unless the sentence opens with it."""
    assert [line] == errors(text)


@pytest.mark.parametrize(
    "text",
    [
        "The class of the exception is `SensorError` for all the sensors.",
        "An `Error` is raised when anything at all is broken.",
        "This raises a `SensorError` when it breaks.",
    ],
    ids=["says no when", "no name", "leans back"],
)
def test_what_does_not_say_when_is_left_out(text: str) -> None:
    assert [] == errors(text)


def test_an_error_has_one_line() -> None:
    """The sentence that is worth most, unless it is said already."""
    better = "A `SensorError` is raised by default when `limit` is above 1200 degrees."
    assert [f"- `SensorError`: {better}"] == errors(f"{ERROR}\n\n{better}")
    assert [f"- `SensorError`: {ERROR}"] == errors(f"{ERROR}\n\n{better}", said=better)
