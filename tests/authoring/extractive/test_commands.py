"""The catalogue of commands, and the script that looks them up."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.shelves import FILLER, PAGES, drafted, shelf_of, store_of

from skill_fleet.authoring.examine import write_files
from skill_fleet.authoring.extractive.commands import CATALOGUE, SCRIPT, write_catalogue
from skill_fleet.authoring.extractive.shelf import Shelf
from skill_fleet.sources.read import join_stores, read_sources

VERBS = ("start", "stop", "dry", "cool", "vent", "lock")
SHELL = "".join(f"To {verb} the chamber:\n\n```sh\nkiln {verb} --top\n```\n\n" for verb in VERBS)
PAGES_WITH_COMMANDS = {**PAGES, "shell.md": f"# In a shell\n\n{SHELL}{FILLER}"}
PROGRAM = """#!/usr/bin/env python3
import argparse
parser = argparse.ArgumentParser(prog="kiln", description="Drives a kiln and everything that belongs to it.")
parser.add_argument("--rate", help="degrees an hour that the chamber cools by")
parser.parse_args()
"""


def test_a_handful_of_commands_is_no_catalogue() -> None:
    """They are read faster in SKILL.md."""
    assert write_catalogue(shelf_of(PAGES)) is None


def test_each_command_has_its_sentence_and_its_place() -> None:
    """In the order of the sources."""
    catalogue = write_catalogue(shelf_of(PAGES_WITH_COMMANDS))
    assert catalogue
    entries = json.loads(catalogue.text)
    assert [f"kiln {verb} --top" for verb in VERBS] == [entry["command"] for entry in entries]
    assert ("To start the chamber", "shell.md:6") == (entries[0]["summary"], entries[0]["source"])


def test_a_help_page_is_not_lost_to_a_quotation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The documentation shows `kiln` too; the entry with the options stays."""
    program = tmp_path / "kiln"
    program.write_text(PROGRAM.replace("/usr/bin/env python3", sys.executable), encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    shell = PAGES_WITH_COMMANDS["shell.md"] + "\n```sh\nkiln\n```\n"
    store = join_stores([read_sources(["cli:kiln"]), store_of({**PAGES_WITH_COMMANDS, "shell.md": shell})])
    catalogue = write_catalogue(Shelf("Drive a kiln", store))
    assert catalogue
    [kiln] = [entry for entry in json.loads(catalogue.text) if entry["command"] == "kiln"]
    assert any("--rate" in option["option"] for option in kiln["options"])


@pytest.fixture(scope="module")
def skill(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A skill with a catalogue, as it lies in a folder."""
    _, draft = asyncio.run(drafted(store_of(PAGES_WITH_COMMANDS)))
    root = tmp_path_factory.mktemp("skills") / draft.name
    write_files(root, draft)
    assert (root / CATALOGUE).is_file()
    return root


def run(skill: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, skill / SCRIPT, *words], capture_output=True, text=True, check=False)


def test_the_script_lists_all_commands(skill: Path) -> None:
    """Without words, one on a line."""
    done = run(skill)
    assert (0, len(VERBS)) == (done.returncode, len(done.stdout.splitlines()))


def test_the_script_finds_a_command(skill: Path) -> None:
    """By its name or by what is said of it, as many as asked for."""
    done = run(skill, "-n", "1", "cool")
    assert done.stdout.startswith("== kiln cool --top\nTo cool the chamber\n")
    assert (0, 1) == (done.returncode, done.stdout.count("== "))


def test_the_script_says_when_nothing_matches(skill: Path) -> None:
    """On the error stream, with a status of its own."""
    done = run(skill, "submarine")
    assert (1, "") == (done.returncode, done.stdout)
    assert "no command matches" in done.stderr


def test_the_script_explains_itself(skill: Path) -> None:
    assert "usage: commands.py" in run(skill, "--help").stdout
    assert 2 == run(skill, "--submarine").returncode
