"""Which topics make the core, and what a person may say about it."""

import pytest
from tests.shelves import FILLER, PAGES, both, shelf_of, store_of

from skill_fleet.authoring.extractive.shelf import Shelf
from skill_fleet.authoring.extractive.topics import rank_topics
from skill_fleet.errors import BriefError

MORE = {**PAGES, "clay.md": f"# Clay bodies\n\n{FILLER}", "door.md": f"# Door and lid\n\n{FILLER}"}


def core_of(shelf: Shelf) -> list[str]:
    return [topic.title for topic in rank_topics(shelf) if topic.core]


def test_the_core_answers_the_facets_in_the_order_of_the_task() -> None:
    """One topic a facet; what the task does not name stays out of it, and is listed all the same."""
    shelf = shelf_of(MORE, "Fire with Kiln: cooling, sensors and schedules")
    assert ["Cooling", "Sensors", "Schedules"] == core_of(shelf)
    assert {"Clay bodies", "Door and lid"} <= {topic.title for topic in rank_topics(shelf)}


def test_a_topic_names_the_facets_it_answers() -> None:
    """The plan can say what each topic is there for."""
    topics = {topic.title: topic for topic in rank_topics(shelf_of(MORE))}
    assert ("cooling",) == topics["Cooling"].facets
    assert () == topics["Clay bodies"].facets


def test_pinned_topics_come_first() -> None:
    """In the order given, by title or id, and as a part of the core."""
    first, second, *_ = rank_topics(shelf_of(MORE), pin=("Door and lid", "clay-bodies"))
    assert ["Door and lid", "Clay bodies"] == [first.title, second.title]
    assert all(topic.pinned and topic.core for topic in (first, second))


def test_banned_topics_are_gone() -> None:
    """Even the one that answers a facet best."""
    assert "Cooling" not in {topic.title for topic in rank_topics(shelf_of(MORE), ban=("cooling",))}


@pytest.mark.parametrize(("pin", "ban"), [(("Submarines",), ()), ((), ("Submarines",))], ids=["pin", "ban"])
def test_an_unknown_topic_is_named(pin: tuple[str, ...], ban: tuple[str, ...]) -> None:
    """The person sees which word was not understood."""
    with pytest.raises(BriefError, match="'Submarines'"):
        rank_topics(shelf_of(MORE), pin, ban)


def test_a_title_without_latin_letters_can_be_pinned() -> None:
    """Its name has no letters for an id, so it is found by the title itself, and another such title is not."""
    pages = {**PAGES, "a.md": f"# Глина\n\n{FILLER}", "b.md": f"# Печь\n\n{FILLER}"}
    assert "Печь" == rank_topics(shelf_of(pages), pin=("Печь",))[0].title
    with pytest.raises(BriefError):
        rank_topics(shelf_of(pages), pin=("Дверь",))


def test_without_a_match_the_worthiest_topics_are_the_core() -> None:
    """A task about something else still gets the best the sources have."""
    assert core_of(shelf_of(MORE, "Repair submarines"))


def test_pages_of_one_title_make_one_chapter() -> None:
    """Two sources with a page of the same name: both stand in the core, side by side."""
    other = store_of({"cooling.md": f"# Cooling\n\nWater cools faster than air.\n\n{FILLER}"}, "forge")
    shelf = Shelf("Plan the cooling", both(store_of(MORE), other))
    assert ["Cooling", "Cooling"] == core_of(shelf)[:2]
    assert 2 == len({topic.id for topic in rank_topics(shelf) if topic.title == "Cooling"})
