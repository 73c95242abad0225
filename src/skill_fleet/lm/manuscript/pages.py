"""A sheet as text with its statements, and back again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from skill_fleet.authoring.draft import Draft, Origin, Statement
from skill_fleet.lm.manuscript.pieces import Attachment, Manuscript, Piece, Section, Sheet
from skill_fleet.skill.parse import parse_skill

SKILL = "SKILL.md"
REFERENCES, MARKDOWN = "references/", ".md"

_HEADING = re.compile(r"(#{1,6}) +(.+)")
_ITEM = re.compile(r"(?:[-*] |\d+\. )")
_NUMBER = re.compile(r"\d+\. ")
_BEHIND = ": "
_POINTER = re.compile(r"- \[[^\]]*\]\((?P<path>[^)\s]+)\)(?:: (?P<purpose>.*))?")


def write_sheet(sheet: Sheet) -> tuple[str, tuple[Statement, ...]]:
    """The text, and where in it the pieces stand. Numbered items of one list count from 1."""
    lines: list[str] = []
    statements: list[Statement] = []
    for section in sheet.sections:
        _blank(lines)
        lines.append(f"{'#' * section.level} {section.title}")
        before = ""
        for piece in _numbered(section.pieces):
            if not (_is_item(before) and _is_item(piece.text)):
                _blank(lines)
            start = len(lines) + 1
            lines += piece.text.split("\n")
            before = piece.text
            if piece.transform is not None:
                statements.append(statement_of(sheet.path, start, len(lines), piece))
    return "\n".join(lines) + "\n", tuple(statements)


def _blank(lines: list[str]) -> None:
    if lines and lines[-1]:
        lines.append("")


def _is_item(text: str) -> bool:
    return _ITEM.match(text) is not None


def _numbered(pieces: Iterable[Piece]) -> Iterator[Piece]:
    number = 0
    for piece in pieces:
        number = number + 1 if _NUMBER.match(piece.text) else 0
        yield replace(piece, text=_NUMBER.sub(f"{number}. ", piece.text, count=1)) if number else piece


def statement_of(path: str, start: int, end: int, piece: Piece) -> Statement:
    """Where a piece stands, and what it rests on."""
    transform = piece.transform or "model"
    origin: Origin = "source" if piece.references else "model"
    return Statement(path, start, end, transform, piece.references, origin)


def read_manuscript(draft: Draft) -> Manuscript:
    """The parts of a draft that this author has written."""
    skill = _read_sheet(draft, SKILL, draft.file(SKILL).text)
    purposes = dict(_purposes(skill))
    sheets = tuple(
        replace(_read_sheet(draft, file.path, file.text), purpose=purposes.get(file.path, ""))
        for file in draft.files
        if is_sheet(file.path) and file.path != SKILL
    )
    attached = tuple(
        Attachment(file, tuple(one for one in draft.statements if one.file == file.path), purposes.get(file.path, ""))
        for file in draft.files
        if not is_sheet(file.path)
    )
    return Manuscript(replace(skill, sections=tuple(_without_pointers(skill))), sheets, attached)


def pointer(title: str, path: str, purpose: str) -> str:
    """The line that leads to a file."""
    return f"- [{title}]({path}){_BEHIND}{purpose}" if purpose else f"- [{title}]({path})"


def _purposes(skill: Sheet) -> Iterator[tuple[str, str]]:
    ours = (line for piece in skill.pieces if piece.transform is None for line in piece.text.split("\n"))
    return ((found["path"], found["purpose"] or "") for line in ours if (found := _POINTER.fullmatch(line)))


def _without_pointers(skill: Sheet) -> Iterator[Section]:
    """The sections without what is only ours: that is written anew."""
    for section in skill.sections:
        pieces = tuple(piece for piece in section.pieces if piece.transform)
        if pieces or not section.pieces or section.level == 1:
            yield replace(section, pieces=pieces)


def merged(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Sections of one title as one, where the first of them stands."""
    found: dict[str, Section] = {}
    for section in sections:
        key = section.title.casefold()
        first = found.get(key, replace(section, pieces=()))
        found[key] = replace(first, pieces=(*first.pieces, *section.pieces))
    return tuple(found.values())


def is_sheet(path: str) -> bool:
    """Whether it is taken apart; scripts and templates are copied as they are."""
    return path == SKILL or (path.startswith(REFERENCES) and path.endswith(MARKDOWN))


def _read_sheet(draft: Draft, path: str, text: str) -> Sheet:
    lines = text.split("\n")
    first = parse_skill(text).body_line if path == SKILL else 1
    starts = {one.line: one for one in draft.statements if one.file == path}
    sections: list[Section] = []
    for found in _parts(lines, first, starts):
        if isinstance(found, Section):
            sections.append(found)
        else:
            last = sections.pop() if sections else Section("", 1)
            sections.append(replace(last, pieces=(*last.pieces, found)))
    return Sheet(path, tuple(sections))


def _parts(lines: Sequence[str], first: int, starts: dict[int, Statement]) -> Iterator[Section | Piece]:
    """Headings and pieces in order; lines without a statement that stand together are one piece of ours."""
    ours: list[str] = []
    number = first
    while number <= len(lines):
        statement, heading = starts.get(number), _HEADING.fullmatch(lines[number - 1])
        if (statement or heading or not lines[number - 1]) and ours:
            yield Piece("\n".join(ours))
            ours = []
        if statement:
            yield Piece("\n".join(lines[number - 1 : statement.end]), statement.transform, statement.references)
            number = statement.end
        elif heading:
            yield Section(heading[2], len(heading[1]))
        elif lines[number - 1]:
            ours.append(lines[number - 1])
        number += 1
    if ours:
        yield Piece("\n".join(ours))
