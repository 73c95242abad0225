"""The layout of a help text: lines with their indent, panels taken out of their boxes, headings, two columns.

Every line keeps its number, so that whatever is read from a help text can be found in it.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PartKind = Literal["intro", "usage", "options", "commands", "arguments", "examples", "environment", "other"]
"""What stands under a heading. intro: what comes before any heading · other: whatever the heading does not tell."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number from 1, the column its text starts in, the text without surrounding blanks."""

    number: int
    indent: int
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with the lines below it."""

    title: str
    kind: PartKind
    line: int
    lines: tuple[Line, ...]

    @property
    def margin(self) -> int:
        return min((line.indent for line in self.lines if line.text), default=0)


@dataclass(frozen=True, slots=True)
class Entry:
    """A term and what stands beside it; `column` is where its explanation starts, None when that is not on the line."""

    term: str
    text: str
    column: int | None


_PANEL_TOP = re.compile(r"^\s*[╭┌┏+][─━-]+ (?P<title>.+?) [─━-]+[╮┐┓+]\s*$")
_PANEL_EDGE = re.compile(r"^\s*[╭╰┌└┏┗├┡+][─━═┬┴┼-]+[╮╯┐┘┓┛┤┩+]\s*$")
_PANEL_ROW = re.compile(r"^(?P<lead>\s*)[│┃](?P<text>.*)[│┃]\s*$")
_MANUAL_EDGE = re.compile(r"^(?P<page>[\w.:-]+\(\d\w*\))\s.*(?P=page)$|^\S.*?\s{3,}\S.*?\s{3,}\S+\(\d\w*\)$")
_REQUIRED_MARK = re.compile(r"^(\s*)\*(\s{2,})(?=\S)")

_KINDS: tuple[tuple[PartKind, re.Pattern[str]], ...] = (
    ("usage", re.compile(r"^(usage|synopsis)$")),
    ("examples", re.compile(r"\bexamples?\b")),
    ("environment", re.compile(r"\benvironment\b|\bvariables$")),
    ("options", re.compile(r"\b(options|flags|switches)\b")),
    ("arguments", re.compile(r"\b(arguments|positionals|parameters|args)\b")),
    ("commands", re.compile(r"\b(sub-?)?commands?\b|^topics$")),
)
_PLAIN_TITLES = frozenset(
    {
        "additional help",
        "aliases",
        "author",
        "authors",
        "description",
        "exit codes",
        "exit status",
        "files",
        "learn more",
        "name",
        "note",
        "notes",
        "see also",
    }
)
_OPTION = re.compile(r"-{1,2}[A-Za-z0-9?#@$]|--?(?=\s{2,}\S)")
_COLUMN = re.compile(r"\S+(?: \S+)*")
_METAVAR = re.compile(r"^(?:<[^<>]*>|\[[^\[\]]*\]|\{[^{}]*\}|[A-Z][A-Z0-9_|:.-]*)(?:\s?\.\.\.)?$")
_FLAGS_AND_VALUES = re.compile(
    r"""^(?:(?:
        -{1,2}[^\s,]+,? | / | \| | <[^>]*> | \[[^\]]*\] | \{[^}]*\} | \("[^"]*"\),? | [A-Z][A-Z0-9_:=.-]+,?(?=\s|$)
        | \.\.\.
    )(?:\s+|$))+""",
    re.VERBOSE,
)
_TERM = re.compile(r"(?P<term>[\w<\[{(*.@$][^\s]*(?: [^\s]+){0,3}?)(?P<gap>\s{2,})(?P<text>\S.*)")
BULLET = re.compile(r"^(?:[-*•]|\d+[.)]) (?=\S)")
_USAGE_LINE = re.compile(r"usage:\s*\S", re.IGNORECASE)
_ENDS_SENTENCE = re.compile(r"(?<!\.)[.;!?]$")
_BROKEN_WORD = re.compile(r"\w[-\u2010]$")
_LONGEST_TITLE = 70
_LONGEST_TERM = 40


def read_lines(text: str) -> tuple[Line, ...]:
    """The lines of a help text without the frames of panels: their titles become headings, their rows plain lines."""
    return tuple(_line(number, _unboxed(raw)) for number, raw in enumerate(text.split("\n"), start=1))


def _line(number: int, raw: str) -> Line:
    return Line(number, len(raw) - len(raw.lstrip()), raw.strip())


def _unboxed(raw: str) -> str:
    if top := _PANEL_TOP.match(raw):
        return f"{top['title']}:"
    if _PANEL_EDGE.match(raw) or _MANUAL_EDGE.match(raw):
        return ""
    if row := _PANEL_ROW.match(raw):
        return _REQUIRED_MARK.sub(r"\1 \2", row["lead"] + " " + row["text"]).rstrip()
    return raw


def split_parts(lines: Sequence[Line]) -> tuple[Part, ...]:
    """The lines by heading; what comes before the first heading has no title. A part without lines is left out."""
    starts = [index for index in range(len(lines)) if _is_title(lines, index)]
    parts = [Part("", "intro", 1, tuple(lines[: starts[0] if starts else len(lines)]))]
    for start, end in itertools.pairwise([*starts, len(lines)]):
        title = lines[start].text.rstrip(":").strip("[] ")
        parts.append(Part(_short(title), part_kind(title), lines[start].number, tuple(lines[start + 1 : end])))
    return tuple(part for part in parts if any(line.text for line in part.lines))


def _short(title: str) -> str:
    """A title without the remark in brackets it ends with."""
    return re.sub(r"\s+\([^()]*\)$", "", title)


def part_kind(title: str) -> PartKind:
    words = re.sub(r"\(.*?\)", "", title).strip().lower()
    return next((kind for kind, pattern in _KINDS if pattern.search(words)), "other")


def _is_title(lines: Sequence[Line], index: int) -> bool:
    line = lines[index]
    below = next_text(lines, index + 1)
    if below is None or not _may_be_title(line):
        return False
    if index > 0 and lines[index - 1].text:
        return line.text.endswith(":") and _is_known(line.text) and is_entry(lines[below])
    is_close = lines[below].number == line.number + 1
    is_deeper = lines[below].indent > line.indent
    if line.text.endswith(":"):
        return _is_known(line.text) or (is_deeper and is_entry(lines[below]))
    return is_close and is_deeper and (_is_known(line.text) or line.text.isupper() or is_entry(lines[below]))


def _may_be_title(line: Line) -> bool:
    text = line.text
    if not text or len(text) > _LONGEST_TITLE or _USAGE_LINE.match(text):
        return False
    return text[-1] not in ".,;!?" and text[0] not in "-$*•#>│"


def _is_known(text: str) -> bool:
    words = text.rstrip(":").lower()
    return words in _PLAIN_TITLES or (part_kind(text.rstrip(":")) != "other" and len(words.split()) <= 5)  # noqa: PLR2004


def next_text(lines: Sequence[Line], index: int) -> int | None:
    """The index of the first line from `index` on that is not blank."""
    return next((at for at in range(index, len(lines)) if lines[at].text), None)


def is_entry(line: Line) -> bool:
    return is_option(line.text) or split_term(line) is not None


def is_option(text: str) -> bool:
    return _OPTION.match(text) is not None


def split_option(line: Line, *, goes_on: bool) -> Entry:
    """An option line as flags with their values, and meaning. `goes_on`: deeper lines follow and hold the meaning."""
    columns = [(match.start(), match.group()) for match in _COLUMN.finditer(line.text)]
    names = 1
    while names < len(columns) and _belongs_to_flags(columns[names][1], is_last=names == len(columns) - 1):
        names += 1
    term = _joined(text for _, text in columns[:names])
    if names < len(columns):
        start = columns[names][0]
        return Entry(term, line.text[start:], line.indent + start)
    return _split_tight(term, least_words=3 if goes_on else 2)


def _belongs_to_flags(column: str, *, is_last: bool) -> bool:
    if is_option(column):
        return True
    return _METAVAR.match(column) is not None and (not is_last or column.startswith("<"))


def _joined(columns: Iterable[str]) -> str:
    """Flags and values of several columns as one: `--theme`, `-t`, `THEME` are `--theme, -t THEME`."""
    term = ""
    for column in columns:
        glue = ", " if term and is_option(column) and not term.endswith((",", "/", "|")) else " " if term else ""
        term += glue + column
    return term


def _split_tight(text: str, least_words: int) -> Entry:
    """Flags and meaning with a single space between them: `-u, --user <user:password> Server user and password`."""
    head = _FLAGS_AND_VALUES.match(text)
    tail = text[head.end() :] if head else ""
    if head is None or len(tail.split()) < least_words or re.search(r"(^|\s)-{1,2}\w", tail):
        return Entry(text, "", None)
    return Entry(head.group().strip(), tail, None)


def split_term(line: Line) -> Entry | None:
    """A name and its explanation in two columns, None for any other line."""
    match = _TERM.fullmatch(line.text)
    if match is None or line.indent == 0 or len(match["term"]) > _LONGEST_TERM or _ENDS_SENTENCE.search(match["term"]):
        return None
    return Entry(match["term"].rstrip(":*"), match["text"], line.indent + match.start("text"))


def flowed(texts: Sequence[str]) -> str:
    """Wrapped lines as running text; a blank line parts paragraphs, a list item keeps its line."""
    flow = ""
    for index, text in enumerate(texts):
        if not text or not flow:
            flow += text
        elif texts[index - 1] == "":
            flow += f" {text}" if text.startswith("[") else f"\n\n{text}"
        elif BULLET.match(text):
            flow += f"\n{text}"
        else:
            flow += text if _BROKEN_WORD.search(flow[-2:]) else f" {text}"
    return flow


def dedented(lines: Sequence[Line]) -> str:
    margin = min(line.indent for line in lines if line.text)
    return "\n".join(" " * (line.indent - margin) + line.text if line.text else "" for line in lines)
