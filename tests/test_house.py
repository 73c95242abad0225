"""The house keeps its own rules: its map, its imports, its sizes and its words."""

from __future__ import annotations

import ast
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import skill_fleet

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "skill_fleet"

DRAWERS = {"base", "common", "core", "helpers", "lib", "manager", "misc", "services", "shared", "util", "utils"}

#: Too slow to load for a command that needs none of them.
HEAVY = {
    *("alembic", "dbos", "dspy", "fastapi", "litellm", "sqlalchemy", "textual"),
    *("docutils", "griffe", "jinja2", "numpy", "psycopg", "pydantic", "pydantic_settings", "scipy"),
    *("safetensors", "selectolax", "tokenizers"),
}

#: Paths and addresses that hold on one machine only, each written in two parts so that this file passes its own test.
LOCAL = ("/" + "work/", "/" + "root/", "/" + "opt/", "pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org")

PRAISE = re.compile(
    r"(?i)production[- ]ready|\bpowerful\b|\brobust\b|\bblazing|\bseamless|cutting[- ]edge|[\U0001f300-\U0001faff]"
)


def rooms_on_disk() -> set[str]:
    """A file or a folder with code directly in the package is a room."""
    files = {file.stem for file in SOURCE.glob("*.py") if file.stem != "__init__"}
    return files | {init.parent.name for init in SOURCE.glob("*/__init__.py")}


def test_the_map_shows_the_rooms() -> None:
    """The package docstring names every room there is, and no other."""
    assert rooms_on_disk() == set(re.findall(r"^    (\w+)  ", skill_fleet.__doc__ or "", re.MULTILINE))


def test_there_are_no_drawers() -> None:
    """No file and no folder is named for being general."""
    names = {part for file in SOURCE.rglob("*.py") for part in file.relative_to(SOURCE).with_suffix("").parts}
    assert set() == names & DRAWERS


def test_every_folder_with_code_is_a_package() -> None:
    """A folder without `__init__.py` would be missing from the import contracts; `assets` are files to copy."""
    folders = {file.parent for file in SOURCE.rglob("*.py") if file.parent.name != "assets"}
    assert [] == sorted(str(folder) for folder in folders if not (folder / "__init__.py").is_file())


def test_imports_keep_the_contracts() -> None:
    """Imports run down the house, and each heavy library has one room."""
    done = run("-c", "from importlinter.cli import lint_imports_command as main; main()", "--no-logo", "--no-cache")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["validate", "SKILL.md"]], ids=" ".join)
def test_light_commands_stay_light(arguments: list[str], tmp_path: Path) -> None:
    """Help and validation load nothing that only other commands need."""
    (tmp_path / "SKILL.md").write_text("---\nname: a\ndescription: b\n---\n# A\n", encoding="utf-8")
    script = f"""
import sys
from skill_fleet.cli.main import main
assert main({arguments!r}) in (0, 1)
print(*sorted({{name.partition(".")[0] for name in sys.modules}}), file=sys.stderr)
"""
    done = run("-c", script, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert set() == HEAVY & set(done.stderr.splitlines()[-1].split())


def test_functions_are_short() -> None:
    """Half of all functions fit in 9 lines, nine in ten in 30, all in 50."""
    lengths = sorted(line_count(function) for file in SOURCE.rglob("*.py") for function in functions(file))
    assert lengths[-1] <= 50
    assert lengths[len(lengths) * 9 // 10] <= 30
    assert statistics.median(lengths) <= 9


def test_nothing_local_is_tracked() -> None:
    """No tracked file holds a path or an address that exists on one machine only."""
    found = [f"{file.relative_to(ROOT)}: {word}" for file in tracked_files() for word in LOCAL if word in text_of(file)]
    assert [] == found


def test_prose_does_not_praise_itself() -> None:
    """What the project is worth is for its readers to say."""
    pages = [file for file in tracked_files() if file.suffix == ".md"]
    assert [] == [f"{page.relative_to(ROOT)}: {word}" for page in pages for word in PRAISE.findall(text_of(page))]


def run(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONWARNINGS": "default", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def line_count(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end; decorators and the docstring are not counted."""
    documented = function.body[0] if ast.get_docstring(function) is not None else None
    described = (documented.end_lineno or 0) - documented.lineno + 1 if documented else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - described


def tracked_files() -> list[Path]:
    """What git keeps, or would keep; outside a checkout there is nothing to look at."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listing.returncode != 0:
        pytest.skip("not a git checkout")
    return [file for name in listing.stdout.decode().split("\0") if name and (file := ROOT / name).is_file()]


def text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")
