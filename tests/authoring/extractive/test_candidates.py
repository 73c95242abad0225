"""The pieces that a topic has to offer."""

import pytest
from tests.shelves import FILLER, TASK, page, shelf_of

from skill_fleet.authoring.extractive.candidates import Candidate, candidates
from skill_fleet.authoring.extractive.shelf import Shelf


def pieces(text: str, task: str = TASK) -> list[Candidate]:
    """What the first section of a page with this text gives."""
    shelf = shelf_of(page(text), task)
    found = [piece for node in shelf.nodes for piece in candidates(shelf, node)]
    return [piece for piece in found if piece.section.title == "Guide"]


def texts(text: str) -> list[str]:
    return ["\n\n".join(passage.text for passage in piece.passages) for piece in pieces(text)]


def test_a_sentence_is_a_piece_with_those_that_lean_on_it() -> None:
    """What can be read alone stands alone; what cannot comes with what it means."""
    said = "A schedule has at least two steps. It ends with the last. Porcelain wants a schedule with slow steps."
    assert [
        "A schedule has at least two steps. It ends with the last.",
        "Porcelain wants a schedule with slow steps.",
    ] == texts(said)


def test_an_example_comes_with_the_sentence_that_leads_to_it() -> None:
    """The sentence belongs to the code and makes no piece of its own."""
    text = "Start the schedule with its rate:\n\n```python\nschedule = Schedule()\nschedule.start(rate=3)\n```"
    assert [
        "Start the schedule with its rate:\n\n```python\nschedule = Schedule()\nschedule.start(rate=3)\n```"
    ] == texts(text)


def test_a_line_of_code_is_quoted_in_its_sentence() -> None:
    """A fence around one line would be more frame than picture."""
    text = "Start the schedule with its rate:\n\n```python\nschedule.start(rate=3)\n```"
    assert ["Start the schedule with its rate: `schedule.start(rate=3)`"] == texts(text)


@pytest.mark.parametrize(
    "block",
    [
        "```text\nchamber: 1040 degrees\n```",
        '```python\nTraceback (most recent call last):\n  File "kiln.py", line 3\nKilnError: hot\n```',
        "```python\nschedule.start(\n```",
        "```python\nimport kiln\nfrom kiln import Schedule\n```",
        "```python\npots = [\n" + "".join(f"    {number},\n" for number in range(40)) + "]\n```",
        "> Somebody said this once about kilns and their doors.",
        '!!! info "Changed in version 2"\n    The door opens to the left since then.\n',
    ],
    ids=["output", "traceback", "broken", "imports", "endless", "quote", "history"],
)
def test_what_is_no_example_and_no_advice_gives_nothing(block: str) -> None:
    """Output, code that does not parse, imports alone, quotes, and the history of a feature."""
    assert [] == [text for text in texts(block) if "door opens" not in text]


def test_steps_are_all_or_none() -> None:
    """A list with a step left out would lead astray; of a plain list the best eight stay."""
    steps = "\n".join(f"{number}. Turn the knob to position {number}" for number in range(1, 12))
    assert [] == texts(steps + "\n12. Click here")
    assert 1 == len(texts("1. Dry the clay\n2. Fire the clay"))
    [bullets] = pieces("\n".join(f"- knob {number} sets the rate" for number in range(12)))
    assert 8 == len(bullets.passages)


def test_a_warning_keeps_its_label() -> None:
    """What can be read of it; the rest is left out and the passage says so."""
    [piece] = pieces("!!! warning\n    Never lift the lid before the chamber is cold. See the next section.\n")
    [passage] = piece.passages
    assert "> **Warning:** Never lift the lid before the chamber is cold." == passage.text
    assert "elided" == passage.transform


def test_a_setting_without_a_meaning_gives_nothing() -> None:
    """A name alone says no more than the heading it usually stands before."""
    named = "Rate\n:   Degrees an hour that the chamber cools by.\n"
    assert ["- `Rate`: Degrees an hour that the chamber cools by."] == texts(named)


def test_code_in_a_box_has_its_own_language() -> None:
    """A line of it can become a step, so the language is that of the code and not of the box."""
    text = (
        "!!! tip\n    Open the lid slowly when the chamber is cold.\n\n    ```python\n    lid.open(speed=1)\n    ```\n"
    )
    assert ["", "python"] == [piece.piece.language for piece in pieces(text)]


def test_the_tasks_words_make_a_piece_worth_more() -> None:
    """Of two alike sentences the one that speaks of what is asked for."""
    first, second = pieces(
        "Clay that is wet must rest for days. Cooling that is fast must stop for days.", "Plan cooling"
    )
    assert second.value > first.value


def test_every_piece_cites_its_source() -> None:
    """Each passage rests on a unit of evidence of its page."""
    shelf: Shelf = shelf_of(page(f"A schedule has at least two steps.\n\n- rate: `3`\n- speed: `4`\n\n{FILLER}"))
    passages = [p for node in shelf.nodes for piece in candidates(shelf, node) for p in piece.passages]
    assert passages
    assert {"guide.md"} == {unit.span.path for passage in passages for unit in passage.evidence}
    assert all(passage.evidence for passage in passages)


def test_what_is_preferred_is_worth_more() -> None:
    """Each piece of a page that the person prefers counts twice."""
    plain = shelf_of(page("Start the schedule with its rate."))
    shelf = Shelf(TASK, plain.store, "", frozenset({("docs", "guide.md")}))
    values = [[piece.value for node in one.nodes for piece in candidates(one, node)] for one in (plain, shelf)]
    assert [2 * value for value in values[0]] == pytest.approx(values[1])
