"""Cases that reward the skill for itself: it holds their answers, or they ask for names that only it knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from skill_fleet.evals.cases import Case
from skill_fleet.evals.judge import Judge
from skill_fleet.skill.folder import load_bytes, load_listing

RUN = 8
"""Words in a row that two texts do not share by chance."""

_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"`[^`\n]+`|[^\s`\"'“”‘’(),;:!?]+")
_CAMEL = re.compile(r"[a-z0-9][A-Z]")
_SUFFIX = re.compile(r"[A-Za-z][A-Za-z0-9]{0,4}")
_TEXTS = frozenset({".md", ".txt", ".json", ".py", ".sh", ".yaml", ".yml", ".toml"})
_SHOWN = 3
_LONGEST = 2_000
"""Characters of one expectation that are looked at."""


@dataclass(frozen=True, slots=True)
class Leak:
    """`case` gains from the skill by what `words` shows, whether the skill is good or not."""

    case: str
    kind: str
    words: str

    def __str__(self) -> str:
        return f"case {self.case} {self.kind}: {self.words}"


def find_leaks(skill: Path, cases: Sequence[Case], judge: Judge | None) -> tuple[Leak, ...]:
    """At most one of each kind for a case. Expectations count when somebody judges them."""
    text = "\n".join(_texts(skill))
    runs, lower = _runs(text), text.casefold()
    return tuple(leak for case in cases for leak in _leaks_of(case, runs, lower, judge))


def _leaks_of(case: Case, runs: set[tuple[str, ...]], lower: str, judge: Judge | None) -> Iterator[Leak]:
    wanted = [check.text for check in case.checks] + (list(case.expectations) if judge else [])
    for what, told in (("prompt", case.prompt), ("expected output", case.expected)):
        if shared := next((run for run in _ordered_runs(told) if run in runs), None):
            yield Leak(case.key, f"has words of its {what} in the skill", f"“{' '.join(shared)} …”")
    known = f"{case.prompt} {' '.join(case.files)}".casefold()
    names = [
        name
        for name in dict.fromkeys(name for text in wanted for name in _names(text[:_LONGEST]))
        if name.casefold() in lower and name.casefold() not in known
    ]
    if names:
        yield Leak(case.key, "asks for names that only the skill tells", ", ".join(names[:_SHOWN]))


def _names(text: str) -> Iterator[str]:
    """What looks like the name of something technical: code, an option, a file, snake_case, camelCase."""
    for token in _TOKEN.findall(text):
        name = token.strip("`.")
        stem, _, suffix = name.rpartition(".")
        is_file = len(stem) > 1 and stem[-1].isalnum() and _SUFFIX.fullmatch(suffix) is not None
        is_name = token.startswith("`") or name.startswith("--") or "_" in name.strip("_") or _CAMEL.search(name)
        if name and (is_file or is_name):
            yield name


def _texts(skill: Path) -> Iterator[str]:
    """The skill's texts; its cases are not shown to the agent, and do not count."""
    names = [file.path for file in load_listing(skill).files if Path(file.path).suffix.lower() in _TEXTS]
    for name in ("SKILL.md", *names):
        if (skill / name).is_file() and not name.startswith("evals/"):
            yield load_bytes(skill / name).decode("utf-8", "replace")


def _runs(text: str) -> set[tuple[str, ...]]:
    return set(_ordered_runs(text))


def _ordered_runs(text: str) -> list[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())
    return list(zip(*(words[start:] for start in range(RUN)), strict=False))
