"""inspect_ai as an agent, with a model that is scripted and no network."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("inspect_ai", reason="an extra")

from inspect_ai.model import Model, ModelOutput, ModelUsage, get_model
from tests.fleets import skill_text

from skill_fleet.errors import AgentAway, AgentError
from skill_fleet.evals.agents.agent import Assignment, Offered
from skill_fleet.evals.agents.inspect import InspectAgent


def call(tool: str, **arguments: str) -> ModelOutput:
    """With its usage: without one the model would count tokens with files from the network."""
    output = ModelOutput.for_tool_call("mockllm/model", tool, arguments)
    output.usage = ModelUsage(input_tokens=10, output_tokens=5, total_tokens=15)
    return output


def scripted(name: str) -> Model:
    outputs = [
        call("skill", command="ledger"),
        call("bash", command="cat in.txt > out.txt; mkdir größe; echo 2 > größe/b.txt"),
        call("submit", answer="done"),
    ]
    return get_model(name, custom_outputs=outputs)


def broken(name: str) -> Model:
    return get_model(name, custom_outputs=[])


@pytest.mark.filterwarnings("ignore")
def test_an_agent_on_inspect(tmp_path: Path) -> None:
    """It reads the skill by inspect's own tool, works in a sandbox, and what it leaves there comes back."""
    skill, work = tmp_path / "ledger", tmp_path / "work"
    skill.mkdir()
    work.mkdir()
    (skill / "SKILL.md").write_text(skill_text("ledger"), encoding="utf-8")
    (work / "in.txt").write_text("1", encoding="utf-8")
    agent = InspectAgent("mockllm/model", make_model=scripted)
    answer = agent.work(Assignment("Do it.", work, (Offered("ledger", "d", skill),), seed=3))
    assert answer.text.endswith("done")
    assert (("ledger",), 45, "done") == (answer.read, answer.tokens, answer.ended)
    assert "1" == (work / "out.txt").read_text(encoding="utf-8")
    assert "2\n" == (work / "größe" / "b.txt").read_text(encoding="utf-8")
    assert not (work / ".agents").exists()
    with pytest.raises(AgentAway, match="inspect"):
        InspectAgent("mockllm/model", make_model=broken).work(Assignment("Do it.", work))


def test_a_model_is_needed() -> None:
    """By inspect's own name."""
    with pytest.raises(AgentError, match="needs a model"):
        InspectAgent("")
