"""Other spellings of the same Markdown: what a renderer shows stays as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from benchmarks.specimens import Line, find_specimen, read_lines

_BULLET = re.compile(r"^(\s*)([-*+])(\s+)(?![-*_\s]*$)")
# What would become a list, a quotation or something else without its mark is left out.
_TITLE = re.compile(r"^ {0,3}#{1,2}[ \t]+((?!\d+[.)]|[-+*>#=|<`~]).*?)(?:[ \t]+#+)?[ \t]*$")
UNDERLINED = 2
"""The deepest level that a heading with a line below it can have."""

OTHER_BULLET = {"-": "*", "*": "-", "+": "-"}


def with_crlf(text: str) -> str:
    return text.replace("\n", "\r\n")


def with_other_bullets(text: str) -> str:
    return _by_line(text, _rebulleted)


def _rebulleted(line: Line, _before: Line | None) -> str:
    if line.kind != "text":
        return line.text
    return _BULLET.sub(lambda mark: f"{mark[1]}{OTHER_BULLET[mark[2]]}{mark[3]}", line.text)


def with_underlined_headings(text: str) -> str:
    return _by_line(text, _underlined)


def _underlined(line: Line, before: Line | None) -> str:
    """A paragraph right above would become part of the heading, so that such a one stays."""
    title = _TITLE.match(line.text) if line.kind == "heading" and line.level <= UNDERLINED else None
    if not title or not title[1] or (before and before.kind == "text" and before.text.strip()):
        return line.text
    return f"{title[1]}\n{'=-'[line.level - 1] * max(len(title[1]), 3)}"


def with_trailing_blanks(text: str) -> str:
    """One blank at the end of each line of text: two would be a line break."""
    return _by_line(text, lambda line, _: f"{line.text} " if line.kind == "text" and line.text else line.text)


def with_more_blank_lines(text: str) -> str:
    """Two blank lines for one outside of code, and some at the end."""
    return (
        _by_line(text, lambda line, _: "\n" if line.kind == "text" and not line.text.strip() else line.text) + "\n\n\n"
    )


SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "CR LF": with_crlf,
    "other bullets": with_other_bullets,
    "underlined headings": with_underlined_headings,
    "trailing blanks": with_trailing_blanks,
    "more blank lines": with_more_blank_lines,
}


def _by_line(text: str, spell: Callable[[Line, Line | None], str]) -> str:
    """Every line of the body spelled anew; the frontmatter stays."""
    specimen = find_specimen(text)
    if specimen is None:
        return text
    lines = read_lines(specimen.body)
    befores = [None, *lines[:-1]]
    return specimen.with_body("\n".join(spell(line, before) for line, before in zip(lines, befores, strict=True)))
