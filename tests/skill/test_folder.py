"""A skill's folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from skill_fleet.errors import NotFound, ParseError
from skill_fleet.skill.folder import BundledFile, Symlink, load_folder, load_listing

TEXT = "---\nname: pdf-forms\ndescription: Use when asked.\n---\nBody.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A skill with two bundled files and what tools leave behind."""
    path = tmp_path / "pdf-forms"
    for name, text in {
        "SKILL.md": TEXT,
        "references/fields.md": "Fields.",
        "scripts/fill.py": "print()\n",
        ".git/config": "",
        "scripts/__pycache__/fill.pyc": "",
    }.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text)
    return path


def test_bundled_files_are_listed_with_their_sizes(folder: Path) -> None:
    loaded = load_folder(folder)

    assert loaded.skill.name == "pdf-forms"
    assert loaded.file == "SKILL.md"
    assert loaded.listing.files == (BundledFile("references/fields.md", 7), BundledFile("scripts/fill.py", 8))
    assert loaded.listing.symlinks == ()


def test_symbolic_links_are_told_apart_and_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("secret")
    for name, target in {
        "a-file.md": "references/fields.md",
        "b-folder": "references",
        "c-up.md": "../secret.md",
        "d-absolute": str(tmp_path),
        "e-gone": "gone.md",
        "f-circle": "f-circle",
        "g-gone-outside": "../gone.md",
        "h-self": ".",
    }.items():
        (folder / name).symlink_to(target)

    listing = load_listing(folder)

    assert [file.path for file in listing.files] == ["references/fields.md", "scripts/fill.py"]
    assert listing.symlinks == (
        Symlink("a-file.md", "references/fields.md", "inside", "references/fields.md"),
        Symlink("b-folder", "references", "inside", "references"),
        Symlink("c-up.md", "../secret.md", "outside"),
        Symlink("d-absolute", str(tmp_path), "outside"),
        Symlink("e-gone", "gone.md", "broken"),
        Symlink("f-circle", "f-circle", "broken"),
        Symlink("g-gone-outside", "../gone.md", "outside"),
        Symlink("h-self", ".", "inside", "."),
    )
    assert [path for path in ("references", "b-folder/fields.md", "b-folder/gone.md") if listing.has(path)] == [
        "references",
        "b-folder/fields.md",
    ]


def test_pipes_are_not_opened(folder: Path) -> None:
    os.mkfifo(folder / "pipe")

    assert [file.path for file in load_listing(folder).files] == ["references/fields.md", "scripts/fill.py"]


def test_the_lower_case_file_counts_too(folder: Path) -> None:
    (folder / "SKILL.md").rename(folder / "skill.md")

    assert load_folder(folder).file == "skill.md"


def test_a_folder_without_a_skill_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"no SKILL\.md"):
        load_folder(tmp_path)


def test_a_broken_text_is_a_parse_error(folder: Path) -> None:
    (folder / "SKILL.md").write_bytes(b"\xff")

    with pytest.raises(ParseError, match="not UTF-8"):
        load_folder(folder)
