"""Bands, styles and percentiles: what is read from the calibration file."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from skill_fleet.metrics.integrity.tables import FOLDER
from skill_fleet.metrics.page import Page
from skill_fleet.metrics.score import Band

Style = Literal["navigation_hub", "comprehensive", "minimal"]
"""navigation_hub: leads to three reference files or more · minimal: short, and leads nowhere · comprehensive: says it
all itself."""

HUB_FILES = 3
HUB_TOKENS = 2_500
MINIMAL_TOKENS = 400
CHARACTERS_A_TOKEN = 4


@dataclass(frozen=True)
class Calibration:
    """`warn` and `ok` are the values from which those bands begin; `quantiles` has for each style the values that 0 %,
    5 %, … 100 % of the skills stay below."""

    version: str
    warn: float
    ok: float
    quantiles: Mapping[str, tuple[float, ...]]


@cache
def load_calibration() -> Calibration:
    data: dict[str, Any] = json.loads((FOLDER / "integrity.json").read_text(encoding="utf-8"))
    quantiles = {style: tuple(values) for style, values in data["quantiles"].items()}
    return Calibration(data["version"], data["bands"]["warn"], data["bands"]["ok"], quantiles)


def band_of(value: float) -> Band:
    calibration = load_calibration()
    return "ok" if value >= calibration.ok else "warn" if value >= calibration.warn else "block"


def style_of(page: Page) -> Style:
    """The style by structure: reference files and size (a token is taken for four characters)."""
    listing = page.subject.listing
    files = [file.path for file in listing.files] if listing else []
    references = sum("/" in path and path.endswith(".md") for path in files)
    tokens = len(page.text) // CHARACTERS_A_TOKEN
    if references >= HUB_FILES and tokens < HUB_TOKENS:
        return "navigation_hub"
    return "minimal" if tokens < MINIMAL_TOKENS else "comprehensive"


def percentile(value: float, style: Style) -> float:
    """The share, 0 to 1, of the calibration's skills of that style with a lower value, or the same."""
    points = load_calibration().quantiles[style]
    at = bisect_right(points, value)
    if at in (0, len(points)):
        return at / len(points)
    low, high = points[at - 1], points[at]
    return (at - 1 + (value - low) / (high - low)) / (len(points) - 1)
