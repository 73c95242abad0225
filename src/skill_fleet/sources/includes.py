"""Files that a page includes: where they lie, and which of their lines are meant."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from skill_fleet.sources.lines import Line, number_lines

LARGEST = 2_000_000
_SECTION = r"-{2,}8<-{2,}\s*\[\s*%s\s*:\s*%s\s*\]"
_ANY_SECTION = re.compile(r"-{2,}8<-{2,}\s*\[\s*(?:start|end)\s*:")


class IncludeResolver(Protocol):
    def find(self, target: str, page: str) -> list[Line] | None:
        """The lines of the file that `page` calls `target`, or None when there is no such file within reach."""
        ...

    def find_prose(self, target: str, page: str) -> list[Line] | None:
        """The same for a file that is included as text rather than as code: a whole page of its own holds nothing."""
        ...


class NoIncludes:
    """Every include is out of reach: for text that comes without a folder."""

    def find(self, target: str, page: str) -> list[Line] | None:
        del target, page
        return None

    find_prose = find


@dataclass
class FolderIncludes:
    """Looks in the page's folder and in each one above it, up to `boundary`; never outside of `boundary`.

    `root` is the folder that paths are counted from; `pages` are the files that are read as pages of their own, so that
    their text need not be repeated where they are included. `used` grows with each file found, for the source's digest.
    """

    root: Path
    boundary: Path
    pages: frozenset[str] = frozenset()
    used: dict[str, str] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)

    def find(self, target: str, page: str) -> list[Line] | None:
        file = self._locate(target.strip().removeprefix("@").lstrip("/"), self.root / page)
        if file is None:
            if not target.startswith("<"):  # docutils' own files of substitutions
                self.missing.add(f"{target} (in {page})")
            return None
        path = Path(os.path.relpath(file, self.root)).as_posix()
        if path not in self.used:
            self.used[path] = file.read_bytes().decode("utf-8", errors="replace")
        return number_lines(self.used[path], path)

    def find_prose(self, target: str, page: str) -> list[Line] | None:
        if target.endswith((".svg", ".html")):
            return []
        lines = self.find(target, page)
        return [] if lines and lines[0].path in self.pages and _is_titled(lines) else lines

    def _locate(self, target: str, page: Path) -> Path | None:
        if not target or "://" in target or "\0" in target:
            return None
        for base in self._folders_above(page):
            file = (base / target).resolve()
            if file.is_relative_to(self.boundary) and file.is_file() and file.stat().st_size <= LARGEST:
                return file
        return None

    def _folders_above(self, page: Path) -> list[Path]:
        folders = list(page.resolve().parents)
        return [folder for folder in folders if folder.is_relative_to(self.boundary)]


def _is_titled(lines: Sequence[Line]) -> bool:
    """Whether a file opens with a title, as a page does and a piece to be included does not."""
    head = [line.text for line in lines if not line.is_blank][:_TITLE_WITHIN]
    return any(re.match(r"# |<h1|([=#*~^-])\1{2,}\s*$", text) for text in head)


_TITLE_WITHIN = 12


@dataclass(frozen=True)
class ProseIncludes:
    """Finds every file as text."""

    includes: IncludeResolver

    def find(self, target: str, page: str) -> list[Line] | None:
        return self.includes.find_prose(target, page)

    find_prose = find


def select_ranges(lines: Sequence[Line], ranges: str) -> list[Line]:
    """The lines named by `1:3,7` or `1-3,7-`; from 1, both ends inclusive. A range without numbers is everything."""
    chosen: list[Line] = []
    for part in filter(None, re.split(r"[,\s]+", ranges)):
        match = re.fullmatch(r"(\d*)([-:]?)(\d*)", part)
        if match is None:
            return list(lines)
        first = int(match[1] or 1)
        last = int(match[3] or len(lines)) if match[2] else first
        chosen.extend(lines[max(0, first - 1) : last])
    return chosen or list(lines)


def select_section(lines: Sequence[Line], name: str) -> list[Line]:
    """The lines between `[start:name]` and `[end:name]` markers, without the markers of any section."""
    start, end = (re.compile(_SECTION % (edge, re.escape(name))) for edge in ("start", "end"))
    begin = next((at for at, line in enumerate(lines) if start.search(line.text)), None)
    if begin is None:
        return []
    stop = next((at for at in range(begin + 1, len(lines)) if end.search(lines[at].text)), len(lines))
    return without_markers(lines[begin + 1 : stop])


def without_markers(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if not _ANY_SECTION.search(line.text)]


def select_between(lines: Sequence[Line], options: dict[str, str]) -> list[Line]:
    """The lines that `start-line`, `end-line`, `start-after`, `start-at`, `end-before` and `end-at` leave."""
    begin, stop = _from_to(options, len(lines))
    if needle := options.get("start-after") or options.get("start-at"):
        found = _first_with(lines, needle, 0)
        begin = found + ("start-after" in options) if found is not None else begin
    if needle := options.get("end-before") or options.get("end-at"):
        found = _first_with(lines, needle, begin + ("start-at" in options))
        stop = found + ("end-at" in options) if found is not None else stop
    return list(lines[begin:stop])


def _from_to(options: dict[str, str], count: int) -> tuple[int, int]:
    """`start-line` and `end-line` as indices; negative ones count from the end."""
    begin, stop = (options.get(name, "") for name in ("start-line", "end-line"))
    is_number = re.compile(r"-?\d+").fullmatch
    return (
        slice(int(begin) if is_number(begin) else None, None).indices(count)[0],
        slice(None, int(stop) if is_number(stop) else None).indices(count)[1],
    )


def _first_with(lines: Sequence[Line], needle: str, begin: int) -> int | None:
    return next((at for at in range(begin, len(lines)) if needle in lines[at].text), None)


def select_object(lines: Sequence[Line], name: str) -> list[Line]:
    """The lines of the Python class or function with this dotted name; all lines when there is none."""
    try:
        body: Sequence[ast.stmt] = ast.parse("\n".join(line.text for line in lines)).body
    except SyntaxError:
        return list(lines)
    found: ast.stmt | None = None
    for part in name.split("."):
        found = next((node for node in body if getattr(node, "name", None) == part), None)
        if not isinstance(found, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            return list(lines)
        body = found.body
    return list(lines[_first_line(found) - 1 : found.end_lineno]) if found else list(lines)


def _first_line(node: ast.stmt) -> int:
    decorators = node.decorator_list if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) else []
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def select_options(lines: Sequence[Line], options: dict[str, str]) -> list[Line]:
    """What the options of a `literalinclude` or `include` directive leave of a file."""
    chosen = list(lines)
    if "pyobject" in options:
        chosen = select_object(chosen, options["pyobject"])
    chosen = select_between(chosen, options)
    if "lines" in options:
        chosen = select_ranges(chosen, options["lines"])
    return without_markers(chosen)


LANGUAGES = {
    "bash": "bash",
    "cfg": "ini",
    "css": "css",
    "go": "go",
    "html": "html",
    "ini": "ini",
    "js": "javascript",
    "json": "json",
    "jsx": "jsx",
    "py": "python",
    "pyi": "python",
    "rb": "ruby",
    "rs": "rust",
    "sh": "bash",
    "sql": "sql",
    "tcss": "css",
    "toml": "toml",
    "ts": "typescript",
    "tsx": "tsx",
    "yaml": "yaml",
    "yml": "yaml",
}


def language_of(path: str) -> str:
    """The language a file name's ending stands for, empty when it says none."""
    return LANGUAGES.get(path.rsplit(".", 1)[-1].lower(), "") if "." in path else ""
