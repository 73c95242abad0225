"""Small folders of documentation about a product that does not exist: Kiln, which fires pottery."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from skill_fleet.authoring.brief import Brief, SkillStyle
from skill_fleet.authoring.decisions import Plan
from skill_fleet.authoring.draft import Draft
from skill_fleet.authoring.extractive.author import ExtractiveAuthor
from skill_fleet.authoring.extractive.nodes import Node
from skill_fleet.authoring.extractive.shelf import Shelf
from skill_fleet.library.catalog import Entry
from skill_fleet.sources.document import Document
from skill_fleet.sources.read import join_stores, read_sources
from skill_fleet.sources.store import EvidenceStore

TASK = "Fire pottery with Kiln: schedules, sensors and cooling"

#: Words enough for a folder to count as documentation.
FILLER = "Earth changes its colour, its weight and its sound while the heat works its way through the walls. " * 4

SCHEDULES = """# Schedules

A schedule is a list of steps that the controller follows from the first to the last.

## Writing a schedule

You can write a schedule as a list of pairs of degrees and minutes:

```python
from kiln import Schedule

schedule = Schedule([(200, 60), (1040, 20)])
schedule.start()
```

The default ramp of a schedule is 150 degrees an hour.

## Stopping a schedule

Never open the door while a schedule runs, because the shelves crack below `max_gradient`.

```python
schedule.stop(cool=True)
```
"""

SENSORS = """# Sensors

A sensor tells the controller how hot the chamber is.

## Reading a sensor

```pycon
>>> from kiln import Sensor
>>> sensor = Sensor("top")
>>> sensor.degrees
1040
```

A `SensorError` is raised when the wire of a sensor is broken or has come loose.

Use `Sensor.mean()` instead of a single reading if the chamber is larger than 200 litres.

> **Warning**
> A sensor without a sheath must not be used above 1100 degrees.
"""

COOLING = """# Cooling

Glazes need slow cooling between 900 and 700 degrees.

## Choosing a rate

1. Measure the thickness of the thickest wall.
2. Divide 600 by the thickness in millimetres.
3. Pass the result as `rate` to the cooler.

```python
cooler = Cooler(rate=40)
```

| Clay | Rate |
| ---- | ---- |
| Stoneware | 40 |
| Porcelain | 60 |
"""

PAGES = {"schedules.md": SCHEDULES, "sensors.md": SENSORS, "cooling.md": COOLING}


def store_of(pages: Mapping[str, str], product: str = "kiln") -> EvidenceStore:
    """What is read from a folder of these files, beside a project file that names the product."""
    with TemporaryDirectory() as folder:
        docs = Path(folder) / "docs"
        for path, text in pages.items():
            file = docs / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        if product:
            (Path(folder) / "pyproject.toml").write_text(f'[project]\nname = "{product}"\n', encoding="utf-8")
        return read_sources([str(docs)])


def shelf_of(pages: Mapping[str, str] = PAGES, task: str = TASK, product: str = "kiln") -> Shelf:
    return Shelf(task, store_of(pages, product))


def page(text: str) -> dict[str, str]:
    """One page with this text, and enough words around it."""
    return {"guide.md": f"# Guide\n\n{text}\n\n## Colours\n\n{FILLER}\n"}


def node(shelf: Shelf, title: str) -> Node:
    return next(node for node in shelf.nodes if node.title == title)


def document(store: EvidenceStore, path: str) -> Document:
    return next(page for _, page in store.documents if page.path == path)


def both(left: EvidenceStore, right: EvidenceStore) -> EvidenceStore:
    return join_stores([left, right])


def entry(name: str, path: str, description: str) -> Entry:
    """A skill of a fleet, as far as a new one is compared with it."""
    return Entry(name, path, Path(name), Path(name) / "SKILL.md", description, description)


async def drafted(
    store: EvidenceStore, task: str = TASK, style: SkillStyle = "comprehensive", *, max_tokens: int = 5000
) -> tuple[Plan, Draft]:
    """The author's plan and draft, each step taken as the pipeline takes it."""
    author = ExtractiveAuthor(max_tokens=max_tokens)
    brief = Brief(task, ("docs",), style)
    research = await author.research(brief, store)
    needs = await author.requirements(brief, store, research)
    intent = await author.intent(brief, store)
    place = await author.taxonomy(brief, needs, intent, ())
    others = await author.dependencies(brief, store, ())
    plan = await author.plan(brief, store, needs, intent, place, others)
    return plan, await author.content(plan, store)
