#!/usr/bin/env python3
"""Search this skill's reference files and print the sections that answer best.

usage: search_refs.py [-n COUNT] WORD [WORD ...]

Ranks the sections of references/*.md by BM25. Standard library only; reads, never writes.
Exit status: 0 when something was found, 1 when nothing was, 2 on wrong usage.
"""

import argparse
import math
import re
import sys
from collections import Counter
from pathlib import Path

REFERENCES = Path(__file__).resolve().parent.parent / "references"
MAX_LINES = 45
STOP = set(
    "a an and are as at be by can do does for from how i in is it my of on or the to use what when which with you".split()
)


def words(text):
    parts = re.findall(r"[A-Za-z]+|\d+|[^\W\d_]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text))
    return [stem(part.lower()) for part in parts if part.lower() not in STOP]


def stem(word):
    for ending in ("ations", "ation", "ings", "ing", "ies", "ied", "es", "ed", "er", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def sections(path):
    """Yield (first line, heading path, text) for every section; headings inside code fences do not count."""
    trail, start, body, fence = [], 1, [], ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        ticks = re.match(r"\s*(`{3,})", line)
        if ticks and (not fence or len(ticks.group(1)) >= len(fence)):
            fence = "" if fence else ticks.group(1)
        heading = None if fence or ticks else re.match(r"(#{1,6})\s+(.*)", line)
        if heading:
            if any(text.strip() for text in body):
                yield start, " > ".join(title for _, title in trail), "\n".join(body).strip()
            level = len(heading.group(1))
            trail = [entry for entry in trail if entry[0] < level] + [(level, heading.group(2))]
            start, body = number, []
        elif trail:
            body.append(line)
    if any(text.strip() for text in body):
        yield start, " > ".join(title for _, title in trail), "\n".join(body).strip()


def rank(found, query):
    bags = [Counter(words(text) + 3 * words(title)) for _, _, title, text in found]
    sizes = [sum(bag.values()) for bag in bags]
    mean = (sum(sizes) / len(sizes) or 1) if sizes else 1
    scores = [0.0] * len(bags)
    for term in set(query):
        holding = sum(1 for bag in bags if term in bag)
        rarity = math.log(1 + (len(bags) - holding + 0.5) / (holding + 0.5))
        for number, bag in enumerate(bags):
            count = bag[term]
            scores[number] += (
                rarity * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * sizes[number] / mean)) if count else 0.0
            )
    return sorted((n for n, score in enumerate(scores) if score), key=lambda n: -scores[n])


def main():
    parser = argparse.ArgumentParser(description="Print the sections of this skill's references that answer best.")
    parser.add_argument("query", nargs="+", help="words to look for")
    parser.add_argument("-n", type=int, default=5, help="how many sections to print (default 5)")
    options = parser.parse_args()
    found = [
        (path, line, title, text) for path in sorted(REFERENCES.glob("*.md")) for line, title, text in sections(path)
    ]
    best = rank(found, words(" ".join(options.query)))[: options.n]
    if not best:
        print("nothing found; try other words, or read the list of references in SKILL.md", file=sys.stderr)
        return 1
    for number in best:
        path, line, title, text = found[number]
        lines = text.splitlines()
        print(f"== references/{path.name}:{line}  {title}\n")
        print("\n".join(lines[:MAX_LINES]))
        print(f"... {len(lines) - MAX_LINES} more lines\n" if len(lines) > MAX_LINES else "")
    return 0


if __name__ == "__main__":
    sys.exit(main())
