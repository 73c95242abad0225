"""Checks that need no judgement: a file is there, a text is in it, a value has that place, a script ends with 0.

A case declares them in its field `verify`, a list of objects. `check` names the kind, the other keys are its own:

    file_exists      path
    file_contains    path, text
    file_matches     path, pattern         a regular expression; ^ and $ stand for lines
    json_equals      path, at, value       `at` leads into the document: items.0.name
    output_contains  text                  the agent's last words
    output_matches   pattern
    script           path, seconds         runs in the workspace; SKILL_FLEET_ANSWER names a file with the last words

Each may have a `name`, which reports show, and `not: true`, which turns it round. Upper and lower
case differ; paths are relative to the workspace, that of a script to the cases' folder.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from skill_fleet.evals.process import Limits, run_program
from skill_fleet.skill.folder import MAX_BUNDLED_BYTES

CheckKind = Literal[
    "file_exists", "file_contains", "file_matches", "json_equals", "output_contains", "output_matches", "script"
]

SCRIPT_SECONDS = 60.0
_MATCH_SECONDS = 5.0
"""A pattern can take longer than the age of the world on a short text; it is stopped like a script."""

_NEEDED: Mapping[CheckKind, tuple[str, ...]] = {
    "file_exists": ("path",),
    "file_contains": ("path", "text"),
    "file_matches": ("path", "pattern"),
    "json_equals": ("path", "at", "value"),
    "output_contains": ("text",),
    "output_matches": ("pattern",),
    "script": ("path",),
}
_MATCHER = "import re, sys; sys.exit(not re.search(sys.argv[1], sys.stdin.read(), re.MULTILINE))"
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a case. `value` is JSON text."""

    kind: CheckKind
    path: str = ""
    text: str = ""
    pattern: str = ""
    at: str = ""
    value: str = "null"
    seconds: float = SCRIPT_SECONDS
    name: str = ""
    negated: bool = False

    @property
    def title(self) -> str:
        if self.name:
            return self.name
        asked = {"json_equals": f"{self.at} = {self.value}"}.get(self.kind, self.text or self.pattern)
        words = " ".join(word for word in (self.kind.replace("_", " "), self.path, json_words(asked)) if word)
        return f"not: {words}" if self.negated else words


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether a check or an expectation holds, and what was seen: as skill-creator writes it down."""

    text: str
    passed: bool
    evidence: str


@dataclass(frozen=True, slots=True)
class Work:
    """What an agent left: its last words, and its folder. `cases` is where scripts lie."""

    answer: str
    folder: Path
    cases: Path


def json_words(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[: _SHOWN // 2] if text else ""


def parse_check(value: object) -> Check:
    """A check as a case declares it. Raises `ValueError` that says what is wrong with it."""
    if not isinstance(value, dict):
        raise ValueError("is no object with a `check`")  # noqa: TRY004  one error for whatever a file may hold
    kind: CheckKind | None = next((kind for kind in _NEEDED if kind == value.get("check")), None)
    if kind is None:
        raise ValueError(f"has no check {value.get('check')!r}: there are {', '.join(_NEEDED)}")
    if missing := [key for key in _NEEDED[kind] if key not in value]:
        raise ValueError(f"has no `{missing[0]}`, which {kind} needs")
    known = {"check", "name", "not", "seconds", *_NEEDED[kind]}
    if odd := sorted(set(map(str, value)) - known):
        raise ValueError(f"has the key `{odd[0]}`, which {kind} does not know")
    texts = {key: _text(value, key) for key in ("path", "text", "pattern", "at", "name")}
    _check_path(texts["path"])
    _check_pattern(texts["pattern"])
    seconds, negated = value.get("seconds", SCRIPT_SECONDS), value.get("not", False)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= 3600:  # noqa: PLR2004
        raise ValueError("has `seconds` that are no number from 0 to 3600")
    if not isinstance(negated, bool):
        raise ValueError("has a `not` that is neither true nor false")  # noqa: TRY004
    wanted = json.dumps(value.get("value"), ensure_ascii=False, sort_keys=True)
    return Check(kind, **texts, value=wanted, seconds=float(seconds), negated=negated)


def _text(value: Mapping[str, object], key: str) -> str:
    found = value.get(key, "")
    if not isinstance(found, str):
        raise ValueError(f"has a `{key}` that is no text")  # noqa: TRY004
    if key in value and not found and key != "at":
        raise ValueError(f"has an empty `{key}`")
    return found


def _check_path(path: str) -> None:
    if path and (Path(path).is_absolute() or ".." in Path(path).parts or "\0" in path):
        raise ValueError(f"has the path {path!r}, which leads out of its folder")


def _check_pattern(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"has a pattern that is none: {error}") from error


def run_check(check: Check, work: Work) -> Checked:
    """The check on what the agent left. Never raises: what goes wrong is a check that does not hold."""
    passed, evidence = _CHECKS[check.kind](check, work)
    return Checked(check.title, passed is not check.negated, evidence)


def _file_exists(check: Check, work: Work) -> tuple[bool, str]:
    there = _inside(work.folder, check.path) is not None
    return there, f"{check.path} is there" if there else f"there is no {check.path}"


def _file_contains(check: Check, work: Work) -> tuple[bool, str]:
    text, problem = _read(work.folder, check.path)
    return (False, problem) if problem else _contains(check.text, text, check.path)


def _file_matches(check: Check, work: Work) -> tuple[bool, str]:
    text, problem = _read(work.folder, check.path)
    return (False, problem) if problem else _matches(check.pattern, text, check.path)


def _output_contains(check: Check, work: Work) -> tuple[bool, str]:
    return _contains(check.text, work.answer, "the answer")


def _output_matches(check: Check, work: Work) -> tuple[bool, str]:
    return _matches(check.pattern, work.answer, "the answer")


def _json_equals(check: Check, work: Work) -> tuple[bool, str]:
    text, problem = _read(work.folder, check.path)
    if problem:
        return False, problem
    try:
        found = _walk(json.loads(text), check.at)
    except (ValueError, RecursionError) as error:
        return False, f"{check.path}: {error or 'nested too deep'}"
    seen = json.dumps(found, ensure_ascii=False, sort_keys=True)
    return seen == check.value, f"{check.at or check.path} is {seen[:_SHOWN]}"


def _script(check: Check, work: Work) -> tuple[bool, str]:
    script = _inside(work.cases, check.path)
    if script is None:
        return False, f"there is no script {check.path}"
    command = [sys.executable, str(script)] if script.suffix == ".py" else [str(script)]
    with TemporaryDirectory(prefix="skill-fleet-") as place:
        said = Path(place, "answer.md")
        said.write_text(work.answer, encoding="utf-8")
        limits = Limits(check.seconds, limited=True)
        done = run_program(command, work.folder, limits, variables={"SKILL_FLEET_ANSWER": str(said)})
    if done.problem:
        return False, f"{check.path} {done.problem}"
    words = " ".join((done.out or done.err).split())[-_SHOWN:]
    return done.code == 0, f"{check.path} ended with {done.code}: {words}".removesuffix(": ")


def _contains(wanted: str, text: str, where: str) -> tuple[bool, str]:
    place = text.find(wanted)
    if place < 0:
        return False, f"{where} does not hold {json_words(wanted)}"
    return True, f"{where} holds it: …{' '.join(text[max(place - 40, 0) : place + len(wanted) + 40].split())[:_SHOWN]}…"


def _matches(pattern: str, text: str, where: str) -> tuple[bool, str]:
    command = [sys.executable, "-I", "-S", "-c", _MATCHER, pattern]
    done = run_program(command, Path.cwd(), Limits(_MATCH_SECONDS, limited=True), text=text)
    if done.problem:
        return False, f"the pattern {done.problem}"
    return done.code == 0, f"{where} {'matches' if done.code == 0 else 'does not match'} {json_words(pattern)}"


def _walk(document: object, at: str) -> object:
    for step in at.split(".") if at else ():
        if isinstance(document, dict) and step in document:
            document = document[step]
        elif isinstance(document, list) and step.isdecimal() and int(step) < len(document):
            document = document[int(step)]
        else:
            raise ValueError(f"there is no {step!r} of {at!r}")
    return document


def _inside(folder: Path, path: str) -> Path | None:
    """The file, unless it is none or a link leads out of the folder."""
    found, root = (folder / path).resolve(), folder.resolve()
    return found if found.is_file() and root in found.parents else None


def _read(folder: Path, path: str) -> tuple[str, str]:
    """The file's text, and why it has none."""
    file = _inside(folder, path)
    if file is None:
        return "", f"there is no {path}"
    if file.stat().st_size > MAX_BUNDLED_BYTES:
        return "", f"{path} has more than {MAX_BUNDLED_BYTES:,} bytes"
    return file.read_bytes().decode("utf-8", "replace"), ""


_CHECKS: Mapping[CheckKind, Callable[[Check, Work], tuple[bool, str]]] = {
    "file_exists": _file_exists,
    "file_contains": _file_contains,
    "file_matches": _file_matches,
    "json_equals": _json_equals,
    "output_contains": _output_contains,
    "output_matches": _output_matches,
    "script": _script,
}
