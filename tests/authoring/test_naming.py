"""Name, place, title and style, as a person sets them."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill_fleet.authoring.brief import NO_EDITS, Edits
from skill_fleet.authoring.naming import Field, namesakes, read_choice, with_choice
from skill_fleet.library.catalog import Entry


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("call it foo-bar", "name", "foo-bar"),
        ("name it foo-bar", "name", "foo-bar"),
        ("rename to foo-bar", "name", "foo-bar"),
        ("Rename it to `foo-bar`", "name", "foo-bar"),
        ("rename the skill to foo-bar", "name", "foo-bar"),
        ("name foo-bar", "name", "foo-bar"),
        ("name: foo-bar", "name", "foo-bar"),
        ("change the name to foo-bar", "name", "foo-bar"),
        ("path technical/web", "path", "technical/web"),
        ("path: technical/web/", "path", "technical/web"),
        ("put it under technical/web", "path", "technical/web"),
        ("put it in technical/web", "path", "technical/web"),
        ("file the skill under tool", "path", "tool"),
        ("title: Gates, and how to open them", "title", "Gates, and how to open them"),
        ('the title should be "Gates"', "title", "Gates"),
        ("change the title to Gates", "title", "Gates"),
        ("style minimal", "style", "minimal"),
        ("use the minimal style", "style", "minimal"),
        ("switch to navigation hub", "style", "navigation_hub"),
        ("make it comprehensive", "style", "comprehensive"),
    ],
)
def test_what_is_set(text: str, field: Field, value: str) -> None:
    """One field, one value that will do."""
    choice = read_choice(text)
    assert choice is not None
    assert (field, value, "") == (choice.field, choice.value, choice.problem)
    assert value == getattr(with_choice(NO_EDITS, choice), field)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("call it Foo Bar", "no skill name"),
        ("call it -foo", "no skill name"),
        ("rename to ../up", "no skill name"),
        ("path ../up", "no path"),
        ("path /etc", "no path"),
        ("put it under Technical/Web", "no path"),
        ("style baroque", "the styles are minimal, comprehensive, navigation_hub"),
        (f"title: {'long ' * 30}", "up to 120 characters"),
    ],
)
def test_what_will_not_do(text: str, reason: str) -> None:
    """The reason is told."""
    choice = read_choice(text)
    assert choice is not None
    assert reason in choice.problem


@pytest.mark.parametrize(
    "text",
    [
        "drop the section about names",
        "the title is too long",
        "make it shorter",
        "put it in order",
        "move it to the top",
        "name every gate in the examples",
        "keep it under 100 lines",
    ],
)
def test_what_sets_nothing(text: str) -> None:
    """Sentences that only look like it."""
    choice = read_choice(text)
    assert choice is None or choice.problem


def test_namesakes_bear_the_name_or_lie_in_a_folder_of_it() -> None:
    """Either would be overwritten or confused."""
    fleet = [Entry("a", "x", Path("x/a"), Path("x/a/SKILL.md")), Entry("b", "x", Path("x/c"), Path("x/c/SKILL.md"))]
    assert [["a"], ["b"], ["b"], []] == [[entry.name for entry in namesakes(name, fleet)] for name in "abcd"]


def test_a_choice_leaves_the_others() -> None:
    """Each field is set on its own."""
    edits = Edits(name="foo", dropped=("Errors",))
    choice = read_choice("path technical/web")
    assert choice is not None
    assert Edits(name="foo", path="technical/web", dropped=("Errors",)) == with_choice(edits, choice)
