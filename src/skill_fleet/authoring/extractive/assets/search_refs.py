#!/usr/bin/env python3
"""Search this skill's reference files and print the sections that answer best.

usage: search_refs.py [-n COUNT] WORD [WORD ...]

Ranks the sections of references/*.md by BM25. Standard library only; reads, never writes.
Exit status: 0 when something was found, 1 when nothing was, 2 on wrong usage.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

REFERENCES = Path(__file__).resolve().parent.parent / "references"
MAX_LINES = 45
TITLE_COUNTS = 3
# BM25's term saturation and length normalisation.
SATURATION, LENGTH_WEIGHT = 1.2, 0.75
STOP = frozenset(
    "a an and are as at be by can do does for from how i in is it my of on or the to use what when which with "
    "you".split()
)
ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ied", "es", "ed", "er", "s", "e", "y")
SHORTEST_STEM = 3

# Scripts without spaces become pairs of characters.
UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
WORD = re.compile(rf"(?P<unspaced>[{UNSPACED}]+)|\d+|[^\W\d_{UNSPACED}]+")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
HEADING = re.compile(r"(#{1,6})\s+(.*)")
FENCE = re.compile(r"\s*(`{3,})")


class Section(NamedTuple):
    """A section of a file: the line of its heading, the path of titles that leads to it, and what it says."""

    path: Path
    line: int
    title: str
    text: str


def words(text: str) -> list[str]:
    found = []
    for match in WORD.finditer(CAMEL.sub(" ", text)):
        word = match.group().lower()
        if match.group("unspaced"):
            found += [word[i : i + 2] for i in range(max(1, len(word) - 1))]
        elif word not in STOP:
            found.append(stem(word))
    return found


def stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def headings(lines: list[str]) -> Iterator[tuple[int, int, str]]:
    """Yield (index, level, title) of every heading; lines inside code fences are none."""
    fence = ""
    for index, line in enumerate(lines):
        ticks = FENCE.match(line)
        if ticks and (not fence or len(ticks.group(1)) >= len(fence)):
            fence = "" if fence else ticks.group(1)
        heading = None if fence or ticks else HEADING.match(line)
        if heading:
            yield index, len(heading.group(1)), heading.group(2)


def sections(path: Path) -> Iterator[Section]:
    lines = path.read_text(encoding="utf-8").split("\n")
    found = list(headings(lines))
    ends = [index for index, _, _ in found[1:]] + [len(lines)]
    trail: list[tuple[int, str]] = []
    for (index, level, title), end in zip(found, ends):  # noqa: B905  runs on Python 3.8
        trail = [entry for entry in trail if entry[0] < level] + [(level, title)]
        text = "\n".join(lines[index + 1 : end]).strip()
        if text:
            yield Section(path, index + 1, " > ".join(title for _, title in trail), text)


def rank(found: list[Section], query: list[str]) -> list[Section]:
    """Return the sections that hold a term of the query, the best first."""
    bags = [Counter(words(section.text) + TITLE_COUNTS * words(section.title)) for section in found]
    sizes = [sum(bag.values()) for bag in bags]
    mean = sum(sizes) / len(sizes) if any(sizes) else 1.0
    scores = [0.0] * len(bags)
    for term in dict.fromkeys(query):
        holding = sum(term in bag for bag in bags)
        rarity = math.log(1 + (len(bags) - holding + 0.5) / (holding + 0.5))
        for number, bag in enumerate(bags):
            norm = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * sizes[number] / mean)
            scores[number] += rarity * bag[term] * (SATURATION + 1) / (bag[term] + norm)
    best = sorted((n for n, score in enumerate(scores) if score > 0), key=lambda n: -scores[n])
    return [found[number] for number in best]


def show(section: Section) -> None:
    lines = section.text.split("\n")
    print(f"== references/{section.path.name}:{section.line}  {section.title}\n")
    print("\n".join(lines[:MAX_LINES]))
    print(f"... {len(lines) - MAX_LINES} more lines\n" if len(lines) > MAX_LINES else "")


def main() -> int:
    parser = argparse.ArgumentParser(description="Print the sections of this skill's references that answer best.")
    parser.add_argument("query", nargs="+", metavar="WORD", help="words to look for")
    parser.add_argument("-n", type=int, default=5, metavar="COUNT", help="how many sections to print (default 5)")
    options = parser.parse_args()
    found = [section for path in sorted(REFERENCES.glob("*.md")) for section in sections(path)]
    best = rank(found, words(" ".join(options.query)))[: max(options.n, 1)]
    for section in best:
        show(section)
    if not best:
        print("nothing found; try other words, or read the list of references in SKILL.md", file=sys.stderr)
    return 0 if best else 1


if __name__ == "__main__":
    sys.exit(main())
