"""Includes in Markdown pages, replaced by the lines they name.

Knows `--8<--` (pymdown), `{* file *}` (or `{_ file _}`, as formatters leave it) and `{!> file !}` (FastAPI),
`{% include "file" %}` (mkdocs), `<<< file` and `<!--@include: file-->` (VitePress), and MyST's directives.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from skill_fleet.sources.includes import (
    IncludeResolver,
    ProseIncludes,
    language_of,
    select_between,
    select_ranges,
    select_section,
    without_markers,
)
from skill_fleet.sources.lines import Fence, Line, fence_end, find_fence
from skill_fleet.sources.myst import directive_lines, is_directive

DEPTH = 6
_WALL = "~" * 12

_SNIPPET = re.compile(r"""^\s*-{2,}8<-{2,}\s+["'](?P<target>[^"']+)["']\s*$""")
_SNIPPET_BLOCK = re.compile(r"^\s*-{2,}8<-{2,}\s*$")
_STAR = re.compile(r"^\s*\{(?P<mark>[*_])\s*(?P<target>\S+)(?P<rest>[^}]*)(?P=mark)\}\s*$")
_BANG = re.compile(r"^\s*\{!>?\s*(?P<target>[^!\[\s]+)\s*(?P<rest>[^}]*)\}\s*$")
_JINJA = re.compile(
    r"""^\s*\{%-?\s*(?P<verb>include(?:-markdown)?)\s+["'](?P<target>[^"']+)["'](?P<rest>.*?)-?%\}\s*$"""
)
_VITE_CODE = re.compile(r"^\s*<<<\s*(?P<target>[^\s{#\[<]+)(?:#(?P<region>[\w-]+))?.*$")
_VITE_PAGE = re.compile(r"^\s*<!--\s*@include:\s*(?P<target>[^\s{>]+)(?:\{(?P<ranges>[\d,-]*)\})?\s*-->\s*$")
OPTION = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s,%]+))""")


def expand_includes(lines: Sequence[Line], includes: IncludeResolver, depth: int = 0) -> list[Line]:
    """Every include replaced by what it names. An include that names nothing within reach is dropped."""
    result: list[Line] = []
    at = 0
    while at < len(lines):
        if fence := find_fence(lines[at].text):
            end = fence_end(lines, at, fence)
            result += _expand_fence(lines[at:end], fence, includes, depth)
        elif _SNIPPET_BLOCK.match(lines[at].text):
            end = _snippet_block_end(lines, at)
            for line in lines[at + 1 : end - 1]:
                result += _page(line, line.text.strip(), includes, depth)
        else:
            end = at + 1
            result += _expand_line(lines[at], includes, depth)
        at = end
    return result


def _expand_fence(lines: Sequence[Line], fence: Fence, includes: IncludeResolver, depth: int) -> list[Line]:
    if is_directive(fence):
        inner = directive_lines(lines, fence, includes)
        return expand_includes(inner, includes, depth + 1) if depth < DEPTH else []
    content: list[Line] = []
    for line in lines[1:]:
        named = _included(line, includes)
        content += [line] if named is None else indented(named, line.indent)
    return [lines[0], *content]


def _expand_line(line: Line, includes: IncludeResolver, depth: int) -> list[Line]:
    if _STAR.match(line.text) or _VITE_CODE.match(line.text):
        return _fenced(line, _included(line, includes) or [])
    named = _included(line, ProseIncludes(includes))
    if named is None:
        return [line]
    return expand_includes(indented(named, line.indent), includes, depth + 1) if depth < DEPTH else []


def _page(line: Line, target: str, includes: IncludeResolver, depth: int) -> list[Line]:
    named = includes.find_prose(target, line.path) or []
    return expand_includes(indented(named, line.indent), includes, depth + 1) if depth < DEPTH else []


def _snippet_block_end(lines: Sequence[Line], start: int) -> int:
    for at in range(start + 1, len(lines)):
        if _SNIPPET_BLOCK.match(lines[at].text):
            return at + 1
    return start + 2


def _fenced(line: Line, content: Sequence[Line]) -> list[Line]:
    if not content:
        return []
    lead = " " * line.indent
    opening = line.with_text(f"{lead}{_WALL} {language_of(content[0].path)}")
    return [opening, *indented(content, line.indent), line.with_text(lead + _WALL)]


def indented(lines: Sequence[Line], columns: int) -> list[Line]:
    return [line.with_text(" " * columns + line.text) if line.text else line for line in lines]


def _included(line: Line, includes: IncludeResolver) -> list[Line] | None:
    """The lines that an include line stands for; None when the line is no include."""
    for pattern, choose in _INCLUDES:
        if match := pattern.match(line.text):
            return choose(match, line.path, includes)
    return None


def _snippet(match: re.Match[str], page: str, includes: IncludeResolver) -> list[Line]:
    target, _, part = match["target"].partition(":")
    if target.startswith("http"):
        return []
    lines = includes.find(target, page) or []
    if not part:
        return without_markers(lines)
    return select_ranges(lines, part) if re.fullmatch(r"[\d:,\s-]+", part) else select_section(lines, part)


def _star(match: re.Match[str], page: str, includes: IncludeResolver) -> list[Line]:
    lines = includes.find(match["target"], page) or []
    ranges = re.search(r"\bln\[([^\]]*)\]", match["rest"])
    return select_ranges(lines, ranges[1]) if ranges else lines


def _bang(match: re.Match[str], page: str, includes: IncludeResolver) -> list[Line]:
    lines = includes.find(match["target"], page) or []
    ranges = re.search(r"(?:ln|lines)\s*[:=]\s*([\d:,\s-]+)", match["rest"])
    return select_ranges(lines, ranges[1]) if ranges else lines


def _jinja(match: re.Match[str], page: str, includes: IncludeResolver) -> list[Line]:
    options = {name: a or b or c for name, a, b, c in OPTION.findall(match["rest"])}
    names = {"start": "start-after", "end": "end-before"}
    wanted = {names[name]: value.strip() for name, value in options.items() if name in names}
    return select_between(includes.find(match["target"], page) or [], wanted)


def _vite_code(match: re.Match[str], page: str, includes: IncludeResolver) -> list[Line]:
    lines = includes.find(match["target"].removeprefix("@/"), page) or []
    if region := match["region"]:
        return select_between(lines, {"start-after": f"#region {region}", "end-before": "#endregion"})
    return lines


def _vite_page(match: re.Match[str], page: str, includes: IncludeResolver) -> list[Line]:
    lines = includes.find(match["target"].removeprefix("@/"), page) or []
    return select_ranges(lines, match["ranges"].replace(",", "-")) if match["ranges"] else lines


_Choose = Callable[[re.Match[str], str, IncludeResolver], list[Line]]
_INCLUDES: tuple[tuple[re.Pattern[str], _Choose], ...] = (
    (_SNIPPET, _snippet),
    (_STAR, _star),
    (_BANG, _bang),
    (_JINJA, _jinja),
    (_VITE_CODE, _vite_code),
    (_VITE_PAGE, _vite_page),
)
