"""Fenced code and bundled files of Python, JSON, YAML and TOML parse."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from skill_fleet.metrics.truth.check import Fault, Outcome
from skill_fleet.metrics.truth.material import Material
from skill_fleet.metrics.truth.parsing import FINE, Broken, find_error, language_of

NAME = "code"

MOST_CODE = 40_000
"""Characters of a block that is parsed, and of all blocks of one language but Python together ten times as many."""


_NAMES = {"python": "Python", "json": "JSON", "jsonc": "JSON", "yaml": "YAML", "toml": "TOML"}


def check_code(material: Material) -> Outcome:
    """A block with no language, or of another one, is not judged; nor is one that only a newer Python can judge."""
    faults: list[Fault] = []
    checked = 0
    for file, line, language, code in _pieces(material):
        broken = find_error(language, code)
        checked += broken is not None
        if broken:
            faults.append(_fault(file, line, language, code, broken))
    return Outcome(NAME, checked, tuple(faults))


def _pieces(material: Material) -> Iterator[tuple[str, int, str, str]]:
    """File, first line of code, language, code."""
    left = MOST_CODE * 10
    for text, block in material.blocks:
        language = language_of(block.language)
        if language and block.fenced and len(block.text) <= min(MOST_CODE, left):
            left -= len(block.text)
            yield text.path, block.line + 1, language, block.text
    for script in material.scripts:
        if script.language == "python":
            yield script.path, 1, "python", script.text
    yield from _data_files(material, left)


def _data_files(material: Material, left: int) -> Iterator[tuple[str, int, str, str]]:
    for path in material.files:
        language = language_of(posixpath.splitext(path)[1].lstrip("."))
        if not language or language == "python" or path.startswith("."):
            continue
        code = material.page.subject.load_bundled(path) if left > 0 else ""
        if code.strip() and len(code) <= min(MOST_CODE, left):
            left -= len(code)
            yield path, 1, language, code


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
