"""Skills are found by what they say."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fleets import put_skill, skill_text

from skill_fleet.library.catalog import Entry, load_catalog
from skill_fleet.library.folder import FleetFolder
from skill_fleet.library.search import search

SKILLS = {
    "technical/web/http-client": ("Configure timeouts.", "Set the retries of a client.\nNothing else.", "how_to"),
    "technical/web/web-server": ("Serve pages over HTTP.", "A server waits for its client.", "reference"),
    "tool/baking/bread": ("Bake bread.", "Let the dough rest. Retries are free.", "how_to"),
    "tool/baking/how-to": ("Ask well.", "Say what you want.", "concept"),
}


@pytest.fixture
def entries(tmp_path: Path) -> list[Entry]:
    fleet = FleetFolder(tmp_path)
    for ref, (description, body, kind) in SKILLS.items():
        metadata = {"type": kind, "level": "beginner"}
        put_skill(fleet, ref, skill_text(ref.rpartition("/")[2], description, body, metadata))
    return load_catalog(fleet)


def names(entries: list[Entry], query: str, **only: str) -> list[str]:
    return [hit.entry.name for hit in search(entries, query, only).hits]  # type: ignore[arg-type]


def test_the_name_weighs_most_and_the_body_least(entries: list[Entry]) -> None:
    """The same word counts for more in the name than in the description, and there for more than in the body."""
    assert ["http-client", "web-server"] == names(entries, "http")
    assert ["http-client", "web-server"] == names(entries, "clients")


def test_a_skill_of_that_very_name_comes_first(entries: list[Entry]) -> None:
    """Also when its name holds nothing but words too common to search for."""
    assert ["how-to"] == names(entries, "How-To")
    assert "bread" == names(entries, "bread")[0]


def test_other_forms_of_a_word_are_found(entries: list[Entry]) -> None:
    """Words are compared by their stems."""
    assert ["bread"] == names(entries, "baking breads")


def test_nothing_is_found_for_nothing(entries: list[Entry]) -> None:
    """No word, or a word nobody uses, finds nothing."""
    assert [[], []] == [names(entries, query) for query in ("", "zeppelin")]


def test_facets_count_all_hits(entries: list[Entry]) -> None:
    """Counts go over every hit, also those beyond the limit; the most frequent value comes first."""
    found = search(entries, "retries client", limit=1)
    assert (1, 3) == (len(found.hits), found.total)
    assert {"technical": 2, "tool": 1} == found.facets["domain"]
    assert {"web": 2, "baking": 1} == found.facets["category"]
    assert [("how_to", 2), ("reference", 1)] == list(found.facets["type"].items())
    assert {"beginner": 3} == found.facets["level"]


def test_facets_narrow_the_search(entries: list[Entry]) -> None:
    """Every given facet has to fit."""
    assert ["bread"] == names(entries, "retries", domain="tool")
    assert ["http-client"] == names(entries, "retries", type="how_to", category="web")
    assert [] == names(entries, "retries", level="expert")


def test_the_snippet_is_the_line_that_matches(entries: list[Entry]) -> None:
    """A line of the body, or nothing when only name or description match."""
    assert ["Set the retries of a client."] == [hit.snippet for hit in search(entries, "client retries", limit=1).hits]
    assert [""] == [hit.snippet for hit in search(entries, "timeouts").hits]
