"""Places in a text. Lines and columns count from 1, offsets from 0; CR LF, CR and LF each end a line."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

_LINE_BREAK = re.compile(r"\r\n?|\n")


class Position(NamedTuple):
    line: int
    column: int
    offset: int


class Ruler:
    """Offsets to positions, for a text that begins `offset` characters and `line - 1` lines into its file."""

    def __init__(self, text: str, line: int = 1, offset: int = 0) -> None:
        self._starts = [0, *(found.end() for found in _LINE_BREAK.finditer(text))]
        self._line = line
        self._offset = offset

    def at(self, index: int) -> Position:
        row = bisect_right(self._starts, index) - 1
        return Position(self._line + row, index - self._starts[row] + 1, self._offset + index)
