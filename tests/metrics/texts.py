"""Skills for the tests of the named metrics, written for them."""

from __future__ import annotations

from dataclasses import replace

from skill_fleet.metrics.page import Page, page_of
from skill_fleet.metrics.sample import Sample

HEAD = """---
name: tide-tables
description: Reads tide tables of harbours with `tides` and plans crossings. Use when a crossing depends on high water.
---
"""

BODY = """# Tide tables

Plan a crossing from the tables that harbours publish. The tables name heights in metres above chart datum.

## Steps

1. Read the table with `tides read --harbour DOVER --days 3`.
2. Never cross within 30 minutes of low water.
3. Write the window to `plan.md`, with the depth over the bar.

## Example

```bash
tides read --harbour DOVER --days 3 > table.csv
tides plan table.csv --draught 1.8
```

The plan lists each window with its depth. A window without 0.5 m below the keel is left out.
"""

TIDES = HEAD + BODY


def tides(text: str = TIDES, /, **given: object) -> Sample:
    return replace(Sample(page_of(text)), **given)  # type: ignore[arg-type]  # a test names fields as it likes


def with_body(body: str) -> Page:
    return page_of(HEAD + body)
