"""A plain chat model as an agent: it is shown what skills there are, may read them, and hands in text and files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from skill_fleet.errors import NotFound, StorageError
from skill_fleet.evals.agents.agent import Answer, Assignment, Offered
from skill_fleet.evals.endpoint import Endpoint, Message
from skill_fleet.skill.folder import get_skill_file, load_bytes, load_listing

MOST_ROUNDS = 8
"""Answers a model may give to one task; all but the last may ask for something to read."""

MOST_READ = 120_000
"""Characters of one file that are shown."""

_ASKS = re.compile(r"^[ \t`]*read:[ \t]*(?P<what>[^`\n]+)", re.MULTILINE)
_BEGIN, _END = "<<<FILE ", ">>>END"

HAND_IN = """To hand in a file, write it like this, with the markers on lines of their own:
<<<FILE path/of/the/file.txt
its content
>>>END
Everything else you write is your answer."""

_TASK = f"""Solve the task the user gives you. Nobody answers questions: decide yourself, and hand in the whole result.
{HAND_IN}"""

_SKILLS = """These skills are on offer. Each holds instructions for a kind of work:
{skills}
To read one, answer with nothing but the line
read: NAME
and its text is shown to you; it may name further files, which you read the same way with
read: NAME/PATH
Read what helps with the task before you solve it."""


@dataclass
class _Talk:
    """One trial's conversation."""

    messages: list[Message]
    read: list[str] = field(default_factory=list)
    tokens: int | None = 0

    @property
    def transcript(self) -> str:
        return "\n\n".join(f"### {message['role']}\n\n{message['content']}" for message in self.messages)


@dataclass(frozen=True, slots=True)
class ChatAgent:
    endpoint: Endpoint

    @property
    def name(self) -> str:
        return "chat"

    @property
    def model(self) -> str:
        return self.endpoint.model

    @property
    def recipe(self) -> str:
        return f"chat 1 {self.endpoint.url} {self.endpoint.model}"

    def work(self, assignment: Assignment) -> Answer:
        system = "\n\n".join(part for part in (_TASK, _offer(assignment.skills), assignment.forced) if part)
        talk = _Talk([_message("system", system), _message("user", _task_text(assignment))])
        for last in (False,) * (MOST_ROUNDS - 1) + (True,):
            said = self.endpoint.ask(talk.messages, assignment.seed)
            talk.tokens = None if talk.tokens is None or said.tokens is None else talk.tokens + said.tokens
            talk.messages.append(_message("assistant", said.text))
            asked = [match["what"] for match in _ASKS.finditer(said.text)] if assignment.skills else []
            if last or not asked:
                break
            talk.messages.append(_message("user", "\n\n".join(_shown(what, assignment, talk) for what in asked)))
        hand_in(said.text, assignment.folder)
        read = tuple(dict.fromkeys(talk.read))
        return Answer(said.text, read, talk.tokens, transcript=talk.transcript)


def _message(role: str, content: str) -> Message:
    return {"role": role, "content": content}


def _offer(skills: tuple[Offered, ...]) -> str:
    lines = [f"- {skill.name}: {' '.join(skill.description.split())}" for skill in skills]
    return _SKILLS.format(skills="\n".join(lines)) if lines else ""


def _task_text(assignment: Assignment) -> str:
    """The prompt, and below it the case's files as far as they are text."""
    files = [
        f"<<<FILE {file.path}\n{_text(assignment.folder / file.path)}\n>>>END"
        for file in load_listing(assignment.folder).files
    ]
    return "\n\n".join([assignment.prompt, *files])


def _shown(what: str, assignment: Assignment, talk: _Talk) -> str:
    """The file that was asked for. It lies in a skill that is on offer, or is not shown."""
    name, _, inner = what.strip().partition("/")
    skill = next((skill for skill in assignment.skills if skill.name == name), None)
    if skill is None:
        return f"There is no skill {name}."
    try:
        file = skill.folder / inner if inner else get_skill_file(skill.folder)
        text = load_bytes(file, within=skill.folder).decode("utf-8", "replace")
    except (StorageError, NotFound):
        return f"{name} has no file {inner}."
    talk.read.append(name)
    return f"{what}:\n\n{text[:MOST_READ]}"


def _text(file: Path) -> str:
    data = file.read_bytes()
    if b"\0" in data:
        return f"(no text: {len(data):,} bytes)"
    return data.decode("utf-8", "replace")[:MOST_READ]


def hand_in(text: str, folder: Path) -> None:
    """Write the files that stand between markers in a model's answer; none outside of `folder`."""
    for path, content in _files(text):
        target = (folder / path).resolve()
        if folder.resolve() in target.parents and not target.is_dir():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8")


def _files(text: str) -> Iterator[tuple[str, str]]:
    """Path and content of each file between its markers; one without an end is none."""
    path, lines = "", list[str]()
    for line in text.splitlines(keepends=True):
        if line.startswith(_BEGIN):
            path, lines = line[len(_BEGIN) :].strip(), []
        elif line.strip() == _END and path:
            yield path, "".join(lines)
            path = ""
        else:
            lines.append(line)
