"""A heading, a page or a source by a name from memory."""

from __future__ import annotations

import pytest
from tests.shelves import FILLER, both, store_of
from tests.workshops import stored

from skill_fleet.authoring.brief import Target
from skill_fleet.authoring.extractive.matching import find_targets, find_titles

TITLES = ["When to use", "Retries", "A retry plan", "Limits for each user", "Limits", "More of tidegate", "`max_wait`"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("Retries", ["Retries"]),
        ("retries", ["Retries"]),
        ("retry", ["Retries"]),
        ("the retry plans", ["A retry plan"]),
        ("limits", ["Limits"]),
        ("each user", ["Limits for each user"]),
        ("more", ["More of tidegate"]),
        ("When to use", ["When to use"]),
        ("max_wait", ["`max_wait`"]),
        ("Reties", ["Retries"]),
        ("the retry plan again", ["A retry plan"]),
        ("plan", ["A retry plan"]),
        ("kettles", []),
        ("", []),
        ("the", []),
    ],
)
def test_the_best_title(wanted: str, found: list[str]) -> None:
    """To the letter before the same words, before some of the words, before a slip of the keyboard."""
    assert found == find_titles(wanted, TITLES)


def test_equally_good_titles() -> None:
    """All of them, for the person to choose from."""
    assert ["Open a gate", "Close a gate"] == find_titles("gate", ["Open a gate", "Close a gate", "Stores"])


@pytest.mark.parametrize(
    ("wanted", "paths"),
    [
        ("docs", [""]),
        ("Tidegate", [""]),
        ("guide/limits.md", ["guide/limits.md"]),
        ("limits.md", ["guide/limits.md"]),
        ("limits", ["guide/limits.md"]),
        ("faq", ["faq.md"]),
        ("Frequently asked questions", ["faq.md"]),
        ("frequently asked", ["faq.md"]),
        ("package:tidegate", []),
        ("", []),
    ],
)
def test_sources_and_pages(wanted: str, paths: list[str]) -> None:
    """By id, product, path, file name or title."""
    assert [Target("docs", path) for path in paths] == find_targets(wanted, stored())


def test_pages_of_one_title_are_all_meant() -> None:
    """Two sources may each have one."""
    one = store_of({"a.md": f"# Lids\n\n{FILLER}"})
    two = store_of({"b.md": f"# Lids\n\n{FILLER}"}, "forge")
    found = find_targets("Lids", both(one, two))
    assert [("docs", "a.md"), ("docs-2", "b.md")] == [(target.source, target.path) for target in found]
