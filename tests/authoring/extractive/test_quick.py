"""A line for each section that is not in the core."""

from tests.shelves import PAGES, document, page, shelf_of

from skill_fleet.authoring.extractive.notes import all_notes
from skill_fleet.authoring.extractive.quick import QuickLine, choose_quick, quick_sources
from skill_fleet.authoring.extractive.shelf import Shelf

ROOM = 1000


def lines(shelf: Shelf, room: int = ROOM, said: str = "") -> list[QuickLine]:
    sources = quick_sources(shelf, shelf.nodes, all_notes(shelf, shelf.nodes))
    return choose_quick(sources, room, said, ())


def texts(found: list[QuickLine]) -> list[str]:
    return [line.passage.text for line in found]


def test_a_line_joins_a_sentence_and_code() -> None:
    """The section's best of each, after its title."""
    text = "## Lids\n\nA lid opens within 20 seconds.\n\n```python\nlid = Lid()\nlid.open(seconds=20)\n```"
    assert "- **Lids:** A lid opens within 20 seconds. `lid = Lid()` `lid.open(seconds=20)`" in texts(
        lines(shelf_of(page(text)))
    )


def test_what_is_said_gives_way_to_the_next_best() -> None:
    """A section has something new to say or nothing."""
    text = "## Lids\n\nA lid opens within 20 seconds.\n\nA lid weighs as much as two bricks."
    shelf = shelf_of(page(text))
    first = "A lid opens within 20 seconds."
    second = "A lid weighs as much as two bricks."
    assert f"- **Lids:** {first}" in texts(lines(shelf))
    assert f"- **Lids:** {second}" in texts(lines(shelf, said=first))
    assert [] == [line for line in texts(lines(shelf, said=first + second)) if "Lids" in line]


def test_sections_of_the_core_are_left_out() -> None:
    """They are shown in full."""
    shelf = shelf_of(PAGES)
    sources = quick_sources(shelf, shelf.nodes, all_notes(shelf, shelf.nodes))
    shown = {source.place for source in sources if source.node.title == "Cooling"}
    assert {"Schedules", "Sensors"} == {line.node.title for line in choose_quick(sources, ROOM, "", shown)}


def test_lines_stay_within_their_room() -> None:
    """And stand page by page, in the order of the navigation."""
    shelf = shelf_of(PAGES)
    for room in (0, 30, 60, ROOM):
        chosen = lines(shelf, room)
        assert sum(line.passage.tokens for line in chosen) <= room
        assert sorted(line.node.page.order for line in chosen) == [line.node.page.order for line in chosen]


def test_every_line_cites_what_it_shows() -> None:
    """The sentence's place and that of the code."""
    shelf = shelf_of(PAGES)
    known = {section.span.path for section in document(shelf.store, "cooling.md").sections}
    for line in lines(shelf):
        assert line.passage.evidence
        if line.node.title == "Cooling":
            assert known == {unit.span.path for unit in line.passage.evidence}
