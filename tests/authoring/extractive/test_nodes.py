"""Pages become topics, and large pages several."""

from tests.shelves import FILLER, PAGES, shelf_of

from skill_fleet.authoring.extractive.nodes import SPLIT_TOKENS
from skill_fleet.authoring.extractive.shelf import earliness

LONG = FILLER * 5


def test_a_small_page_is_one_topic() -> None:
    """With the page's own title and all of its sections."""
    shelf = shelf_of(PAGES)
    assert ["Cooling", "Schedules", "Sensors"] == sorted(node.title for node in shelf.nodes)
    assert 3 == len(next(node for node in shelf.nodes if node.title == "Schedules").sections)


def test_a_large_page_is_split_at_its_headings() -> None:
    """A heading that says too little alone takes the page's title with it."""
    shelf = shelf_of({"clay.md": f"# Clay\n\n{LONG}\n\n## Porcelain\n\n{LONG}\n\n## Options\n\n{LONG}"})
    assert ["Clay", "Porcelain", "Clay: Options"] == [node.title for node in shelf.nodes]
    assert all(node.tokens < 3 * SPLIT_TOKENS for node in shelf.nodes)


def test_topics_of_one_title_have_names_of_their_own() -> None:
    """The second is told apart by a number, so that a person can pin either."""
    shelf = shelf_of({"a.md": f"# Clay\n\n{FILLER}", "b.md": f"# Clay\n\n{FILLER}", "c.md": f"# Clay\n\n{FILLER}"})
    assert len(shelf.nodes) == len({node.id for node in shelf.nodes})


def test_pages_for_others_are_no_topics() -> None:
    """Changelogs and notes for contributors never are; migration pages only when the task is about migrating."""
    pages = {**PAGES, "changelog.md": f"# Changelog\n\n{FILLER}", "migrating.md": f"# Migrating\n\n{FILLER}"}
    plain = {node.title for node in shelf_of(pages).nodes}
    assert plain.isdisjoint({"Changelog", "Migrating"})
    assert "Migrating" in {node.title for node in shelf_of(pages, "Migrate from an older kiln").nodes}


def test_what_a_page_says_first_counts_more() -> None:
    """From 1.25 down to .75; a page with a single heading has no first and last."""
    shelf = shelf_of({"clay.md": f"# Clay\n\n{FILLER}\n\n## Wet\n\n{FILLER}\n\n## Dry\n\n{FILLER}"})
    [clay] = shelf.nodes
    early = [earliness(clay, section) for section in clay.sections]
    assert (1.25, 0.75) == (early[0], early[-1])
    assert sorted(early, reverse=True) == early


def test_what_is_included_from_elsewhere_is_neither_early_nor_late() -> None:
    """Its line numbers are those of another file and say nothing about the page."""
    pages = {
        "guide.md": f'# Guide\n\n{FILLER}\n\n## Wet\n\n{FILLER}\n\n--8<-- "parts/tail.md"\n',
        "parts/tail.md": f"## Tail\n\n{FILLER}\n",
    }
    [guide] = [node for node in shelf_of(pages).nodes if node.title == "Guide"]
    tail = next(section for section in guide.sections if section.title == "Tail")
    assert "parts/tail.md" == tail.span.path
    assert 1.0 == earliness(guide, tail)
