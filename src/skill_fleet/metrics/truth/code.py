"""Fenced code and bundled files of Python, JSON, YAML and TOML parse."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from skill_fleet.metrics.truth.check import Fault, Outcome
from skill_fleet.metrics.truth.material import Material
from skill_fleet.metrics.truth.parsing import FINE, Broken, find_error, language_of

NAME = "code"

MOST_CODE = 40_000
"""Characters of a piece of code that is parsed."""

#: Characters of a language that are parsed of one skill together: reading YAML takes 20 s a million, the others 1 s.
MOST_TOGETHER = {"python": 400_000, "json": 400_000, "jsonc": 400_000, "toml": 400_000, "yaml": 60_000}

_NAMES = {"python": "Python", "json": "JSON", "jsonc": "JSON", "yaml": "YAML", "toml": "TOML"}


def check_code(material: Material) -> Outcome:
    """A block with no language, or of another one, is not judged; nor is one that only a newer Python can judge."""
    faults: list[Fault] = []
    checked = 0
    left = dict(MOST_TOGETHER)
    for file, line, language, code in _pieces(material):
        if len(code) > min(MOST_CODE, left[language]):
            continue
        left[language] -= len(code)
        broken = find_error(language, code)
        checked += broken is not None
        if broken:
            faults.append(_fault(file, line, language, code, broken))
    return Outcome(NAME, checked, tuple(faults))


def _pieces(material: Material) -> Iterator[tuple[str, int, str, str]]:
    """File, first line of code, language, code: of blocks, of bundled programs, of bundled data."""
    for text, block in material.blocks:
        language = language_of(block.language)
        if language and block.fenced:
            yield text.path, block.line + 1, language, block.text
    for script in material.scripts:
        if script.language == "python":
            yield script.path, 1, "python", script.text
    for path, size in material.sizes.items():
        language = language_of(posixpath.splitext(path)[1].lstrip("."))
        if language and language != "python" and not path.startswith(".") and size <= MOST_CODE:
            yield path, 1, language, material.page.subject.load_bundled(path)


def _fault(file: str, line: int, language: str, code: str, broken: Broken) -> Fault:
    lines = code.split("\n")
    at = min(max(broken.line, 1), len(lines))
    name = _NAMES[language]
    hint = f"Mend line {line + at - 1}, or tag the block `text` if it is not meant to be {name}."
    is_commented = language == "json" and find_error("jsonc", code) == FINE
    if is_commented:
        hint = "Tag the block `jsonc`, or take out its comments and the commas that nothing follows."
    message = f"This is no {name}: {broken.reason}."
    evidence = lines[at - 1].strip()[:200]
    return Fault(message, hint, file, line + at - 1, evidence, "candidate" if is_commented else "firm")
