"""What a person's edits leave of the sources."""

from __future__ import annotations

import pytest
from tests.shelves import FILLER, PAGES, both, node, shelf_of, store_of

from skill_fleet.authoring.brief import Edits, Target
from skill_fleet.authoring.extractive.budgets import BUDGETS, ERRORS, GOTCHAS, more_title
from skill_fleet.authoring.extractive.edited import Dropped, narrowed, targeted


def dropped(*titles: str) -> Dropped:
    return Dropped.of(Edits(dropped=titles))


def test_a_section_falls_with_what_is_around_it() -> None:
    """By its own title, its page's, or that of a section above it; case aside."""
    shelf = shelf_of(PAGES)
    sensors = node(shelf, "Sensors")
    reading = next(section for section in sensors.sections if section.title == "Reading a sensor")
    assert dropped("reading a SENSOR").has_section(sensors, reading)
    assert dropped("Sensors").has_section(sensors, reading)
    assert not dropped("Cooling").has_section(sensors, reading)
    assert (True, False) == tuple(dropped(title).has_node(sensors) for title in ("Sensors", "Reading a sensor"))
    assert not dropped()


@pytest.mark.parametrize(
    ("edits", "pages"),
    [
        (Edits(), ["cooling.md", "schedules.md", "sensors.md"]),
        (Edits(only=(Target("docs", "cooling.md"),)), ["cooling.md"]),
        (Edits(avoid=(Target("docs", "cooling.md"),)), ["schedules.md", "sensors.md"]),
        (Edits(only=(Target("docs"),), avoid=(Target("docs", "cooling.md"),)), ["schedules.md", "sensors.md"]),
    ],
)
def test_a_narrowed_store_holds_what_may_be_used(edits: Edits, pages: list[str]) -> None:
    """Pages and their evidence; the texts stay, for whoever checks quotes."""
    store = store_of(PAGES)
    left = narrowed(store, edits)
    assert pages == sorted(page.path for _, page in left.documents)
    assert set(pages) == {unit.span.path for unit in left.evidence}
    assert (store.texts, edits == Edits()) == (left.texts, left is store)


def test_a_source_without_pages_is_gone() -> None:
    """A source may be named by its id, or by its origin."""
    store = both(store_of({"a.md": f"# Lids\n\n{FILLER}"}), store_of({"a.md": f"# Lids\n\n{FILLER}"}, "forge"))
    assert ["docs-2"] == [source.id for source in narrowed(store, Edits(only=(Target("docs-2"),))).sources]
    origin = store.sources[0].origin
    assert {("docs", "a.md")} == targeted(store, (Target(origin, "a.md"),))


def test_a_page_goes_with_what_it_includes() -> None:
    """The file that only it includes is not used either."""
    pages = {"guide.md": f'# Guide\n\n{FILLER}\n\n--8<-- "parts/lid.md"', "other.md": f"# Other\n\n{FILLER}"}
    store = store_of({**pages, "parts/lid.md": f"## Lid\n\nA lid must never be open. {FILLER}"})
    assert any("lid must never" in unit.text for unit in store.evidence)
    for page, there in (("other.md", False), ("guide.md", True)):
        left = narrowed(store, Edits(only=(Target("docs", page),)))
        assert there == any("lid must never" in unit.text for unit in left.evidence)


def test_budgets_give_way() -> None:
    """To what is dropped, and to a smaller size."""
    budget = BUDGETS["comprehensive"]
    without = budget.without(dropped(GOTCHAS, ERRORS, "More of kiln"), "kiln")
    assert (0, 0, 0, 0.0) == (without.gotchas, without.errors, without.troubles, without.quick_share)
    assert (budget.choices, budget.tokens) == (without.choices, without.tokens)
    half = budget.scaled(0.5)
    assert (4, 4, 500, budget.tokens) == (half.gotchas, half.errors, half.pointers, half.tokens)
    assert budget == budget.scaled(1.0) == budget.without(dropped(), "kiln")
    assert ("More of kiln", "More") == (more_title("kiln"), more_title(""))
