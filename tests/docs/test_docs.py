"""What the pages tell a reader to type works."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from cyclopts import CycloptsError
from sybil import Document, Example, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

from skill_fleet.cli.main import build_app
from skill_fleet.cli.options import reject_options

ROOT = Path(__file__).parents[2]
EVERY_PAGE = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
GENERATED = "<!-- Written by docs/build_reference.py"
PAGES = [page for page in EVERY_PAGE if not page.read_text(encoding="utf-8").startswith(GENERATED)]
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def check_console(example: Example) -> None:
    """Each `$` line that calls us names a command and options that exist; each `make` line a target."""
    for line in typed_lines(str(example.parsed)):
        program, *arguments = shlex.split(line, comments=True)
        if Path(program).name in {"skill-fleet", "sf"}:
            parse(arguments)
        elif program == "make":
            assert {word for word in arguments if "=" not in word} <= TARGETS


def parse(arguments: list[str]) -> None:
    """Raises a `CycloptsError` for arguments that no command takes. What may be `-` swallows any option; commands look
    at it when they run, and so does this."""
    _, bound, _ = build_app().parse_args(arguments, exit_on_error=False, print_error=False)
    reject_options(word for word in bound.args if isinstance(word, str))


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


@pytest.mark.parametrize("page", EVERY_PAGE, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """A relative link names a file that is there, and its anchor a heading of that file."""
    links = re.findall(r"\]\(([^)#:\s]*)(?:#([^)\s]+))?\)", prose(page))
    assert [] == [link for link in links if not leads_somewhere(page, *link)]


def prose(page: Path) -> str:
    """The page without its code blocks."""
    fenced = r"^[ \t]*(`{3,}|~{3,}).*?^[ \t]*\1[ \t]*$"
    return re.sub(fenced, "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def leads_somewhere(page: Path, target: str, anchor: str) -> bool:
    file = page.parent / target if target else page
    return file.exists() and (not anchor or anchor in anchors(file))


def anchors(page: Path) -> set[str]:
    """What the headings of a page are called in links to them."""
    titles = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}


def test_the_contents_name_every_page() -> None:
    """docs/index.md links to each page below docs/, the generated ones too."""
    index = ROOT / "docs" / "index.md"
    linked = {(index.parent / target).resolve() for target in re.findall(r"\]\(([^)#:\s]+)", index.read_text("utf-8"))}
    pages = {page for page in EVERY_PAGE if page.is_relative_to(index.parent)} - {index}
    assert set() == pages - linked


def test_a_mistyped_option_is_found() -> None:
    """The check above is not blind: an option that does not exist fails it."""
    with pytest.raises(CycloptsError, match="no-such-option"):
        parse(["validate", "--no-such-option"])
    with pytest.raises(CycloptsError, match="no-such-option"):
        parse(["promote", "@last", "--no-such-option"])


def test_continued_lines_are_joined() -> None:
    """A command written over two lines is one command; a pipe ends it."""
    assert ["skill-fleet list --json"] == typed_lines("$ skill-fleet list \\\n    --json | head\noutput\n")
