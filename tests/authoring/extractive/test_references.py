"""The sources as reference files."""

import re

import pytest
from tests.shelves import FILLER, PAGES, TASK, both, shelf_of, store_of

from skill_fleet.authoring.extractive.contents import header, headings
from skill_fleet.authoring.extractive.references import (
    MAX_FILE_TOKENS,
    MAX_FILES,
    ReferenceFile,
    pointers,
    write_references,
)
from skill_fleet.authoring.extractive.shelf import Shelf
from skill_fleet.skill.tokens import count_tokens

_ENTRY = re.compile(r"- (?P<title>.+): line (?P<line>\d+)")


def files(pages: dict[str, str]) -> dict[str, ReferenceFile]:
    return {one.file.path: one for one in write_references(shelf_of(pages))}


def headings_as_listed(text: str) -> list[tuple[str, str]]:
    """Each entry of the contents with the line it points at."""
    lines = text.split("\n")
    found = (match for match in map(_ENTRY.fullmatch, lines) if match)
    return [(match["title"], lines[int(match["line"]) - 1]) for match in found]


def test_the_contents_point_at_their_headings() -> None:
    """By the number of the line, counting the contents themselves; headings inside code are none."""
    code = "```sh\n# not a heading\nkiln dry\n```\n"
    text = "".join(f"## Part {name}\n\n{FILLER}\n\n{code}\n" for name in "abc")
    [reference] = files({"clay.md": f"# Clay\n\n{text}"}).values()
    listed = headings_as_listed(reference.file.text)
    assert ["Clay", "Part a", "Part b", "Part c"] == [title for title, _ in listed]
    assert all(line.lstrip("# ") == title for title, line in listed)


def test_headings_are_read_as_lines_are_counted() -> None:
    """A form feed ends no line; a fence inside a longer fence ends nothing."""
    text = "# One\x0c\n\n````md\n```\n# code\n````\n\n## Two\n"
    assert [("One\x0c", 1), ("Two", 8)] == list(headings(text))


def test_a_short_file_has_no_contents() -> None:
    """Two headings are seen at a glance."""
    assert "<!-- Clay -->\n\n" == header(["Clay"], "# Clay\n\n## Wet\n")
    assert header(["Clay", "Glaze", "Lids"], "# Clay\n").startswith("<!-- Clay and 2 more -->")


def test_a_long_page_is_cut_at_its_headings() -> None:
    """Into files of at most 7,000 tokens, numbered in their order."""
    text = "".join(f"## Part {n}\n\n{FILLER * 10}\n\n" for n in range(12))
    found = files({"clay.md": f"# Clay\n\n{text}"})
    assert ["references/clay-1.md", "references/clay-2.md"] == list(found)
    assert all(count_tokens(one.file.text) <= MAX_FILE_TOKENS * 1.05 for one in found.values())
    together = "".join(one.file.text for one in found.values())
    assert [f"## Part {n}" for n in range(12)] == re.findall(r"^## Part \d+$", together, re.MULTILINE)


def test_many_pages_share_files() -> None:
    """No more than 26, of one folder where that goes, and every page is in one of them."""
    pages = {f"{folder}/page{n:02}.md": f"# Page {folder}{n}\n\n{FILLER}" for folder in "ab" for n in range(20)}
    found = files(pages)
    assert MAX_FILES == len(found)
    text = "".join(one.file.text for one in found.values())
    assert all(f"# Page {folder}{n}\n" in text for folder in "ab" for n in range(20))


def test_files_of_one_name_are_told_apart() -> None:
    """Two sources may each have a page of that path; relevance does not leak from one to the other."""
    shelf = Shelf(TASK, both(store_of(PAGES), store_of(PAGES, "forge")))
    paths = [one.file.path for one in write_references(shelf)]
    assert len(paths) == len(set(paths)) == 2 * len(PAGES)
    assert "references/cooling-2.md" in paths


def test_a_fence_is_longer_than_the_code_in_it() -> None:
    """Code that holds a fence stays one block."""
    [reference] = files({"clay.md": f"# Clay\n\n{FILLER}\n\n````md\n```sh\nkiln dry\n```\n````\n"}).values()
    assert "````md\n```sh\nkiln dry\n```\n````" in reference.file.text


def test_statements_cite_the_lines_they_copy() -> None:
    """Each points inside its file, below the contents."""
    for reference in files(PAGES).values():
        lines = reference.file.text.split("\n")
        assert reference.statements
        assert all(1 < one.line <= one.end <= len(lines) and lines[one.line - 1] for one in reference.statements)


def test_a_pointer_names_what_is_inside() -> None:
    """Headings, then names in code; long lists give way when there is little room, and say how much is missing."""
    references = [
        ReferenceFile(shelf_file.file, tuple(f"Topic {n}" for n in range(30)), ())
        for shelf_file in files(PAGES).values()
    ]
    full, short = pointers(references, 1000), pointers(references, 60)
    assert all(line.endswith("Topic 29") for line in full)
    assert all(re.search(r"Topic 0, .* and \d+ more$", line) for line in short)
    assert [] == pointers([], 100)


@pytest.mark.parametrize("folder", ["", "guide/"])
def test_a_name_without_latin_letters_is_still_a_file(folder: str) -> None:
    """It is called by its place, not by its letters."""
    found = files({f"{folder}глина.md": f"# Глина\n\n{FILLER}", f"{folder}печь.md": f"# Печь\n\n{FILLER}"})
    assert 2 == len(found)
    assert all(re.fullmatch(r"references/[a-z0-9-]+\.md", path) for path in found)
