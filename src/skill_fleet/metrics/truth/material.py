"""What the checks look at: the skill's Markdown with its structure, and the scripts beside it, each read once."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from skill_fleet.metrics.page import MOST_TEXT, Page
from skill_fleet.skill.body import Body, CodeBlock, parse_body

MOST_REFERENCES = 600_000
"""Characters of references that are read together; those after them are left out, and a note says so."""

MOST_BLOCKS = 2_000
MOST_SCRIPTS = 60
MOST_SCRIPT = 200_000
"""Code blocks of a skill, bundled scripts, and characters of a script that are looked at."""

#: A code span within a line: its inner text is the second group.
SPAN = re.compile(r"(?<!`)(`{1,3})(?!`)([^\n]{1,400}?)(?<!`)\1(?!`)")

_MARKDOWN = (".md", ".markdown", ".mdx")
_SCRIPTS = {
    **dict.fromkeys((".py", ".pyw"), "python"),
    **dict.fromkeys((".sh", ".bash", ".zsh", ".ksh"), "shell"),
    **dict.fromkeys((".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"), "node"),
    ".rb": "other",
    ".pl": "other",
}
_SHEBANG = re.compile(r"#![^\n]*?\b(python|bash|zsh|ksh|dash|sh|node|ruby|perl)[\d.]*\b")
_SHEBANGS = {"python": "python", "node": "node", "ruby": "other", "perl": "other"}


@dataclass(frozen=True)
class Text:
    """A Markdown text of the skill. Line ends are line feeds; `first_line` is the line of the file it begins on."""

    path: str
    text: str
    first_line: int
    body: Body

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def code_lines(self) -> frozenset[int]:
        """Lines of the file that stand in code, with the fences around it."""
        return frozenset(line for block in self.body.code for line in range(block.line, last_line(block) + 1))

    def prose(self) -> Iterator[tuple[int, str]]:
        """The lines outside of code blocks, numbered as in the file."""
        for number, line in enumerate(self.lines, start=self.first_line):
            if number not in self.code_lines and line.strip():
                yield number, line


@dataclass(frozen=True, slots=True)
class Script:
    """A bundled program. `language` is python, shell, node or other."""

    path: str
    language: str
    text: str

    @property
    def name(self) -> str:
        return posixpath.basename(self.path)


@dataclass(frozen=True)
class Material:
    page: Page

    @property
    def file(self) -> str:
        """The name of the skill's own text."""
        return self.page.subject.path.name if self.page.subject.path else "SKILL.md"

    @cached_property
    def sizes(self) -> dict[str, int]:
        """The paths of what is bundled, sorted, and their sizes in bytes."""
        listing = self.page.subject.listing
        return {file.path: file.size for file in listing.files} if listing else {}

    @cached_property
    def files(self) -> tuple[str, ...]:
        return tuple(self.sizes)

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """The skill's own text first, then its references by path."""
        own = Text(self.file, self.page.text, self.page.first_line, self.page.body)
        return (own, *self._references)

    @cached_property
    def unread(self) -> tuple[str, ...]:
        """The references that are left out for their size."""
        read = {text.path for text in self._references}
        texts = (path for path in self.files if path.lower().endswith(_MARKDOWN) and not _is_brought_along(path))
        return tuple(path for path in texts if path not in read)

    @cached_property
    def _references(self) -> tuple[Text, ...]:
        left, found = MOST_REFERENCES, []
        for path, size in self.sizes.items():
            if not path.lower().endswith(_MARKDOWN) or size > left or _is_brought_along(path):
                continue
            left -= size
            text = self.page.subject.load_bundled(path).replace("\r\n", "\n").replace("\r", "\n")[:MOST_TEXT]
            found.append(Text(path, text, 1, parse_body(text)))
        return tuple(found)

    @cached_property
    def blocks(self) -> tuple[tuple[Text, CodeBlock], ...]:
        pairs = [(text, block) for text in self.texts for block in text.body.code]
        return tuple(pairs[:MOST_BLOCKS])

    @cached_property
    def scripts(self) -> tuple[Script, ...]:
        """By suffix, or by the first line of a file without one."""
        found: list[Script] = []
        for path, size in self.sizes.items():
            script = self._read_script(path, size)
            if script:
                found.append(script)
            if len(found) == MOST_SCRIPTS:
                break
        return tuple(found)

    def _read_script(self, path: str, size: int) -> Script | None:
        suffix = posixpath.splitext(path)[1].lower()
        if (suffix and suffix not in _SCRIPTS) or size > MOST_SCRIPT or _is_brought_along(path):
            return None
        text = self.page.subject.load_bundled(path)
        if suffix:
            return Script(path, _SCRIPTS[suffix], text) if text else None
        first = _SHEBANG.match(text)
        return Script(path, _SHEBANGS.get(first[1], "shell"), text) if first else None


def last_line(block: CodeBlock) -> int:
    """The last line of a code block, its closing fence included."""
    return block.line + block.text.count("\n") + (1 if block.fenced else -1)


def _is_brought_along(path: str) -> bool:
    """Whether it stands in a hidden folder or in that of somebody else's package: not the skill's own words."""
    return any(part.startswith(".") or part in ("vendor", "third_party") for part in path.split("/")[:-1])
