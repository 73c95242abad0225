"""What stands in a piece of code for something the reader puts there: `<name>`, `{{ name }}`, `...`, `YOUR_KEY`."""

from __future__ import annotations

import re

_TEMPLATE = re.compile(r"\{\{.{0,200}?\}\}|\{%.{0,200}?%\}|\$\{[^{}\n]*\}")
_ANGLE = re.compile(r"<[A-Za-z][\w .,:/|'’-]{0,60}>")
_SQUARE = re.compile(r"@?\[[A-Z][A-Z0-9_ -]{2,40}\]")
_BRACED = re.compile(r"(?<![\w\"'{$])\{[A-Za-z_][\w -]*\}(?![\w\"'}])")
_DOTS = re.compile(r"(?<![\w.\"'])(?:\.{3}|…)(?![\w.\"'])")


def without_stand_ins(code: str, word: str, dots: str) -> str:
    """The code with a `word` for each stand-in and `dots` for what is left out; lines keep their numbers."""
    code = _TEMPLATE.sub(word, code)
    for pattern in (_ANGLE, _SQUARE, _BRACED):
        code = pattern.sub(word, code)
    return _DOTS.sub(dots, code)
