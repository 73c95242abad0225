"""Printing: results to stdout, talk to stderr, nothing that could steer the terminal."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TextIO

ColorChoice = Literal["auto", "always", "never"]
"""auto: on a terminal, unless NO_COLOR or TERM=dumb is set; CLICOLOR_FORCE turns it on · always · never"""

Style = Literal["bold", "dim", "red", "yellow", "green", "cyan"]

_CODES: Mapping[Style, str] = {"bold": "1", "dim": "2", "red": "31", "yellow": "33", "green": "32", "cyan": "36"}

#: Escape sequences as a whole (CSI, OSC and its relatives, two-character ones), then every other control character
#: but tab and line feed, and the marks that reorder text.
_CONTROL = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"
    "|(?:\x1b[\\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c)?"
    "|\x1b[ -/]*[0-~]?"
    "|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


def clean(text: str) -> str:
    """`text` without anything a terminal would act on instead of showing it."""
    return _CONTROL.sub("", text.replace("\r\n", "\n"))


def wants_color(choice: ColorChoice, stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """The flag decides, then NO_COLOR, then CLICOLOR_FORCE, then whether `stream` is a terminal that knows colour."""
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("CLICOLOR_FORCE", "0") not in ("", "0"):
        return True
    return environment.get("TERM") != "dumb" and stream.isatty()


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a command prints. `json` and `quiet` silence talk; errors are always printed."""

    json: bool = False
    quiet: bool = False
    color: ColorChoice = "auto"

    def result(self, text: str) -> None:
        """Print a part of the result, which may hold `paint`ed text."""
        sys.stdout.write(f"{text}\n")

    def document(self, value: object) -> None:
        """Print the result as one JSON document: ASCII, so that nothing in it reaches the terminal raw."""
        sys.stdout.write(json.dumps(value, indent=2, default=str) + "\n")

    def say(self, text: str) -> None:
        """Print a line of talk."""
        if not (self.quiet or self.json):
            sys.stderr.write(f"{clean(text)}\n")

    def next_step(self, command: str) -> None:
        """Suggest what to do next."""
        self.say(f"next: {command}")

    def error(self, message: str, hint: str) -> None:
        word = self._paint("error", "red", sys.stderr)
        sys.stderr.write(f"{word}: {clean(message)}\n")
        if hint:
            sys.stderr.write(f"{self._paint('hint', 'cyan', sys.stderr)}: {clean(hint)}\n")

    def paint(self, text: str, style: Style) -> str:
        """`text`, cleaned, in a style where stdout shows colour."""
        return self._paint(clean(text), style, sys.stdout)

    def _paint(self, text: str, style: Style, stream: TextIO) -> str:
        if self.json or not text or not wants_color(self.color, stream):
            return text
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m"


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines with aligned columns; the last column runs free."""
    cleaned = [[clean(cell).replace("\n", " ") for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*cleaned, strict=True)][:-1]
    return ["  ".join([*(c.ljust(w) for c, w in zip(row, widths, strict=False)), row[-1]]).rstrip() for row in cleaned]


def shorten(text: str, width: int) -> str:
    """The beginning of `text` on one line of at most `width` characters."""
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width - 1].rstrip()}…"


def plural(count: int, word: str, words: str = "") -> str:
    """`1 skill`, `2 skills`."""
    return f"{count:,} {word if count == 1 else words or word + 's'}"


def joined(words: Iterable[str]) -> str:
    return ", ".join(words)
