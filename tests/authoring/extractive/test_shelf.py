"""How much each topic and section has to do with a task."""

import pytest
from tests.shelves import FILLER, PAGES, TASK, both, node, shelf_of, store_of

from skill_fleet.authoring.extractive.facets import ASIDE
from skill_fleet.authoring.extractive.shelf import MAX_CONTEXT, Shelf


def test_a_section_is_as_relevant_as_its_best_facet() -> None:
    """1 for the best answer, less for one to a facet of little weight."""
    shelf = shelf_of(PAGES, "Plan the cooling for sensors")
    assert 1.0 == pytest.approx(max(shelf.section_relevance(node, section) for node, section in shelf.sections))
    sensors = node(shelf, "Sensors")
    assert 0.675 == pytest.approx(max(shelf.section_relevance(sensors, section) for section in sensors.sections))
    assert "sensors" == shelf.facet_of(sensors, sensors.sections[0])


def test_sections_at_one_line_of_two_files_are_two_sections() -> None:
    """A page may include another; the score of the one is not that of the other."""
    pages = {
        "guide.md": f'# Guide\n\n{FILLER}\n\n--8<-- "parts/cooling.md"\n\n## Doors\n\n{FILLER}',
        "parts/cooling.md": "\n\n\n\n\n\n## Cooling\n\nCooling is slow.\n",
    }
    shelf = shelf_of(pages, "Plan the cooling")
    guide = node(shelf, "Guide")
    scores = {section.title: shelf.section_relevance(guide, section) for section in guide.sections}
    assert {7} == {section.span.line for section in guide.sections if section.title in ("Cooling", "Doors")}
    assert scores["Cooling"] > scores["Doors"]


def test_code_and_links_make_a_page_worth_more() -> None:
    """A page with examples that others point at, against one of prose that none does."""
    code = "```python\nlid = Lid()\n```"
    pages = {
        "a.md": f"# Lids\n\n{FILLER}\n\n{code}",
        "b.md": f"# Doors\n\n{FILLER}",
        "c.md": f"# Index\n\nSee [lids](a.md).\n\n{FILLER}",
    }
    shelf = shelf_of(pages)
    assert shelf.worth(node(shelf, "Lids")) > shelf.worth(node(shelf, "Doors"))


def test_links_count_within_their_source() -> None:
    """A page of the same path elsewhere gains nothing by them."""
    linked = {"a.md": f"# Lids\n\n{FILLER}", "c.md": f"# Index\n\nSee [lids](a.md).\n\n{FILLER}"}
    shelf = Shelf(TASK, both(store_of(linked), store_of({"a.md": f"# Lids\n\n{FILLER}"}, "forge")))
    first, second = (node for node in shelf.nodes if node.title == "Lids")
    assert shelf.worth(first) > shelf.worth(second)


def test_rare_words_are_wanted_more() -> None:
    """A word of the task that half the sections hold tells them apart less than one that few do."""
    shelf = shelf_of(
        {**PAGES, "wire.md": f"# Wires\n\nThe chamber holds a wire.\n\n{FILLER}"}, "Mend a wire, open a chamber"
    )
    assert shelf.task_terms["wire"] != shelf.task_terms["chamber"]
    assert all(0 <= weight <= 1 for weight in shelf.task_terms.values())


def test_a_line_is_measured_by_its_title_first() -> None:
    """Then by what few other sections say."""
    wanted = shelf_of(PAGES).line_terms("Choosing a rate")
    assert 0.8 == wanted["rate"]
    assert 0.0 == wanted.get("unheard", 0.0)


CONTEXT = "Context: the glaze needs slow cooling\nTech: something that no page speaks of"


def test_context_counts_as_a_circumstance() -> None:
    """What was said beside the task adds facets of little weight, as far as the sources have something on them."""
    plain = shelf_of(PAGES, "Read a sensor")
    shelf = Shelf("Read a sensor", plain.store, CONTEXT)
    assert plain.asked == plain.facet_weights == shelf.asked
    [said] = [facet for facet in shelf.facets if facet not in shelf.asked]
    assert ("cooling" in said, True) == (True, shelf.facet_weights[said] < 1)
    cooling = node(plain, "Cooling")
    assert max(plain.relevance[cooling.id]) < 1 == max(shelf.relevance[node(shelf, "Cooling").id])
    section = cooling.sections[0]
    assert plain.section_relevance(cooling, section) < shelf.section_relevance(node(shelf, "Cooling"), section)


def test_much_context_weighs_no_more_than_some() -> None:
    """A long interview does not drown the task."""
    words = [
        f"{word} cooling" for word in ("slow", "wall", "door", "glaze", "chamber", "schedule", "shelves", "sensor")
    ]
    shelf = Shelf("Read a sensor", store_of(PAGES), "\n".join(words))
    extra = sum(weight for facet, weight in shelf.facet_weights.items() if facet not in shelf.asked)
    assert len(shelf.facets) > 5
    assert MAX_CONTEXT * ASIDE == pytest.approx(extra)


def test_preferred_pages_are_worth_more() -> None:
    """Twice as much; the others what they were."""
    plain = shelf_of(PAGES)
    shelf = Shelf(TASK, plain.store, "", frozenset({("docs", "cooling.md")}))
    worths = [(title, one.worth(node(one, title))) for title in ("Cooling", "Sensors") for one in (plain, shelf)]
    assert 2 * worths[0][1] == pytest.approx(worths[1][1])
    assert worths[2] == worths[3]


def test_the_label_of_an_answer_is_no_part_of_it() -> None:
    """`Problem:` says what the words after it answer."""
    store = store_of({**PAGES, "faq.md": f"# Problems\n\nA problem of the chamber.\n\n{FILLER}"})
    shelf = Shelf("Read a sensor", store, "Problem: slow cooling")
    assert ["slow cooling"] == [facet for facet in shelf.facets if facet not in shelf.asked]
