"""Where a text calls a bundled script, and with which options."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from skill_fleet.metrics.truth.material import SPAN, Script, Text
from skill_fleet.metrics.truth.script_options import FLAG

SHELL_LANGUAGES = frozenset(
    {"", "bash", "sh", "shell", "zsh", "console", "shell-session", "shellsession", "terminal", "text", "txt", "cmd"}
    | {"powershell", "ps1", "fish", "plaintext"}
)
_CONTINUED = re.compile(r"\\[ \t]*$|`[ \t]*$|\^[ \t]*$")
_TOKEN = re.compile(r"\"(?:[^\"\\]|\\.)*+\"?|'[^']*'|[|;&]+|<[^<>\s]*>|[^\s|;&\"'<]+|\S")
_END = re.compile(r"[|;&]+|--|[<>]|#\S*|[12]?>\S*")
_MODULE = re.compile(r"\bpython[\d.]*\s+(?:-[A-Za-z]\s+)*?-m\s+([\w.]+)")


@dataclass(frozen=True, slots=True)
class Use:
    """An option used with scripts: those its command calls, by path."""

    flag: str
    scripts: tuple[str, ...]
    file: str
    line: int
    words: str


class Caller:
    """Finds the scripts of one skill in command lines, by the longest part of the path that tells them apart."""

    def __init__(self, scripts: Sequence[Script]) -> None:
        self.scripts = scripts

    @cached_property
    def _names(self) -> re.Pattern[str] | None:
        names = sorted({script.name for script in self.scripts}, key=len, reverse=True)
        if not names:
            return None
        either = "|".join(map(re.escape, names))
        return re.compile(rf"(?<![\w.-])((?:[^\s'\"`|;&()=]*/)?(?:{either}))(?![\w-]|\.\w)")

    def calls(self, line: str) -> Iterator[tuple[tuple[str, ...], int, int]]:
        """The scripts named in a line, and where their names begin and end."""
        for found in self._names.finditer(line) if self._names else ():
            yield self._paths(found[1]), found.start(), found.end()
        for found in _MODULE.finditer(line):
            paths = self._modules(found[1])
            if paths:
                yield paths, found.start(), found.end()

    def named(self, line: str) -> set[str]:
        return {path for paths, _, _ in self.calls(line) for path in paths}

    def _paths(self, written: str) -> tuple[str, ...]:
        parts = written.replace("\\", "/").split("/")
        fits = [script.path for script in self.scripts if script.name == parts[-1]]
        for start in range(len(parts)):
            tail = "/".join(parts[start:])
            narrow = [path for path in fits if path == tail or path.endswith(f"/{tail}")]
            if narrow:
                return tuple(narrow)
        return tuple(fits)

    def _modules(self, dotted: str) -> tuple[str, ...]:
        path = dotted.replace(".", "/")
        tails = (f"{path}.py", f"{path}/__main__.py")
        return tuple(
            script.path
            for script in self.scripts
            if any(script.path == tail or script.path.endswith(f"/{tail}") for tail in tails)
        )


def find_uses(text: Text, caller: Caller) -> Iterator[Use]:
    """The options in commands of the text's code blocks and code spans that call a bundled script."""
    for line, words in _command_lines(text):
        places = list(caller.calls(words))
        for paths, _, end in places:
            following = min((start for _, start, _ in places if start >= end), default=len(words))
            for flag, offset in _flags(words[end:following]):
                row = words.count("\n", 0, end + offset)
                yield Use(flag, paths, text.path, line + row, " ".join(words.split())[:200])


def _command_lines(text: Text) -> Iterator[tuple[int, str]]:
    """Commands with their first line; those that go on over several lines keep their line feeds."""
    for block in text.body.code:
        if block.language.lower().strip("{}.") in SHELL_LANGUAGES:
            yield from _joined(block.text.split("\n"), block.line + (1 if block.fenced else 0))
    for number, line in text.prose():
        yield from ((number, found[2]) for found in SPAN.finditer(line))


def _joined(lines: Iterable[str], first: int) -> Iterator[tuple[int, str]]:
    held: list[str] = []
    for number, line in enumerate(lines, start=first):
        held.append(_CONTINUED.sub("", line))
        if held[-1] == line:
            yield number - len(held) + 1, "\n".join(held)
            held = []
    if held:
        yield first, "\n".join(held)


def _flags(arguments: str) -> Iterator[tuple[str, int]]:
    """The options up to where the command ends, each with its offset."""
    for found in _TOKEN.finditer(arguments):
        word = found[0]
        if _END.fullmatch(word):
            return
        if word[0] in "\"'" or not word.lstrip("[({").startswith("-"):
            continue
        for flag in FLAG.finditer(word):
            if flag.start() == 0 or word[flag.start() - 1] in "[({|/,":
                yield flag[0], found.start() + flag.start()


def mentioned_flags(line: str) -> Iterator[str]:
    """Options that a line of prose names in code spans of their own: `--out`, `-o FILE`."""
    for found in SPAN.finditer(line):
        words = re.split(r"[\s=,/|]+", found[2].strip())
        if words[0].startswith("-"):
            yield from (flag for word in words if (flag := word) and FLAG.fullmatch(word))


def base_names(paths: Iterable[str]) -> str:
    return ", ".join(sorted({posixpath.basename(path) for path in paths}))
