"""MLflow is told when it is asked to be, and harms nobody when it is not there."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.lm.runtimes import LETTER, MODEL, Office, ask

from skill_fleet.lm.execution import Execution
from skill_fleet.lm.mlflow import MLflowLogger, Run, begin_run, find_logger
from skill_fleet.lm.watch import Done


@dataclass
class Store:
    """A tracking store in memory."""

    params: dict[str, str] = field(default_factory=dict)
    metrics: list[tuple[str, float, int]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def log_param(self, run_id: str, key: str, value: str) -> None:
        assert run_id == "r"
        assert key not in self.params, "a parameter is written once"
        self.params[key] = value

    def log_metric(self, run_id: str, key: str, value: float, *, step: int) -> None:
        assert run_id == "r"
        self.metrics.append((key, value, step))

    def log_text(self, run_id: str, text: str, artifact_file: str) -> None:
        assert run_id == "r"
        self.texts[artifact_file] = text

    def set_tag(self, run_id: str, key: str, value: str) -> None:
        assert run_id == "r"
        self.tags[key] = value


def done(usd: float | None = 0.5) -> Done:
    execution = Execution("plan", model=MODEL, input_tokens=10, output_tokens=5, usd=usd, asks=1)
    return Done(execution, 0.0, 2.0, {"letter": LETTER}, {"tray": "bridge"})


def test_parameters_metrics_artifacts_and_tags() -> None:
    """Each question is a step; its text is in none of them."""
    store = Store()
    logger = MLflowLogger(lambda: Run(store, "r"))
    logger.take(done())
    logger.take(done(usd=None))
    assert store.params == {"0001.plan": "model", "0002.plan": "model"}
    assert ("plan.usd", 0.5, 1) in store.metrics
    assert [1] == [step for name, _, step in store.metrics if name == "plan.usd"], "an unknown price is no metric"
    assert ("plan.input_tokens", 10, 2) in store.metrics
    assert store.tags == {"plan.model": MODEL, "skill_fleet.steps": "2"}
    lines = [json.loads(line) for line in store.texts["questions-0001.jsonl"].splitlines()]
    assert [MODEL, MODEL] == [line["model"] for line in lines]
    assert LETTER not in str(store)


def test_another_process_goes_on_where_the_last_one_ended() -> None:
    """Steps go on, and no parameter is written twice."""
    store = Store()
    MLflowLogger(lambda: Run(store, "r")).take(done())
    MLflowLogger(lambda: Run(store, "r", int(store.tags["skill_fleet.steps"]))).take(done())
    assert set(store.params) == {"0001.plan", "0002.plan"}
    assert set(store.texts) == {"questions-0001.jsonl", "questions-0002.jsonl"}


def test_a_failing_server_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    """It is said once, and the job goes on."""
    tries: list[int] = []

    def begin() -> Run:
        tries.append(1)
        raise ConnectionError("http://user:secret@host is away")

    logger = MLflowLogger(begin)
    logger.take(done())
    logger.take(done())
    assert len(tries) == 1
    assert caplog.text.count("MLflow is not told any more") == 1
    assert "secret" not in caplog.text


def test_without_mlflow_that_is_said_once(office: Office) -> None:
    """The setting without the package is no error: one warning in a process says how to install it, and jobs go on."""
    script = """
import sys
sys.modules["mlflow"] = None
from skill_fleet.lm.mlflow import find_logger
assert [None, None] == [find_logger("runs", job) for job in ("j-1", "j-2")]
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ["mlflow_uri is set, and MLflow is not installed; install skill-fleet[mlflow]"] == done.stderr.splitlines()
    settings = office.settings().model_copy(update={"mlflow_uri": str(office.folder / "runs")})
    assert ask(office.with_settings(settings)).tray


def test_without_the_setting_nothing_is_written() -> None:
    """Off by default."""
    assert find_logger("", "j-1") is None


def test_a_run_is_found_again_by_its_job(tmp_path: Path) -> None:
    """With MLflow itself: two processes of a job write into one run."""
    pytest.importorskip("mlflow")
    uri = str(tmp_path / "runs")
    begin: Callable[[], Run] = lambda: begin_run(uri, "j-1")  # noqa: E731
    first = begin()
    MLflowLogger(lambda: first).take(done())
    second = begin()
    assert (second.id, second.steps) == (first.id, 1)
    assert list((tmp_path / "runs" / "artifacts").rglob("questions-0001.jsonl"))
