"""Bundled scripts that are run for their help, in the sandbox."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from skill_fleet.metrics.page import load_page, page_of
from skill_fleet.metrics.truth import truth
from skill_fleet.metrics.truth.material import Material, Script
from skill_fleet.metrics.truth.sandbox import Run, find_interpreter, run_help
from skill_fleet.metrics.truth.scripts import check_scripts

HEAD = "---\nname: gates\ndescription: Use when opening a gate.\n---\n"

SHORT = 1.0
"""Seconds a script here may take; a Python starts in a third of that on a slow machine."""


def make(folder: Path, name: str, program: str, body: str = "") -> Material:
    """A skill with one script that its body names, beside a module it does not."""
    (folder / "scripts").mkdir()
    (folder / "scripts" / "b.py").write_text("x = 1\n", encoding="utf-8")
    (folder / "SKILL.md").write_text(f"{HEAD}Run `scripts/{name}`.\n{body}", encoding="utf-8")
    (folder / "scripts" / name).write_text(program, encoding="utf-8")
    return Material(load_page(folder))


def run_one(folder: Path, name: str, program: str, seconds: float = 20.0) -> Run:
    return run_help(folder, make(folder, name, program).scripts[0], seconds)


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("a.py", "import argparse\nargparse.ArgumentParser().parse_args()\n"),
        ("a.py", "from b import x\nprint('usage')\n"),
        ("a.sh", "echo 'usage: a'\n"),
        ("a.sh", "echo 'usage: a [-x]' >&2\nexit 2\n"),
        ("a", "#!/usr/bin/env bash\necho usage\n"),
    ],
)
def test_a_script_that_prints_its_usage_passes(name: str, program: str, tmp_path: Path) -> None:
    """Also one with a module beside it, one that says it on the other stream, and one without a suffix."""
    outcome = check_scripts(make(tmp_path, name, program))
    assert (1, (), ()) == (outcome.checked, outcome.faults, outcome.notes)


@pytest.mark.parametrize(
    ("name", "program", "weight", "words"),
    [
        ("a.py", "raise KeyError('x')\n", "hard", "it breaks"),
        ("a.py", "def f(:\n", "hard", "it breaks"),
        ("a.py", "from b import y\n", "hard", "it breaks"),
        ("a.sh", "if then\n", "hard", "it breaks"),
        ("a.sh", "kill -SEGV $$\n", "hard", "it breaks"),
        ("a.sh", "yes\n", "hard", "printed more than"),
        ("a.py", "input('name? ')\n", "candidate", "wants input"),
        ("a.sh", "echo 'no such thing' >&2; exit 3\n", "candidate", "refuses --help with code 3"),
    ],
)
def test_a_script_that_does_not_answer_is_a_fault(
    name: str, program: str, weight: str, words: str, tmp_path: Path
) -> None:
    """A crash and a flood are contradictions; a refusal, and a wish for input, are candidates."""
    outcome = check_scripts(make(tmp_path, name, program))
    assert [(weight, f"scripts/{name}", 1)] == [(fault.weight, fault.file, fault.line) for fault in outcome.faults]
    assert words in outcome.faults[0].message


def test_what_is_not_installed_here_is_not_judged(tmp_path: Path) -> None:
    """A missing package or interpreter says nothing about a script: a note, and no value."""
    outcome = check_scripts(make(tmp_path, "a.py", "import nothing_of_that_name\n"))
    assert (0, ()) == (outcome.checked, outcome.faults)
    assert "nothing_of_that_name" in outcome.notes[0]


def test_a_missing_interpreter_is_told(tmp_path: Path) -> None:
    """TypeScript has none here, whatever is installed."""
    done = run_one(tmp_path, "a.ts", "let x = 1\n")
    assert Run(None, "There is no interpreter here for scripts/a.ts.", could_run=False) == done
    assert find_interpreter(Script("a.ts", "node", "")) is None


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("a.py", "import time\ntime.sleep(1000)\n"),
        ("a.sh", "b() { b | b & }; b; wait; sleep 1000\n"),
    ],
    ids=["hangs", "forks without end"],
)
def test_what_does_not_end_is_ended(name: str, program: str, tmp_path: Path) -> None:
    """Nothing of it is left when the call comes back."""
    assert f"It did not answer within {SHORT:g} seconds." == run_one(tmp_path, name, program, SHORT).trouble
    assert "" == processes_with(tmp_path.name)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("x = 'a' * 3_000_000_000\n", "MemoryError"),
        ("open('big', 'w').write('x' * 50_000_000)\n", "File too large"),
        ("open('big', 'w').write('x'); import os; print(os.path.exists('SKILL.md')); raise KeyError\n", "KeyError"),
    ],
    ids=["memory", "file size", "a copy"],
)
def test_limits_hold(program: str, words: str, tmp_path: Path) -> None:
    """Memory and files are bounded, and what is written is written into a copy."""
    done = run_one(tmp_path, "a.py", program)
    assert done.answer is not None
    assert words in done.answer.err
    assert not (tmp_path / "big").exists()


def test_nothing_of_the_caller_reaches_the_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable, no input, no home."""
    monkeypatch.setenv("SECRET_OF_THE_CALLER", "x")
    done = run_one(tmp_path, "a.sh", "env; cat; cd; pwd\n")
    assert done.answer is not None
    assert "SECRET_OF_THE_CALLER" not in done.answer.out
    assert done.answer.out.endswith("\n~")


def test_a_folder_with_odd_files_is_copied(tmp_path: Path) -> None:
    """Pipes, links that leave the folder and circles are left behind."""
    material = make(tmp_path, "a.sh", "ls -A; echo usage\n")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "outside").symlink_to(tmp_path.parent)
    (tmp_path / "inside").symlink_to("scripts")
    done = run_help(tmp_path, material.scripts[0])
    assert done.answer is not None
    assert ["SKILL.md", "inside", "scripts", "usage"] == done.answer.out.split()


def test_only_named_scripts_are_run_and_only_on_request(tmp_path: Path) -> None:
    """A module nobody names is not run, and nothing is run without the word for it."""
    make(tmp_path, "a.py", "raise KeyError('x')\n")
    (tmp_path / "scripts" / "b.py").write_text("raise KeyError('y')\n", encoding="utf-8")
    page = load_page(tmp_path)
    assert "ok" == truth(page).band
    score = truth(page, run_scripts=True)
    assert ("block", ["scripts"]) == (score.band, [flaw.code for flaw in score.flaws])
    assert "KeyError: 'x'" == score.flaws[0].evidence


def test_a_text_without_a_folder_has_no_scripts() -> None:
    """There is nothing to run."""
    assert 0 == check_scripts(Material(page_of(f"{HEAD}`scripts/a.py`\n"))).checked


def processes_with(words: str) -> str:
    """The command lines of what still runs and names the words."""
    program = shutil.which("ps")
    if program is None:
        pytest.skip("there is no ps")
    listed = subprocess.run([program, "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return "\n".join(line for line in listed.splitlines() if words in line and "pytest" not in line.split()[0:3])
