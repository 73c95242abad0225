"""The commands that the sources hold, as a catalogue the skill's own script looks things up in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from skill_fleet.authoring.draft import DraftFile
from skill_fleet.authoring.extractive.shelf import Shelf
from skill_fleet.sources.document import Document
from skill_fleet.sources.mine import is_install
from skill_fleet.sources.sentences import split_sentences

CATALOGUE = "assets/commands.json"
SCRIPT = "scripts/commands.py"
#: Fewer commands than this are read faster in SKILL.md than looked up.
ENOUGH = 5
#: Lines of a shell that are no commands of the product.
_NO_COMMANDS = ("#", "export ", "cd ", "source ", "set ", "mkdir ", "echo ")


@dataclass(frozen=True, slots=True)
class Option:
    option: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A command as its source gives it, and where: `source` is file and line."""

    command: str
    summary: str
    options: tuple[Option, ...]
    source: str


def write_catalogue(shelf: Shelf) -> DraftFile | None:
    """The catalogue as JSON, one entry a command: first those with a help page, then those the documentation only
    shows. None for a handful."""
    entries = {entry.command: entry for entry in _help_pages(shelf)}
    entries |= {entry.command: entry for entry in _quoted(shelf) if entry.command not in entries}
    if len(entries) < ENOUGH:
        return None
    text = json.dumps([asdict(entry) for entry in entries.values()], indent=1, ensure_ascii=False)
    return DraftFile(CATALOGUE, text + "\n")


def _help_pages(shelf: Shelf) -> Iterator[Entry]:
    for source, page in shelf.store.documents:
        if source.kind == "command":
            yield Entry(page.title, _summary(page), tuple(_options(page)), f"{page.path}:1")


def _options(page: Document) -> Iterator[Option]:
    for section in page.sections:
        for block in section.blocks:
            if block.kind == "definition" and block.label.lstrip("` ").startswith("-"):
                yield Option(block.label.strip("` "), " ".join(block.text.split()))


def _summary(page: Document) -> str:
    paragraphs = (block.text for section in page.sections for block in section.blocks if block.kind == "paragraph")
    return next((sentence for text in paragraphs for sentence in split_sentences(text)), "")


def _quoted(shelf: Shelf) -> Iterator[Entry]:
    """Command lines of the documentation, each with the sentence that leads to it, or its section's title."""
    helped = {source.id for source in shelf.store.sources if source.kind == "command"}
    for unit in shelf.store.evidence:
        kept = (unit.source, unit.span.path) in shelf.kept_pages and unit.source not in helped
        if unit.kind == "command" and kept and not is_install(unit.text) and not unit.text.startswith(_NO_COMMANDS):
            summary = unit.intro.rstrip(":") or unit.title
            yield Entry(unit.text, summary, (), f"{unit.span.path}:{unit.span.line}")
