"""Checks without judgement: what holds, what does not, and that nothing they meet stops a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill_fleet.evals.verifiers import Check, Work, parse_check, run_check


@pytest.fixture
def work(tmp_path: Path) -> Work:
    folder, cases = tmp_path / "work", tmp_path / "cases"
    folder.mkdir()
    cases.mkdir()
    (folder / "report.md").write_text("# Bericht\nSumme: 12 €\n", encoding="utf-8")
    (folder / "data.json").write_text('{"items": [{"name": "é", "n": [1, 2]}]}', encoding="utf-8")
    (folder / "broken.json").write_text("{", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("12", encoding="utf-8")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    return Work("The sum is 12.\nDone.", folder, cases)


@pytest.mark.parametrize(
    ("check", "holds"),
    [
        ({"check": "file_exists", "path": "report.md"}, True),
        ({"check": "file_exists", "path": "other.md"}, False),
        ({"check": "file_exists", "path": "link.txt"}, False),
        ({"check": "file_contains", "path": "report.md", "text": "12 €"}, True),
        ({"check": "file_contains", "path": "report.md", "text": "SUMME"}, False),
        ({"check": "file_contains", "path": "gone.md", "text": "12", "not": True}, True),
        ({"check": "file_matches", "path": "report.md", "pattern": r"^Summe: \d+ €$"}, True),
        ({"check": "json_equals", "path": "data.json", "at": "items.0.name", "value": "é"}, True),
        ({"check": "json_equals", "path": "data.json", "at": "items.0.n", "value": [1, 2]}, True),
        ({"check": "json_equals", "path": "data.json", "at": "items.1.name", "value": "é"}, False),
        ({"check": "json_equals", "path": "data.json", "at": "items.0.n.0", "value": True}, False),
        ({"check": "json_equals", "path": "broken.json", "at": "", "value": {}}, False),
        ({"check": "output_contains", "text": "12"}, True),
        ({"check": "output_matches", "pattern": "^Done"}, True),
        ({"check": "output_matches", "pattern": "^Done", "not": True}, False),
    ],
)
def test_checks(check: dict[str, object], holds: bool, work: Work) -> None:  # noqa: FBT001  a table's column
    """Each kind, both ways, and turned round; a link that leads out of the folder is no file of it."""
    found = run_check(parse_check(check), work)
    assert (holds, True) == (found.passed, bool(found.evidence))


def test_a_script_decides_by_its_exit_code(work: Work) -> None:
    """It runs in the workspace and is told the answer; what it prints is the evidence."""
    script = work.cases / "check.py"
    script.write_text(
        "import os, pathlib, sys\n"
        "said = pathlib.Path(os.environ['SKILL_FLEET_ANSWER']).read_text()\n"
        "there = pathlib.Path('report.md').is_file()\n"
        "print('sum' in said, there)\nsys.exit(0 if '12' in said and there else 3)\n",
        encoding="utf-8",
    )
    good = run_check(Check("script", path="check.py"), work)
    bad = run_check(Check("script", path="check.py"), Work("nothing", work.folder, work.cases))
    assert (True, "check.py ended with 0: True True") == (good.passed, good.evidence)
    assert (False, "check.py ended with 3: False True") == (bad.passed, bad.evidence)
    assert "no script" in run_check(Check("script", path="other.py"), work).evidence


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import time; time.sleep(60)", "took more than 0.3 seconds"),
        ("import os, time\nif os.fork(): time.sleep(60)\ntime.sleep(60)", "took more than 0.3 seconds"),
        ("x = bytearray(4_000_000_000)", "ended with 1"),
    ],
)
def test_a_script_has_limits(text: str, said: str, work: Work) -> None:
    """One that hangs, with its children, is ended; memory has a bound."""
    (work.cases / "check.py").write_text(text, encoding="utf-8")
    seconds = 0.3 if "sleep" in text else 20.0
    found = run_check(Check("script", path="check.py", seconds=seconds), work)
    assert not found.passed
    assert said in found.evidence


def test_a_pattern_that_never_ends_is_stopped(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """Backtracking is ended like a script."""
    monkeypatch.setattr("skill_fleet.evals.verifiers._MATCH_SECONDS", 0.3)
    found = run_check(Check("output_matches", pattern="(a+)+$"), Work("a" * 60 + "b", work.folder, work.cases))
    assert (False, "the pattern took more than 0.3 seconds") == (found.passed, found.evidence)
