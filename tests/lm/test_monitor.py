"""How the questions of a job go, and what the log says of them."""

from __future__ import annotations

import logging

import dspy
import pytest
from tests.lm.runtimes import LETTER, MODEL, Office, Sorting, ask

from skill_fleet.errors import AuthorUnusable
from skill_fleet.lm.execution import Execution
from skill_fleet.lm.monitor import Health, ModuleMonitor
from skill_fleet.lm.watch import Done

KEY = "sk-abcdefghijklmnopqrstuvwxyz0123"


def done(seconds: float = 1.0, error: Exception | None = None, text: str = "x") -> Done:
    execution = Execution("plan", model=MODEL, input_tokens=10, output_tokens=5, asks=1, requests=1)
    return Done(execution, 0.0, seconds, {"task": text}, {"plan": text}, error)


def test_questions_are_counted_by_decision() -> None:
    """How many, how many failed, how long, how many tokens."""
    monitor = ModuleMonitor("none")
    monitor.take(done(1.0))
    monitor.take(done(2.0, AuthorUnusable("no")))
    assert {"plan": Health(2, 1, 0, 3.0, 20, 10)} == monitor.health()
    assert monitor.health()["plan"].success_rate == 0.5
    assert Health().success_rate == 1.0


def test_quality_is_the_mean_of_what_was_rated() -> None:
    """Rewards and agreement, as they come."""
    monitor = ModuleMonitor("none")
    for score in (0.2, 0.4, 0.9):
        monitor.rate("plan", score)
    assert monitor.health()["plan"].quality == pytest.approx(0.5)


def test_the_log_says_as_much_as_it_may(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing, sizes, or texts; a key is never in it."""
    caplog.set_level(logging.INFO, "skill_fleet.lm")
    text = f"paint the bridge with {KEY}"
    for level in ("none", "sizes", "text"):
        ModuleMonitor(level).take(done(text=text))
    sizes, texts = caplog.messages
    assert "plan: answered by openai/test-model (model) after 1.00 s" in sizes
    assert f"{len(text)} characters asked" in sizes
    assert "bridge" not in sizes
    assert "asked: task = paint the bridge" in texts
    assert KEY not in texts


def test_long_texts_are_cut_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """A log is no archive."""
    caplog.set_level(logging.INFO, "skill_fleet.lm")
    ModuleMonitor("text").take(done(text="y" * 100_000))
    assert len(caplog.text) < 10_000


def test_every_question_of_a_runtime_is_monitored(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """The steps of an agent, each vote, and failures; by the log level of the settings."""
    caplog.set_level(logging.INFO, "skill_fleet.lm")
    runtime = office.runtime(voters=2, lm_log="sizes")
    ask(runtime)
    runtime.run("gather_examples", dspy.ReAct(Sorting, tools=[], max_iters=1), letter=LETTER)
    lines = [record.message for record in caplog.records if record.name == "skill_fleet.lm"]
    assert len([line for line in lines if line.startswith("intent: answered")]) == 2
    assert len([line for line in lines if line.startswith("gather_examples: answered")]) == 4
    assert LETTER not in caplog.text
