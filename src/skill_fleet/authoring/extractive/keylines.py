"""Single lines of code that say something on their own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from skill_fleet.authoring.extractive.code import Snippet, python_statements
from skill_fleet.authoring.extractive.wanted import Wanted, hits

#: Languages whose single lines can be quoted: a line is a statement or a command.
_QUOTABLE = frozenset(
    "python sh bash shell javascript js typescript ts jsx tsx go rust ruby java kotlin php sql".split()
)
_SAYS_LITTLE = ("#", "//", "@", "import ", "from ", "print(")
_ENDS_OPEN = ("()", "= None", "{", "[")
#: Characters of a line: fewer say nothing, more do not fit (authoring notes, section 4, step 6, name the longest).
MIN_LINE = 12
MAX_LINE = 110

#: What a line is worth, tuned on the httpx and starlette question sets in `benchmarks/`: something as such, up to
#: `MAX_WANTED` for what is looked for, a little for naming the product, a call, an assignment; every character costs,
#: and so does a line that only switches something off or opens a block.
LINE = 0.6
MAX_WANTED = 2.4
NAMES_PRODUCT = 0.3
CALLS = 0.3
ASSIGNS = 0.2
SWITCHES_OFF = -0.4
OPENS = -0.5
CHARACTER = -0.004

_ASSIGNMENT = re.compile(r"(\w+) = ")
_SWITCHED_OFF = re.compile(r"=\s*(?:None|False)\b")
_ASSIGNED_OR_CALLED = re.compile(r"[=(]")


def key_lines(snippet: Snippet) -> list[str]:
    """The complete statements or commands of 12 to 110 characters; those of Python with a call or an assignment."""
    if snippet.language not in _QUOTABLE:
        return []
    lines = [line.strip() for line in snippet.text.splitlines()]
    usable = [line for line in lines if MIN_LINE <= len(line) <= MAX_LINE and not line.startswith(_SAYS_LITTLE)]
    return [line for line in usable if _is_complete(line)] if snippet.language == "python" else usable


def _is_complete(line: str) -> bool:
    return bool(_ASSIGNED_OR_CALLED.search(line)) and not line.endswith(",") and _is_statement(line)


def _is_statement(line: str) -> bool:
    body = python_statements(line) or []
    return bool(body) and not isinstance(body[0], ast.Return | ast.Raise | ast.Pass)


def rank_lines(snippet: Snippet, wanted: Wanted, product: str) -> Iterator[tuple[float, str]]:
    """Each key line with what it is worth, in the order of the code; lines worth nothing are left out."""
    for line in key_lines(snippet):
        value = _value(line, wanted, product)
        if value > 0:
            yield value, line


def _value(line: str, wanted: Wanted, product: str) -> float:
    code = line.partition("  #")[0]
    value = LINE + min(hits(code, wanted), MAX_WANTED)
    value += NAMES_PRODUCT * (product in code) if product else 0.0
    value += SWITCHES_OFF * bool(_SWITCHED_OFF.search(code))
    value += CALLS * ("(" in line) + ASSIGNS * ("=" in line) + CHARACTER * len(line)
    return value + OPENS * line.endswith(_ENDS_OPEN)


def definition_for(line: str, snippet: Snippet) -> str:
    """The last one-line assignment before `line` in its snippet that gives a name `line` uses; empty without one."""
    used = _names_used(line)
    found = ""
    for text in map(str.strip, snippet.text.splitlines()):
        if text == line:
            break
        target = _ASSIGNMENT.match(text)
        if target and target.group(1) in used and len(text) <= MAX_LINE and _is_statement(text):
            found = text
    return found


def _names_used(line: str) -> set[str]:
    nodes = [node for statement in python_statements(line) or [] for node in ast.walk(statement)]
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
