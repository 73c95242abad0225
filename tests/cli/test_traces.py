"""`skill-fleet jobs traces`: what was asked of models in a job, for as long as the job is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.fleets import TASK
from tests.lmserver import LanguageServer
from tests.modelled import lay_settings

from skill_fleet.cli.main import main

Out = pytest.CaptureFixture[str]


def test_a_line_for_each_question_until_the_job_is_forgotten(docs: str, tmp_path: Path, capsys: Out) -> None:
    """Who was asked what for, and nothing of the texts; `jobs purge` forgets the traces as well."""
    with LanguageServer() as server:
        lay_settings(tmp_path, server.base_url)
        assert 0 == main(["create", TASK, "--from", docs, "--yes"])
        asked = len(server.control.calls().calls)
    capsys.readouterr()
    assert 0 == main(["jobs", "traces", "@last"])
    lines = capsys.readouterr().out.splitlines()
    assert any("content" in line and "openai/test-model" in line for line in lines)
    assert 0 == main(["jobs", "traces", "@last", "--json"])
    traces = json.loads(capsys.readouterr().out)["traces"]
    assert asked == sum(trace["requests"] for trace in traces)
    assert {""} == {trace["prompt"] for trace in traces}
    assert 1 == len(list((tmp_path / ".skill-fleet" / "traces").glob("*.jsonl")))
    assert 0 == main(["jobs", "purge", "--older-than", "0s", "--yes"])
    assert [] == list((tmp_path / ".skill-fleet" / "traces").glob("*.jsonl"))


def test_a_job_without_a_model_has_none(docs: str, capsys: Out) -> None:
    """Nothing is printed, and no file is made."""
    assert 0 == main(["create", TASK, "--from", docs, "--yes"])
    capsys.readouterr()
    assert 0 == main(["jobs", "traces", "@last"])
    assert "" == capsys.readouterr().out
