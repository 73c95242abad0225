"""How the questions of a job go, and what the log says of them."""

from __future__ import annotations

import pytest
from tests.lm.runtimes import MODEL

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
    monitor = ModuleMonitor("none", print)
    monitor.take(done(1.0))
    monitor.take(done(2.0, AuthorUnusable("no")))
    assert {"plan": Health(2, 1, 0, 3.0, 20, 10)} == monitor.health()
    assert 30 == monitor.health()["plan"].tokens


def test_quality_is_the_mean_of_what_was_rated() -> None:
    """Rewards and agreement, as they come."""
    monitor = ModuleMonitor("none", print)
    for score in (0.2, 0.4, 0.9):
        monitor.rate("plan", score)
    assert monitor.health()["plan"].quality == pytest.approx(0.5)


def test_the_log_says_as_much_as_it_may() -> None:
    """Nothing, sizes, or texts; a key is never in it."""
    lines: list[str] = []
    text = f"paint the bridge with {KEY}"
    for level in ("none", "sizes", "text"):
        ModuleMonitor(level, lines.append).take(done(text=text))
    sizes, texts = lines
    assert "plan: answered by openai/test-model (model) after 1.00 s" in sizes
    assert f"{len(text)} characters asked" in sizes
    assert "bridge" not in sizes
    assert texts.startswith(f"{sizes}\n  asked: task = paint the bridge")
    assert KEY not in texts


def test_long_texts_are_cut_in_the_log() -> None:
    """A log is no archive."""
    lines: list[str] = []
    ModuleMonitor("text", lines.append).take(done(text="y" * 100_000))
    assert len(lines[0]) < 10_000
