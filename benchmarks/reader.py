"""A simulated reader: which bundled files somebody would open, judging by what SKILL.md says about each.

The ranking is BM25, written here on purpose: a yardstick must not share code with what it measures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import log
from pathlib import Path, PurePosixPath

from benchmarks.skilltext import CHARS_PER_TOKEN, load_documents
from snowballstemmer import stemmer

OPENED_TOKENS = 20_000  # how much of one file a reader takes in
_K1, _B = 1.5, 0.75
_STEM = stemmer("english")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_STOP_WORDS = """
a after all an and any are as at be by can do does for from get give have how i if in into is it its like make many
me more must my need of off on one or out over see should so than that the their them then there to under up use using
want was what when where which who why will with without you your
"""
_STOP = frozenset(_STOP_WORDS.split())


@dataclass(frozen=True, slots=True)
class SkillFolder:
    """A skill as read from disk; `bundled` are the text files beside SKILL.md by their path."""

    name: str
    text: str
    bundled: Mapping[str, str]


def load_skill(folder: Path) -> SkillFolder:
    documents = load_documents(folder)
    bundled = {name: text for name, text in documents.items() if name not in {"SKILL.md", "provenance.json"}}
    return SkillFolder(folder.name, documents["SKILL.md"], bundled)


def files_to_open(question: str, skill: SkillFolder, limit: int) -> list[str]:
    """The best files first. A file whose pointer shares no word with the question is not opened at all."""
    pointers = find_pointers(skill)
    scores = bm25(words(question), {name: words(text) for name, text in pointers.items()})
    ranked = sorted((name for name in pointers if scores[name] > 0), key=lambda name: -scores[name])
    return ranked[:limit]


def opened_text(skill: SkillFolder, name: str) -> str:
    return skill.bundled[name][: round(OPENED_TOKENS * CHARS_PER_TOKEN)]


def find_pointers(skill: SkillFolder) -> dict[str, str]:
    """What SKILL.md says about each bundled file it leads to: the lines that name it and the topics listed below them.

    A file that is not named itself is reached through its folder, when that is named; its name is all one knows then.
    """
    lines = skill.text.splitlines()
    pointers = {name: "\n".join(_entries(lines, name)) for name in skill.bundled}
    reached = {name: text or _through_folder(lines, name) for name, text in pointers.items()}
    return {name: text for name, text in reached.items() if text}


def _entries(lines: list[str], name: str) -> Iterator[str]:
    named = re.compile(rf"(?<![\w/.-]){re.escape(name)}(?![\w/-])")
    for index, line in enumerate(lines):
        if named.search(line.replace("./", "")):
            yield line
            yield from _lines_below(lines, index)


def _lines_below(lines: list[str], index: int) -> Iterator[str]:
    depth = _indent(lines[index])
    for line in lines[index + 1 :]:
        if not line.strip() or _indent(line) <= depth:
            return
        yield line


def _through_folder(lines: list[str], name: str) -> str:
    folder = PurePosixPath(name).parent.as_posix()
    is_named = folder != "." and any(f"{folder}/" in line for line in lines)
    return PurePosixPath(name).stem if is_named else ""


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def words(text: str) -> list[str]:
    """Stems of the words that carry meaning; `read_timeout` and `ReadTimeout` are two words each."""
    found = (word.lower() for word in _WORD.findall(text))
    return [str(stem) for stem in _STEM.stemWords([word for word in found if word not in _STOP])]


def bm25(query: list[str], documents: Mapping[str, list[str]]) -> dict[str, float]:
    if not documents:
        return {}
    counts = {name: Counter(terms) for name, terms in documents.items()}
    mean = sum(len(terms) for terms in documents.values()) / len(documents) or 1.0
    weights = {term: _rarity(sum(term in count for count in counts.values()), len(counts)) for term in set(query)}
    return {
        name: sum(weights[term] * _saturated(count[term], count.total() / mean) for term in sorted(weights))
        for name, count in counts.items()
    }


def _rarity(having: int, total: int) -> float:
    return log(1 + (total - having + 0.5) / (having + 0.5))


def _saturated(frequency: int, relative_length: float) -> float:
    return frequency * (_K1 + 1) / (frequency + _K1 * (1 - _B + _B * relative_length))
