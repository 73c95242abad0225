"""What changed lately."""

from tests.shelves import PAGES, shelf_of

from skill_fleet.authoring.extractive.changes import change_notes

NEWS = """# Changelog

## 2.1

- Added `Lid.slow()`.
- Fixed `Lid.close()` for heavy lids.

## 2.0

- Breaking: `Kiln.open()` no longer takes a number.
- Deprecated `Kiln.rate`, use `Cooler.rate`.
- The paint of the logo is new.

## 1.0

- Removed `Kiln.hand()`.
"""


def notes(pages: dict[str, str], limit: int = 9) -> list[str]:
    return [passage.text for passage in change_notes(shelf_of({**PAGES, **pages}), limit)]


def test_the_newest_version_leads() -> None:
    """Each entry with its version and what it does to old code; fixes, and entries that name no code, are left out."""
    found = notes({"changelog.md": NEWS})
    assert ["2.1", "2.0", "2.0", "1.0"] == [text.split("**")[1].split(" ")[0].rstrip(":") for text in found]
    assert "- **2.0 (breaking):** Breaking: `Kiln.open()` no longer takes a number." in found
    assert not any("heavy" in text or "paint" in text for text in found)


def test_what_breaks_code_goes_before_what_is_new() -> None:
    """When there is room for a few only."""
    assert ["2.0 (breaking)", "1.0 (removed)"] == [
        text.split("**")[1].rstrip(":") for text in notes({"changelog.md": NEWS}, 2)
    ]


def test_a_file_for_each_version_is_one_history() -> None:
    """The newest file leads, whatever the order of their names."""
    pages = {f"releases/{n}.md": f"# {n}.0\n\n## {n}.0\n\n- Added `Lid.speed{n}()`.\n" for n in (2, 10, 9)}
    assert ["10.0:", "9.0:", "2.0:"] == [text.split("**")[1] for text in notes(pages)]


def test_without_a_changelog_there_are_none() -> None:
    assert [] == notes({})
