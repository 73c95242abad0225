"""The store leads from a unit back to its lines."""

from __future__ import annotations

import pytest

from skill_fleet.sources.document import Source, Span
from skill_fleet.sources.evidence import Evidence
from skill_fleet.sources.store import EvidenceStore, SourceText


def source(name: str) -> Source:
    return Source(name, "folder", name, "", "", "", (), "0")


def unit(name: str, text: str, line: int, where: str = "docs") -> Evidence:
    return Evidence(name, "concept", text, where, Span("a.md", line, line))


STORE = EvidenceStore(
    (source("docs"), source("more")),
    (unit("1", "One", 1), unit("2", "Uno", 1), unit("3", "Two", 2), unit("4", "Other", 1, "more")),
    (SourceText("docs", "a.md", "One\nTwo\nThree"), SourceText("more", "a.md", "Other\n")),
)


def test_units_are_found_by_id_and_by_place() -> None:
    """Those of the same first line come in the order they were mined; another source's file is another file."""
    assert "Two" == STORE.by_id["3"].text
    assert ["1", "2"] == [one.id for one in STORE.at("docs", Span("a.md", 1, 3))]
    assert ["4"] == [one.id for one in STORE.at("more", Span("a.md", 1, 1))]
    assert () == STORE.at("docs", Span("b.md", 1, 1))
    assert ["1", "2", "3"] == [one.id for one in STORE.in_file("docs", "a.md")]


@pytest.mark.parametrize(
    ("path", "line", "end", "expected"),
    [
        ("a.md", 1, 1, "One"),
        ("a.md", 2, 3, "Two\nThree"),
        ("a.md", 3, 9, "Three"),
        ("a.md", 7, 9, ""),
        ("b.md", 1, 1, ""),
    ],
)
def test_cited_lines(path: str, line: int, end: int, expected: str) -> None:
    """The lines from first to last, as far as there are any; nothing of a file that is not there."""
    assert expected == STORE.cited("docs", path, line, end)


@pytest.mark.parametrize("text", ["One\fstill one\nTwo", "One\u2028still one\r\nTwo", "One\x1cstill one\rTwo"])
def test_only_line_ends_end_a_line(text: str) -> None:
    """Form feeds and separators inside a line do not shift the lines after it."""
    store = EvidenceStore((), (), (SourceText("docs", "a.md", text),))
    assert "Two" == store.cited("docs", "a.md", 2, 2)
