"""Readings to render, and a parser that says what a page holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

from skill_fleet.metrics.history import Mark
from skill_fleet.metrics.reading import Reading
from skill_fleet.metrics.score import Band, Flaw, Layer, Part, Score
from skill_fleet.metrics.vector import Vector

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

#: What an author could write to make a page do something.
EVIL = (
    "<script>alert('x')</script><img src=http://example.org/a.png onerror=alert(1)> "
    '" onload="x" {{ 7*7 }} \x1b[2J\0\u202e'
)

VOID = {"meta", "br", "img", "input", "link", "hr"}
#: Elements whose end HTML lets one leave out.
OPEN_ENDED = {"td", "th", "tr", "p"}


@dataclass
class Page(HTMLParser):
    """Elements with their attributes, and the text of the page. Fails for an end without a beginning."""

    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.text += " "
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open[-1] != tag and self._open[-1] in OPEN_ENDED:
            self._open.pop()
        assert self._open, f"</{tag}> closes nothing"
        assert tag == self._open.pop(), f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1] != "style":
            self.text += data

    @property
    def counts(self) -> Counter[str]:
        return Counter(tag for tag, _ in self.elements)

    def find(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def parse(html: str) -> Page:
    page = Page()
    page.feed(html)
    page.close()
    assert [] == [tag for tag in page._open if tag not in OPEN_ENDED]  # noqa: SLF001  its own
    return page


def score(layer: Layer, band: Band = "ok", value: float | None = 0.9, *flaws: Flaw, note: str = "") -> Score:
    return Score(layer, value, band, (Part("one", 0.5, 2.0), Part("two", 1.0, 1.0)), flaws, note=note)


def flaw(layer: Layer = "integrity", message: str = "something is missing", cost: float = 0.1) -> Flaw:
    return Flaw(layer, "examples", message, "write one", "SKILL.md", 7, cost, "the line as it stands")


def reading(place: str = "tool/alpha", *, band: Band = "ok", message: str = "something is missing") -> Reading:
    vector = Vector(
        (
            score("conformance", "ok", 1.0),
            score("integrity", band, 0.9 if band == "ok" else 0.6, flaw(message=message)),
            score("truth", "warn", 0.7, flaw("truth", "a path leads nowhere", 0.3)),
            score("discoverability", "ok", None, note="untested: no queries"),
            score("lift", "ok", None, note="untested: no run"),
        )
    )
    return Reading(f"/fleet/{place}/SKILL.md", place, place.rpartition("/")[2], "comprehensive", 0.62, "d" * 64, vector)


def marks(count: int, layer: Layer = "integrity", version: str = "1") -> list[Mark]:
    return [
        Mark("tool/alpha", layer, AT + timedelta(days=day), f"d{day}", version, "ok", 0.8 + day / 100)
        for day in range(count)
    ]
