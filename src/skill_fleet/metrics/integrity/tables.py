"""The tables that the components read: counted over folders of skills by `benchmarks/calibrate.py`, as numbers."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from skill_fleet.metrics.integrity.generic import GENERIC

FOLDER = Path(__file__).parents[1] / "data"

#: A term in this share of all skills or fewer is as rare as can be told.
RAREST = 0.01

#: What a generic term has at most, however few skills hold it.
GENERIC_RARITY = 0.1


@dataclass(frozen=True)
class Tables:
    """`shares`: for a common term the share of the skills that have it · `places`: for a word of a heading its mean
    place, 0 first and 1 last, and how far it varies · `pairs`: for a pair of classes of words, how much oftener they
    stand side by side than by chance (the natural logarithm)."""

    shares: Mapping[str, float]
    places: Mapping[str, tuple[float, float]]
    pairs: Mapping[str, Mapping[str, float]]


@cache
def load_tables() -> Tables:
    data: dict[str, Any] = json.loads((FOLDER / "english.json").read_text(encoding="utf-8"))
    return Tables(
        {term: share / 1000 for term, share in data["shares"].items()},
        {word: (mean / 1000, spread / 1000) for word, (mean, spread) in data["places"].items()},
        {first: {second: value / 10 for second, value in row.items()} for first, row in data["pairs"].items()},
    )


@cache
def rarity(term: str) -> float:
    """0 for a term that every skill has, 1 for one that one in a hundred has, or fewer; little for a generic one."""
    share = load_tables().shares.get(term, 0.0)
    rare = min(math.log(max(share, RAREST)) / math.log(RAREST), 1.0)
    return min(rare, GENERIC_RARITY) if term in GENERIC else rare
