"""The script that searches a skill's references, as the agent runs it."""

import ast
import asyncio
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest
from tests.shelves import FILLER, PAGES, drafted, store_of

from skill_fleet.authoring.examine import write_files

SCRIPT = "scripts/search_refs.py"
MORE = {
    **PAGES,
    "chinese.md": f"# 中文\n\n{FILLER}\n\n## 冷却\n\n瓷器必须缓慢冷却。\n",
    "german.md": f"# Deutsch\n\n{FILLER}\n\n## Öffnung\n\nDie Tür öffnet sich nach außen.\n",
    "long.md": "# Long\n\n" + "".join(f"- flue number {n} of the chimney\n" for n in range(90)),
}


@pytest.fixture(scope="module")
def skill(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A skill with references, as it lies in a folder."""
    _, draft = asyncio.run(drafted(store_of(MORE)))
    root = tmp_path_factory.mktemp("skills") / draft.name
    write_files(root, draft)
    return root


def run(skill: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, str(skill / SCRIPT), *words]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=environment)


@pytest.mark.parametrize(
    ("words", "file", "title"),
    [
        (("choose", "rates"), "cooling.md", "Cooling > Choosing a rate"),
        (("SensorError",), "sensors.md", "Sensors > Reading a sensor"),
        (("缓慢冷却",), "chinese.md", "中文 > 冷却"),
        (("außen",), "german.md", "Deutsch > Öffnung"),
    ],
)
def test_the_best_section_comes_first(skill: Path, words: tuple[str, ...], file: str, title: str) -> None:
    """With its file, the path of its titles, and the line of its heading."""
    done = run(skill, *words)
    assert 0 == done.returncode
    head = done.stdout.splitlines()[0]
    place, _, found = head.removeprefix("== references/").partition("  ")
    path, _, line = place.partition(":")
    assert (file, title) == (path, found)
    lines = (skill / "references" / path).read_text(encoding="utf-8").split("\n")
    assert title.rpartition(" > ")[2] == lines[int(line) - 1].lstrip("# ")


def test_as_many_sections_as_asked_for(skill: Path) -> None:
    assert 1 == run(skill, "-n", "1", "sensor", "cooling").stdout.count("== references/")
    assert 1 < run(skill, "sensor", "cooling").stdout.count("== references/") <= 5


def test_a_long_section_is_cut(skill: Path) -> None:
    """What is left out is counted."""
    out = run(skill, "-n", "1", "chimney").stdout
    assert "flue number 44 of" in out
    assert "flue number 45 of" not in out
    assert "... 45 more lines" in out


def test_nothing_found_is_said(skill: Path) -> None:
    """On the error stream, with a status of its own."""
    done = run(skill, "submarine")
    assert (1, "") == (done.returncode, done.stdout)
    assert "nothing found" in done.stderr


def test_the_script_explains_itself(skill: Path) -> None:
    assert "usage: search_refs.py" in run(skill, "--help").stdout
    assert 2 == run(skill).returncode


@pytest.mark.parametrize("name", ["search_refs.py", "commands.py"])
def test_scripts_run_on_older_pythons(name: str) -> None:
    """They go where the skill goes: the syntax is that of 3.8, and nothing has to be installed."""
    asset = resources.files("skill_fleet.authoring.extractive") / "assets" / name
    tree = ast.parse(asset.read_text("utf-8"), feature_version=(3, 8))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {module.partition(".")[0] for module in imported} <= sys.stdlib_module_names
