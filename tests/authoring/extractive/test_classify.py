"""Domain, category, type, level, and the place in the taxonomy."""

import pytest
from tests.shelves import FILLER, PAGES, entry, store_of

from skill_fleet.authoring.extractive.classify import (
    categories,
    domain_of,
    level_of,
    place,
    similarities,
    skill_type_of,
)
from skill_fleet.ranking import terms

TEXT = terms("Fire pottery in a kiln: schedules, sensors, cooling")
RANKED = [("networking", 0.2), ("web", 0.1)]


def test_the_domain_follows_the_sources() -> None:
    """Code makes it technical, prose alone a field of knowledge; a skill about skills is meta."""
    assert "technical" == domain_of("Fire pottery", store_of(PAGES))
    assert "domain_knowledge" == domain_of("Fire pottery", store_of({"clay.md": f"# Clay\n\n{FILLER}"}))
    assert "meta" == domain_of("Write a skill about pottery", store_of(PAGES))


@pytest.mark.parametrize(
    ("task", "kind"),
    [
        ("Debug a kiln that stays cold", "troubleshooting"),
        ("Review the wiring of a kiln", "checklist"),
        ("Release a kiln to its owner", "workflow"),
        ("Understand glazes", "concept"),
        ("List of all commands", "reference"),
        ("Fire pottery", "how_to"),
    ],
)
def test_the_type_follows_the_task(task: str, kind: str) -> None:
    assert kind == skill_type_of(task)


@pytest.mark.parametrize(
    ("task", "level"),
    [
        ("Getting started with kilns", "beginner"),
        ("Fire pottery", "intermediate"),
        ("Tune a kiln's performance", "advanced"),
    ],
)
def test_the_level_follows_the_task(task: str, level: str) -> None:
    assert level == level_of(task)


def test_categories_are_ranked_by_their_words() -> None:
    """The task counts more than the titles; without a word there is none."""
    assert "testing" == categories("Write pytest fixtures", ["database"])[0][0]
    assert [] == categories("Fire pottery", [])


def test_a_new_skill_has_a_folder_of_its_category() -> None:
    """The runners-up are named, and that the folder is new."""
    choice = place("technical", RANKED, TEXT, ())
    assert ("technical/networking", ("technical/web",)) == (choice.path, choice.alternatives)
    assert (("technical/networking",), 0.67) == (choice.new_directories, choice.confidence)
    assert "technical/general" == place("technical", [], TEXT, ()).path


def test_a_folder_with_similar_skills_is_chosen() -> None:
    """It exists already; what the words would have said is the first alternative."""
    fleet = [
        entry("pottery", "technical/crafts", "Fire pottery in a kiln with schedules, sensors and cooling"),
        entry("bread", "technical/kitchen", "Bake bread in an oven with steam"),
    ]
    choice = place("technical", RANKED, TEXT, fleet)
    assert ("technical/crafts", "technical/networking") == (choice.path, choice.alternatives[0])
    assert () == choice.new_directories
    assert choice.path not in choice.alternatives


def test_a_folder_of_another_domain_is_not() -> None:
    """Not even one whose name begins alike."""
    fleet = [entry("pottery", "tech/crafts", "Fire pottery in a kiln with schedules, sensors and cooling")]
    assert "technical/networking" == place("technical", RANKED, TEXT, fleet).path


def test_similarity_is_a_share() -> None:
    """Of what the text itself would score; nothing resembles an empty fleet."""
    fleet = [entry("bread", "kitchen", "Bake bread"), entry("pottery", "crafts", " ".join(TEXT))]
    (first, high), (_, low) = similarities(TEXT, fleet)
    assert ("pottery", 0.0) == (first.name, low)
    assert 0.3 < high <= 1.0
    assert [] == similarities(TEXT, ())
