"""Fit what the integrity layer takes from data to folders of skills, and write it into the package.

    python benchmarks/calibrate.py DIR...

Each DIR is one collection; collections weigh the same, however many skills they hold, and what occurs in one alone is
left out where that can be told. Nothing but counts is kept: shares of common terms, mean places of words in headings,
pairs of classes of words, quantiles of values.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import pstdev
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.expected_places import EXPECTED
from benchmarks.tables import render_table

from skill_fleet.metrics.integrity import Style, integrity, order_of_words, places, style_of, tables
from skill_fleet.metrics.integrity.view import View
from skill_fleet.metrics.page import load_page, page_of

Collection = list[View]

STYLES: tuple[Style, ...] = ("navigation_hub", "comprehensive", "minimal")

BANDS = {"warn": 0.75, "ok": 0.85}
"""Values from which a band begins: nineteen in twenty skills of experts are not blocked (see the page on integrity)."""

PARTS = 20
LEAST_SKILLS = 20
"""Skills of a style from which on it has quantiles of its own."""

LEAST_SHARE = 0.02
"""Share of the skills that have a term for it to be common."""

LEAST_HEADINGS = 4
"""Headings, in two collections or more, that hold a word for its place to be known."""

DOUBT = 20
"""Headings where a word is expected that are added to those that were seen of it."""

UNKNOWN = 0.25
"""The spread of a place that was not seen."""

LEAST_EXPECTED = 4.0
"""Times a pair of classes must have been seen, or been expected by chance, to be kept."""


def load_collections(folders: Sequence[Path]) -> list[Collection]:
    """The skills of each folder, each text once over all of them."""
    seen: set[str] = set()
    return [list(_load(folder, seen)) for folder in folders]


def _load(folder: Path, seen: set[str]) -> Iterator[View]:
    for file in sorted(folder.rglob("SKILL.md")):
        page = load_page(file)
        key = hashlib.sha256(page.text.encode()).hexdigest()
        if page.skill and key not in seen:
            seen.add(key)
            yield View(page)


def fit_shares(collections: Sequence[Collection]) -> dict[str, int]:
    """Per thousand, the mean over the collections of the share of skills with a term."""
    shares: dict[str, float] = defaultdict(float)
    for views in collections:
        counts = Counter(term for view in views for term in {*view.counts, *view.topic})
        for term, count in counts.items():
            shares[term] += count / len(views) / len(collections)
    return {term: round(1000 * share) for term, share in sorted(shares.items()) if share >= LEAST_SHARE}


def fit_places(collections: Sequence[Collection]) -> dict[str, list[int]]:
    """For a word of headings, and for what a chapter looks like, mean and standard deviation of its place among the
    chapters, per thousand. A word that is written down by hand begins from there, every other in the middle."""
    found: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for number, views in enumerate(collections):
        for view in views:
            for word, place in _placed(view):
                found[word].append((place, number))
    kept = {word: [place for place, _ in seen] for word, seen in found.items() if _is_known(seen, len(collections))}
    return {word: _summarise(word, kept.get(word, [])) for word in sorted({*kept, *EXPECTED})}


def _placed(view: View) -> Iterator[tuple[str, float]]:
    """Each word of a chapter's heading, and each mark of its look, with the place of the chapter from 0 to 1."""
    chapters = places.chapters_of(view.sections)
    for number, chapter in enumerate(chapters):
        for word in (*chapter.words, *chapter.marks):
            yield word, number / (len(chapters) - 1)


def _summarise(word: str, found: list[float]) -> list[int]:
    mean = (sum(found) + DOUBT * EXPECTED.get(word, places.MIDDLE)) / (len(found) + DOUBT)
    spread = pstdev(found) if len(found) >= LEAST_HEADINGS else UNKNOWN
    return [round(1000 * mean), round(1000 * spread)]


def _is_known(seen: list[tuple[float, int]], collections: int) -> bool:
    if len({number for _, number in seen}) < min(2, collections):
        return False
    return len(seen) >= LEAST_HEADINGS


def fit_pairs(collections: Sequence[Collection]) -> dict[str, dict[str, int]]:
    """In tenths of a nat, how much oftener a pair of classes stands side by side than by chance."""
    pairs: Counter[tuple[str, str]] = Counter()
    for views in collections:
        for view in views:
            for block in view.blocks if view.is_english else ():
                for sentence in order_of_words.sentences_of(block):
                    pairs.update(order_of_words.pairs_of(order_of_words.classes_of(sentence)))
    left: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for (first, second), count in pairs.items():
        left[first] += count
        right[second] += count
    total = pairs.total()
    table: dict[str, dict[str, int]] = {}
    for first in sorted(left):
        row = {second: _excess(pairs[first, second], left[first] * right[second] / total) for second in sorted(right)}
        table[first] = {second: value for second, value in row.items() if value}
    return table


def _excess(count: int, expected: float) -> int:
    if max(count, expected) < LEAST_EXPECTED:
        return 0
    return round(10 * math.log((count + 1) / (expected + 1)))


def fit_quantiles(collections: Sequence[Collection]) -> dict[str, list[float]]:
    """For each style the values that 0 %, 5 %, … 100 % of its skills stay below; all styles, where one has too few.

    The texts are measured without their folders: collections are often handed on without the files beside them.
    """
    values: dict[Style, list[float]] = {style: [] for style in STYLES}
    for view in (view for views in collections for view in views):
        score = integrity(page_of(view.page.subject.text)).value
        values[style_of(view.page)].append(score or 0.0)
    every = [value for members in values.values() for value in members]
    return {style: _quantiles(members if len(members) >= LEAST_SKILLS else every) for style, members in values.items()}


def _quantiles(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    return [round(ordered[round(part * (len(ordered) - 1) / PARTS)], 3) for part in range(PARTS + 1)]


def fit_tables(collections: Sequence[Collection]) -> dict[str, Any]:
    return {"shares": fit_shares(collections), "places": fit_places(collections), "pairs": fit_pairs(collections)}


def write(name: str, data: dict[str, Any]) -> None:
    """One key a line, so that a change can be read."""
    rows = (f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in data.items())
    (tables.FOLDER / name).write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


def digest_of(*data: object) -> str:
    """Eight digits of what was fitted: the same input gives the same version, on any day."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:8]


def refit(folders: Sequence[Path]) -> None:
    """The tables are those of the folders from here on, in this process; the package stays as it is."""
    fitted = fit_tables(load_collections(folders))
    kept = tables.FOLDER
    with TemporaryDirectory() as folder:
        tables.FOLDER = Path(folder)
        try:
            write("english.json", fitted)
            forget_tables()
            tables.load_tables()
        finally:
            tables.FOLDER = kept


def forget_tables() -> None:
    tables.load_tables.cache_clear()
    tables.rarity.cache_clear()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="a collection: a folder with skills")
    collections = load_collections(parser.parse_args().folders)
    fitted = fit_tables(collections)
    write("english.json", fitted)
    forget_tables()
    quantiles = fit_quantiles([[View(view.page) for view in views] for views in collections])
    skills = [len(views) for views in collections]
    version = digest_of(fitted, quantiles, BANDS)
    write("integrity.json", {"version": version, "skills": skills, "bands": BANDS, "quantiles": quantiles})
    print(
        render_table(["style", "5 %", "median", "95 %"], [_row(style, values) for style, values in quantiles.items()])
    )
    print(f"\nversion {version}, from {sum(skills)} skills in {len(skills)} collections")


def _row(style: str, values: Sequence[float]) -> list[str]:
    return [style, *(f"{values[at]:.3f}" for at in (1, PARTS // 2, PARTS - 1))]


if __name__ == "__main__":
    main()
