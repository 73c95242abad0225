"""What is put right once all pages of a source are known."""

from pathlib import Path

from skill_fleet.sources.folder import read_path

WORDS = "A sentence with enough plain words in it to make this page count as documentation. " * 3


def write(root: Path, pages: dict[str, str]) -> None:
    for name, text in pages.items():
        (root / name).write_text(text, encoding="utf-8")


def titles(root: Path) -> list[str]:
    return sorted(page.title for page in read_path(root).documents)


def test_a_title_that_all_pages_share_gives_way_to_the_second_heading(tmp_path: Path) -> None:
    """A site that puts its own name above every page still has pages with names."""
    write(
        tmp_path,
        {f"{name}.md": f"# Kiln\n\n## {name}\n\n{WORDS}\n" for name in ("Glazes", "Ovens", "Shelves", "Tools")},
    )
    assert titles(tmp_path) == ["Glazes", "Ovens", "Shelves", "Tools"]


def test_without_one_second_heading_the_file_name_is_the_title(tmp_path: Path) -> None:
    """Two second headings are parts of the page, not its name."""
    write(
        tmp_path,
        {f"{name}.md": f"# Kiln\n\n## One\n\n{WORDS}\n\n## Two\n\n{WORDS}\n" for name in ("slow-fire", "b", "c")},
    )
    assert titles(tmp_path) == ["B", "C", "Slow fire"]


def test_two_pages_of_one_title_keep_it(tmp_path: Path) -> None:
    """A repeated title is common and harmless; only a title of the whole site is none."""
    write(
        tmp_path, {"a.md": f"# Firing\n\n{WORDS}\n", "b.md": f"# Firing\n\n{WORDS}\n", "c.md": f"# Other\n\n{WORDS}\n"}
    )
    assert titles(tmp_path) == ["Firing", "Firing", "Other"]


def test_a_list_of_the_pages_own_headings_is_dropped(tmp_path: Path) -> None:
    """A table of contents says nothing that the headings do not."""
    contents = "- [Load](#load)\n- [Heat](#heat)\n- [Cool](#cool)\n"
    rest = "".join(f"\n## {name}\n\n{WORDS}\n" for name in ("Load", "Heat", "Cool"))
    write(tmp_path, {"page.md": f"# Firing\n\n{contents}{rest}\n- first remark\n- second remark\n- third remark\n"})
    (page,) = read_path(tmp_path).documents
    lists = [
        block.items[0].text for section in page.sections for block in section.blocks if block.kind == "bullet_list"
    ]
    assert lists == ["first remark"]
