"""How a program of the command line is started as an agent, and how its output is read: a small record in TOML."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal, get_args

from skill_fleet.codec import from_json
from skill_fleet.errors import AgentError
from skill_fleet.skill.folder import load_bytes

OutputKind = Literal["text", "json", "stream-json"]

SKILLS_AT = ".agents/skills"
_LONGEST_NAME = 60

_STEP = re.compile(r"(?P<key>[^\[\]]*)(?:\[(?P<name>\w+)=(?P<value>[^\]]*)\])?$")
_SKILL_PATHS = ("file_path", "path", "absolute_path", "filePath", "command")
"""Under these keys the calls of tools name what they open."""


@dataclass(frozen=True, slots=True)
class Program:
    """What `known.toml` explains. Raises `AgentError` when it makes no sense."""

    name: str
    command: tuple[str, ...]
    model: tuple[str, ...] = ()
    input: str = ""
    skills: str = SKILLS_AT
    output: OutputKind = "text"
    answer: str = ""
    tokens: tuple[str, ...] = ()
    cost: str = ""
    failed: str = ""

    def __post_init__(self) -> None:
        if not self.command:
            raise AgentError(f"agent {self.name} has no `command`.", "Name the program and its arguments.")
        if self.output not in get_args(OutputKind):
            raise AgentError(
                f"agent {self.name}: output is {self.output!r}.", f"One of {', '.join(get_args(OutputKind))}."
            )
        if self.output != "text" and not self.answer:
            raise AgentError(f"agent {self.name} does not say where the `answer` stands.", "Name a key of its output.")
        if Path(self.skills).is_absolute() or ".." in Path(self.skills).parts:
            raise AgentError(f"agent {self.name}: skills lie at {self.skills}.", "Name a folder inside the workspace.")
        if not any("{prompt}" in part for part in (*self.command, self.input)):
            raise AgentError(f"agent {self.name} is never given the prompt.", "Put {prompt} into `command` or `input`.")


@dataclass(frozen=True, slots=True)
class Report:
    """What a program's output says. `failed` holds its words when it says that it failed."""

    answer: str
    tokens: int | None = None
    cost: float | None = None
    failed: str = ""
    events: tuple[object, ...] = field(default=(), repr=False)


@cache
def known_programs() -> Mapping[str, Program]:
    data = resources.files("skill_fleet.evals.agents").joinpath("known.toml").read_bytes()
    return parse_programs(data, "known.toml")


def load_program(file: Path) -> Program:
    """The only agent in a file. Raises `AgentError`, and what reading it raises."""
    found = parse_programs(load_bytes(file), str(file))
    if len(found) != 1:
        raise AgentError(f"{file} holds {len(found)} agents.", "Put one table into it.")
    return next(iter(found.values()))


def parse_programs(data: bytes, place: str) -> dict[str, Program]:
    """Name → program. Raises `AgentError` that names place and table."""
    try:
        tables = tomllib.loads(data.decode("utf-8-sig"))
    except ValueError as error:
        raise AgentError(f"{place} is no TOML: {error}.", "Correct that line.") from error
    return {name: _parse_program(name, table, place) for name, table in tables.items()}


def command_line(words: str, skills_at: str = SKILLS_AT) -> Program:
    """`prog {prompt}` as a program whose whole output is the answer. Raises `AgentError`."""
    try:
        command = tuple(shlex.split(words))
    except ValueError as error:
        raise AgentError(f"`{words}` is no command line: {error}.", "Quote it as a shell would take it.") from error
    name = " ".join(Path(word).name for word in command if "{prompt}" not in word)[:_LONGEST_NAME]
    return Program(name, command, skills=skills_at)


def _parse_program(name: str, table: object, place: str) -> Program:
    if not isinstance(table, dict):
        raise AgentError(f"{place}: {name} is no table.", "Begin it with [NAME].")
    keys = [one.name for one in fields(Program) if one.name != "name"]
    if odd := sorted(set(table).difference(keys)):
        raise AgentError(f"{place}: [{name}] has an odd `{odd[0]}`.", f"Known are {', '.join(keys)}.")
    try:
        return from_json(json.dumps({"command": [], **table, "name": name}, default=str), Program)
    except ValueError as error:
        raise AgentError(f"{place}: [{name}] is malformed: {error}.", f"Known are {', '.join(keys)}.") from error


def read_output(program: Program, out: str) -> Report:
    """What the output says; of a stream the last line counts that has the place. Raises `AgentError` when a document
    was promised and there is none."""
    if program.output == "text":
        return Report(out.strip())
    events = tuple(_documents(program, out))
    answer = _last(events, program.answer)
    if not events:
        raise AgentError(f"{program.name} printed no JSON.", "Check its `output` and its arguments.")
    counts = [number for place in program.tokens for number in _numbers(_last_all(events, place))]
    costs = _numbers(_last_all(events, program.cost)) if program.cost else []
    failed = _last(events, program.failed) if program.failed else None
    return Report(
        answer if isinstance(answer, str) else "" if answer is None else json.dumps(answer, ensure_ascii=False),
        tokens=int(sum(counts)) if counts else None,
        cost=float(sum(costs)) if costs else None,
        failed=_failure_words(failed, answer),
        events=events,
    )


def _failure_words(failed: object, answer: object) -> str:
    if not failed:
        return ""
    return failed if isinstance(failed, str) else str(answer or "it says that it failed")


def _documents(program: Program, out: str) -> Iterator[object]:
    texts = [out] if program.output == "json" else out.splitlines()
    for text in texts:
        try:
            yield json.loads(text)
        except (ValueError, RecursionError):  # banners and warnings between the lines
            continue


def _last(events: tuple[object, ...], place: str) -> object:
    return next(iter(_last_all(events, place)), None)


def _last_all(events: tuple[object, ...], place: str) -> list[object]:
    return next((found for event in reversed(events) if (found := list(_find(event, place.split("."))))), [])


def _find(value: object, steps: list[str]) -> Iterator[object]:
    """What stands at a place: keys one below the other, `*` for each, `key[name=value]` where a key has that value."""
    if not steps:
        yield value
        return
    match = _STEP.match(steps[0])
    if not isinstance(value, dict) or match is None:
        return
    keys = list(value) if match["key"] == "*" else [match["key"]] if match["key"] in value else []
    for key in keys:
        below = value[key]
        if not match["name"] or (isinstance(below, dict) and str(below.get(match["name"])) == match["value"]):
            yield from _find(below, steps[1:])


def _numbers(values: list[object]) -> list[float]:
    return [float(value) for value in values if isinstance(value, int | float) and not isinstance(value, bool)]


def skills_read(events: tuple[object, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    """The skills that a trace shows being read: by a tool called Skill, or by opening their SKILL.md."""
    return tuple(name for name in names if any(_shows(event, name) for event in events))


def _shows(value: object, name: str) -> bool:
    if isinstance(value, list):
        return any(_shows(item, name) for item in value)
    if not isinstance(value, dict):
        return False
    return _calls(value, name) or any(_shows(item, name) for item in value.values())


def _calls(entry: Mapping[str, object], name: str) -> bool:
    given = entry.get("input")
    if str(entry.get("name", "")).lower() == "skill" and isinstance(given, dict):
        return any(str(value).rpartition(":")[2] == name for value in given.values())
    opened = (entry.get(key) for key in _SKILL_PATHS)
    return any(isinstance(words, str) and f"{name}/SKILL.md" in words for words in opened)
