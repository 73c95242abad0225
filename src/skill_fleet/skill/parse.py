"""SKILL.md text to a Skill: `scan_skill` returns what is wrong as a value, `parse_skill` raises it."""

from __future__ import annotations

import re

from skill_fleet.errors import ParseError
from skill_fleet.skill.frontmatter import InvalidYaml, read_mapping
from skill_fleet.skill.model import Note, Problem, Skill, Unreadable
from skill_fleet.skill.position import Position, Ruler

MAX_FRONTMATTER = 65_536
"""Characters of frontmatter that are read as YAML, at worst a second of work; real ones stay below 2,000."""

_OPENING = re.compile(r"\ufeff?---[ \t]*(?:\r\n?|\n)")
_CLOSING = re.compile(r"(?<=[\r\n])---[ \t]*(?:\r\n?|\n|\Z)")
_LINE_BREAK = re.compile(r"\r\n?|\n")


def parse_skill(text: str | bytes) -> Skill:
    """The skill that `text` spells, kept character for character.

    Only a line of exactly `---` (blanks may follow) closes the frontmatter. Raises ParseError with line and column.
    """
    scanned = scan_skill(text)
    if isinstance(scanned, Unreadable):
        raise ParseError(scanned.message, scanned.hint, scanned.line, scanned.column)
    return scanned


def scan_skill(text: str | bytes) -> Skill | Unreadable:
    """The skill, or why and where the text is none; never raises."""
    decoded = decode(text)
    if isinstance(decoded, Unreadable):
        return decoded
    opening = _OPENING.match(decoded)
    if opening is None:
        return _explain_opening(decoded)
    closing = _CLOSING.search(decoded, opening.end())
    if closing is None:
        hint = "End the frontmatter with a line that holds `---` and nothing else."
        return Unreadable("not-closed", "The frontmatter is not closed by a second `---` line.", hint, 1, 1)
    return _assemble(decoded, opening.end(), closing.start(), closing.end())


def decode(text: str | bytes) -> str | Unreadable:
    """UTF-8, or the place of the first byte that is not. A byte order mark stays in the text."""
    if isinstance(text, str):
        return text
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        before = text[: error.start].decode("utf-8")
        place = Ruler(before).at(len(before))
        message = f"The file is not UTF-8: byte 0x{text[error.start]:02x} on line {place.line}."
        return Unreadable("not-utf8", message, "Save the file as UTF-8.", place.line, place.column)


def _explain_opening(text: str) -> Unreadable:
    if re.fullmatch(r"\ufeff?---[ \t]*", text):
        return Unreadable("not-closed", "The frontmatter is not closed by a second `---` line.", "", 1, 1)
    hint = "Begin the file with a `---` line, `name: …`, `description: …` and a second `---` line."
    return Unreadable("missing", "The file does not begin with frontmatter.", hint, 1, 1)


def _assemble(text: str, start: int, end: int, body_start: int) -> Skill | Unreadable:
    frontmatter = text[start:end]
    if len(frontmatter) > MAX_FRONTMATTER:
        message = f"The frontmatter has {len(frontmatter):,} characters; at most {MAX_FRONTMATTER:,} are read."
        return Unreadable("too-large", message, "Move the text into the body or a bundled file.", 2, 1)
    try:
        root, notes = read_mapping(frontmatter, line=2, offset=start)
    except InvalidYaml as error:
        return _explain_yaml(error, frontmatter)
    if root is None:
        hint = "Write `key: value` lines between the two `---` lines."
        return _unreadable("not-mapping", "The frontmatter is YAML, but no mapping of keys to values.", hint)
    body_line = 1 + sum(1 for _ in _LINE_BREAK.finditer(text, 0, body_start))
    all_notes = (*_note_bytes(text), *notes)
    return Skill(text[:start], frontmatter, text[end:body_start], text[body_start:], body_line, root, all_notes)


def _unreadable(problem: Problem, message: str, hint: str) -> Unreadable:
    return Unreadable(problem, message, hint, 2, 1)


def _explain_yaml(error: InvalidYaml, frontmatter: str) -> Unreadable:
    place = Ruler(frontmatter, line=2).at(min(error.offset, len(frontmatter)))
    message = f"The frontmatter is not valid YAML: {error.message}."
    hint = "Check indentation and quotes on this line."
    if "mapping values are not allowed" in error.message:
        hint = "Put the value in quotes: it holds a colon followed by a blank."
    elif "'\\t'" in error.message:
        hint = "Replace the tab by blanks."
    return Unreadable("invalid-yaml", message, hint, place.line, place.column)


def _note_bytes(text: str) -> tuple[Note, ...]:
    notes = []
    if text.startswith("\ufeff"):
        notes.append(Note("bom", "a byte order mark", Position(1, 1, 0)))
    windows = text.count("\r\n")
    if windows:
        first = text.index("\r\n")
        line = 1 + text.count("\n", 0, first)
        column = first - (text.rfind("\n", 0, first) + 1) + 1
        notes.append(Note("crlf", f"{windows:,} lines that end in CR LF", Position(line, column, first)))
    return tuple(notes)
