"""`skill-fleet eval run`, `show` and `compare`: from cases and an agent program to a verdict that can be defended."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.fleets import command, put_skill, skill_text

from skill_fleet.cli.main import main
from skill_fleet.library.folder import FleetFolder

FIXTURES = Path(__file__).parents[1] / "fixtures"
LEDGER = str(FIXTURES / "ledger")
CLERK = str(FIXTURES / "agents" / "clerk.py")
PROGRAM = f"{sys.executable} {CLERK} {{prompt}}"
PATIENCE = 60.0
RUN = Path(".skill-fleet", "evals", "ledger-totals", "iteration-1")

FAKE = ["eval", "run", LEDGER, "--agent", "fake"]

Out = pytest.CaptureFixture[str]


def document(out: Out, *arguments: str, code: int = 0) -> dict[str, object]:
    out.readouterr()
    assert code == main([*arguments, "--json"])
    found = json.loads(out.readouterr().out)
    assert isinstance(found, dict)
    return found


def rehearse(*more: str, skill: str = LEDGER) -> list[str]:
    """The scripted agent on eight cases of texts, which it can solve."""
    cases = [
        {"id": n, "prompt": f"Say {n}.", "verify": [{"check": "output_contains", "text": f"said {n}"}]}
        for n in range(1, 9)
    ]
    file = Path("texts.json").absolute()
    file.write_text(json.dumps(cases), encoding="utf-8")
    return ["eval", "run", skill, "--evals", str(file), "--agent", "fake:0,1", *more]


def cases_file(folder: Path, number: int) -> str:
    """So many of the fixture's cases, in a skill of their own."""
    shutil.copytree(LEDGER, folder)
    file = folder / "evals" / "evals.json"
    found = json.loads(file.read_text(encoding="utf-8"))
    found["evals"] = found["evals"][:number]
    file.write_text(json.dumps(found), encoding="utf-8")
    return str(folder)


def test_a_program_with_and_without_the_skill(tmp_path: Path, capsys: Out) -> None:
    """A whole run: the program finds the skill in its workspace and does what it says; all of it is on disk."""
    record = tmp_path / "clerk.toml"
    record.write_text(
        f'[clerk]\ncommand = ["{sys.executable}", "{CLERK}", "--stream"]\ninput = "{{prompt}}"\n'
        'skills = ".clerk/skills"\noutput = "stream-json"\nanswer = "text"\ntokens = ["usage.in", "usage.out"]\n',
        encoding="utf-8",
    )
    arms = "none,skill,forced"
    found = document(
        capsys, "eval", "run", LEDGER, "--agent", str(record), "--runs", "1", "--arms", arms, "--at-once", "4"
    )
    assert ["none", "skill", "forced"] == [arm["arm"] for arm in found["arms"]]  # type: ignore[attr-defined]
    lift = found["lift"][0]  # type: ignore[index]
    assert ("skill", "none", 8, "helps") == (lift["arm"], lift["baseline"], lift["tasks"], lift["verdict"])
    assert (2 / 2**8, 1.0) == (lift["p"], lift["triggers"]["share"])
    assert pytest.approx(1 / 3) == lift["mean"]
    assert pytest.approx(950 / 450) == lift["ratios"]["tokens"]
    benchmark = json.loads((RUN / "benchmark.json").read_text(encoding="utf-8"))
    assert 24 == len(benchmark["runs"])
    assert ["with_skill", "without_skill", "delta"] == [k for k in benchmark["run_summary"] if k != "forced_skill"][:3]
    assert "TOTAL 111 CENTS\n" == (RUN / "eval-1/with_skill/run-1/outputs/total.txt").read_text(encoding="utf-8")
    assert "111\n" == (RUN / "eval-1/without_skill/run-1/outputs/total.txt").read_text(encoding="utf-8")


def test_a_command_line_is_an_agent(capsys: Out) -> None:
    """The table on stdout, the rest on stderr; where all tasks moved alike no interval is made up."""
    assert 0 == main(["eval", "run", LEDGER, "--agent-command", PROGRAM, "--runs", "1", "--at-once", "4"])
    out, err = capsys.readouterr()
    head, none, skill = out.splitlines()
    assert head.split()[:4] == ["arm", "tasks", "trials", "pass"]
    assert ["none", "8", "8", "67%"] == none.split()[:4]
    assert ["skill", "8", "8", "100%", "+33", "-", "0.008", "helps"] == skill.split()[:8]
    assert "all tasks moved alike" in err
    assert f"kept in {Path.cwd() / RUN}\n" in err


def test_too_few_tasks_are_not_tested(tmp_path: Path, capsys: Out) -> None:
    """Whatever they show."""
    skill = cases_file(tmp_path / "few", 3)
    assert 0 == main(["eval", "run", skill, "--agent", "fake:0,1", "--runs", "5"])
    assert "untested (not testable: 3 tasks, at least 6)" in capsys.readouterr().out


def test_a_budget_goes_on_where_it_ended(capsys: Out) -> None:
    """Incomplete: code 1 and no verdict; the same command makes the rest, and nothing twice."""
    first = document(capsys, *rehearse("--budget-trials", "20"), code=1)
    assert (20, 28) == (first["ran"]["made"], first["ran"]["missing"])  # type: ignore[index]
    assert "untested" == first["lift"][0]["verdict"]  # type: ignore[index]
    assert "28 trials are missing" in first["lift"][0]["note"]  # type: ignore[index]
    second = document(capsys, *rehearse())
    assert (28, 20, 0) == tuple(second["ran"][key] for key in ("made", "kept", "missing"))  # type: ignore[index]
    assert "helps" == second["lift"][0]["verdict"]  # type: ignore[index]
    third = document(capsys, *rehearse())
    assert (0, 48) == (third["ran"]["made"], third["ran"]["kept"])  # type: ignore[index]
    assert second["lift"] == third["lift"]


def test_a_killed_run_goes_on(tmp_path: Path, capsys: Out) -> None:
    """kill -9 in the middle: finished trials stay as they are, the others are made, nothing half is counted."""
    slow = tmp_path / "slow.py"
    slow.write_text(
        "import runpy, sys, time\ntime.sleep(0.1)\n"
        f"sys.argv = sys.argv[1:]\nrunpy.run_path({CLERK!r}, run_name='__main__')\n",
        encoding="utf-8",
    )
    line = ["eval", "run", LEDGER, "--agent-command", f"{sys.executable} {slow} {CLERK} {{prompt}}", "--runs", "1"]
    process = subprocess.Popen(command(*line), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + PATIENCE
    while len(finished := {path: path.stat().st_mtime_ns for path in RUN.glob("*/*/run-*/trial.json")}) < 3:
        assert time.monotonic() < end
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    finished = {path: path.stat().st_mtime_ns for path in RUN.glob("*/*/run-*/trial.json")}
    found = document(capsys, *line)
    assert (16 - len(finished), len(finished)) == (found["ran"]["made"], found["ran"]["kept"])  # type: ignore[index]
    assert finished == {path: path.stat().st_mtime_ns for path in finished}
    assert [] == list(RUN.glob("*/*/.part-*"))
    assert "helps" == found["lift"][0]["verdict"]  # type: ignore[index]


def test_a_failing_provider_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out) -> None:
    """Code 3, the trials are void, the reason is named, the key is not, and there is no verdict."""
    monkeypatch.setenv("CLERK_API_KEY", "very-secret-123")
    skill = cases_file(tmp_path / "skill", 6)
    file = Path(skill, "evals", "evals.json")
    file.write_text(file.read_text(encoding="utf-8").replace("What is", "crash What is"), encoding="utf-8")
    assert 3 == main(["eval", "run", skill, "--agent-command", PROGRAM])
    out, err = capsys.readouterr()
    assert "stopped: 3 trials in a row failed" in err
    assert "ended with 7: bad key …" in err
    assert "very-secret-123" not in out + err
    assert [] == list(RUN.glob("*/*/run-*"))


def test_words_need_a_judge(tmp_path: Path, capsys: Out) -> None:
    """Without one the cases are untested, by name; with the rehearsing one the output says what it is."""
    skill = tmp_path / "skill"
    shutil.copytree(LEDGER, skill)
    cases = [{"id": n, "prompt": f"Write {n}.", "expectations": [f"The number {n} is there"]} for n in range(1, 7)]
    (skill / "evals" / "evals.json").write_text(json.dumps({"evals": cases}), encoding="utf-8")
    assert 0 == main(["eval", "run", str(skill), "--agent", "fake:0,1"])
    out, err = capsys.readouterr()
    assert "untested: no trial could be graded\n" == out
    assert "untested, because nothing can grade them: 6 cases (1, 2, 3, …)" in err
    found = document(capsys, "eval", "run", str(skill), "--agent", "fake:0,1", "--judge", "words", "--pairs")
    assert "helps" == found["lift"][0]["verdict"]  # type: ignore[index]
    assert {"better": 6, "worse": 0, "ties": 0, "p": 2 / 64, "missing": 0} == found["pairs"]
    assert found["pairs"] == document(capsys, "eval", "show", str(found["folder"]))["pairs"]
    assert any("knows no sense" in note for note in found["notes"])  # type: ignore[attr-defined]


def test_all_arms_of_a_fleets_skill(fleet: FleetFolder, capsys: Out) -> None:
    """By its name; the placebo comes from the fleet, the previous version from a folder; others lie beside."""
    folder = put_skill(fleet, "office/ledger-totals", (Path(LEDGER) / "SKILL.md").read_text(encoding="utf-8"))
    shutil.copytree(Path(LEDGER, "evals"), folder / "evals")
    body = "\n".join(f"Harbour {number} floods when moon and wind agree." for number in range(8))
    put_skill(fleet, "sea/tides", skill_text("tides", body=body))
    old = fleet.root / "old"
    old.mkdir()
    (old / "SKILL.md").write_text(skill_text("ledger-totals"), encoding="utf-8")
    found = document(
        capsys,
        *("eval", "run", "ledger-totals", "--agent-command", PROGRAM, "--runs", "1", "--at-once", "4"),
        *("--arms", "none,skill,previous,placebo", "--previous", str(old), "--beside", str(fleet.skills / "sea")),
    )
    assert ["none", "skill", "previous", "placebo"] == [arm["arm"] for arm in found["arms"]]  # type: ignore[attr-defined]
    verdicts = {(lift["arm"], lift["baseline"]): lift["verdict"] for lift in found["lift"]}  # type: ignore[attr-defined]
    assert {
        ("skill", "none"): "helps",
        ("previous", "none"): "no evidence",
        ("placebo", "none"): "no evidence",
        ("skill", "previous"): "helps",
        ("skill", "placebo"): "helps",
    } == verdicts
    assert "placebo: the body of tides" in found["notes"]  # type: ignore[operator]


def test_runs_are_shown_and_compared(tmp_path: Path, capsys: Out) -> None:
    """All skills with adjusted p, one run, its cases; two runs by case, with the arm without a skill as control."""
    assert 0 == main(rehearse())
    changed = tmp_path / "changed"
    shutil.copytree(LEDGER, changed)
    (changed / "SKILL.md").write_text(skill_text("ledger-totals"), encoding="utf-8")
    assert 0 == main(rehearse(skill=str(changed)))
    capsys.readouterr()
    assert 0 == main(["eval", "show"])
    [_, row] = capsys.readouterr().out.splitlines()
    assert row.split()[:2] == ["ledger-totals", "iteration-2"]
    assert 0 == main(["eval", "show", str(RUN), "--cases"])
    lines = capsys.readouterr().out.splitlines()
    assert ["1", "0%", "100%"] == lines[1].split()
    assert 9 == len(lines)
    found = document(capsys, "eval", "compare", str(RUN), "ledger-totals")
    assert (8, 0.0, "no evidence") == tuple(found["lift"][key] for key in ("tasks", "mean", "verdict"))  # type: ignore[index]
    assert 0.0 == found["control"]["mean"]  # type: ignore[index]
    assert 0 == main(["eval", "compare", str(RUN), "ledger-totals"])
    assert "none (control)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["eval", "run", LEDGER], "Name an agent"),
        (["eval", "run", LEDGER, "--agent", "claude", "--agent-command", "x {prompt}"], "Name an agent"),
        (["eval", "run", LEDGER, "--agent", "nobody"], "there is no agent 'nobody'"),
        (["eval", "run", "nothing", "--agent", "fake"], "nothing"),
        ([*FAKE, "--arms", "none,magic"], "no arm magic"),
        ([*FAKE, "--arms", "none"], "neither skill nor forced"),
        ([*FAKE, "--arms", "none,skill,previous"], "no previous version"),
        ([*FAKE, "--arms", "none,skill,placebo"], "is as long as ledger-totals"),
        ([*FAKE, "--evals", "gone.json"], "there are no cases at gone.json"),
        ([*FAKE, "--pairs"], "pairs need a judge"),
        ([*FAKE, "--runs", "0"], "runs"),
        (["eval", "run", LEDGER, "--agent", "chat"], "OPENAI_BASE_URL"),
        (["eval", "show", "nothing"], "no run 'nothing'"),
        (["eval", "compare", "a", "b"], "no run 'a'"),
    ],
)
def test_wrong_input_is_told(arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: Out) -> None:
    """Code 2 and what to do, before anything is spent."""
    for name in [name for name in os.environ if name.startswith(("OPENAI_", "JUDGE_"))]:
        monkeypatch.delenv(name)
    assert 2 == main(arguments)
    assert said in capsys.readouterr().err
    assert not RUN.exists() or not list(RUN.glob("eval-*"))
