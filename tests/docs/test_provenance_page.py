"""`docs/reference/provenance.md` lists the keys that the records are written with."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from skill_fleet.authoring.draft import Reference, Statement
from skill_fleet.authoring.provenance import Provenance, SourceRecord
from skill_fleet.fleet.create_skill import Making

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "provenance.md"

#: What promotion adds to a record that authoring wrote.
ADDED = {"promoted"}


def documented(after: str) -> set[str]:
    """The keys of the first table below the line that begins with `after`."""
    _, _, below = PAGE.read_text(encoding="utf-8").partition(f"\n{after}")
    table = below.partition("| --- | --- |\n")[2].partition("\n\n")[0]
    cells = [row.split(" | ")[0] for row in table.splitlines()]
    return {key for cell in cells for key in re.findall(r"`(\w+)`", cell)}


@pytest.mark.parametrize(
    ("after", "record", "added"),
    [
        ("## provenance.json", Provenance, ADDED),
        ("A **source**", SourceRecord, set()),
        ("A **statement**", Statement, set()),
        ("A **reference**", Reference, set()),
        ("## draft.json", Making, ADDED),
    ],
)
def test_each_table_has_the_keys_of_its_record(after: str, record: type, added: set[str]) -> None:
    """Nothing else, and nothing less."""
    assert documented(after) == {field.name for field in fields(record)} | added
