"""Name, title and description."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.shelves import PAGES, TASK, node, shelf_of

from skill_fleet.authoring.extractive.describe import description_for, name_for, title_for, trigger_names
from skill_fleet.skill.name import slugify

VALID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def test_a_name_is_product_and_objects() -> None:
    """Each word once, small words left out, as many as fit."""
    assert "kiln-schedules-cooling-rate" == name_for("", "Kiln", ["schedules", "the cooling of a kiln", "rate"])
    assert "fire-pottery" == name_for("Fire the pottery", "", [])


@given(st.text(), st.text(max_size=80), st.lists(st.text(max_size=40), max_size=6))
def test_a_name_is_always_valid(task: str, product: str, facets: list[str]) -> None:
    """As the specification wants it, whatever the letters."""
    name = name_for(task, product, facets)
    assert VALID.fullmatch(name)
    assert len(name) <= 48
    assert name == slugify(name)


@pytest.mark.parametrize(
    ("task", "title"),
    [
        ("Fire pottery.", "Fire pottery"),
        ("Fire\n  pottery!", "Fire pottery"),
        ("Fire " + "pottery " * 13 + "and stoneware", "Fire " + " ".join(["pottery"] * 13)),
    ],
)
def test_a_title_is_one_clean_line(task: str, title: str) -> None:
    """Cut between words, and not after one that leads to the next."""
    assert title == title_for(task)


def test_a_title_without_spaces_is_cut_all_the_same() -> None:
    assert 120 == len(title_for("陶" * 300))


NAMES = ["Cooler.rate", "SensorError", "max_gradient"]


def test_a_description_says_what_and_when() -> None:
    """The task; then topics, names and errors by which a request is recognised."""
    text = description_for("Fire pottery", "Kiln", ["Slow glazes", "`Cooler`"], NAMES)
    assert (
        "Fire pottery. Use when working with Kiln on Slow glazes and Cooler, when code mentions Cooler.rate and "
        "max_gradient, or when SensorError comes up." == text
    )


def test_a_description_without_anything_to_name_is_a_sentence() -> None:
    """No product, no topic, no name: still nothing dangles."""
    assert "Fire pottery. Use when working with this." == description_for("Fire pottery", "", [], [])


@given(st.text(min_size=1), st.text(max_size=60), st.lists(st.text(max_size=200)), st.lists(st.text(max_size=40)))
def test_a_description_is_never_too_long(task: str, product: str, topics: list[str], names: list[str]) -> None:
    """The specification takes 1,024 characters; ours needs fewer."""
    assert len(description_for(task, product, topics, names)) <= 1024


def test_trigger_names_are_names() -> None:
    """Code spans with a capital inside, an underscore or a dot, without the product's own prefix."""
    pages = {
        **PAGES,
        "cooling.md": PAGES["cooling.md"] + "\nSet `kiln.Cooler.rate`, `rate`, and `max_gradient` there.\n",
    }
    shelf = shelf_of(pages, TASK)
    assert {"Cooler.rate", "max_gradient"} == set(trigger_names(shelf, [node(shelf, "Cooling")], 9))
    assert [] == trigger_names(shelf, [], 9)
