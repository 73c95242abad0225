"""An agent on inspect_ai: its providers, its tool for skills, its sandboxes. Needs the extra `inspect`.

The agent is inspect's `react` with a shell and, where skills are on offer, inspect's `skill` tool. It works in a
sandbox; what it leaves there is copied back. Trials are made one at a time: inspect runs one evaluation in a process.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from skill_fleet.errors import AgentAway, AgentError
from skill_fleet.evals.agents.agent import Answer, Assignment

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalSample
    from inspect_ai.model import Model
    from inspect_ai.solver import Solver
    from inspect_ai.tool import Tool

Sandbox = Literal["local", "docker"]
"""local: a folder of this machine, with your rights · docker: a container."""

_SHELL_SECONDS = 180
_MOST_FILES = 500
_MOST_BYTES = 20_000_000
_SHOWN = 300
_SKILLS_AT = ".agents/skills"
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class InspectAgent:
    """`model` is a name as inspect has it, such as openai/gpt-5-mini; `make_model` makes another one of it."""

    model: str
    sandbox: Sandbox = "local"
    make_model: Callable[[str], Model] | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.model:
            raise AgentError("inspect needs a model.", "Write --agent inspect:PROVIDER/MODEL.")
        try:
            import inspect_ai  # noqa: F401, PLC0415  an extra
        except ImportError as error:
            raise AgentError("inspect_ai is not installed.", "Install skill-fleet[inspect].") from error

    @property
    def name(self) -> str:
        return f"inspect+{self.sandbox}"

    @property
    def recipe(self) -> str:
        return f"inspect {version('inspect_ai')} {self.sandbox} {self.model}"

    def work(self, assignment: Assignment) -> Answer:
        with _ONE_AT_A_TIME, tempfile.TemporaryDirectory(prefix="skill-fleet-") as logs:
            log = self._evaluate(assignment, logs)
        if log.status != "success" or not log.samples:
            raise _failure(log.error.message if log.error else log.status)
        sample = log.samples[0]
        if sample.error is not None:
            raise _failure(sample.error.message)
        return _answer(log, sample, tuple(skill.name for skill in assignment.skills))

    def _evaluate(self, assignment: Assignment, logs: str) -> EvalLog:
        from inspect_ai import Task  # noqa: PLC0415  slow to import
        from inspect_ai import eval as evaluate  # noqa: PLC0415
        from inspect_ai.dataset import Sample  # noqa: PLC0415
        from inspect_ai.model import GenerateConfig, get_model  # noqa: PLC0415

        prompt = "\n\n".join(part for part in (assignment.forced, assignment.prompt) if part)
        task = Task(
            dataset=[Sample(input=prompt, files=_files(assignment.folder))],
            solver=[_react(assignment), _hand_back(assignment.folder)],
            sandbox=self.sandbox,
            time_limit=max(int(assignment.seconds), 1),
            config=GenerateConfig(seed=assignment.seed),
        )
        model = self.make_model(self.model) if self.make_model else get_model(self.model)
        try:
            return evaluate(
                task, model=model, display="none", log_dir=logs, log_format="json", log_realtime=False, score=False
            )[0]
        except Exception as error:  # inspect raises many kinds of them, for keys, models, sandboxes
            raise AgentError(f"inspect cannot begin: {_short(str(error))}.", "Check model and sandbox.") from error


def _react(assignment: Assignment) -> Solver:
    from inspect_ai.agent import as_solver, react  # noqa: PLC0415
    from inspect_ai.tool import bash, skill  # noqa: PLC0415

    tools: list[Tool] = [bash(timeout=_SHELL_SECONDS)]
    if assignment.skills:
        tools.append(skill([offered.folder for offered in assignment.skills], dir=_SKILLS_AT))
    return as_solver(react(tools=tools))


def _hand_back(folder: Path) -> Solver:
    """Copies what the agent left in its sandbox to `folder`."""
    from inspect_ai.solver import Generate, TaskState, solver  # noqa: PLC0415
    from inspect_ai.util import sandbox  # noqa: PLC0415

    @solver
    def hand_back() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001  the names are inspect's
            listed = await sandbox().exec(["find", ".", "-type", "f", "-size", f"-{_MOST_BYTES}c"])
            for path in listed.stdout.splitlines()[:_MOST_FILES]:
                name = path.removeprefix("./")
                target = folder / name
                if not name.startswith(_SKILLS_AT):
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(await sandbox().read_file(name, text=False))
            return state

        return solve

    return hand_back()


def _files(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): str(path) for path in folder.rglob("*") if path.is_file()}


def _answer(log: EvalLog, sample: EvalSample, names: tuple[str, ...]) -> Answer:
    usage = log.stats.model_usage.values()
    calls = [call for message in sample.messages for call in getattr(message, "tool_calls", None) or ()]
    called = {str(value) for call in calls if call.function == "skill" for value in _values(call.arguments)}
    costs = [used.total_cost for used in usage if used.total_cost is not None]
    return Answer(
        sample.output.completion,
        tuple(name for name in names if name in called),
        sum(used.total_tokens for used in usage),
        sum(costs) if costs else None,
        "too slow" if sample.limit is not None and sample.limit.type == "time" else "done",
        "\n\n".join(f"### {message.role}\n\n{message.text}" for message in sample.messages),
    )


def _values(arguments: object) -> list[object]:
    return list(arguments.values()) if isinstance(arguments, Mapping) else []


def _failure(words: str) -> AgentAway:
    if "tiktoken" in words:
        hint = "inspect counts tokens with files it loads from the network: let TIKTOKEN_CACHE_DIR name a copy of them."
        return AgentAway("inspect could not count tokens without the network.", hint)
    return AgentAway(f"inspect: {_short(words)}.", "Run the command again.")


def _short(words: str) -> str:
    return " ".join(words.split())[:_SHOWN].rstrip(".")
