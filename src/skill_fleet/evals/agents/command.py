"""A program of the command line as an agent: skills are put where it looks for them, its output is read."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from skill_fleet.errors import AgentAway, AgentError
from skill_fleet.evals.agents.agent import Answer, Assignment, Ended
from skill_fleet.evals.agents.program import Program, Report, read_output, skills_read
from skill_fleet.evals.process import Done, Limits, run_program

_SECRET = re.compile(r"(?i)key|token|secret|password|credential|auth")
_SHORTEST_SECRET = 8
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class CommandAgent:
    """It gets the whole environment of this process, as it would at a terminal: keys are its own business."""

    program: Program
    model: str = ""

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def recipe(self) -> str:
        return f"{self.program!r} {self.model}"

    def work(self, assignment: Assignment) -> Answer:
        for skill in assignment.skills:
            shutil.copytree(skill.folder, assignment.folder / self.program.skills / skill.folder.name)
        prompt = "\n\n".join(part for part in (assignment.forced, assignment.prompt) if part)
        words = {"prompt": prompt, "folder": str(assignment.folder), "seed": str(assignment.seed)}
        done = run_program(
            self._argv(words),
            assignment.folder,
            Limits(assignment.seconds),
            text=_filled(self.program.input, words),
            stop=assignment.stop,
        )
        self._check(done)
        return self._answer(assignment, done)

    def _argv(self, words: Mapping[str, str]) -> list[str]:
        filled = {**words, "model": self.model}
        model = [_filled(part, filled) for part in self.program.model] if self.model else []
        line = [
            part for word in self.program.command for part in (model if word == "{model}" else [_filled(word, filled)])
        ]
        if (found := shutil.which(line[0])) is None:
            raise AgentError(f"there is no program {line[0]}.", "Install it, or name another --agent.")
        return [str(Path(found).absolute()), *line[1:]]

    def _check(self, done: Done) -> None:
        if done.problem and not done.too_slow:
            raise AgentAway(f"{self.name} {done.problem}.", "Run it by hand in an empty folder to see why.")
        if not done.problem and done.code != 0:
            said = hide_secrets(" ".join((done.err.strip() or done.out.strip()).split())[-_SHOWN:])
            words = f"{self.name} ended with {done.code}{': ' if said else ''}{said}"
            raise AgentAway(f"{words.rstrip('.')}.", "Run it by hand in an empty folder to see why.")

    def _answer(self, assignment: Assignment, done: Done) -> Answer:
        if done.too_slow and self.program.output != "text":
            report = _cut_report(self.program, done.out)
        else:
            report = read_output(self.program, done.out)
        if report.failed and not done.too_slow:
            said = hide_secrets(" ".join(report.failed.split())[:_SHOWN])
            raise AgentAway(f"{self.name} failed: {said}.", "Run it by hand in an empty folder to see why.")
        names = tuple(skill.name for skill in assignment.skills)
        read = skills_read(report.events, names) if report.events or not names else None
        ended: Ended = "too slow" if done.too_slow else "done"
        return Answer(report.answer, read, report.tokens, report.cost, ended, done.out)


def _cut_report(program: Program, out: str) -> Report:
    """Of a stream that was cut off; it may have said nothing yet."""
    try:
        return read_output(program, out)
    except AgentError:
        return Report("")


def hide_secrets(text: str, variables: Mapping[str, str] = os.environ) -> str:
    """`text` without the values of variables that are named like secrets."""
    for name, value in variables.items():
        if _SECRET.search(name) and len(value) >= _SHORTEST_SECRET:
            text = text.replace(value, "…")
    return text


def _filled(template: str, words: Mapping[str, str]) -> str:
    """One pass, so that braces in a prompt stay what they are."""
    return re.sub(r"\{(\w+)\}", lambda match: words.get(match[1], match[0]), template)
