"""Cases: what an agent is asked, and how it shows that it did it. Read from skill-creator's `evals.json`.

    {"skill_name": …, "evals": [{"id", "name", "prompt", "expected_output", "files", "expectations" or "assertions",
    "verify"}]}

`expectations` and `assertions` mean the same; an item is a text, or an object with a `text`. `verify` is ours: checks
that need no judgement (see `verifiers`). A file may also be the bare list of cases.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from skill_fleet.errors import EvalsError, NotFound
from skill_fleet.evals.verifiers import Check, parse_check
from skill_fleet.skill.folder import load_bytes

EVALS_FILE = Path("evals", "evals.json")
"""Where a skill keeps its cases."""

_FORMAT = "A case has a `prompt` and `expectations`, a list of texts: see docs/how-to/measure-lift.md."
_ODD = re.compile(r"[^\w-]+")
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Case:
    """One task. `id` is a number or a text, as it was written; `files` are paths from `CaseSet.folder`."""

    id: int | str
    name: str
    prompt: str
    expected: str = ""
    files: tuple[str, ...] = ()
    expectations: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def key(self) -> str:
        return str(self.id)

    @property
    def folder_name(self) -> str:
        """`eval-3`, also of an id that is no name for a folder."""
        plain = _ODD.sub("-", self.key).strip("-")[:_LONGEST_NAME]
        mark = "" if plain == self.key else hashlib.sha256(self.key.encode("utf-8", "replace")).hexdigest()[:6]
        return "-".join(part for part in ("eval", plain, mark) if part)


@dataclass(frozen=True, slots=True)
class CaseSet:
    """The cases of a file. `folder` is what their paths start from: the skill's folder, or the file's own."""

    skill_name: str
    cases: tuple[Case, ...]
    file: Path
    folder: Path


def load_cases(path: Path) -> CaseSet:
    """The cases of a file, or of the skill in a folder. Raises `NotFound`, `StorageError`, or `EvalsError` that names
    file, case and item."""
    file = path / EVALS_FILE if path.is_dir() else path
    if not file.is_file():
        raise NotFound(f"there are no cases at {file}.", "Name a file like evals/evals.json with --evals.")
    found = parse_cases(load_bytes(file), file)
    for case in found.cases:
        for name in case.files:
            if not (found.folder / name).is_file():
                raise EvalsError(
                    f"{file}: case {case.key}: there is no file {name} in {found.folder}.",
                    "Paths start from the skill's folder, the one above `evals`.",
                )
    return found


def parse_cases(data: bytes, file: Path) -> CaseSet:
    """The cases in `data`; `file` is named in errors. Raises `EvalsError`."""
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise EvalsError(f"{file} is no JSON: {error or 'nested too deep'}.", "Correct that place.") from error
    listed = document.get("evals") if isinstance(document, dict) else document
    if not isinstance(listed, list):
        raise EvalsError(f"{file} has no list `evals`.", _FORMAT)
    if not listed:
        raise EvalsError(f"{file} has no cases.", _FORMAT)
    cases = tuple(_parse_case(item, f"{file}: item {number}", number) for number, item in enumerate(listed, 1))
    _check_unique(cases, file)
    name = document.get("skill_name") if isinstance(document, dict) else ""
    folder = file.parent.parent if file.parent.name == EVALS_FILE.parent.name else file.parent
    return CaseSet(name if isinstance(name, str) else "", cases, file, folder)


def digest(case: Case) -> str:
    """Changes whenever the case does."""
    return hashlib.sha256(json.dumps(asdict(case), sort_keys=True).encode()).hexdigest()[:16]


def _parse_case(item: object, place: str, number: int) -> Case:
    if not isinstance(item, dict):
        raise EvalsError(f"{place} is no object.", _FORMAT)
    ident = item.get("id", number)
    if isinstance(ident, bool) or not isinstance(ident, int | str) or ident == "":
        raise EvalsError(f"{place} has the id {ident!r}.", "An id is a number or a text.")
    place = f"{place} (id {ident})"
    prompt = item.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise EvalsError(f"{place} has no prompt.", _FORMAT)
    expected, name = (_text(item, key, place) for key in ("expected_output", "name"))
    expectations = tuple(
        _expectation(value, f"{place}: {key} {at}")
        for key in ("expectations", "assertions")
        for at, value in enumerate(_list(item, key, place), 1)
    )
    files = tuple(_file(value, f"{place}: file {at}") for at, value in enumerate(_list(item, "files", place), 1))
    checks = tuple(_check(value, f"{place}: verify {at}") for at, value in enumerate(_list(item, "verify", place), 1))
    return Case(ident, name or f"case {ident}", prompt, expected, files, tuple(dict.fromkeys(expectations)), checks)


def _text(item: Mapping[str, object], key: str, place: str) -> str:
    value = item.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise EvalsError(f"{place} has a `{key}` that is no text.", _FORMAT)
    return value


def _list(item: Mapping[str, object], key: str, place: str) -> list[object]:
    value = item.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise EvalsError(f"{place}: `{key}` is no list.", _FORMAT)
    return value


def _expectation(value: object, place: str) -> str:
    """A text, or an object that holds one, as some files have it."""
    if isinstance(value, dict):
        value = next((value[key] for key in ("text", "assertion", "description") if key in value), None)
    if not isinstance(value, str) or not value.strip():
        raise EvalsError(f"{place} is no text.", "An expectation is one sentence that is true or not.")
    return value.strip()


def _file(value: object, place: str) -> str:
    if not isinstance(value, str) or not value or Path(value).is_absolute() or ".." in Path(value).parts:
        raise EvalsError(f"{place} is no path inside the skill's folder: {value!r}.", _FORMAT)
    return value


def _check(value: object, place: str) -> Check:
    try:
        return parse_check(value)
    except ValueError as error:
        raise EvalsError(f"{place} {error}.", "See docs/how-to/measure-lift.md for the checks there are.") from error


def _check_unique(cases: tuple[Case, ...], file: Path) -> None:
    seen: set[str] = set()
    for case in cases:
        if case.folder_name.casefold() in seen:  # folders of some file systems do not tell cases apart
            raise EvalsError(f"{file} has two cases with the id {case.key}.", "Give each its own.")
        seen.add(case.folder_name.casefold())
