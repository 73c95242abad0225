"""Single lines of code that say something on their own."""

import pytest

from skill_fleet.authoring.extractive.code import Snippet
from skill_fleet.authoring.extractive.keylines import definition_for, key_lines, rank_lines


def python(*lines: str) -> Snippet:
    return Snippet("\n".join(lines), "python", "verbatim")


@pytest.mark.parametrize(
    "line",
    [
        "import kiln_controller",
        "# sets the rate of the kiln",
        "print(kiln.degrees)",
        "return kiln.degrees(top)",
        "rate=3, speed=7, door='left',",
        "for pot in shelf.pots():",
        "kiln.degrees",
        "a = 1",
        f"kiln.fire({'1, ' * 60})",
    ],
)
def test_a_line_that_says_little_is_not_quoted(line: str) -> None:
    """Imports, comments, prints, fragments, openings of blocks, names alone, the very short and the very long."""
    assert [] == key_lines(python(line))


def test_of_other_languages_each_line_of_a_size_counts() -> None:
    """They are not parsed; of a language whose lines mean nothing alone none is quoted."""
    assert ["kiln start --rate 3"] == key_lines(Snippet("kiln start --rate 3\nls", "sh", "verbatim"))
    assert [] == key_lines(Snippet("rate: 3 degrees", "yaml", "verbatim"))


def test_what_is_wanted_and_called_is_worth_more() -> None:
    """Wanted words first, then calls of the product; what switches a thing off says less."""
    lines = python("chamber = kiln.Chamber()", "chamber.cool(rate=40)", "chamber.cooling = None")
    values = {line: value for value, line in rank_lines(lines, {"cool": 1.0}, "kiln")}
    assert "chamber.cool(rate=40)" == max(values, key=lambda line: values[line])
    assert values["chamber.cool(rate=40)"] > values.get("chamber.cooling = None", 0.0)


def test_a_line_comes_with_what_it_uses() -> None:
    """The last assignment before it, of one line, in the same snippet."""
    lines = python("rate = 20", "rate = 40", "speed = 7", "chamber.cool(rate)", "rate = 60")
    assert "rate = 40" == definition_for("chamber.cool(rate)", lines)
    assert "" == definition_for("chamber.open(lid)", lines)
    assert "" == definition_for("not python (", lines)
