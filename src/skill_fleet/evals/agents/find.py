"""Agents and judges by the names people give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from skill_fleet.errors import AgentError
from skill_fleet.evals.agents.agent import Agent
from skill_fleet.evals.agents.chat import ChatAgent
from skill_fleet.evals.agents.command import CommandAgent
from skill_fleet.evals.agents.fake import parse_fake
from skill_fleet.evals.agents.program import SKILLS_AT, command_line, known_programs, load_program
from skill_fleet.evals.endpoint import load_endpoint
from skill_fleet.evals.judge import ChatJudge, Judge, WordsJudge

GROUP = "skill_fleet.agents"
"""An entry point of this group is a function from a model's name, maybe empty, to an `Agent`."""


@dataclass(frozen=True, slots=True)
class AgentChoice:
    """What a person asked for: a name, or else a command line. `solutions` are for the fake one."""

    name: str = ""
    command: str = ""
    model: str = ""
    skills_at: str = SKILLS_AT
    solutions: Mapping[str, str] = field(default_factory=dict)


def find_agent(choice: AgentChoice) -> Agent:
    """Raises `AgentError` that names the agents there are."""
    if choice.command:
        return CommandAgent(command_line(choice.command, choice.skills_at), choice.model)
    if choice.name.endswith(".toml"):
        return CommandAgent(load_program(Path(choice.name)), choice.model)
    if choice.name in known_programs():
        return CommandAgent(known_programs()[choice.name], choice.model)
    kind, _, detail = choice.name.partition(":")
    return _BUILT_IN.get(kind, _plugged_in)(choice, detail)


def _fake(choice: AgentChoice, detail: str) -> Agent:
    return parse_fake(detail or "0.3,0.6", choice.solutions)


def _chat(choice: AgentChoice, detail: str) -> Agent:
    return ChatAgent(load_endpoint(model=choice.model or detail))


def _inspect(choice: AgentChoice, detail: str) -> Agent:
    from skill_fleet.evals.agents.inspect import InspectAgent, Sandbox  # noqa: PLC0415  an extra, and slow to start

    sandbox: Sandbox = "docker" if choice.name.startswith("inspect+docker") else "local"
    return InspectAgent(detail or choice.model, sandbox)


def _plugged_in(choice: AgentChoice, _: str) -> Agent:
    found = {point.name: point for point in entry_points(group=GROUP)}
    if choice.name not in found:
        names = [*known_programs(), "chat", "inspect:MODEL", "fake:0.3,0.6", *sorted(found)]
        raise AgentError(
            f"there is no agent {choice.name!r}.", f"There are {', '.join(names)}; or use --agent-command."
        )
    return _made(found[choice.name], choice.model)


def _made(point: EntryPoint, model: str) -> Agent:
    hint = "Mend or uninstall the package that announces it."
    try:
        make: Callable[[str], Agent] = point.load()
        agent = make(model)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise AgentError(f"the agent {point.name!r} ({point.value}) cannot be made: {reason}.", hint) from error
    if missing := [name for name in ("name", "model", "recipe", "work") if not hasattr(agent, name)]:
        raise AgentError(f"the agent {point.name!r} ({point.value}) has no {', '.join(missing)}.", hint)
    return agent


_BUILT_IN: Mapping[str, Callable[[AgentChoice, str], Agent]] = {
    "fake": _fake,
    "chat": _chat,
    "inspect": _inspect,
    "inspect+docker": _inspect,
}


def find_judge(name: str, model: str = "") -> Judge | None:
    """`chat`, `words`, or nobody for an empty name. A chat judge has an endpoint of its own (`JUDGE_BASE_URL` …), or
    that of the agent. Raises `AgentError`."""
    if not name:
        return None
    if name == "words":
        return WordsJudge()
    if name != "chat":
        raise AgentError(f"there is no judge {name!r}.", "There are chat and words.")
    try:
        return ChatJudge(load_endpoint("JUDGE", model))
    except AgentError:
        return ChatJudge(load_endpoint(model=model))
