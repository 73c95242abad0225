"""Skills that say nearly the same: found by sketches of their texts, without comparing each with each.

A sketch is the smallest hashes of a text's runs of five words (Broder 1997, bottom-k): two sketches tell how much two
texts have in common, to about 1 / sqrt(k).
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias
from zlib import crc32

RUN = 5
SIZE = 128
"""Hashes of a sketch: the share in common is then off by .09 at most in two cases of three."""

ALIKE = 0.7
"""The share of runs in common from which on two skills are called alike: the measure by which 17.4 % of 11,225 public
skills have a near-duplicate."""

KEYS = 12
"""The smallest hashes by which alike texts are looked up: of two that share .7, all twelve differ once in a million."""

MOST_KEPT = 16
"""Texts that are kept under one key: what very many begin with in the same words tells nobody apart."""

MOST_COMPARED = 4
"""Texts that one is compared with: those that share the most keys with it."""

FEWEST = 8
"""Runs of words below which a text is too short to be anybody's twin."""

_WORD = re.compile(r"\w+")

Sketch: TypeAlias = "array[int]"
"""Hashes, sorted; four bytes each, because those of a whole fleet are held at once."""


@dataclass(frozen=True, slots=True)
class Twins:
    """Two skills, by their places, and the share of runs of words that they have in common, 0 to 1."""

    one: str
    other: str
    share: float


def sketch(text: str) -> Sketch:
    """The same on every machine; empty for a text too short to tell."""
    words = _WORD.findall(text.lower())
    runs = {crc32(" ".join(words[at : at + RUN]).encode("utf-8", "replace")) for at in range(len(words) - RUN + 1)}
    return array("I", sorted(runs)[:SIZE] if len(runs) >= FEWEST else ())


def share_of(one: Sketch, other: Sketch) -> float:
    """The Jaccard index of the texts' runs, as far as the sketches tell."""
    smallest = sorted({*one, *other})[:SIZE]
    both = {*one} & {*other}
    return sum(1 for run in smallest if run in both) / len(smallest) if smallest else 0.0


def find_twins(sketches: Iterable[tuple[str, Sketch]]) -> list[Twins]:
    """Each skill that is like one before it, with the one that it is most like, the closest pairs first."""
    under: dict[int, list[tuple[str, Sketch]]] = {}
    found = []
    for place, runs in sketches:
        shares = [Twins(known, place, share_of(kept, runs)) for known, kept in _candidates(runs, under)]
        closest = max(shares, key=lambda twins: twins.share, default=None)
        if closest and closest.share >= ALIKE:
            found.append(closest)
        for key in runs[:KEYS]:
            keeping = under.setdefault(key, [])
            if len(keeping) < MOST_KEPT:
                keeping.append((place, runs))
    return sorted(found, key=lambda twins: (-twins.share, twins.one, twins.other))


def _candidates(runs: Sketch, under: dict[int, list[tuple[str, Sketch]]]) -> list[tuple[str, Sketch]]:
    """Those that have the most of the smallest hashes too."""
    near = [candidate for key in runs[:KEYS] for candidate in under.get(key, ())]
    shared = Counter(place for place, _ in near)
    known = dict(near)
    return [(place, known[place]) for place, _ in shared.most_common(MOST_COMPARED)]
