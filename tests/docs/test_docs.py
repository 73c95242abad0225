"""What the pages tell a reader to type works."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from sybil import Document, Example, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

from skill_fleet.cli.main import build_app

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    page for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")] if page.parent != ROOT / "docs" / "reference"
)
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def check_console(example: Example) -> None:
    """Each `$` line that calls us names a command and options that exist; each `make` line a target."""
    for line in typed_lines(str(example.parsed)):
        program, *arguments = shlex.split(line, comments=True)
        if Path(program).name in {"skill-fleet", "sf"}:
            build_app().parse_args(arguments, exit_on_error=False, print_error=False)
        elif program == "make":
            assert {word for word in arguments if "=" not in word} <= TARGETS


def typed_lines(block: str) -> list[str]:
    """What stands after each `$ `, with continued lines joined and anything behind a pipe or redirection left out."""
    joined = re.sub(r"\\\n\s*", "", block)
    return [re.split(r" [|>] ", line[2:])[0] for line in joined.splitlines() if line.startswith("$ ")]


def read(page: Path) -> Document:
    console = CodeBlockParser(language="console", evaluator=check_console)
    return Sybil(parsers=[PythonCodeBlockParser(), console]).parse(page)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_examples_work(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python blocks run, in an empty folder; console blocks name what exists."""
    monkeypatch.chdir(tmp_path)
    for example in read(page).examples():
        example.evaluate()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """A relative link names a file that is there."""
    targets = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [] == [target for target in targets if not (page.parent / target).exists()]


def test_a_mistyped_option_is_found() -> None:
    """The check above is not blind: an option that does not exist fails it."""
    block = "$ skill-fleet validate --no-such-option\n"
    with pytest.raises(Exception, match="no-such-option"):
        build_app().parse_args(shlex.split(typed_lines(block)[0])[1:], exit_on_error=False, print_error=False)


def test_continued_lines_are_joined() -> None:
    """A command written over two lines is one command; a pipe ends it."""
    assert ["skill-fleet list --json"] == typed_lines("$ skill-fleet list \\\n    --json | head\noutput\n")
