"""A task falls into facets, and each section answers them as well as its words and titles say."""

import pytest
from tests.shelves import FILLER, PAGES, shelf_of

from skill_fleet.authoring.extractive.facets import ASIDE, Landscape
from skill_fleet.ranking import terms


def landscape(*titles: str, product: str = "kiln") -> Landscape:
    """Sections that say what their titles say, each on a page of its own."""
    words = [terms(title) for title in titles]
    return Landscape(product, words, [frozenset(row) for row in words], [frozenset(row) for row in words])


@pytest.mark.parametrize(
    ("task", "facets"),
    [
        ("Dry clay, mix glaze and stack shelves", {"Dry clay": 1.0, "mix glaze": 1.0, "stack shelves": 1.0}),
        ("Fire pottery: schedules, sensors", {"Fire pottery": ASIDE, "schedules": 1.0, "sensors": 1.0}),
        ("Dry clay for porcelain", {"Dry clay": 1.0, "porcelain": ASIDE}),
        ("How to create the glaze", {"glaze": 1.0}),
        ("Mix glaze with Kiln", {"Mix glaze": 1.0}),
        ("Glaze / engobe", {"Glaze": 1.0, "engobe": 1.0}),
    ],
    ids=["list", "colon", "circumstance", "opening", "product", "slash"],
)
def test_a_task_is_split(task: str, facets: dict[str, float]) -> None:
    """At commas and joining words; what leads to the object, and what a colon spells out, weighs less."""
    assert facets == landscape("glaze").facets(task)


def test_a_task_of_nothing_but_the_product_is_one_facet() -> None:
    """Something has to be asked for, even when every word of it is common."""
    assert {"Use Kiln": 1.0} == landscape("glaze").facets("Use Kiln")


@pytest.mark.parametrize(
    "task",
    [
        "Keramik brennen mit Kiln: Brennkurven, Fühler und Abkühlung",
        "用 Kiln 烧制陶器、曲线、传感器和冷却",
        "Обжиг керамики: расписания, датчики и охлаждение",
    ],
    ids=["German", "Chinese", "Russian"],
)
def test_a_task_in_another_language_has_facets(task: str) -> None:
    """Whatever the words, there is at least one part, and every section gets a score for it."""
    shelf = shelf_of(PAGES, task)
    assert shelf.facets
    assert all(len(shelf.sections) == len(row) for row in shelf.facet_rows)


def test_a_word_of_most_titles_points_nowhere() -> None:
    """From four pages on, what more than a third of the titles say is what all of them are about."""
    plain = landscape("pottery glaze", "pottery clay", "pottery shelf", "pottery door")
    assert ["glaze"] == plain.telling("pottery glaze")
    assert ["potteri", "glaze"] == landscape("pottery glaze", "pottery clay").telling("pottery glaze")


def test_scores_are_shares_of_the_best() -> None:
    """The best section has 1, one without a word of the facet 0."""
    scores = landscape("slow cooling", "glaze cooling", "doors").scores("slow cooling")
    assert (1.0, 0.0) == (scores[0], scores[2])
    assert 0 < scores[1] < 1


def test_a_facet_that_nobody_mentions_scores_nothing() -> None:
    """No section is made the best of those that say nothing."""
    assert [0.0, 0.0] == landscape("glaze", "clay").scores("submarines")


def test_a_page_that_is_about_the_facet_carries_its_sections() -> None:
    """Sections of a page whose title is the facet count even when their own words say little of it."""
    shelf = shelf_of({**PAGES, "cooling.md": f"# Cooling\n\nSlow.\n\n## Doors\n\n{FILLER}"}, "Plan the cooling")
    [row] = shelf.facet_rows
    doors = next(n for n, (_, section) in enumerate(shelf.sections) if section.title == "Doors")
    assert row[doors] >= 0.7
