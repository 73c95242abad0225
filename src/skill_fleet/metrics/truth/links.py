"""Links and paths: the files of the skill that its texts name are there."""

from __future__ import annotations

import difflib
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from skill_fleet.metrics.truth.check import Fault, Outcome
from skill_fleet.metrics.truth.material import SPAN, Material, Text
from skill_fleet.rules.subject import is_file_target, join_target

NAME = "links"

#: Folders of a skill by the specification, and what they are called in its place.
_FOLDERS = ("references", "reference", "scripts", "assets", "templates", "examples", "resources", "docs")
MOST_PATH = 200
_PATH = re.compile(r"((?:\./)?(?:[\w@+-][\w.@+-]*/)+[\w@+-][\w.@+-]*\.[A-Za-z][A-Za-z0-9]{0,5})")
# A line with such words speaks of a file that is made, that is somebody else's, or that shows what paths look like.
_ELSEWHERE = re.compile(
    r"\b(?:creat\w+|writ\w+|sav\w+|generat\w+|output\w*|produc\w+|add\w*|export\w*|store\w*|mkdir|touch|new|e\.g"
    r"|for example|such as|examples?|good|bad|avoid|exists?|its|your|their|project\w*|repo\w*|named?|like|optional\w*"
    r"|if (?:present|available|any))\b",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[<>{}$*%]|\.\.\.|…")
_STAND_IN = re.compile(r"\b(?:xxx+|yyyy|foo|baz|example|your|my)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Place:
    """`written` is the path as it stands there, `path` the one from the skill's folder that it means."""

    file: str
    line: int
    written: str
    path: str
    is_link: bool
    words: str


def check_links(material: Material) -> Outcome:
    """Of links each one inside the folder counts; of paths in code spans those that begin with a folder of the skill.

    What its line says is made, or holds a stand-in, is none of the skill's. Without a folder nothing is known.
    """
    if material.page.subject.listing is None:
        return Outcome(NAME, 0)
    places = [place for text in material.texts for place in _distinct((*_links(text), *_paths(material, text)))]
    missing = [place for place in places if not _is_there(material, place)]
    sureness = _surenesses(material, missing)
    faults = tuple(_fault(material, place, sureness[place.path.partition("/")[0]]) for place in missing)
    return Outcome(NAME, len(places), faults)


def _distinct(places: Iterable[_Place]) -> Iterator[_Place]:
    """The first mention of each path: what is missing is one fault of a text, however often it is named there."""
    seen: set[str] = set()
    for place in places:
        if place.path not in seen:
            seen.add(place.path)
            yield place


def _links(text: Text) -> Iterator[_Place]:
    for link in text.body.links:
        if is_file_target(link.target) and not _MARKS.search(link.target):
            path = join_target(posixpath.dirname(text.path), link.target)
            if not path.startswith(("../", "/")) and path != "..":
                words = text.lines[link.line - text.first_line].strip()[:200]
                yield _Place(text.path, link.line, link.target, path, is_link=True, words=words)


def _paths(material: Material, text: Text) -> Iterator[_Place]:
    for number, line in text.prose():
        for span in SPAN.finditer(line):
            found = _PATH.fullmatch(span[2].strip()[:MOST_PATH])
            if found and _is_ours(material, found[1]) and not _is_elsewhere(material, text, found[1], line):
                path = posixpath.normpath(found[1])
                yield _Place(text.path, number, found[1], path, is_link=False, words=line.strip()[:200])


def _is_ours(material: Material, written: str) -> bool:
    """Whether the path begins with a folder that skills have, or this one has, and holds no stand-in."""
    first = posixpath.normpath(written).partition("/")[0]
    return (first in _FOLDERS or _has(material, first)) and not _STAND_IN.search(written)


def _is_elsewhere(material: Material, text: Text, written: str, line: str) -> bool:
    """Whether the line speaks of a file that need not be there, and it is not."""
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(text.path), written))
    is_there = _has(material, posixpath.normpath(written)) or _has(material, beside)
    return not is_there and _ELSEWHERE.search(line) is not None


def _has(material: Material, path: str) -> bool:
    listing = material.page.subject.listing
    return path in (".", "SKILL.md", material.file) or (listing is not None and listing.has(path))


def _is_there(material: Material, place: _Place) -> bool:
    """A path in a code span may be meant from the folder or from the file it stands in."""
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(place.file), place.written))
    return _has(material, place.path) or (not place.is_link and _has(material, beside))


def _surenesses(material: Material, missing: Sequence[_Place]) -> dict[str, float]:
    """For each folder with a path that is missing, the share of the files below it that are there, of these and the
    missing ones. Without any, it may be a folder of the reader's own."""
    there = Counter(path.partition("/")[0] for path in material.files)
    gone = Counter(place.path.partition("/")[0] for place in missing)
    return {top: there[top] / (there[top] + count) for top, count in gone.items()}


def _fault(material: Material, place: _Place, sureness: float) -> Fault:
    """A link is firm, a path a candidate."""
    same = [file for file in material.files if posixpath.basename(file) == posixpath.basename(place.path)]
    near = same or difflib.get_close_matches(place.path, material.files[:_MOST_FILES], n=1, cutoff=0.75)
    shown = posixpath.relpath(near[0], posixpath.dirname(place.file) or ".") if near and place.is_link else ""
    instead = f"Write {shown or near[0]}, which is there" if near else f"Put a file at {place.path}"
    return Fault(
        f"{place.written} is not in the folder.",
        f"{instead}, or drop the {'link' if place.is_link else 'path'}.",
        place.file,
        place.line,
        place.words,
        "firm" if place.is_link else "candidate",
        sureness,
    )


_MOST_FILES = 2_000
"""Names that are compared with one that is missing."""
