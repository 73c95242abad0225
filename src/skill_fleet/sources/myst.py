"""MyST directives in Markdown (a fence whose info is `{name} argument`), turned into plain Markdown with marks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from skill_fleet.sources.includes import IncludeResolver, language_of, select_options
from skill_fleet.sources.lines import CLOSE, Fence, Line, Mark

_INFO = re.compile(r"^\{(?P<name>[A-Za-z][\w:+-]*)\}\s*(?P<argument>.*)$")
_OPTION = re.compile(r"^:(?P<name>[\w-]+):\s*(?P<value>.*)$")
_YAML = re.compile(r"^(?P<name>[\w-]+):\s*(?P<value>.*)$")

CODE = frozenset({"code", "code-block", "sourcecode", "code-cell", "highlight", "parsed-literal", "literalinclude"})
DOCTEST = {"doctest": "pycon", "testcode": "python", "testsetup": "python", "testoutput": "text"}
DROPPED = frozenset(
    "image figure mermaid math plot graphviz contents index raw bibliography video youtube autosummary button-link "
    "button-ref currentmodule module py:module py:currentmodule meta tags sectionauthor codeauthor program "
    "iframe subfigure gallery-grid testcleanup".split()
)
RAW = frozenset({"toctree", "eval-rst", "list-table", "csv-table"})
_LANGUAGES = frozenset({"python", "py", "r", "bash", "js", "ojs", "julia", "sql"})
_WALL = "~" * 14


def is_directive(fence: Fence) -> bool:
    """A language in braces (`{python}`, as Quarto writes it) is no directive; `RAW` ones stay fences."""
    match = _INFO.match(fence.info)
    return match is not None and match["name"] not in _LANGUAGES | RAW


def directive_lines(lines: Sequence[Line], fence: Fence, includes: IncludeResolver | None) -> list[Line]:
    """The directive as plain Markdown: code becomes a fence, anything with content a box, the rest nothing."""
    match = _INFO.match(fence.info)
    if match is None:
        return list(lines)
    name = match["name"].lower()
    argument = match["argument"].strip()
    closed = len(lines) > 1 and fence.is_closed_by(lines[-1].text)
    options, content = split_options(lines[1 : -1 if closed else None])
    if name in CODE or name in DOCTEST:
        return _code(name, argument, options, lines[0], content, includes)
    if name == "include" and includes is not None:
        return select_options(includes.find_prose(argument, lines[0].path) or [], options)
    if name in RAW:
        return [lines[0].with_text(f"{_WALL} {fence.info}"), *lines[1:-1], lines[-1].with_text(_WALL)]
    if name in DROPPED:
        return []
    return _boxed(name, argument, lines[0], content)


def split_options(lines: Sequence[Line]) -> tuple[dict[str, str], list[Line]]:
    """The options at the head of a directive (`:name: value` lines or a YAML block) and the content after them."""
    if lines and lines[0].text.strip() == "---":
        end = next((at for at in range(1, len(lines)) if lines[at].text.strip() == "---"), 0)
        return _matched(lines[1:end], _YAML), list(lines[end + 1 :])
    end = next((at for at, line in enumerate(lines) if not _OPTION.match(line.text.strip())), len(lines))
    return _matched(lines[:end], _OPTION), list(lines[end:])


def _matched(lines: Sequence[Line], pattern: re.Pattern[str]) -> dict[str, str]:
    found = (pattern.match(line.text.strip()) for line in lines)
    return {match["name"]: match["value"].strip() for match in found if match}


def _code(
    name: str,
    argument: str,
    options: dict[str, str],
    line: Line,
    content: Sequence[Line],
    includes: IncludeResolver | None,
) -> list[Line]:
    language = DOCTEST.get(name, argument)
    if name == "literalinclude":
        content = select_options((includes.find(argument, line.path) if includes else None) or [], options)
        language = options.get("language") or language_of(argument)
    written = [at for at, one in enumerate(content) if not one.is_blank]
    if not written:
        return []
    content = content[written[0] : written[-1] + 1]
    title = options.get("caption") or options.get("name") or ""
    info = f'{language} title="{title}"' if title else language
    lead = " " * line.indent
    inner = content if name != "literalinclude" else [one.with_text(lead + one.text) for one in content]
    return [line.with_text(f"{lead}{_WALL} {info}"), *inner, line.with_text(lead + _WALL)]


def _boxed(name: str, argument: str, line: Line, content: Sequence[Line]) -> list[Line]:
    lead = " " * line.indent + "%"
    last = content[-1] if content else line
    opening = Line(lead, line.path, line.number, Mark(name, argument))
    return [line.with_text(""), opening, *content, Line(lead, last.path, last.number, CLOSE), line.with_text("")]
